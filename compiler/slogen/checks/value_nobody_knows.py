"""A matcher on values that are not known

## Why
A catalog lists the values of a label, and the matcher asks for another one that is misspelt or is not written
as they are. If the list is right, the matcher selects or excludes nothing. Where the catalog calls the list
closed and a selector finds nothing because of it, this is the error SLO422.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: api}
spec:
  metrics:
    api_requests_total: {type: counter, labels: {status: [2xx, 3xx, 4xx, 5xx]}}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: api
  slos:
    - name: availability
      objective: 99.9
      sli:
        events:
          total: api_requests_total
          bad: 'api_requests_total{status="503"}'
#                                         ^^^^^
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: api}
spec:
  metrics:
    api_requests_total: {type: counter, labels: {status: [2xx, 3xx, 4xx, 5xx]}}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: api
  slos:
    - name: availability
      objective: 99.9
      sli:
        events:
          total: api_requests_total
          bad: 'api_requests_total{status=~"5.."}'
```
"""

from __future__ import annotations

from slogen import catalogued
from slogen.diagnostics import Code, Report
from slogen.examined import Examined

CODE = Code("SLO440", "warning", __doc__)


def check_expression(expression: Examined, report: Report) -> None:
    """Warn of matchers on values that no catalog knows."""
    for found in catalogued.unknown_values(expression):
        if not found.is_certain:
            catalogued.report_unknown(found, CODE, expression, report)
