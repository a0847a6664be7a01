"""A counter is read without a rate

## Why
A counter only grows, from the start of its process on: its value tells for how long the process has run, not
what happens now. Added up over time (`sum_over_time()`) or averaged (`avg_over_time()`) it counts the first
event again and again, and every restart makes the service look better. What is a counter is told by its name,
so this is a warning.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: availability
      objective: 99.9
      sli:
        query:
          total: sum(sum_over_time(requests_total[{{.window}}]))
#                    ^^^^^^^^^^^^^
          bad: sum(sum_over_time(requests_total{code=~"5.."}[{{.window}}]))
#                  ^^^^^^^^^^^^^
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: availability
      objective: 99.9
      sli:
        query:
          total: sum(rate(requests_total[{{.window}}]))
          bad: sum(rate(requests_total{code=~"5.."}[{{.window}}]))
```
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from slogen.diagnostics import Code, Report
from slogen.examined import Examined

if TYPE_CHECKING:
    from slogen.promql.meaning import Meaning

CODE = Code("SLO419", "warning", __doc__)
_OVER_TIME = frozenset(
    (
        "sum_over_time",
        "avg_over_time",
        "min_over_time",
        "max_over_time",
        "quantile_over_time",
        "stddev_over_time",
    )
)
_OF_VALUES = frozenset(("sum", "avg", "min", "max"))
# Gauges that count something by name are more common than counters with such endings.
_SURELY = re.compile(
    r"(?:errors|requests|failures|events|calls|messages|responses|seconds|bytes|handled)_total$"
)
_SERIES_OF_HISTOGRAM = re.compile(r"_(?:seconds|bytes|duration|latency)_(?:bucket|count|sum)$")


def check_expression(expression: Examined, report: Report) -> None:
    """Warn of indicators that look at the values of counters over time."""
    if expression.slo is None:
        return
    if expression.role == "value":
        _check_value(expression, report)
    for call in expression.calls:
        if call.name not in _OVER_TIME:
            continue
        inner = call.operand.bare
        if inner.is_selector and _is_counter(inner):
            report.report(
                CODE,
                expression.at(call.name_at),
                f"`{inner.name}` is a counter by its name, whose values `{call.name}()` takes for events",
                help=f"write `increase({expression.shown(inner)})`, or its `rate()`",
            )


def _check_value(expression: Examined, report: Report) -> None:
    """Warn of a condition on the value of a counter."""
    inner = expression.meaning.bare
    while inner.is_aggregation and inner.name in _OF_VALUES:
        inner = inner.parts[-1].bare
    if inner.is_selector and _is_counter(inner):
        report.report(
            CODE,
            expression.at(inner.at),
            f"`{inner.name}` is a counter by its name, whose value tells how long its process has run",
            help=f"compare `rate({inner.name}[5m])`, or count the events by `events:`",
        )


def _is_counter(selector: Meaning) -> bool:
    """Whether it is a counter by its name, and nothing else says what it is."""
    if selector.sample is not None or selector.recorded is not None or ":" in selector.name:
        return False
    return bool(_SURELY.search(selector.name) or _SERIES_OF_HISTOGRAM.search(selector.name))
