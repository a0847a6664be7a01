"""An alert lacks an annotation that the conventions ask for

## Why
Whoever is woken up reads the annotations: what has happened, and in which runbook to look. A
team settles which ones there must be, and of what form, in the conventions of its Settings.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  conventions: {annotations: {runbook_url: 'https://.+'}}
---
groups:
  - name: shop
    rules:
      - alert: ShopErrors
#              ^^^^^^^^^^
        expr: sum(rate(errors_total[5m])) > 1
        annotations: {summary: Orders fail}
      - alert: ShopQueueFull
        expr: shop_queue_length > 100
        annotations: {summary: Orders wait, runbook_url: see wiki}
#                                                        ^^^^^^^^
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  conventions: {annotations: {runbook_url: 'https://.+'}}
---
groups:
  - name: shop
    rules:
      - alert: ShopErrors
        expr: sum(rate(errors_total[5m])) > 1
        annotations: {summary: Orders fail, runbook_url: 'https://runbooks.example.com/shop'}
```
"""

from __future__ import annotations

from slogen.diagnostics import Code, Report
from slogen.handwritten.conventions import check_texts
from slogen.ir import Program

CODE = Code("SLO616", "warning", __doc__)


def check_program(program: Program, report: Report) -> None:
    """Warn of hand-written alerts without annotations that must be there, or with other values."""
    check_texts("annotation", program, CODE, report)
