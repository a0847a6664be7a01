"""Datadog puts a prefix in front of metrics that start with it

## Why
Datadog's agent puts `namespace` and a dot in front of every metric. Metrics of Prometheus carry such a prefix
in their names: `shop_requests` becomes `shop.shop_requests`, which dashboards and monitors miss.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: shop}
spec:
  metrics:
    shop_requests_total: {type: counter}
---
apiVersion: slogen.dev/v1
kind: Component
metadata: {name: shop, namespace: shop}
spec:
  container: shop
  ports: {http-metrics: 9090}
  datadog: {namespace: shop}
#                      ^^^^
  routes: [datadog]
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: shop}
spec:
  metrics:
    shop_requests_total: {type: counter}
---
apiVersion: slogen.dev/v1
kind: Component
metadata: {name: shop, namespace: shop}
spec:
  container: shop
  ports: {http-metrics: 9090}
  routes: [datadog]
```
"""

from __future__ import annotations

from slogen.diagnostics import Code, Report
from slogen.ir import Program

CODE = Code("SLO847", "warning", __doc__)


def check_program(program: Program, report: Report) -> None:
    """Warn of a prefix that the metrics of a component have already."""
    for component in program.components:
        at = component.places.get("datadog.namespace")
        if at is None or not component.datadog_namespace:
            continue
        prefix = f"{component.datadog_namespace}_"
        listed = [one for one in program.catalogs.all if one.component in component.catalogs]
        names = [metric.name for catalog in listed for metric in catalog.metrics]
        doubled = [name for name in names if name.startswith(prefix)]
        if doubled and len(doubled) * 2 > len(names):
            report.report(
                CODE,
                at,
                f"Datadog calls `{doubled[0]}` `{component.datadog_namespace}.{doubled[0]}`",
                help="delete `namespace`: the metrics have the prefix in their names",
            )
