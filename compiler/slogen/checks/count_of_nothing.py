"""An alert counts what is left, and is silent when nothing is

## Why
`count(x == 1)` of nothing is not 0: it has no result, and neither has a comparison with it. An alert that
fires when less than three are well resolves at the moment when the last one fails.

## Wrong
```yaml
groups:
  - name: shop
    rules:
      - alert: FewShops
        expr: count(shop_healthy == 1) < 3
#             ^^^^^
        for: 5m
        annotations: {summary: Shops fail}
```

## Right
```yaml
groups:
  - name: shop
    rules:
      - alert: FewShops
        expr: (count(shop_healthy == 1) or vector(0)) < 3
        for: 5m
        annotations: {summary: Shops fail}
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from slogen.diagnostics import Code, Report
from slogen.examined import Examined
from slogen.handwritten.branches import branches, comparisons
from slogen.promql.comparisons import is_filter, with_number

if TYPE_CHECKING:
    from slogen.promql.meaning import Meaning

CODE = Code("SLO628", "warning", __doc__)


def check_expression(expression: Examined, report: Report) -> None:
    """Warn of counts of what passes a comparison that have to be below a number."""
    if not expression.is_alert or "count" not in expression.text or _sees_nothing(expression):
        return
    for branch in branches(expression.meaning):
        for comparison in comparisons(branch):
            compared = with_number(comparison)
            if compared is None or compared.operator not in ("<", "<="):
                continue
            counted = compared.side.bare
            # Below 1 the comparison never holds at all, which is another finding.
            if _is_count_of_filter(counted) and compared.side.bounds.can_be(
                compared.operator, compared.number
            ):
                _report(counted, expression, report)


def _is_count_of_filter(part: Meaning) -> bool:
    return part.is_aggregation and part.name == "count" and is_filter(part.operand.bare)


def _sees_nothing(expression: Examined) -> bool:
    """Whether another branch of the alert looks for the absence."""
    return any(call.name in ("absent", "absent_over_time") for call in expression.calls)


def _report(counted: Meaning, expression: Examined, report: Report) -> None:
    default = "or vector(0)" if not counted.labels_at else "or on (...) 0 * count(...)"
    report.report(
        CODE,
        expression.at(counted.name_at),
        "when none is left, `count` has no result, and the alert is silent",
        help=f"give it a default in the comparison: `(count(...) {default})`",
    )
