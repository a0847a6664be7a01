"""A dashboard is larger than a ConfigMap may be

## Why
A ConfigMap holds at most 1 MiB; the API server refuses a larger one, so the dashboard would stay as it was.
Settings ask for ConfigMaps of dashboards here. Those of services are small however many SLOs there are; it is
a Dashboard document with very many panels, or very long texts. Source:
https://kubernetes.io/docs/concepts/configuration/configmap/#motivation.

## Wrong
    A Dashboard document with several hundred panels.

## Right
```yaml
apiVersion: slogen.dev/v1
kind: Dashboard
metadata: {name: shop}
spec:
  title: Shop
  panels:
    - {title: Orders per second, query: 'sum(rate(shop_orders_total[$__rate_interval]))', unit: requests/s}
```
"""

from __future__ import annotations

from slogen.diagnostics import Code, Report
from slogen.ir import Program
from slogen.panels import Dashboard, Form, Panel

CODE = Code("SLO820", "error", __doc__)
_MANY_PANELS, _MANY_CHARACTERS = 200, 200_000
"""Below both, a dashboard cannot be too large; there is no need to write it to see that."""


def check_program(program: Program, report: Report) -> None:
    """Report Dashboard documents whose ConfigMap nobody would take."""
    if Form.CONFIGMAP not in program.settings.dashboards.forms:
        return
    for dashboard in program.dashboards:
        if _may_be_large(dashboard):
            _check(dashboard, report)


def _may_be_large(dashboard: Dashboard) -> bool:
    panels = [item for item in dashboard.items if isinstance(item, Panel)]
    queries = [target for panel in panels for target in panel.targets]
    texts = sum(len(panel.text) + len(panel.description) for panel in panels)
    texts += sum(len(target.query) + len(target.legend) for target in queries)
    values = sum(len(value) for variable in dashboard.variables for value in variable.values)
    return len(panels) + len(queries) > _MANY_PANELS or texts + values > _MANY_CHARACTERS


def _check(dashboard: Dashboard, report: Report) -> None:
    from slogen.dashboards.configmaps import MOST_BYTES  # noqa: PLC0415 - only for what may be large
    from slogen.dashboards.grafana import json_text  # noqa: PLC0415

    size = len(json_text(dashboard, Form.PROVISIONING).encode())
    if size <= MOST_BYTES or dashboard.where is None:
        return
    report.report(
        CODE,
        dashboard.where,
        f"the dashboard `{dashboard.name}` has {size:,} bytes, and a ConfigMap takes {MOST_BYTES:,}",
        help="split it into several, or set `dashboards: {forms: [provisioning]}` in the Settings",
    )
