"""An alert always fires

## Why
An alert fires for every element of its result. `or vector(0)` gives it an element when there is none, and so
the alert fires exactly when the condition does not hold. A default belongs inside of the comparison. (A lone
`vector(1)`, which is meant to fire at all times, is fine.)

## Wrong
```yaml
groups:
  - name: shop
    rules:
      - alert: ShopErrors
        expr: sum(rate(errors_total[5m])) > 1 or vector(0)
#                                                ^^^^^^^^^
        annotations: {summary: Orders fail}
```

## Right
```yaml
groups:
  - name: shop
    rules:
      - alert: ShopErrors
        expr: (sum(rate(errors_total[5m])) or vector(0)) > 1
        annotations: {summary: Orders fail}
```
"""

from __future__ import annotations

from slogen.diagnostics import Code, Report
from slogen.examined import Examined
from slogen.handwritten.branches import branches

CODE = Code("SLO602", "error", __doc__)


def check_expression(expression: Examined, report: Report) -> None:
    """Report branches that have a result at all times, in alerts that look at anything else."""
    if not expression.is_alert or not expression.selectors:
        return
    for branch in branches(expression.meaning):
        if branch.always:
            report.report(
                CODE,
                expression.at(branch.at),
                "this always has a result, so the alert always fires",
                help="put a default inside of the comparison: `(a or vector(0)) > 1`",
            )
