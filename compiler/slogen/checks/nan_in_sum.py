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
from slogen.promql.idle import spreads

if TYPE_CHECKING:
    from slogen.promql.meaning import Meaning

CODE = Code("SLO611", "warning", __doc__)


def check_expression(expression: Examined, report: Report) -> None:
    """Warn of aggregations, over series or over time, of quotients that are NaN without traffic."""
    if expression.rule is None:
        return
    reported: set[Meaning] = set()
    for part, quotient in spreads((*expression.aggregations, *expression.calls)):
        if quotient not in reported:
            reported.add(quotient)
            _report(part, quotient, expression, report)


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
