"""A function is applied to several metrics at once

## Why
Functions of a range, such as `rate()`, drop the name of the metric. Where one selector takes several metrics
by a pattern of their names, two of them with equal labels give the same series twice, and Prometheus refuses
the query: `vector cannot contain metrics with the same labelset`. The rule then fails at every evaluation. If
two metrics count the same events, such as an old name and a new one, they would be counted twice, too.

## Wrong
```yaml
groups:
  - name: gateway
    rules:
      - record: job:requests:rate5m
        expr: sum by (job) (rate({__name__=~"old_requests_total|new_requests_total"}[5m]))
#                                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
```

## Right
```yaml
groups:
  - name: gateway
    rules:
      - record: job:requests:rate5m
        expr: >-
          sum by (job) (rate(new_requests_total[5m]))
            or sum by (job) (rate(old_requests_total[5m]))
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from slogen.diagnostics import Code, Report
from slogen.examined import Examined
from slogen.promql.overlap import listed_values

if TYPE_CHECKING:
    from slogen.promql import Matcher
    from slogen.promql.meaning import Meaning

CODE = Code("SLO450", "warning", __doc__)
_NAME = "__name__"
_KEEP_THE_NAME = frozenset(("last_over_time", "first_over_time", "absent_over_time"))


def check_expression(expression: Examined, report: Report) -> None:
    """Warn of functions of ranges whose selector takes more than one metric."""
    for call in expression.calls:
        inner = call.operand.bare
        if inner.type != "matrix" or not inner.is_selector or call.name in _KEEP_THE_NAME:
            continue
        pattern = _several(inner)
        if pattern is not None:
            report.report(
                CODE,
                expression.at(pattern.at),
                f"`{call.name}()` drops the names of all metrics that this takes, and metrics with equal "
                "labels then clash",
                help="write each metric by itself, and join them by `or`",
            )


def _several(selector: Meaning) -> Matcher | None:
    """The matcher by which a selector takes more than one metric."""
    named = [one for one in selector.matchers if one.name == _NAME]
    if selector.name or not named or any(one.op == "=" for one in named):
        return None
    asked = [one for one in named if one.op == "=~"]
    for one in asked:
        values = listed_values((one.op, one.value))
        if values is not None and len(set(values)) == 1:
            return None
    return (asked or named)[0]
