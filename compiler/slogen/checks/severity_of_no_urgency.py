"""Nobody knows whether an alert pages or makes a ticket

## Why
The label `severity` decides how an alert reaches its team: `severities` of the Routing document has the
values that page and those that make tickets (without it, the `severities` of Settings count). An alert
without the label, or with a value that is in neither list, takes the way of tickets: what should wake
somebody waits in a queue until the morning.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: Routing
metadata: {name: slogen}
spec:
  fallback: shop
  severities: {page: [critical], ticket: [warning, info]}
  owners:
    shop: {page: shop-pager, ticket: shop-tickets}
  receivers:
    shop-pager: {pagerduty: {routing_key: {file: /etc/alertmanager/secrets/pagerduty}}}
    shop-tickets: {webhook: {url: 'http://tickets.example.com/alerts'}}
---
groups:
  - name: shop
    rules:
      - alert: ShopDown
        expr: sum(shop_open) == 0
        for: 5m
        labels: {owner: shop, severity: crtical}
#                                       ^^^^^^^
      - alert: ShopQueueFull
#              ^^^^^^^^^^^^^
        expr: shop_queue_length > 100
        for: 5m
        labels: {owner: shop}
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: Routing
metadata: {name: slogen}
spec:
  fallback: shop
  severities: {page: [critical], ticket: [warning, info]}
  owners:
    shop: {page: shop-pager, ticket: shop-tickets}
  receivers:
    shop-pager: {pagerduty: {routing_key: {file: /etc/alertmanager/secrets/pagerduty}}}
    shop-tickets: {webhook: {url: 'http://tickets.example.com/alerts'}}
---
groups:
  - name: shop
    rules:
      - alert: ShopDown
        expr: sum(shop_open) == 0
        for: 5m
        labels: {owner: shop, severity: critical}
      - alert: ShopQueueFull
        expr: shop_queue_length > 100
        for: 5m
        labels: {owner: shop, severity: warning}
```
"""

from __future__ import annotations

from slogen.diagnostics import Code, Label, Report
from slogen.ir import Program

CODE = Code("SLO512", "error", __doc__)


def check_program(program: Program, report: Report) -> None:
    """Report severities that are of no urgency, and alerts without any."""
    routing = program.notifying.routing
    if routing is None:
        return
    from slogen.routing import belonging  # noqa: PLC0415 - not for projects without routing

    for cause in belonging.unknown_severities(program):
        others = len(cause.more)
        places = f" (written at {others} other place{'s' if others > 1 else ''}, too)" if others else ""
        stated = "severities" in routing.places
        report.report(
            CODE,
            cause.at,
            f"the severity `{cause.value}` of {cause.whose} is neither of pages nor of tickets{places}",
            also=[Label(routing.at("severities"), "these are")] if stated else [],
            help=_help(cause.meant),
            fixes=cause.fixes,
        )
    known = belonging.urgencies(routing, program)
    choice = " or ".join(f"`severity: {value}`" for value in list(known)[:3])
    for cause in belonging.without_severity(program):
        verb = "have" if len({alert.name for alert in cause.alerts}) > 1 else "has"
        report.report(
            CODE, cause.at, f"{cause.whose} {verb} no `severity`", help=f"write {choice} below `labels`"
        )


def _help(meant: str | None) -> str:
    if meant:
        return f"did you mean `{meant}`?"
    return "add it to `page` or to `ticket` below `severities` of the Routing document"
