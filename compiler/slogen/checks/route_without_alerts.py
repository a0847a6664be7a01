"""A route that no alert reaches, or a team without any alert

## Why
A route for what no alert has is a promise that is not kept: its team believes that it will be told. The usual
cause is a label of another name. The alerts of Sloth carry `sloth_service`, not `service`, so a route for
`service="checkout"` never takes one of them, and all end with the default receiver. In a Routing document it
is an owner whom no SLO and no rule names: a team that is gone, or one whose alerts name somebody else.

Routes of a configuration that is written by hand also serve alerts of which slogen knows nothing. So one is
told only where the alerts of the project do have the value that it asks for, but in another label, and end
with the default.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: Routing
metadata: {name: slogen}
spec:
  fallback: shop
  owners:
    shop: {page: shop-pager, ticket: shop-tickets}
    warehouse: {page: warehouse-pager, ticket: shop-tickets}
#   ^^^^^^^^^
  receivers:
    shop-pager: {pagerduty: {routing_key: {file: /etc/alertmanager/secrets/pagerduty}}}
    warehouse-pager: {pagerduty: {routing_key: {file: /etc/alertmanager/secrets/warehouse}}}
    shop-tickets: {webhook: {url: 'http://tickets.example.com/alerts'}}
---
groups:
  - name: shop
    rules:
      - alert: ShopQueueFull
        expr: shop_queue_length > 100
        for: 5m
        labels: {severity: warning, owner: shop}
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: Routing
metadata: {name: slogen}
spec:
  fallback: shop
  owners:
    shop: {page: shop-pager, ticket: shop-tickets}
  receivers:
    shop-pager: {pagerduty: {routing_key: {file: /etc/alertmanager/secrets/pagerduty}}}
    shop-tickets: {webhook: {url: 'http://tickets.example.com/alerts'}}
---
groups:
  - name: shop
    rules:
      - alert: ShopQueueFull
        expr: shop_queue_length > 100
        for: 5m
        labels: {severity: warning, owner: shop}
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from slogen.diagnostics import Code, Label, Report
from slogen.ir import Program

if TYPE_CHECKING:
    from slogen.routing.proving.default_receiver import Fallen

CODE = Code("SLO527", "warning", __doc__)


def check_program(program: Program, report: Report) -> None:
    """Warn of owners without alerts, and of routes that ask for a label which alerts have by another name."""
    notifying = program.notifying
    if notifying.routing is not None:
        # What is broken elsewhere may be what has the alerts.
        if not program.is_part and not report.failed:
            _report_owners(program, report)
        return
    if not notifying.written:
        return
    from slogen.routing.proving.default_receiver import Reason, fallen  # noqa: PLC0415 - not for projects without routing

    for one in fallen(program):
        if one.reason is Reason.ELSEWHERE:
            _report_route(one, program, report)


def _report_owners(program: Program, report: Report) -> None:
    from slogen.routing.proving.ownership import idle_owners, naming  # noqa: PLC0415 - as above

    for owner in idle_owners(program):
        report.report(
            CODE,
            owner.where,
            f"no alert belongs to the owner `{owner.name}`",
            help=f"`{own}` names it: state `owner_label: {own}` in Settings"
            if (own := naming(owner, program))
            else "name it as the `owner` of an SLO or a rule, or delete it",
        )


def _report_route(one: Fallen, program: Program, report: Report) -> None:
    from slogen.routing.proving.ownership import are_several, names_of  # noqa: PLC0415 - as above
    from slogen.routing.proving.places import place_of  # noqa: PLC0415 - as above

    at = one.route.at("matchers")
    if at is None:
        return
    several = are_several(one.alerts)
    report.report(
        CODE,
        at,
        f"no alert has the label `{one.label}` that this route asks for: {names_of(one.alerts)} "
        f"{'have' if several else 'has'} `{one.value}` as `{one.other}`, and `{one.receiver}` is told",
        also=[Label(place_of(one.alerts[0]), f"has `{one.other}`, and no `{one.label}`")],
        help=f"ask for `{one.other}`, or {_given(one, program)}",
    )


def _given(one: Fallen, program: Program) -> str:
    if one.other == program.settings.owner_label and any(alert.slo for alert in one.alerts):
        return f"write `owner_label: {one.label}` in the `spec` of Settings"
    return f"give the alerts a label `{one.label}`"
