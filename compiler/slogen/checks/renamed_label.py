"""A label that the scrape renames

## Why
Where a metric has a label that its target has as well, such as `namespace` or `pod`, the scrape keeps that of
the target and calls the metric's own `exported_namespace`, unless it honors labels. A query by `namespace` is
then about where the component itself runs, never about what it measures. Where the scrapes do not all do the
same, or it is not sure which label is meant, this is the warning SLO441.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: gateway}
spec:
  scrapes: [{kind: servicemonitor, honor_labels: false}]
  metrics:
    gateway_requests_total: {type: counter, labels: [namespace, agent, code]}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: gateway
  slos:
    - name: availability
      objective: 99.9
      group_by: [namespace]
#                ^^^^^^^^^
      sli:
        events:
          total: gateway_requests_total
          bad: 'gateway_requests_total{code=~"5.."}'
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: gateway}
spec:
  scrapes: [{kind: servicemonitor, honor_labels: false}]
  metrics:
    gateway_requests_total: {type: counter, labels: [namespace, agent, code]}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: gateway
  slos:
    - name: availability
      objective: 99.9
      group_by: [exported_namespace]
      sli:
        events:
          total: gateway_requests_total
          bad: 'gateway_requests_total{code=~"5.."}'
```
"""

from __future__ import annotations

from slogen import catalogued
from slogen.diagnostics import Code, Report
from slogen.examined import Examined

CODE = Code("SLO428", "error", __doc__)


def check_expression(expression: Examined, report: Report) -> None:
    """Report labels of metrics that all scrapes rename."""
    for found in catalogued.renamed_labels(expression):
        if found.is_certain:
            catalogued.report_renamed(found, CODE, expression, report)
