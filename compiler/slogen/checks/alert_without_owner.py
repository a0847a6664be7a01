"""An alert that belongs to nobody

## Why
A Routing document sends each alert to the team in its label `owner`. An alert without one ends with the
fallback: it is told, but to people who cannot tell whose it is, and it waits there while the service is down.

## Wrong
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
#              ^^^^^^^^^^^^^
        expr: shop_queue_length > 100
        for: 5m
        labels: {severity: warning}
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

from slogen.diagnostics import Code, Report
from slogen.ir import Program, Settings

CODE = Code("SLO511", "error", __doc__)


def check_program(program: Program, report: Report) -> None:
    """Report the alerts without an owner; once for a document in which none has one."""
    if program.notifying.routing is None:
        return
    from slogen.routing.proving.ownership import dialect, other_owner_label, ownerless  # noqa: PLC0415 - not without routing

    owners = [owner.name for owner in program.notifying.routing.owners]
    for cause in ownerless(program):
        verb = "name no owner" if cause.are_several else "names no owner"
        own = other_owner_label(cause.alerts, owners, program)
        remedy = f"`{own}` names them: state `owner_label: {own}` in Settings"
        report.report(
            CODE,
            cause.at,
            f"{cause.whose} {verb}",
            help=remedy if own else _help(dialect(cause.alerts[0]), program.settings),
        )


def _help(dialect: str, settings: Settings) -> str:
    label = settings.owner_label
    where = {
        "native": "write `owner:` beside `service`, or beside the SLO's name",
        "sloth": f"write `{label}:` below `labels`",
        "openslo": f"name an `AlertNotificationTarget`, or write `{label}:` below `labels`",
        "pyrra": f"write the label `pyrra.dev/{label}:`",
        "prometheus": f"write `{label}:` below `labels`, or an owner for its file in `rules` of Settings",
    }[dialect]
    return f"{where}; `owner` in Settings is that of all that name none"
