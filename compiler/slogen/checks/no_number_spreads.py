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

from typing import TYPE_CHECKING

from slogen.diagnostics import Code, Label, Report
from slogen.examined import Examined
from slogen.promql.idle import spreads

if TYPE_CHECKING:
    from slogen.promql.meaning import Meaning

CODE = Code("SLO453", "warning", __doc__)


def check_expression(expression: Examined, report: Report) -> None:
    """Warn of what adds up quotients, in the indicator of an SLO, that may be no number."""
    if expression.slo is None:
        return
    found = next(spreads((*expression.aggregations, *expression.calls)), None)
    if found is not None:
        _report(*found, expression, report)


def _report(part: Meaning, quotient: Meaning, expression: Examined, report: Report) -> None:
    if quotient.is_selector:
        report.report(
            CODE,
            expression.at(quotient.name_at),
            f"`{quotient.name}` may be no number, and then `{part.name}` is none either",
            help="divide by `(... > 0)` in the recording rule",
        )
        return
    report.report(
        CODE,
        expression.at(part.name_at),
        f"one quotient without traffic makes this `{part.name}` no number",
        also=(Label(expression.at(quotient.name_at), "0/0 where there is no traffic"),),
        help="divide the sums instead of adding up quotients, or divide by `(... > 0)`",
    )
