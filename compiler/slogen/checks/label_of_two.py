"""A label that is the metric's or the target's

## Why
Both the metric and its target have this label. A scrape that honors labels keeps that of the metric; all
others keep that of the target, and call the metric's own `exported_...`. The component is scraped in several
ways that differ in this, or the catalog does not say; then a query by it means one thing here and another
thing there. It is a warning, too, where the target's label may well be meant.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: scorer}
spec:
  scrapes:
    - {kind: servicemonitor, honor_labels: false}
    - {kind: annotations, honor_labels: true}
  metrics:
    scorer_requests_total: {type: counter, labels: [endpoint]}
    scorer_errors_total: {type: counter, labels: [endpoint]}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: scorer
  slos:
    - name: availability
      objective: 99.9
      group_by: [endpoint]
#                ^^^^^^^^
      sli:
        events:
          total: scorer_requests_total
          bad: scorer_errors_total
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: scorer}
spec:
  scrapes:
    - {kind: servicemonitor, honor_labels: true}
    - {kind: annotations, honor_labels: true}
  metrics:
    scorer_requests_total: {type: counter, labels: [endpoint]}
    scorer_errors_total: {type: counter, labels: [endpoint]}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: scorer
  slos:
    - name: availability
      objective: 99.9
      group_by: [endpoint]
      sli:
        events:
          total: scorer_requests_total
          bad: scorer_errors_total
```
"""

from __future__ import annotations

from slogen import catalogued
from slogen.diagnostics import Code, Report
from slogen.examined import Examined

CODE = Code("SLO441", "warning", __doc__)


def check_expression(expression: Examined, report: Report) -> None:
    """Warn of labels of metrics that may be those of their targets."""
    for found in catalogued.renamed_labels(expression):
        if not found.is_certain:
            catalogued.report_renamed(found, CODE, expression, report)
