"""An alert fires for the first few of many

## Why
`topk`, `bottomk` and `limitk` choose elements by their present values. Whenever the order changes, an alert
ends and another one begins: notifications for the same trouble again and again, `for` never over, silences
that no longer fit.

## Wrong
```yaml
groups:
  - name: shop
    rules:
      - alert: ShopErrors
        expr: topk(3, sum by (instance) (rate(errors_total[5m]))) > 1
#             ^^^^
        for: 5m
        annotations: {summary: 'Orders fail on {{ $labels.instance }}'}
```

## Right
```yaml
groups:
  - name: shop
    rules:
      - alert: ShopErrors
        expr: sum by (instance) (rate(errors_total[5m])) > 1
        for: 5m
        annotations: {summary: 'Orders fail on {{ $labels.instance }}'}
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from slogen.diagnostics import Code, Report
from slogen.examined import Examined

if TYPE_CHECKING:
    from slogen.promql.meaning import Meaning

CODE = Code("SLO607", "warning", __doc__)
_CHOOSING = frozenset(("topk", "bottomk", "limitk", "limit_ratio"))


def check_expression(expression: Examined, report: Report) -> None:
    """Warn where the alerts are the elements that were chosen; a sum of them is one alert all the time."""
    if not expression.is_alert or not any(name in expression.text for name in _CHOOSING):
        return
    for part in _flapping(expression.meaning, None):
        report.report(
            CODE,
            expression.at(part.name_at),
            f"the labels of the alert change whenever `{part.name}` chooses another series",
            help="compare all of them with a threshold, without choosing",
        )


Seen = frozenset[str] | None
"""The labels of a part that the result has; None for all of them."""


def _flapping(part: Meaning, seen: Seen) -> Iterator[Meaning]:
    """The choices that decide about labels of the result."""
    if part.is_aggregation:
        yield from _of_aggregation(part, seen)
    elif part.is_operation:
        yield from _of_operation(part, seen)
    else:
        for inner in part.parts:
            yield from _flapping(inner, seen)


def _of_aggregation(part: Meaning, seen: Seen) -> Iterator[Meaning]:
    listed = frozenset(label for label, _ in part.labels_at)
    if part.name in _CHOOSING:
        # One is chosen for each combination of the labels that it is `by`: these are always there.
        steady = listed if part.is_by else frozenset()
        if _others(part.operand, seen, steady):
            yield part
        yield from _flapping(part.operand, seen)
    elif part.is_by:
        yield from _flapping(part.operand, listed if seen is None else seen & listed)
    elif part.labels_at:
        yield from _flapping(part.operand, seen)


def _others(operand: Meaning, seen: Seen, steady: frozenset[str]) -> bool:
    """Whether the operand has labels that are seen, besides those that do not change."""
    labels = operand.labels
    if seen is not None:
        return any(not labels.lacks(label) for label in sorted(seen - steady))
    return not labels.is_closed or any(label not in steady for label in labels.names)


def _of_operation(part: Meaning, seen: Seen) -> Iterator[Meaning]:
    from slogen.promql.meaning import matching_of  # noqa: PLC0415 - it loads promql_parser

    left, right = part.parts
    if part.name == "or" or "scalar" in (left.type, right.type):
        for inner in part.parts:
            yield from _flapping(inner, seen)
        return
    matching = matching_of(part)
    if matching is None:
        return
    # The other side of a join only gives labels; `topk by (pod) (1, ...)` makes it one for each pod.
    many = right if matching.many == 1 else left
    if matching.is_on and matching.many is None and part.name not in ("and", "unless"):
        seen = frozenset(matching.labels) if seen is None else seen & frozenset(matching.labels)
    yield from _flapping(many, seen)
