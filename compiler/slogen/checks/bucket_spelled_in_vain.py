"""A bound of a bucket in a spelling that is not in use

## Why
The bucket with the bound 1 is `le="1"` as Go programs write it and Prometheus 2 keeps it, and `le="1.0"` as
OpenMetrics, programs in Python and Prometheus 3 have it. By the version of Prometheus in the settings, or by
what the catalog says of the program, the bucket here has the other spelling: the matcher finds nothing, and
the indicator has no data or counts every event as slow. (Where nobody knows the spelling it is SLO416.)

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  prometheus: {version: '3.0'}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: latency
      objective: 99
      sli:
        events:
          total: request_duration_seconds_count
          good: request_duration_seconds_bucket{le="1"}
#                                               ^^^^^^
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  prometheus: {version: '3.0'}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: latency
      objective: 99
      sli:
        events:
          total: request_duration_seconds_count
          good: request_duration_seconds_bucket{le="1.0"}
```
"""

from __future__ import annotations

from slogen import bucketspelling
from slogen.bucketspelling import Misspelt
from slogen.diagnostics import Code, Report
from slogen.examined import Examined

CODE = Code("SLO464", "error", __doc__)


def check_expression(expression: Examined, report: Report) -> None:
    """Report matchers of `le` that ask for a whole bound in a spelling that is nowhere."""
    for found in bucketspelling.misspelt(expression):
        if found.is_certain:
            _report(found, expression, report)


def _report(found: Misspelt, expression: Examined, report: Report) -> None:
    report.report(
        CODE,
        expression.at(found.matcher.at),
        f"`{found.written}` never finds a bucket: {found.why}",
        help=f"write `{found.replacement}`",
        fixes=bucketspelling.fixes(found, expression),
    )
