"""An alert lacks a label that the conventions ask for

## Why
Alerts are routed by their labels: one without its `team` reaches nobody, or everybody. A team settles
which labels there must be, and with which values, in the conventions of its Settings.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  conventions: {labels: {team: '[a-z]+'}}
---
groups:
  - name: shop
    rules:
      - alert: ShopErrors
#              ^^^^^^^^^^
        expr: sum(rate(errors_total[5m])) > 1
        labels: {severity: warning}
      - alert: ShopQueueFull
        expr: shop_queue_length > 100
        labels: {team: Shop 1}
#                      ^^^^^^
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  conventions: {labels: {team: '[a-z]+'}}
---
groups:
  - name: shop
    rules:
      - alert: ShopErrors
        expr: sum(rate(errors_total[5m])) > 1
        labels: {severity: warning, team: shop}
```
"""

from __future__ import annotations

from slogen.diagnostics import Code, Report
from slogen.handwritten.conventions import check_texts
from slogen.ir import Program

CODE = Code("SLO615", "warning", __doc__)


def check_program(program: Program, report: Report) -> None:
    """Warn of hand-written alerts without labels that must be there, or with other values."""
    check_texts("label", program, CODE, report)
