"""An alert compares with a number that its values never reach

## Why
A comparison that no value can pass makes an alert that never fires, which looks like a system that is well: a
share of a whole is never above 1, `up` is 0 or 1, what is counted is never below 0, a quantile is never above
the highest bound of its buckets. And `count()` of nothing is no 0: it has no result at all.

## Wrong
```yaml
groups:
  - name: shop
    rules:
      - alert: ShopsDown
        expr: avg(up{job="shop"}) < 0
#                                 ^^^
        annotations: {summary: Shops are down}
      - alert: ShopsGone
        expr: count(up{job="shop"} == 1) == 0
#                                        ^^^^
        annotations: {summary: No shop is up}
```

## Right
```yaml
groups:
  - name: shop
    rules:
      - alert: ShopsDown
        expr: avg(up{job="shop"}) < 0.5
        annotations: {summary: Shops are down}
      - alert: ShopsGone
        expr: (count(up{job="shop"} == 1) or vector(0)) == 0
        annotations: {summary: No shop is up}
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from slogen.diagnostics import Code, Report
from slogen.examined import Examined
from slogen.handwritten.branches import branches, comparisons
from slogen.promql.comparisons import Compared, with_number

if TYPE_CHECKING:
    from slogen.promql.meaning import Meaning

CODE = Code("SLO620", "error", __doc__)


def check_expression(expression: Examined, report: Report) -> None:
    """Report comparisons in hand-written alerts that nothing passes, by what is certain of the values."""
    if not expression.is_alert or not expression.selectors:
        return
    for branch in branches(expression.meaning):
        for comparison in comparisons(branch):
            compared = with_number(comparison)
            if compared is None or compared.side.bounds.can_be(compared.operator, compared.number):
                continue
            _report(comparison, compared, expression, report)


def _report(comparison: Meaning, compared: Compared, expression: Examined, report: Report) -> None:
    counted, bounds = compared.side.bare, compared.side.bounds
    reason, help_ = bounds.reason, f"write a number that can be reached: {bounds}"
    if counted.is_aggregation and counted.name == "count" and compared.number <= 1:
        reason = "where nothing is left to count, `count` has no result"
        help_ = "give it a default in the comparison, `(count(...) or vector(0))`, or ask with `absent(...)`"
    report.report(
        CODE,
        expression.at(_of_number(comparison)),
        f"the values are never `{compared.operator} {compared.number:g}`, so the alert never fires: {reason}",
        help=help_,
    )


def _of_number(comparison: Meaning) -> tuple[int, int]:
    """The characters of the operator and the number."""
    left, right = comparison.parts
    if right.type == "scalar":
        return comparison.name_at[0], right.at[1]
    return left.at[0], comparison.name_at[1]
