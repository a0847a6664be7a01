"""Alerts that something is missing: all targets of a kind at once, or series with nothing more said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from slogen.promql.comparisons import is_filter, with_number
from slogen.promql.overlap import conditions_of
from slogen.promql.witnesses import Condition

if TYPE_CHECKING:
    from slogen.promql.meaning import Meaning

UP = "up"
_ABSENT = ("absent", "absent_over_time")
# Of values that are 0 or 1: these are 0 only if all values are.
_ZERO_IF_ALL_ARE = ("max", "sum", "avg")
_OVER_TIME = ("max_over_time", "sum_over_time", "avg_over_time", "last_over_time")

Conditions = tuple[tuple[str, Condition], ...]
"""What a selector asks of labels, in the order of the labels: a label, an operator, and a value."""


def gone_targets(meaning: Meaning) -> Conditions | None:
    """The targets of which none is up while an alert fires, as conditions on the labels of `up`; None where
    some may be up.

    It sees `absent(up{...})`, and `max`, `sum` or `avg` of `up` that is zero, also joined with other
    conditions. What the result is grouped by is for the caller to judge.
    """
    bare = meaning.bare
    if not bare.is_operation:
        return _absent_targets(bare)
    if bare.name == "or":
        left, right = map(gone_targets, bare.parts)
        return left if left == right else None
    if bare.name == "and":
        return next((found for found in map(gone_targets, bare.parts) if found is not None), None)
    if bare.name == "unless":
        return gone_targets(bare.parts[0])
    return _zero_targets(bare)


def only_says_missing(meaning: Meaning) -> bool:
    """Whether an alert says that there is no series, and nothing else."""
    bare = meaning.bare
    if not bare.is_operation:
        return bare.is_call and bare.name in _ABSENT
    if bare.name == "or":
        return all(map(only_says_missing, bare.parts))
    if bare.name == "and":
        return any(map(only_says_missing, bare.parts))
    if bare.name == "unless":
        return only_says_missing(bare.parts[0])
    compared = with_number(bare)
    return compared is not None and is_filter(bare) and only_says_missing(compared.side)


def asked_of_labels(meaning: Meaning) -> Iterator[Conditions]:
    """What each selector of an expression asks of labels."""
    for selector in meaning.selectors:
        yield _conditions(selector)


def _absent_targets(bare: Meaning) -> Conditions | None:
    if not bare.is_call or bare.name not in _ABSENT:
        return None
    operand = bare.operand.bare
    if operand.is_selector:
        return _targets(operand)
    compared = with_number(operand)
    if compared is None or not is_filter(operand):
        return None
    asks_for_up = (compared.operator, compared.number) in (("==", 1), (">", 0), (">=", 1), ("!=", 0))
    return _targets(compared.side.bare) if asks_for_up else None


def _zero_targets(bare: Meaning) -> Conditions | None:
    compared = with_number(bare)
    if compared is None or not is_filter(bare):
        return None
    operator, number = compared.operator, compared.number
    is_zero = (operator in ("==", "<=") and number == 0) or (operator == "<" and 0 < number <= 1)
    side = _without_fallback(compared.side.bare)
    if not is_zero or not side.is_aggregation or side.name not in _ZERO_IF_ALL_ARE:
        return None
    if side.name == "avg" and operator == "<":
        return None
    operand = side.operand.bare
    if operand.is_call and operand.name in _OVER_TIME and not (operator == "<" and operand.name[:3] == "avg"):
        operand = operand.operand.bare
    return _targets(operand)


def _without_fallback(bare: Meaning) -> Meaning:
    """The left side of `... or vector(0)`."""
    if not bare.is_operation or bare.name != "or":
        return bare
    left, right = (part.bare for part in bare.parts)
    is_zero = right.is_call and right.name == "vector" and right.bounds.number == 0
    return left if is_zero else bare


def _targets(selector: Meaning) -> Conditions | None:
    if not selector.is_selector or selector.name != UP or selector.offset:
        return None
    return _conditions(selector)


def _conditions(selector: Meaning) -> Conditions:
    asked = conditions_of(selector.matchers)
    return tuple((label, one) for label in sorted(asked) for one in sorted(set(asked[label])))
