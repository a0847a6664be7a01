"""The operator keeps alerts from an AlertmanagerConfig, unless the Alertmanager says otherwise

## Why
By default the Prometheus Operator adds a matcher to the routes of each AlertmanagerConfig object: only
alerts whose label `namespace` is the namespace of the object come to it. None of the alerts that this object
is for has that label, so they fire and reach nobody.

Give them the label. Or, if `alertmanagerConfigMatcherStrategy` of your Alertmanager is not the default,
repeat it in Settings: `alertmanager: {matcher_strategy: None}`. With a strategy in Settings, this is an error
(SLO530).

## Wrong
```yaml
apiVersion: monitoring.coreos.com/v1alpha1
kind: AlertmanagerConfig
metadata: {name: shop, namespace: shop}
#                ^^^^
spec:
  route: {receiver: shop-pager}
  receivers:
    - name: shop-pager
      pagerdutyConfigs: [{routingKey: {name: pagerduty, key: shop}}]
---
groups:
  - name: shop
    rules:
      - alert: ShopIsSlow
        expr: sum(shop_slow_requests) > 1
        labels: {severity: critical}
```

## Right
```yaml
apiVersion: monitoring.coreos.com/v1alpha1
kind: AlertmanagerConfig
metadata: {name: shop, namespace: shop}
spec:
  route: {receiver: shop-pager}
  receivers:
    - name: shop-pager
      pagerdutyConfigs: [{routingKey: {name: pagerduty, key: shop}}]
---
groups:
  - name: shop
    rules:
      - alert: ShopIsSlow
        expr: sum by (namespace) (shop_slow_requests{namespace="shop"}) > 1
        labels: {severity: critical}
```
"""

from __future__ import annotations

from slogen.diagnostics import Code, Report
from slogen.ir import Program

CODE = Code("SLO536", "warning", __doc__)


def check_program(program: Program, report: Report) -> None:
    """Report the objects written by hand that get no alert with the default of the operator."""
    if program.settings.alertmanager.states_strategy:
        return
    if not any(config.object_ is not None for config in program.notifying.written):
        return
    from slogen.routing.proving.namespaces import kept_from_written  # noqa: PLC0415 - not for projects without objects

    for config, matcher in kept_from_written(program):
        if config.where is not None:
            report.report(
                CODE,
                config.where,
                f"no alert here comes to `{config.where.text}`: none has the label `{matcher}`",
                help=f"keep the label `{matcher.name}` in the expressions, or add it; or state the strategy "
                "of your Alertmanager in Settings: `alertmanager: {matcher_strategy: None}`",
            )
