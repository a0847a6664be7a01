"""A rule is not named as the conventions ask for

## Why
Names of recorded series say what was aggregated and how, names of alerts what has happened, and both are
typed by people who look for them. A team settles how names are formed in the conventions of its Settings.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  conventions: {alert_name: 'Shop[A-Za-z]+', record_name: '[a-z_]+:[a-z_]+:[a-z0-9]+'}
---
groups:
  - name: shop
    rules:
      - record: errors_rate
#               ^^^^^^^^^^^
        expr: sum(rate(errors_total[5m]))
      - alert: HighErrorRate
#              ^^^^^^^^^^^^^
        expr: sum(rate(errors_total[5m])) > 1
        annotations: {summary: Orders fail}
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  conventions: {alert_name: 'Shop[A-Za-z]+', record_name: '[a-z_]+:[a-z_]+:[a-z0-9]+'}
---
groups:
  - name: shop
    rules:
      - record: shop:errors:rate5m
        expr: sum(rate(errors_total[5m]))
      - alert: ShopErrors
        expr: sum(rate(errors_total[5m])) > 1
        annotations: {summary: Orders fail}
```
"""

from __future__ import annotations

from slogen.diagnostics import Code, Report
from slogen.handwritten.conventions import agreed, fits, hand_written
from slogen.ir import Program

CODE = Code("SLO617", "warning", __doc__)


def check_program(program: Program, report: Report) -> None:
    """Warn of hand-written rules whose names do not match."""
    conventions = program.settings.conventions
    if not (conventions.alert_name or conventions.record_name):
        return
    for rule, _ in hand_written(program):
        pattern = conventions.alert_name if rule.alert else conventions.record_name
        if rule.where is not None and not fits(rule.name, pattern):
            report.report(
                CODE,
                rule.where.whole,
                f"`{rule.name}` does not match `{pattern}`",
                also=agreed(conventions),
                help="rename it, or change the conventions",
            )
