"""The sides of an operator in a rule never match

## Why
PromQL combines only elements whose labels are equal, or those of `on`. Where one side lacks a label that the
other side has, or both ask for different values of it, nothing ever matches: the alert never fires, and a
recorded series has no samples. Nothing in Prometheus says so.

## Wrong
```yaml
groups:
  - name: shop
    rules:
      - alert: ShopErrors
        expr: |
          sum by (job, code) (rate(errors_total[5m]))
            / sum by (job) (rate(requests_total[5m])) > 0.05
#           ^
        for: 5m
        annotations: {summary: Orders fail}
```

## Right
```yaml
groups:
  - name: shop
    rules:
      - alert: ShopErrors
        expr: |
          sum by (job, code) (rate(errors_total[5m]))
            / on (job) group_left () sum by (job) (rate(requests_total[5m])) > 0.05
        for: 5m
        annotations: {summary: Orders fail}
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from slogen.diagnostics import Code, Label, Report
from slogen.examined import Examined

if TYPE_CHECKING:
    from slogen.promql.meaning import Meaning, Unmatched

CODE = Code("SLO621", "error", __doc__)


def check_expression(expression: Examined, report: Report) -> None:
    """Report operators that never have a result. (Of `or` and `unless` that is no empty result.)"""
    if expression.rule is None:
        return
    for operation in expression.operations:
        if operation.name in ("or", "unless"):
            continue
        from slogen.promql.meaning import unmatched  # noqa: PLC0415 - it loads promql_parser

        found = unmatched(operation)
        if found is not None:
            _report(operation, found, expression, report)


def _report(operation: Meaning, found: Unmatched, expression: Examined, report: Report) -> None:
    report.report(
        CODE,
        expression.at(operation.name_at),
        f"the two sides of `{operation.name}` never match, so there is never a result: {found.reason}",
        also=[
            Label(expression.at(part.at), words)
            for part, words in zip(operation.parts, found.words, strict=True)
        ],
        help="aggregate both sides by the same labels, or say by `on (...)` which ones are compared",
    )
