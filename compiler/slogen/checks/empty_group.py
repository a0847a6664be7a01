"""A group without rules, which the ruler refuses

## Why
Mimir refuses a group that has no rules. What uploads the rules of a project, as `mimirtool rules sync` or
Alloy do, fails at it, and what comes after it is not uploaded.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  ruler: {kind: mimir}
---
groups:
  - name: shop
    rules:
      - {record: 'shop:requests:rate5m', expr: 'sum(rate(requests_total[5m]))'}
  - name: later
#         ^^^^^
    rules: []
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  ruler: {kind: mimir}
---
groups:
  - name: shop
    rules:
      - {record: 'shop:requests:rate5m', expr: 'sum(rate(requests_total[5m]))'}
```
"""

from __future__ import annotations

from slogen.diagnostics import Code, Report
from slogen.ir import Program, RulerKind

CODE = Code("SLO806", "error", __doc__)


def check_program(program: Program, report: Report) -> None:
    """Report the groups without rules, if they are for Mimir."""
    if program.settings.ruler.kind is not RulerKind.MIMIR or report.failed:
        # A group whose rules are all wrong has none left.
        return
    for rules in program.rule_sets:
        for group in rules.groups:
            if not group.rules:
                report.report(
                    CODE,
                    (group.where or rules.where).whole,
                    f"the group `{group.name}` has no rules, and Mimir refuses it",
                    help="delete the group",
                )
