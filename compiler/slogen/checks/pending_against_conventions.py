"""An alert is pending for less or more time than the conventions ask for

## Why
Without `for`, a single evaluation pages; with a very long one, nobody hears of an outage while it lasts. A
team settles the bounds in the conventions of its Settings.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  conventions: {for_at_least: 1m, for_at_most: 1h}
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
        for: 1d
#       ^^^
        annotations: {summary: The queue is full}
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  conventions: {for_at_least: 1m, for_at_most: 1h}
---
groups:
  - name: shop
    rules:
      - alert: ShopErrors
        expr: sum(rate(errors_total[5m])) > 1
        for: 5m
        annotations: {summary: Orders fail}
```
"""

from __future__ import annotations

from slogen import durations
from slogen.diagnostics import Code, Report
from slogen.handwritten.conventions import agreed, hand_written
from slogen.ir import Millis, Program

CODE = Code("SLO618", "warning", __doc__)


def check_program(program: Program, report: Report) -> None:
    """Warn of hand-written alerts whose `for` is out of bounds."""
    conventions = program.settings.conventions
    least, most = conventions.for_at_least, conventions.for_at_most
    if least is None and most is None:
        return
    for rule, _ in hand_written(program):
        if not rule.alert or rule.where is None:
            continue
        pending = durations.parse(rule.for_) if rule.for_ else Millis(0)
        shown = f"`for: {rule.for_}`" if rule.for_ else "no `for`"
        if least is not None and pending < least:
            limit = f"at least {durations.render(least)}"
        elif most is not None and pending > most:
            limit = f"at most {durations.render(most)}"
        else:
            continue
        report.report(
            CODE,
            rule.where["for"],
            f"`{rule.name}` has {shown}, and alerts are to be pending for {limit}",
            also=agreed(conventions),
            help="change `for`, or the conventions",
        )
