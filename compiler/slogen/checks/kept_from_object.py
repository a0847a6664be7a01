"""The operator keeps an alert from the AlertmanagerConfig that it is meant for

## Why
By default the Prometheus Operator adds a matcher to the routes of each AlertmanagerConfig object: only alerts
whose label `namespace` is the namespace of the object come to it (`alertmanagerConfigMatcherStrategy`). An
alert that aggregates this label away, or has another value, fires and reaches nobody there.

Either the alerts get the label (in Settings: `labels: {namespace: monitoring}`), or the Alertmanager lets
objects see all alerts: with the strategy `None`, or, for objects in its own namespace, with
`OnNamespaceExceptForAlertmanagerNamespace`. Settings repeat what the Alertmanager object says:
`alertmanager: {matcher_strategy: None}`.

This is about the objects that Settings ask for, and about objects written by hand when Settings state the
strategy (else it is SLO536, a warning). If Settings do not ask for objects, and no alert is sure to come to
them, then none is written; where one is sure to, its label shows that they are in use, and every alert must
come to them. What is in out/alertmanager/alertmanager.yaml does not depend on namespaces.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  alertmanager: {objects: v1alpha1}
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
        labels: {owner: shop, severity: critical, namespace: monitoring}
      - alert: ShopIsSlow
#              ^^^^^^^^^^
        expr: sum(shop_slow_requests) > 1
        labels: {owner: shop, severity: warning}
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  alertmanager: {objects: v1alpha1}
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
        labels: {owner: shop, severity: critical, namespace: monitoring}
      - alert: ShopIsSlow
        expr: sum(shop_slow_requests) > 1
        labels: {owner: shop, severity: warning, namespace: monitoring}
```
"""

from __future__ import annotations

from collections.abc import Sequence

from slogen.alertmanager.matchers import Matcher
from slogen.diagnostics import Code, Report
from slogen.ir import Program, RoutedAlert, Settings
from slogen.source import Span

CODE = Code("SLO530", "error", __doc__)


def check_program(program: Program, report: Report) -> None:
    """Report the alerts that are certain not to come to an object that they are meant for."""
    routing = program.notifying.routing
    has_objects = any(config.object_ is not None for config in program.notifying.written)
    if not has_objects and (routing is None or routing.namespace is None):
        return
    from slogen.routing.proving.namespaces import kept_from_ours, kept_from_written  # noqa: PLC0415 - as for all routing

    matcher, kept, are_all = kept_from_ours(program)
    if routing is not None and matcher is not None and kept:
        if are_all:
            report.report(
                CODE,
                routing.at("namespace"),
                f"no alert comes to an AlertmanagerConfig here: none has the label `{matcher}`",
                help=_remedy(matcher),
            )
        else:
            _report_each(kept, matcher, program.settings, report)
    if program.settings.alertmanager.states_strategy:
        for config, asked in kept_from_written(program):
            if config.where is not None:
                report.report(
                    CODE,
                    config.where,
                    f"no alert here comes to `{config.where.text}`: none has the label `{asked}`",
                    help=_remedy(asked),
                )


def _report_each(kept: Sequence[RoutedAlert], matcher: Matcher, settings: Settings, report: Report) -> None:
    from slogen.routing.proving.ownership import are_several, names_of  # noqa: PLC0415 - as for all routing
    from slogen.routing.proving.places import origin_of  # noqa: PLC0415 - as for all routing

    found: dict[tuple[Span, str], list[RoutedAlert]] = {}
    for alert in kept:
        value = alert.firing.value(matcher.name) or ""
        found.setdefault((origin_of(alert, matcher.name, settings).at, value), []).append(alert)
    for (at, value), alerts in found.items():
        several = are_several(alerts)
        lack = f"`{matcher.name}={value}`" if value else f"no label `{matcher.name}`"
        report.report(
            CODE,
            at,
            f"{names_of(alerts)} {'have' if several else 'has'} {lack}, so the operator keeps "
            f"{'them' if several else 'it'} from the AlertmanagerConfig",
            help=_remedy(matcher),
        )


def _remedy(matcher: Matcher) -> str:
    return (
        f"write `{matcher.name}: {matcher.value}` in its labels, or in those of Settings; or, if that is "
        "what the Alertmanager has, `alertmanager: {matcher_strategy: None}` in Settings"
    )
