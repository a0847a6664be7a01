"""A label that the metric probably does not have

## Why
A catalog names the labels of a metric, and the query asks for another one. Either the label is misspelt:
then the matcher selects nothing or excludes nothing, and an aggregation by it has one group for everything.
Or it is a label of the targets, which nobody has declared. It is SLO421, an error, where the catalog says how
the component is scraped, and so which labels its targets have.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: engine}
spec:
  metrics:
    engine_requests_total: {type: counter, labels: [model_name, finished_reason]}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: engine
  slos:
    - name: availability
      objective: 99.9
      sli:
        events:
          total: engine_requests_total
          bad: 'engine_requests_total{finish_reason="error"}'
#                                     ^^^^^^^^^^^^^
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: engine}
spec:
  metrics:
    engine_requests_total: {type: counter, labels: [model_name, finished_reason]}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: engine
  slos:
    - name: availability
      objective: 99.9
      sli:
        events:
          total: engine_requests_total
          bad: 'engine_requests_total{finished_reason="error"}'
```
"""

from __future__ import annotations

from slogen import catalogued
from slogen.diagnostics import Code, Report
from slogen.examined import Examined

CODE = Code("SLO446", "warning", __doc__)


def check_expression(expression: Examined, report: Report) -> None:
    """Warn of labels that a metric lacks unless its targets have them, or that do no harm."""
    for found in catalogued.lacking_labels(expression):
        if not found.is_certain:
            catalogued.report_lacking(found, CODE, expression, report)
