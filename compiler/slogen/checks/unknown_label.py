"""A label that the metric does not have

## Why
A matcher on a label that a metric does not have selects nothing, and an aggregation by it gives one group for
everything: the SLO looks like one without data, or judges all callers as one. A catalog names the labels of a
metric, and the ways on which it is scraped name those of its targets; others there are none. Where the
catalog says nothing of the scrapes, this is the warning SLO446.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: router}
spec:
  scrapes: [{kind: static, honor_labels: false}]
  metrics:
    router_requests_total: {type: counter, labels: [model, status_code]}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: router
  slos:
    - name: availability
      objective: 99.9
      group_by: [model_id]
#                ^^^^^^^^
      sli:
        events:
          total: router_requests_total
          bad: 'router_requests_total{status=~"5.."}'
#                                     ^^^^^^
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: router}
spec:
  scrapes: [{kind: static, honor_labels: false}]
  metrics:
    router_requests_total: {type: counter, labels: [model, status_code]}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: router
  slos:
    - name: availability
      objective: 99.9
      group_by: [model]
      sli:
        events:
          total: router_requests_total
          bad: 'router_requests_total{status_code=~"5.."}'
```
"""

from __future__ import annotations

from slogen import catalogued
from slogen.diagnostics import Code, Report
from slogen.examined import Examined

CODE = Code("SLO421", "error", __doc__)


def check_expression(expression: Examined, report: Report) -> None:
    """Report labels that a metric certainly lacks and without which the query cannot work."""
    for found in catalogued.lacking_labels(expression):
        if found.is_certain:
            catalogued.report_lacking(found, CODE, expression, report)
