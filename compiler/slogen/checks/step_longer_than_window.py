"""The step of a subquery is longer than a window

## Why
A subquery such as `[{{.window}}:1h]` is evaluated at whole steps, here once an hour. A window of five minutes
mostly lies between two of them and holds no value at all: the burn rate over the short windows is missing
most of the time, so the fast alerts do not fire, or only for a moment once an hour.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: pool
  slos:
    - name: saturation
      objective: 99
      sli:
        ratio:
          error: avg_over_time((max(pool_usage_ratio) > bool 0.9)[{{.window}}:1h])
#                                                                 ^^^^^^^^^^^^^^
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: pool
  slos:
    - name: saturation
      objective: 99
      sli:
        ratio:
          error: avg_over_time((max(pool_usage_ratio) > bool 0.9)[{{.window}}:1m])
```
"""

from __future__ import annotations

from slogen import durations
from slogen.diagnostics import Code, Report
from slogen.examined import Examined
from slogen.ir import Millis
from slogen.sampling import range_place, shortest_window, step_of

CODE = Code("SLO467", "warning", __doc__)


def check_expression(expression: Examined, report: Report) -> None:
    """Warn of subqueries over the window whose steps are longer than the shortest one."""
    for part in expression.parts:
        step = step_of(part) if part.is_subquery and part.follows_window else None
        shortest = shortest_window(expression) if step is not None else None
        if step is not None and shortest is not None and step > shortest:
            report.report(
                CODE,
                expression.at(range_place(part, expression)),
                f"a step of `{durations.render(step)}` leaves windows of `{durations.render(shortest)}` "
                "mostly without a value",
                help=f"write a step of `{durations.render(Millis(min(60_000, shortest)))}` or less",
            )
