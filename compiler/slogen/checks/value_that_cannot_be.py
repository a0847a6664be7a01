"""A matcher on values that a label never has

## Why
A selector that asks for a value which a label never has finds nothing: errors are then always zero, or the
SLO looks like one without data. A catalog that lists the values of a label and calls the list closed says
which ones there are; a typical case are HTTP codes, which one component writes as `503` and another one as
`5xx`.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: sidecar}
spec:
  metrics:
    sidecar_requests_total:
      type: counter
      labels:
        code: {values: [1xx, 2xx, 3xx, 4xx, 5xx], closed: true}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: sidecar
  slos:
    - name: availability
      objective: 99.9
      sli:
        events:
          total: sidecar_requests_total
          bad: 'sidecar_requests_total{code=~"5[0-9]{2}"}'
#                                            ^^^^^^^^^^^
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: sidecar}
spec:
  metrics:
    sidecar_requests_total:
      type: counter
      labels:
        code: {values: [1xx, 2xx, 3xx, 4xx, 5xx], closed: true}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: sidecar
  slos:
    - name: availability
      objective: 99.9
      sli:
        events:
          total: sidecar_requests_total
          bad: 'sidecar_requests_total{code="5xx"}'
```
"""

from __future__ import annotations

from slogen import catalogued
from slogen.diagnostics import Code, Report
from slogen.examined import Examined

CODE = Code("SLO422", "error", __doc__)


def check_expression(expression: Examined, report: Report) -> None:
    """Report matchers because of which a selector never finds anything."""
    for found in catalogued.unknown_values(expression):
        if found.is_certain:
            catalogued.report_unknown(found, CODE, expression, report)
