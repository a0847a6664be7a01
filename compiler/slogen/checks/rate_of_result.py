"""A rate of what is no counter any more

## Why
`rate()`, `irate()` and `increase()` take every fall of a value for a restart of a counter. A recording rule
that adds up raw counters records a value that falls whenever one of them starts anew or vanishes, while the
others go on: all that they ever counted is then taken for new events. And a rate, recorded or in a subquery,
goes up and down like any gauge: its rate tells how much the traffic wavers, not how much there is. (A sum of
counters within the expression itself is SLO418.)

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
          bad: sum(rate(job:errors:sum[{{.window}}]))
#                       ^^^^^^^^^^^^^^
---
groups:
  - name: checkout
    rules:
      - record: job:errors:sum
        expr: sum by (job) (errors_total)
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
          bad: sum(rate(errors_total[{{.window}}]))
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from slogen.diagnostics import Code, Label, Report
from slogen.examined import Examined
from slogen.promql.functions import RATES

if TYPE_CHECKING:
    from slogen.promql.meaning import Meaning

CODE = Code("SLO468", "warning", __doc__)
_RATES_ALREADY = ("rate", "increase")


def check_expression(expression: Examined, report: Report) -> None:
    """Warn of rates of series that recording rules make of counters, and of rates of rates."""
    for call in expression.calls:
        if call.name not in RATES:
            continue
        inner = call.parts[0].bare
        if inner.recorded is not None:
            _check_recorded(call, inner, inner.recorded.meanings, expression, report)
        elif inner.is_subquery and inner.nature.value in _RATES_ALREADY:
            report.report(
                CODE,
                expression.at(call.name_at),
                f"this is the `{call.name}()` of a rate, which goes up and down",
                help="write `avg_over_time()` for the mean of the rates, or `deriv()` for how they change",
            )


def _check_recorded(
    call: Meaning, series: Meaning, recorded: tuple[Meaning, ...], expression: Examined, report: Report
) -> None:
    bare = [meaning.bare for meaning in recorded]
    if all(one.is_aggregation and one.name == "sum" and one.nature.is_raw_counter for one in bare):
        problem = f"is a sum of counters, and `{call.name}()` takes the restart of one for that of all"
        remedy = f"record the sum of the rates, or write `sum({call.name}(...))` of the counters"
    elif all(one.nature.value in _RATES_ALREADY for one in bare):
        problem = f"is recorded as a rate, and `{call.name}()` works on counters only"
        remedy = "use it as it is, or `avg_over_time()` of it"
    else:
        return
    report.report(
        CODE,
        expression.at(series.name_at),
        f"`{series.name}` {problem}",
        also=_recorded(series.name, expression),
        help=remedy,
    )


def _recorded(name: str, expression: Examined) -> Iterator[Label]:
    """Where a series is recorded first."""
    for rule, _, _ in expression.project.recordings.get(name, ())[:1]:
        if rule.where is not None:
            yield Label(rule.where["record"], "recorded here")
