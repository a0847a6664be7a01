"""What the oldest Alertmanager in use does not know

## Why
Alertmanager takes no configuration with a field that it does not know, and goes on with the one before:
nobody is told anything of what is new. For a Routing document version 0.25 counts unless Settings say
otherwise; for configurations that are written by hand only the version that Settings state does.

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
    shop-tickets:
      msteamsv2: {webhook_url: {file: /etc/alertmanager/secrets/teams}}
#                 ^^^^^^^^^^^
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

## Right
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  alertmanager: {version: "0.28"}
---
apiVersion: slogen.dev/v1
kind: Routing
metadata: {name: slogen}
spec:
  fallback: shop
  owners:
    shop: {page: shop-pager, ticket: shop-tickets}
  receivers:
    shop-pager: {pagerduty: {routing_key: {file: /etc/alertmanager/secrets/pagerduty}}}
    shop-tickets:
      msteamsv2: {webhook_url: {file: /etc/alertmanager/secrets/teams}}
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

from collections.abc import Iterable

from slogen import versions
from slogen.alertmanager.configuration import Newer
from slogen.diagnostics import Code, Label, Report
from slogen.ir import Program, Settings

CODE = Code("SLO518", "error", __doc__, firm=True)


def check_program(program: Program, report: Report) -> None:
    """Report what the oldest Alertmanager in use would refuse as unknown."""
    routing, written = program.notifying.routing, program.notifying.written
    if routing is None and not written:
        return
    from slogen.alertmanagerspec import ages  # noqa: PLC0415 - not for projects without routing
    from slogen.alertmanagerspec.fieldtypes import OLDEST  # noqa: PLC0415 - as above

    settings = program.settings
    version = settings.alertmanager.version
    if version:
        for configuration in written:
            _report_newer(ages.of_configuration(configuration, version), settings, report)
    if routing is not None and routing.is_sound:
        place = routing.places.get("global")
        _report_newer(ages.of_globals(routing.globals, routing.places, place), settings, report)
        _report_newer(ages.of_receivers(routing.receivers, version or OLDEST), settings, report)
        _report_newer(routing.newer, settings, report)


def _report_newer(found: Iterable[Newer], settings: Settings, report: Report) -> None:
    from slogen.alertmanagerspec.fieldtypes import OLDEST  # noqa: PLC0415 - as above

    stated = settings.alertmanager.version
    version = stated or OLDEST
    where = settings.alertmanager.where if stated else None
    also = (Label(where["version"], "the oldest in use"),) if where is not None else ()
    for newer in found:
        if versions.is_before(version, newer.since):
            reason = "the oldest in use" if stated else "which counts unless Settings say otherwise"
            report.report(
                CODE,
                newer.where,
                f"{newer.what} is known from Alertmanager {newer.since} on, not to {version}, {reason}",
                also=also,
                help="delete it"
                if stated
                else f'state `alertmanager: {{version: "{newer.since}"}}` in Settings',
            )
