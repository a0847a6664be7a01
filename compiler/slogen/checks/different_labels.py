"""Errors and total keep different labels

## Why
The error ratio is the errors divided by the total, and PromQL divides only series with the same labels. Where
one query sums up what the other keeps apart, no two series match: the ratio has no value, the SLO looks like
one without data or without errors, and its alerts never fire. (Labels that are equal, but tell the errors
from all other events, are SLO408.)

## Wrong
```yaml
version: prometheus/v1
service: checkout
slos:
  - name: availability
    objective: 99.9
    sli:
      events:
        error_query: sum(rate(requests_total{code=~"5.."}[{{.window}}]))
#                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        total_query: sum by (region) (rate(requests_total[{{.window}}]))
    alerting: {name: CheckoutErrors}
```

## Right
```yaml
version: prometheus/v1
service: checkout
slos:
  - name: availability
    objective: 99.9
    sli:
      events:
        error_query: sum by (region) (rate(requests_total{code=~"5.."}[{{.window}}]))
        total_query: sum by (region) (rate(requests_total[{{.window}}]))
    alerting: {name: CheckoutErrors}
```
"""

from __future__ import annotations

from slogen import expressions, regrouping
from slogen.checks.rules_of_another_tool import CODE as OF_ANOTHER_TOOL
from slogen.diagnostics import Code, Fix, Label, Report
from slogen.ir import Query, Slo

CODE = Code("SLO407", "error", __doc__)


def check_slo(slo: Slo, report: Report) -> None:
    """Report queries whose results have no group in common, so that no error ever meets a total."""
    is_grouped = slo.grouping.each or slo.grouping.labels
    if slo.sli.kind != "query" or not is_grouped:
        return
    total, part = slo.sli.queries
    whole, chosen = _groups(total, slo), _groups(part, slo)
    if whole is None or chosen is None or whole == chosen:
        return
    report.report(
        CODE if slo.compat is None else OF_ANOTHER_TOOL,
        part.at,
        f"this query gives {_apart(chosen)}, the total {_apart(whole)}",
        also=(Label(total.at, "the total"),),
        help="aggregate both by the same labels: Prometheus divides only series with equal labels",
        fixes=_fixes(part, whole - chosen) if chosen < whole else _fixes(total, chosen - whole),
    )


def _fixes(query: Query, missing: frozenset[str]) -> tuple[Fix, ...]:
    """The change after which the query keeps the missing labels; none where both lack some."""
    at = regrouping.outermost(query) if missing and query.template is None else None
    return regrouping.keeping(at, sorted(missing)) if at is not None else ()


def _groups(query: Query, slo: Slo) -> frozenset[str] | None:
    """The labels that a query tells the groups apart by; None where that depends on the series."""
    labels = expressions.result_labels(query)
    if labels is None or slo.grouping.each:
        return labels
    return labels.intersection(slo.grouping.labels)


def _apart(labels: frozenset[str]) -> str:
    return f"series by {', '.join(f'`{label}`' for label in sorted(labels))}" if labels else "one series"
