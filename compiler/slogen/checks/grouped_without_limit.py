"""An SLO with a budget for each of countless values

## Why
Each value of a label that an SLO groups by gets a budget, some thirty recorded series and alerts of its own.
Nobody can count the values of this label, as the catalog says: often clients choose them. Whoever sends
requests with ever new values fills Prometheus, and each of these budgets sees a handful of events. A selector
that names the values, as in `model=~"a|b"`, bounds them.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: gateway}
spec:
  metrics:
    gateway_requests_total:
      type: counter
      labels:
        model: {unbounded: it is what the client asks for}
        status:
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: gateway
  slos:
    - name: availability
      objective: 99.9
      group_by: [model]
#                ^^^^^
      sli:
        events:
          total: gateway_requests_total
          bad: 'gateway_requests_total{status=~"5.."}'
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: gateway}
spec:
  metrics:
    gateway_requests_total:
      type: counter
      labels:
        model: {unbounded: it is what the client asks for}
        status:
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: gateway
  slos:
    - name: availability
      objective: 99.9
      sli:
        events:
          total: gateway_requests_total
          bad: 'gateway_requests_total{status=~"5.."}'
```
"""

from __future__ import annotations

from slogen import catalogued
from slogen.diagnostics import Code, Report
from slogen.examined import Examined

CODE = Code("SLO436", "error", __doc__)


def check_expression(expression: Examined, report: Report) -> None:
    """Report labels without a limit that an SLO groups by."""
    slo = expression.slo
    if slo is None or not slo.grouping.labels or not expression.project.catalogs:
        return
    for name in slo.grouping.labels:
        found = catalogued.countless(name, expression.meaning)
        if found is None:
            continue
        report.report(
            CODE,
            catalogued.key_of_slo(expression, f"group_by.{name}", "group_by"),
            f"nobody can count the values of `{name}`, and each would have a budget: {found.unbounded}",
            also=catalogued.declared(found.where, "without a limit"),
            help=f"group by another label, or select the values of `{name}` that matter",
        )
