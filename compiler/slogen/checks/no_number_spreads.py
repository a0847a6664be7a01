"""One part without traffic makes the whole no number

## Why
Where there is no traffic a division is 0/0, which is `NaN`, no number. A sum, a mean or a value over time
that has a single `NaN` in it is `NaN` as well: one idle instance, or one idle minute within 30 days, takes
the value away from all others. slogen leaves a ratio that is no number out, but cannot see through what you
add up.

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
        ratio:
          error: >-
            avg(sum by (pod) (rate(b_total[{{.window}}])) / sum by (pod) (rate(a_total[{{.window}}])))
#           ^^^
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
          total: sum(rate(a_total[{{.window}}]))
          bad: sum(rate(b_total[{{.window}}]))
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from slogen.diagnostics import Code, Label, Report
from slogen.examined import Examined

if TYPE_CHECKING:
    from slogen.promql.meaning import Meaning

CODE = Code("SLO453", "warning", __doc__)
_SPREADING = frozenset(("sum", "avg", "stddev", "stdvar"))
_OVER_TIME = frozenset(("sum_over_time", "avg_over_time", "stddev_over_time", "stdvar_over_time"))


def check_expression(expression: Examined, report: Report) -> None:
    """Warn of what adds up quotients, in the indicator of an SLO, that may be no number."""
    if expression.slo is None:
        return
    for part in _spreading(expression):
        inner = part.parts[-1] if part.is_aggregation else part.operand
        division = inner.nan
        if division is not None:
            report.report(
                CODE,
                expression.at(part.name_at),
                f"one quotient without traffic makes this `{part.name}` no number",
                also=(Label(expression.at(division.name_at), "0/0 where there is no traffic"),),
                help="divide the sums instead of adding up quotients, or divide by `(... > 0)`",
            )
            return
        series = inner.bare
        if series.recorded is not None and any(one.nan is not None for one in series.recorded.meanings):
            report.report(
                CODE,
                expression.at(series.name_at),
                f"`{series.name}` may be no number, and then `{part.name}` is none either",
                help="divide by `(... > 0)` in the recording rule",
            )
            return


def _spreading(expression: Examined) -> Iterator[Meaning]:
    yield from (part for part in expression.aggregations if part.name in _SPREADING)
    yield from (part for part in expression.calls if part.name in _OVER_TIME)
