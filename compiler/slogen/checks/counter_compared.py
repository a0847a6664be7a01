"""An alert compares a counter with a threshold

## Why
A counter only ever grows, until its process restarts. Above a threshold it stays above: the alert fires for
as long as the process lives, whatever happens now, and is reset by a restart. What is meant is how fast it
grows: `rate()` or `increase()`. Without a catalog, a counter is told by its name.

## Wrong
```yaml
groups:
  - name: shop
    rules:
      - alert: ShopErrors
        expr: sum by (job) (errors_total) > 100
#                           ^^^^^^^^^^^^
        annotations: {summary: Orders fail}
```

## Right
```yaml
groups:
  - name: shop
    rules:
      - alert: ShopErrors
        expr: sum by (job) (increase(errors_total[1h])) > 100
        annotations: {summary: Orders fail}
```
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from slogen.diagnostics import Code, Report
from slogen.examined import Examined
from slogen.handwritten.branches import branches, comparisons
from slogen.promql.comparisons import with_number

if TYPE_CHECKING:
    from slogen.promql.meaning import Meaning

CODE = Code("SLO627", "warning", __doc__)
_KEEPING = frozenset(("sum", "max", "min", "avg"))
# Totals at a moment, which go up and down: how large something is, or how many there are now.
_NO_COUNTER = re.compile(
    r"(?:^|_)(?:messages|connections|memory|mem|bytes|size|space|capacity|limit|available|used|free|nodes"
    r"|instances|replicas|threads|workers|slots|shards|keys|users|sessions|clients|tables|rows|documents"
    r"|targets|volumes?|disk|heap|swap|cpus?|cores|tasks|brokers|partitions|cached|usage|members|hosts"
    r"|pods|containers|servers|peers|pending|active|inactive|open|current|running|waiting|idle|queued|ready"
    r"|healthy|unhealthy|online|offline|alive|outstanding|in_?flight|in_progress|backlog|depth|lag)_total$"
)


def check_expression(expression: Examined, report: Report) -> None:
    """Warn of counters, or sums of them, that have to be above a number."""
    if not expression.is_alert:
        return
    for branch in branches(expression.meaning):
        for comparison in comparisons(branch):
            compared = with_number(comparison)
            if compared is None or compared.operator not in (">", ">=") or compared.number < 0:
                continue
            selector = _counter(compared.side)
            if selector is not None:
                _report(selector, expression, report)


def _counter(side: Meaning) -> Meaning | None:
    """The counter whose values are compared as they are."""
    inner = side.bare
    if inner.is_aggregation and inner.name in _KEEPING:
        return _counter(inner.operand)
    if not inner.is_selector or inner.range is not None or inner.recorded is not None:
        return None
    if inner.nature != "counter":
        return None
    is_named = inner.name.endswith("_total") and not _NO_COUNTER.search(inner.name)
    return inner if inner.is_sure or (inner.sample is None and is_named) else None


def _report(selector: Meaning, expression: Examined, report: Report) -> None:
    known = "is a counter" if selector.is_sure else "is a counter by its name"
    report.report(
        CODE,
        expression.at(selector.at),
        f"`{selector.name}` {known}: once above the threshold, the alert fires until the next restart",
        help=f"compare its growth, such as `increase({expression.shown(selector)}[1h])`",
    )
