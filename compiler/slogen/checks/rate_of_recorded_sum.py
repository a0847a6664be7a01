"""A rate of a recorded sum of counters

## Why
`rate()`, `irate()` and `increase()` take every fall of a value for a restart. A recording rule that adds up
raw counters records a value that falls whenever one of them starts anew or vanishes, while the others go on:
all that they ever counted is then taken for new events. Record the rate, and use that. (A sum within the
expression itself is SLO418.)

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

from slogen.checks.rate_of_sum import RATES
from slogen.diagnostics import Code, Label, Report
from slogen.examined import Examined

CODE = Code("SLO468", "warning", __doc__)


def check_expression(expression: Examined, report: Report) -> None:
    """Warn of rates of series that recording rules make by adding up counters."""
    for call in expression.calls:
        series = call.operand.bare
        if call.name not in RATES or series.recorded is None:
            continue
        recorded = [meaning.bare for meaning in series.recorded.meanings]
        if all(one.is_aggregation and one.name == "sum" and one.nature.is_raw_counter for one in recorded):
            report.report(
                CODE,
                expression.at(series.name_at),
                f"`{series.name}` is a sum of counters, and `{call.name}()` takes the restart of one "
                "for that of all",
                also=_recorded(series.name, expression),
                help=f"record the sum of the rates, or write `sum({call.name}(...))` of the counters",
            )


def _recorded(name: str, expression: Examined) -> Iterator[Label]:
    """Where a series is recorded first."""
    for rule, _, _ in expression.project.recordings.get(name, ())[:1]:
        if rule.where is not None:
            yield Label(rule.where["record"], "recorded here")
