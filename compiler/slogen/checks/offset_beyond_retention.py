"""An offset behind which no samples are kept

## Why
What is older than the retention of Prometheus is deleted. A selector whose offset leads behind that never
has a sample: a comparison with it is empty, so its alert never fires, and `absent` of it always does.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  prometheus: {retention: 15d}
---
groups:
  - name: shop
    rules:
      - record: shop:requests:growth
        expr: sum(rate(requests_total[1h])) / sum(rate(requests_total[1h] offset 30d))
#                                                                                ^^^
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  prometheus: {retention: 15d}
---
groups:
  - name: shop
    rules:
      - record: shop:requests:growth
        expr: sum(rate(requests_total[1h])) / sum(rate(requests_total[1h] offset 1w))
```
"""

from __future__ import annotations

from slogen.checks.looks_beyond_retention import kept, looks, sees_something
from slogen.checks.rules_of_another_tool import CODE as OF_ANOTHER_TOOL
from slogen.diagnostics import Code, Report
from slogen.durations import render
from slogen.ir import Program

CODE = Code("SLO812", "error", __doc__)


def check_program(program: Program, report: Report) -> None:
    """Report the selectors that lead to nothing but deleted samples."""
    retention = program.settings.prometheus.retention
    if retention is None:
        return
    for look in looks(program, retention):
        if not sees_something(look.reach, retention):
            of_another = look.slo is not None and look.slo.compat is not None
            report.report(
                OF_ANOTHER_TOOL if of_another else CODE,
                look.at,
                f"there are no samples {render(look.reach.latest)} ago: they are kept for "
                f"{render(retention)}",
                also=kept(program.settings),
                help=f"write an offset below {render(retention)}, or keep the samples for longer",
            )
