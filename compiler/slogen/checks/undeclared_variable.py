"""A matcher asks for a variable that the dashboard does not have

## Why
Grafana replaces the variables that a dashboard declares and leaves all other text as it is. So Prometheus is
asked for a label whose value is the dollar sign and the name, finds none, and the panel is empty: it looks as
if there were no traffic. Mostly the name is misspelt, or the panel was copied from another dashboard. Source:
https://grafana.com/docs/grafana/latest/dashboards/variables/variable-syntax/.

## Wrong
```yaml
title: Shop
schemaVersion: 39
templating:
  list: [{name: region, type: custom, query: 'eu,us'}]
panels:
  - type: timeseries
    datasource: {type: prometheus, uid: main}
    targets: [{expr: 'sum(rate(shop_orders_total{region="$regoin"}[5m]))'}]
#                                                        ^^^^^^^
```

## Right
```yaml
title: Shop
schemaVersion: 39
templating:
  list: [{name: region, type: custom, query: 'eu,us'}]
panels:
  - type: timeseries
    datasource: {type: prometheus, uid: main}
    targets: [{expr: 'sum(rate(shop_orders_total{region="$region"}[5m]))'}]
```
"""

from __future__ import annotations

from slogen.diagnostics import Code, Report
from slogen.ir import Program

CODE = Code("SLO822", "warning", __doc__)


def check_program(program: Program, report: Report) -> None:
    """Warn of such matchers in all dashboards."""
    for one in (one for query in program.panel_queries for one in query.undeclared):
        report.report(
            CODE,
            one.at,
            f"the dashboard has no variable `{one.name}`, so this matches the text `{one.at.text}`",
            help=f"did you mean `${one.meant}`?" if one.meant else f"declare a variable `{one.name}`",
        )
