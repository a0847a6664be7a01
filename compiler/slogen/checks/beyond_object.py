"""Something that no AlertmanagerConfig can hold

## Why
An AlertmanagerConfig object knows less than a file of Alertmanager: secrets are keys of Kubernetes Secrets
and never files, time intervals are in UTC, some kinds of receivers have no place in it, and it stands in a
namespace. Left out of the object, a receiver would tell nobody, or at the wrong time.

Settings ask for objects here (`objects: v1alpha1` or `v1beta1`). Without that, slogen writes an object only
where it can hold everything; out/alertmanager/alertmanager.yaml is written in any case.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  alertmanager: {objects: v1alpha1, matcher_strategy: None}
---
apiVersion: slogen.dev/v1
kind: Routing
metadata: {name: slogen, namespace: monitoring}
spec:
  fallback: shop
  owners:
    shop: {page: shop-pager, ticket: shop-tickets}
  receivers:
    shop-pager:
      pagerduty: {routing_key: {file: /etc/pagerduty/shop}}
#                 ^^^^^^^^^^^
    shop-tickets:
      webhook: {url: http://tickets.example.com/alerts}
---
groups:
  - name: shop
    rules:
      - alert: ShopIsDown
        expr: shop_up == 0
        labels: {owner: shop, severity: critical}
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  alertmanager: {objects: v1alpha1, matcher_strategy: None}
---
apiVersion: slogen.dev/v1
kind: Routing
metadata: {name: slogen, namespace: monitoring}
spec:
  fallback: shop
  owners:
    shop: {page: shop-pager, ticket: shop-tickets}
  receivers:
    shop-pager:
      pagerduty: {routing_key: {secret: pagerduty, key: shop}}
    shop-tickets:
      webhook: {url: http://tickets.example.com/alerts}
---
groups:
  - name: shop
    rules:
      - alert: ShopIsDown
        expr: shop_up == 0
        labels: {owner: shop, severity: critical}
      - alert: ShopIsSlow
        expr: shop_latency_seconds > 1
        labels: {owner: shop, severity: warning}
```
"""

from __future__ import annotations

from slogen.diagnostics import Code, Report
from slogen.ir import Program

CODE = Code("SLO519", "error", __doc__)


def check_program(program: Program, report: Report) -> None:
    """Report what keeps objects that Settings ask for from being written."""
    routing = program.notifying.routing
    if routing is None or not routing.is_sound or not routing.owners:
        return
    if not program.settings.alertmanager.demands_objects:
        return
    from slogen.routing.objects import beyond  # noqa: PLC0415 - not for projects without objects

    if routing.namespace is None:
        report.report(
            CODE,
            routing.at("name"),
            "an AlertmanagerConfig needs a namespace",
            help="add `namespace:` to `metadata`, or write `objects: none` in Settings",
        )
    for found in beyond(program):
        report.report(CODE, found.at or routing.where[0], found.message, help=found.help)
