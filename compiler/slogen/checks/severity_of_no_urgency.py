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

from collections.abc import Mapping
from typing import TYPE_CHECKING

from slogen.diagnostics import Code, Label, Report
from slogen.ir import Program
from slogen.teams import Routing, Urgency

if TYPE_CHECKING:
    from slogen.routing.proving.ownership import Cause

CODE = Code("SLO512", "error", __doc__)


def check_program(program: Program, report: Report) -> None:
    """Report severities that are of no urgency, and alerts without any."""
    routing = program.notifying.routing
    if routing is None:
        return
    from slogen.routing.proving import ownership  # noqa: PLC0415 - not for projects without routing
    from slogen.routing.severities import urgencies  # noqa: PLC0415 - as above

    for cause in ownership.unknown_severities(program):
        if ownership.is_of_all(cause, program):
            _report_usual(cause, routing, report)
            continue
        stated = "severities" in routing.places
        report.report(
            CODE,
            cause.at,
            f"the severity `{cause.value}` of {cause.whose} is neither of pages nor of tickets"
            f"{cause.elsewhere('written')}",
            also=[Label(routing.at("severities"), "these are")] if stated else [],
            help=_help(cause, routing),
            fixes=cause.fixes,
        )
    known = urgencies(routing, program.settings)
    for cause in ownership.without_severity(program):
        report.report(
            CODE,
            cause.at,
            f"{cause.whose} {_has(cause)} no `severity`",
            help=_help_without(cause, known),
        )


def _report_usual(cause: Cause, routing: Routing, report: Report) -> None:
    """The severity that alerts of SLOs have unless something is stated, where nothing is: there is nothing to
    mend in the SLOs."""
    kind = next((alert.kind for alert in cause.alerts if alert.kind), "")
    known = next((value for value in routing.severities if _is_for(kind, routing.severities[value])), "")
    report.report(
        CODE,
        routing.at("severities"),
        f"the severity `{cause.value}`, which {cause.whose} {_has(cause)} unless Settings say otherwise, is"
        " neither of pages nor of tickets",
        also=[Label(cause.at, "such as of this SLO")],
        help=f"add it to `page` or to `ticket`, or state `severities: {{{kind}: {known}}}` in Settings",
    )


def _help_without(cause: Cause, known: Mapping[str, Urgency]) -> str:
    """What to write into alerts that have none: those of SLOs are such as Sloth makes."""
    slo = cause.alerts[0].slo
    kinds = list(dict.fromkeys(alert.kind for alert in cause.alerts))
    if slo is None or not slo.spec.startswith(("prometheus/", "sloth.")):
        choice = " or ".join(f"`severity: {value}`" for value in list(known)[:3])
        return f"write {choice} below `labels`"
    key = "{}_alert" if slo.spec.startswith("prometheus/") else "{}Alert"
    parts = [
        f"`labels: {{severity: {value}}}` below `{key.format(kind)}`"
        for kind in kinds
        if (value := next((value for value in known if _is_for(kind, known[value])), ""))
    ]
    return f"write {' and '.join(parts)}: the rules of Sloth have none that is not stated"


def _is_for(kind: str, urgency: Urgency) -> bool:
    return (urgency is Urgency.PAGE) == (kind == Urgency.PAGE.value)


def _has(cause: Cause) -> str:
    return "have" if cause.are_several else "has"


def _help(cause: Cause, routing: Routing) -> str:
    if cause.meant:
        return f"did you mean `{cause.meant}`?"
    added = "add it to `page` or to `ticket` below `severities` of the Routing document"
    if cause.is_written or not routing.severities:
        return added
    kind = cause.alerts[0].kind
    known = [f"`{value}`" for value, urgency in routing.severities.items() if _is_for(kind, urgency)]
    return f"write the label `severity` of this alert, such as {known[0]}, or {added}" if known else added
