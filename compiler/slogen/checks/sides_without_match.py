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

from slogen.checks.rules_of_another_tool import CODE as OF_ANOTHER_TOOL
from slogen.diagnostics import Code, Label, Report
from slogen.expressions import ANY_WINDOW, written_at
from slogen.ir import Query, Slo
from slogen.promql.pairing import Mismatch, mismatch

CODE = Code("SLO410", "error", __doc__)
_SIDES = ("left", "right")


def check_slo(slo: Slo, report: Report) -> None:
    """Report the operators because of which a query has no result, whatever the series are."""
    if slo.sli.kind in ("events", "latency"):
        return
    for query in slo.sli.queries:
        # Without an aggregation, or matching by labels, series are told apart by what nobody wrote down.
        if query.opaque or "(" not in query.text:
            continue
        found = mismatch(query.over(ANY_WINDOW))
        if found is not None:
            _report(found, query, CODE if slo.compat is None else OF_ANOTHER_TOOL, report)


def _report(found: Mismatch, query: Query, code: Code, report: Report) -> None:
    at = written_at(query, found.sign)
    label = found.label
    if found.lacking is None:
        reason = f'the left one has `{label}="{found.left}"`, the right one `{label}="{found.right}"`'
        words = [f'`{label}="{found.left}"`', f'`{label}="{found.right}"`']
    else:
        lacking, having = _SIDES[found.lacking], _SIDES[1 - found.lacking]
        reason = f"the {having} one keeps the label `{label}`, the {lacking} one has none"
        words = [f"has no `{label}`" if i == found.lacking else f"has `{label}`" for i in (0, 1)]
    sign = at.text if query.template is None else "an operator"
    report.report(
        code,
        at,
        f"the two sides of `{sign}` never match, so there is never a result: {reason}",
        also=()
        if query.template is not None
        else tuple(Label(written_at(query, side), words[i]) for i, side in enumerate(found.sides)),
        help="aggregate both sides by the same labels, or say by `on (...)` which ones are compared",
    )
