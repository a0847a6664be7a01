"""A label of an alert holds its value

## Why
The labels of an alert are its identity. With the value among them, each evaluation that finds another value
makes another alert: the one before is resolved, the new one waits for the whole `for` again, and so the alert
never fires, or fires anew every minute, past every silence. Values belong into annotations.

## Wrong
```yaml
groups:
  - name: shop
    rules:
      - alert: ShopQueueFull
        expr: shop_queue_length > 100
        for: 5m
        labels: {severity: warning, length: '{{ $value }}'}
#                                               ^^^^^^
        annotations: {summary: The queue is full}
```

## Right
```yaml
groups:
  - name: shop
    rules:
      - alert: ShopQueueFull
        expr: shop_queue_length > 100
        for: 5m
        labels: {severity: warning}
        annotations: {summary: 'The queue is full: {{ $value }} orders'}
```
"""

from __future__ import annotations

from slogen.diagnostics import Code, Report
from slogen.examined import Examined
from slogen.handwritten.texts import texts_of

CODE = Code("SLO604", "error", __doc__)


def check_expression(expression: Examined, report: Report) -> None:
    """Report labels that show a value which may change. One that only chooses between texts is fine."""
    rule = expression.rule
    if rule is None or not rule.alert or expression.meaning.bounds.number is not None:
        return
    for text in texts_of(rule):
        if text.kind != "label" or "{{" not in text.text:
            continue
        for read in text.contents.shown:
            if read.kind == "value":
                report.report(
                    CODE,
                    text.place(read.place),
                    f"the label `{text.name}` changes with the value, and with it the identity of the alert",
                    help="move it into an annotation: those may change",
                )
