"""The owner of an alert is known only when it fires

## Why
Routes are proven for the labels that an alert is known to have. If its owner comes from a template or from a
label of the series, nothing says which teams that can be: a value that no Routing document declares reaches
the fallback, and nobody learns of it before the first outage. It is well where the series can only name teams
that exist.

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
        expr: sum by (team) (shop_queue_length) > 100
        for: 5m
        labels: {severity: warning, owner: '{{ $labels.team }}'}
#                                          ^^^^^^^^^^^^^^^^^^^^
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
        expr: sum by (team) (shop_queue_length) > 100
        for: 5m
        labels: {severity: warning, owner: shop}
```
"""

from __future__ import annotations

from slogen.diagnostics import Code, Report
from slogen.ir import Program

CODE = Code("SLO532", "warning", __doc__)


def check_program(program: Program, report: Report) -> None:
    """Warn of alerts whose owner a template or a series names."""
    if program.notifying.routing is None:
        return
    from slogen.routing.proving.ownership import late_owners  # noqa: PLC0415 - not for projects without routing

    label = program.settings.owner_label
    for cause in late_owners(program):
        source = (
            "its label is a template" if cause.is_written else f"the label `{label}` is one of the series"
        )
        report.report(
            CODE,
            cause.at,
            f"the owner of {cause.whose} is known only when it fires: {source}",
            help=f"write the name of a team as `{label}`, or allow it if the series can name no other",
        )
