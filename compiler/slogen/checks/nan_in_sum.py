"""An aggregation adds up quotients that may be NaN

## Why
0/0 is NaN, and one NaN makes a whole `sum`, `avg` or `avg_over_time` NaN. A single member without traffic
hides all others: NaN is above no threshold, so the alert stays silent for all of them, and a window that
averages the recorded quotients stays NaN until the last NaN has left it.

## Wrong
```yaml
groups:
  - name: shop
    rules:
      - alert: ShopErrors
        expr: avg(rate(errors_total[5m]) / rate(requests_total[5m])) > 0.05
#                                        ^
        for: 5m
        annotations: {summary: Orders fail}
```

## Right
```yaml
groups:
  - name: shop
    rules:
      - alert: ShopErrors
        expr: sum(rate(errors_total[5m])) / sum(rate(requests_total[5m])) > 0.05
        for: 5m
        annotations: {summary: Orders fail}
      - alert: SomeShopErrors
        expr: avg(rate(errors_total[5m]) / (rate(requests_total[5m]) > 0)) > 0.05
        for: 5m
        annotations: {summary: Orders fail}
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from slogen.diagnostics import Code, Label, Report
from slogen.examined import Examined

if TYPE_CHECKING:
    from slogen.promql.meaning import Meaning

CODE = Code("SLO611", "warning", __doc__)
_ADDING = frozenset(("sum", "avg", "stddev", "stdvar"))
_ADDING_OVER_TIME = frozenset(("sum_over_time", "avg_over_time", "stddev_over_time", "stdvar_over_time"))
_IDLE = frozenset(("rate", "increase"))


def check_expression(expression: Examined, report: Report) -> None:
    """Warn of aggregations, over series or over time, of quotients that are NaN without traffic."""
    if expression.rule is None:
        return
    reported: set[Meaning] = set()
    for part in (*expression.aggregations, *expression.calls):
        if part.name not in (_ADDING if part.is_aggregation else _ADDING_OVER_TIME):
            continue
        division = _division(part.operand)
        if division is not None and division not in reported:
            reported.add(division)
            _report(part, division, expression, report)


def _division(operand: Meaning) -> Meaning | None:
    """The division that makes an operand NaN, or the selector of a recorded one.

    Only counters stand still without traffic: limits and capacities are not zero.
    """
    if operand.nan is not None and operand.nan.parts[1].nature in _IDLE:
        return operand.nan
    inner = operand.bare
    if inner.is_selector and inner.recorded is not None:
        divisions = [one.nan for one in inner.recorded.meanings if one.nan is not None]
        if any(one.parts[1].nature in _IDLE for one in divisions):
            return inner
    return None


def _report(part: Meaning, division: Meaning, expression: Examined, report: Report) -> None:
    if division.is_selector:
        report.report(
            CODE,
            expression.at(division.name_at),
            f"`{division.name}` is NaN without traffic, and one NaN makes all of `{part.name}` NaN",
            also=(Label(expression.at(part.name_at), "adds them up"),),
            help="divide by `(... > 0)` where it is recorded, so that there is no value without traffic",
        )
        return
    report.report(
        CODE,
        expression.at(division.name_at),
        f"this is NaN without traffic, and one NaN makes all of `{part.name}` NaN",
        also=(Label(expression.at(part.name_at), "adds them up"),),
        help="divide the sums instead, or divide by `(... > 0)`, which leaves out what has no traffic",
    )
