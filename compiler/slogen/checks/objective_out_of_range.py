"""An objective outside 0 to 100 percent

## Why
The objective is the percentage of good events. At 100 there is no error budget: every burn rate is infinite
and the first error pages. At 0 nothing is promised.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: availability
      objective: 100
#                ^^^
      sli: {events: {bad: 'errors_total', total: 'requests_total'}}
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: availability
      objective: 99.99
      sli: {events: {bad: 'errors_total', total: 'requests_total'}}
```
"""

from __future__ import annotations

from slogen.diagnostics import Code, Report
from slogen.ir import Slo

CODE = Code("SLO301", "error", __doc__, firm=True)


def check_slo(slo: Slo, report: Report) -> None:
    """Report an objective that leaves no budget, or promises nothing."""
    at = slo.where["objective"]
    if slo.objective == 100:
        report.report(
            CODE, at, "an objective of 100 leaves no error budget", help="write less, such as `99.99`"
        )
    elif slo.objective > 100:
        report.report(CODE, at, f"`{at.text}` is more than 100 percent", help="write percent below 100")
    elif slo.objective <= 0:
        report.report(CODE, at, f"`{at.text}` promises nothing", help="write percent above 0, such as `99.9`")
