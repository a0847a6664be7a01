"""An objective that looks like a ratio

## Why
Objectives are percent, as people say them. 0.999 would mean that 0.999 percent of the events must be good:
such an SLO is always met and never alerts.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: availability
      objective: 0.999
#                ^^^^^
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
      objective: 99.9
      sli: {events: {bad: 'errors_total', total: 'requests_total'}}
```
"""

from __future__ import annotations

from slogen.burn import decimal_text
from slogen.diagnostics import Code, Report
from slogen.ir import Slo

CODE = Code("SLO302", "error", __doc__)


def check_slo(slo: Slo, report: Report) -> None:
    """Report an objective of at most one percent."""
    if not 0 < slo.objective <= 1:
        return
    at = slo.where["objective"]
    percent = decimal_text(slo.objective * 100)
    fix = f"write `{percent}`" if slo.objective < 1 else "write percent below 100, such as `99.9`"
    report.report(CODE, at, f"`{at.text}` is a ratio; objectives are percent", help=fix)
