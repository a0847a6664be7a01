"""A part of a rule's expression has no effect

## Why
A label that an aggregation has dropped is not there to group or to match by, nor to be taken by `group_left`;
`unless` takes nothing away when its sides never match, and what stands behind `or` is never reached when the
left side always has a result. The rule works, but not as its author thinks: one alert for everything instead
of one for each instance, or an exception that excepts nothing.

## Wrong
```yaml
groups:
  - name: shop
    rules:
      - alert: ShopErrors
        expr: sum by (job, instance) (sum by (job) (rate(errors_total[5m]))) > 1
#                          ^^^^^^^^
        annotations: {summary: Orders fail}
      - alert: ShopQueueFull
        expr: |
          max by (instance) (shop_queue_length) > 100 unless max(shop_in_maintenance) == 1
#                                                     ^^^^^^
        annotations: {summary: The queue is full}
```

## Right
```yaml
groups:
  - name: shop
    rules:
      - alert: ShopErrors
        expr: sum by (job, instance) (rate(errors_total[5m])) > 1
        annotations: {summary: Orders fail}
      - alert: ShopQueueFull
        expr: |
          max by (instance) (shop_queue_length) > 100 unless on () max(shop_in_maintenance) == 1
        annotations: {summary: The queue is full}
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from slogen.diagnostics import Code, Label, Report
from slogen.examined import Examined

if TYPE_CHECKING:
    from slogen.promql.grammar import LabelList
    from slogen.promql.meaning import Meaning

CODE = Code("SLO610", "warning", __doc__)


def check_expression(expression: Examined, report: Report) -> None:
    """Warn of labels that are gone, of `unless` that takes nothing away, and of `or` that adds nothing."""
    if expression.rule is None:
        return
    for aggregation in expression.aggregations:
        if aggregation.is_by:
            word = f"{aggregation.name} by"
            _check_labels(aggregation.labels_at, aggregation.operand, word, expression, report)
    for operation in expression.operations:
        _check_operation(operation, expression, report)


def _check_labels(listed: LabelList, side: Meaning, word: str, expression: Examined, report: Report) -> bool:
    """Whether one of the labels that are listed is gone on a side."""
    gone = [(label, at) for label, at in listed if _is_gone(label, side)]
    for label, at in gone:
        fact = side.labels[label]
        also = (Label(expression.at(fact.at), fact.why),) if fact.at != (0, 0) else ()
        report.report(
            CODE,
            expression.at(at),
            f"there is no label `{label}` any more when `{word}` looks for it",
            label=fact.why if not also else "",
            also=also,
            help=f"keep `{label}` where it is dropped, or delete it here",
        )
    return bool(gone)


def _is_gone(label: str, side: Meaning) -> bool:
    """Whether a label was dropped on the way: a metric that never had it is another finding."""
    if not side.labels.lacks(label):
        return False
    sources = side.selectors
    return bool(sources) and not any(one.labels.lacks(label) and one.recorded is None for one in sources)


def _check_operation(operation: Meaning, expression: Examined, report: Report) -> None:
    from slogen.promql.meaning import matching_of, unmatched  # noqa: PLC0415 - it loads promql_parser

    matching = matching_of(operation)
    if matching is None:
        return
    left, right = operation.parts
    found = unmatched(operation)
    if found is None and operation.included_at:
        one, word = (left, "group_right") if operation.takes_from_left else (right, "group_left")
        _check_labels(operation.included_at, one, word, expression, report)
    if operation.name == "or":
        if left.always and _is_one_element(left) and _is_one_element(right):
            _report_dead(operation, expression, report)
        return
    if found is None:
        if matching.is_on and not _check_labels(operation.labels_at, left, "on", expression, report):
            _check_labels(operation.labels_at, right, "on", expression, report)
        return
    if operation.name == "unless":
        lacking = "right" if found.lacking == 1 else "left"
        reason = f"the {lacking} side has no label `{found.label}`"
        if found.lacking is None:
            reason = f"their values of `{found.label}` differ"
        report.report(
            CODE,
            expression.at(operation.name_at),
            f"`unless` takes nothing away: its sides never match, since {reason}",
            help="say by `on (...)` which labels are compared; `on ()` compares none",
        )


def _is_one_element(side: Meaning) -> bool:
    """Whether there is at most one element, without labels."""
    return side.labels.is_closed and not side.labels.names


def _report_dead(operation: Meaning, expression: Examined, report: Report) -> None:
    report.report(
        CODE,
        expression.at(operation.parts[1].at),
        "this is never reached: what stands before `or` always has a result",
        help="swap the two sides, so that the default comes last",
    )
