"""An alert on absence fires for a single lost scrape, or never

## Why
A series is seen for five minutes after its last sample, and ends at once when a scrape fails: `absent(...)`
fires then. A `for` below two scrape intervals pages for a restart. And `absent(...)` of what always has a
result, because of `or vector(0)`, never fires.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  prometheus: {scrape_interval: 1m}
---
groups:
  - name: shop
    rules:
      - alert: ShopGone
        expr: absent(up{job="shop"})
#             ^^^^^^
        for: 1m
        annotations: {summary: Prometheus knows no shop}
      - alert: ShopSilent
        expr: absent(sum(rate(requests_total[5m])) or vector(0))
#             ^^^^^^
        for: 5m
        annotations: {summary: The shop sends no metrics}
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  prometheus: {scrape_interval: 1m}
---
groups:
  - name: shop
    rules:
      - alert: ShopGone
        expr: absent(up{job="shop"})
        for: 5m
        annotations: {summary: Prometheus knows no shop}
      - alert: ShopSilent
        expr: absent(sum(rate(requests_total[5m])))
        for: 5m
        annotations: {summary: The shop sends no metrics}
```
"""

from __future__ import annotations

from slogen import durations
from slogen.diagnostics import Code, Report
from slogen.examined import Examined
from slogen.handwritten.branches import branches
from slogen.ir import Millis

CODE = Code("SLO622", "warning", __doc__)
_OFTEN_ENOUGH = 2


def check_expression(expression: Examined, report: Report) -> None:
    """Warn of `absent()` of what is always there, and with a short `for`, by the scrape interval."""
    if not expression.is_alert or "absent" not in expression.text:
        return
    for call in expression.calls:
        if call.name in ("absent", "absent_over_time") and call.operand.always:
            report.report(
                CODE,
                expression.at(call.name_at),
                f"`{call.name}` never has a result here: what it looks at is always there",
                help="delete the default in it, such as `or vector(0)`",
            )
    for branch in branches(expression.meaning):
        if branch.name == "absent" and branch.is_call and branch.operand.bare.range is None:
            _check_for(branch.name_at, expression, report)


def _check_for(place: tuple[int, int], expression: Examined, report: Report) -> None:
    rule, interval = expression.rule, expression.project.settings.prometheus.scrape_interval
    if rule is None or not interval:
        return
    pending = durations.parse(rule.for_) if rule.for_ else Millis(0)
    if pending < _OFTEN_ENOUGH * interval:
        shown = f"`for: {rule.for_}` is" if rule.for_ else "the alert has no `for`, which is"
        report.report(
            CODE,
            expression.at(place),
            f"{shown} less than two scrape intervals of "
            f"{durations.render(interval)}: one scrape that fails is enough",
            help=f"write `for: {durations.render(Millis(_OFTEN_ENOUGH * interval))}` or more",
        )
