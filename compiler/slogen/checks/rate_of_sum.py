"""A rate of a sum of counters

## Why
`rate()`, `irate()` and `increase()` take every fall of a value for a restart, and count all of it again from
zero. The sum of several counters falls whenever one of them starts anew or vanishes, while the others go on:
all that they ever counted is then taken for new events, and a single restart of a pod looks like a storm. The
rate goes inside, and is then added up. It is a warning, since a sum of counters of which only one lives at a
time is followed rightly. (What a recording rule makes is SLO468.)

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: availability
      objective: 99.9
      sli:
        query:
          total: sum(rate(requests_total[{{.window}}]))
          bad: rate(sum(requests_total{code=~"5.."})[{{.window}}:1m])
#              ^^^^
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
      sli:
        query:
          total: sum(rate(requests_total[{{.window}}]))
          bad: sum(rate(requests_total{code=~"5.."}[{{.window}}]))
```
"""

from __future__ import annotations

from slogen.diagnostics import Code, Label, Report
from slogen.examined import Examined
from slogen.promql.functions import RATES

CODE = Code("SLO418", "warning", __doc__)


def check_expression(expression: Examined, report: Report) -> None:
    """Warn of rates of subqueries that add up counters."""
    for call in expression.calls:
        if call.name not in RATES or not call.parts[0].bare.is_subquery:
            continue
        inner = call.parts[0].bare.parts[0].bare
        if inner.is_aggregation and inner.name == "sum" and inner.nature.is_raw_counter:
            report.report(
                CODE,
                expression.at(call.name_at),
                f"`{call.name}()` of a sum takes each restart of one counter for a restart of all of them",
                also=(Label(expression.at(inner.name_at), "adds up counters"),),
                help=f"write `sum({call.name}(...))`, the `{call.name}()` of each counter first",
            )
