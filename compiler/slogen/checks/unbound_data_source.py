"""A dashboard asks a data source that nothing declares

## Why
`${DS_PROM}` is what Grafana writes when a dashboard is exported for others. It asks for a value while the
dashboard is imported, but only if the input is declared below `__inputs`. Where that part was lost, or the
dashboard is put into a variable's place by nobody, every panel says `Datasource ${DS_PROM} was not found`. A
dashboard that is provisioned is never asked about: there, a variable of the type `datasource` does the same.
Source: https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/create-dashboard/ and
https://grafana.com/docs/grafana/latest/dashboards/share-dashboards-panels/#export-dashboards.

## Wrong
```yaml
title: Shop
schemaVersion: 39
panels:
  - type: timeseries
    datasource: {type: prometheus, uid: '${DS_PROM}'}
#                                        ^^^^^^^^^^
    targets: [{expr: 'sum(rate(shop_orders_total[$__rate_interval]))'}]
```

## Right
```yaml
title: Shop
schemaVersion: 39
templating:
  list: [{name: DS_PROM, type: datasource, query: prometheus}]
panels:
  - type: timeseries
    datasource: {type: prometheus, uid: '${DS_PROM}'}
    targets: [{expr: 'sum(rate(shop_orders_total[$__rate_interval]))'}]
```
"""

from __future__ import annotations

from slogen.diagnostics import Code, Label, Report
from slogen.ir import Program
from slogen.panels import GrafanaDashboard

CODE = Code("SLO821", "warning", __doc__)


def check_program(program: Program, report: Report) -> None:
    """Report the first place of each such name in a dashboard, and the last of the others."""
    for dashboard in program.foreign_dashboards:
        _check(dashboard, report)


def _check(dashboard: GrafanaDashboard, report: Report) -> None:
    first = {at.text: at for at in reversed(dashboard.unbound)}
    for text in dict.fromkeys(at.text for at in dashboard.unbound):
        at = first[text]
        count = sum(other.text == text for other in dashboard.unbound)
        last = next(other for other in reversed(dashboard.unbound) if other.text == text)
        more = () if count == 1 else (Label(last, f"the last of {count} places"),)
        name = text.strip("${}[]").partition(":")[0]
        report.report(
            CODE,
            at,
            f"nothing in the dashboard says which data source `{text}` is",
            also=more,
            help=f"declare it: `{{name: {name}, type: datasource, query: prometheus}}` in `templating.list`, "
            "or, to be asked at an import, in `__inputs`",
        )
