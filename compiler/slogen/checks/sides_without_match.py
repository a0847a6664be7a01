"""The sides of an operator never match

## Why
PromQL combines only series whose labels are equal. Where one side of an operator keeps a label that the other
side does not have, or both ask for different values of it, no two series match and the result is empty. The
SLO then looks like one without data, and its burn-rate alerts never fire. A label that an aggregation is `by`
is taken to be there. (Errors and a total that keep different labels are SLO407.)

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
          error: |
            sum by (pod) (rate(errors_total[{{.window}}]))
              / sum by (instance) (rate(requests_total[{{.window}}]))
#             ^
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
        ratio:
          error: |
            sum by (pod) (rate(errors_total[{{.window}}]))
              / sum by (pod) (rate(requests_total[{{.window}}]))
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from slogen.diagnostics import Code, Label, Report
from slogen.examined import Examined

if TYPE_CHECKING:
    from slogen.promql.meaning import Meaning, Unmatched

CODE = Code("SLO410", "error", __doc__)
# Of events and of latencies slogen writes the query itself.
_WRITTEN_BY_SLOGEN = ("events", "latency")


def check_expression(expression: Examined, report: Report) -> None:
    """Report the operators because of which a query has no result, whatever the series are."""
    slo = expression.slo
    # Without an aggregation, or matching by labels, series are told apart by what nobody wrote down.
    if slo is None or slo.sli.kind in _WRITTEN_BY_SLOGEN or not expression.operations:
        return
    from slogen.promql.meaning import empty_by  # noqa: PLC0415 - it loads promql_parser

    found = empty_by(expression.meaning) if "(" in expression.text else None
    if found is not None:
        _report(*found, expression, report)


def _report(operation: Meaning, found: Unmatched, expression: Examined, report: Report) -> None:
    sign = "an operator" if expression.is_template else f"`{operation.name}`"
    report.report(
        CODE,
        expression.at(operation.name_at),
        f"the two sides of {sign} never match, so there is never a result: {found.reason}",
        also=()
        if expression.is_template
        else tuple(
            Label(expression.at(part.at), words)
            for part, words in zip(operation.parts, found.words, strict=True)
        ),
        help="aggregate both sides by the same labels, or say by `on (...)` which ones are compared",
    )
