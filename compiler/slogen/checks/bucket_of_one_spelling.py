"""A whole bound of a bucket in only one of its spellings

## Why
The bucket with the bound 1 is `le="1"` as Go programs write it and Prometheus 2 keeps it, and `le="1.0"` as
OpenMetrics, programs in Python and Prometheus 3 have it. A matcher for one of the two finds nothing in the
other world, without a word: after an upgrade of Prometheus, or of a client library, no event is fast any more
or the SLO has no data. Write both spellings, or `latency:`, which does. State the version of Prometheus in
the settings where only one is in use. (A spelling that certainly finds nothing is SLO464.)

## Wrong
```yaml
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
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: latency
      objective: 99
      sli:
        latency: {histogram: request_duration_seconds, threshold: 1s}
```
"""

from __future__ import annotations

from slogen import bucketspelling
from slogen.bucketspelling import Misspelt
from slogen.diagnostics import Code, Report
from slogen.examined import Examined

CODE = Code("SLO416", "warning", __doc__)


def check_expression(expression: Examined, report: Report) -> None:
    """Warn of matchers of `le` that take a whole bound in one spelling, where both may be in use."""
    for found in bucketspelling.misspelt(expression):
        if not found.is_certain:
            _report(found, expression, report)


def _report(found: Misspelt, expression: Examined, report: Report) -> None:
    report.report(
        CODE,
        expression.at(found.matcher.at),
        f"`{found.written}` finds nothing where the bucket is spelled `{found.other}`: {found.why}",
        help=f"write `{found.replacement}`, which takes both spellings",
        fixes=bucketspelling.fixes(found, expression),
    )
