"""What an alert's value is a share of: 1, or 100 of a percentage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slogen.promql.comparisons import is_comparison, returns_bool

if TYPE_CHECKING:
    from slogen.promql.meaning import Meaning

_SAME = frozenset(("round", "floor", "ceil", "abs", "clamp", "clamp_min", "clamp_max", "sort", "sort_desc"))
_MEANS = frozenset(("avg", "min", "max", "quantile", "topk", "bottomk"))


def whole_of(meaning: Meaning) -> float | None:
    """The value of a share of all: 1 for a ratio, 100 for a percentage; None in doubt."""
    bare = meaning.bare
    if bare.is_operation:
        return _of_operation(bare)
    if bare.is_call and bare.name in _SAME:
        return whole_of(bare.parts[0])
    if bare.is_aggregation and bare.name in _MEANS:
        return whole_of(bare.operand)
    return 1.0 if bare.nature == "ratio" and bare.is_sure else None


def _of_operation(operation: Meaning) -> float | None:
    left, right = operation.parts
    if is_comparison(operation):
        if returns_bool(operation):
            return None
        return whole_of(right if left.type == "scalar" else left)
    if operation.name in ("and", "unless"):
        return whole_of(left)
    if operation.name == "or":
        wholes = whole_of(left), whole_of(right)
        return wholes[0] if wholes[0] == wholes[1] or right.bounds.number == 0 else None
    if operation.name in ("*", "/") and (left.bounds.number or right.bounds.number):
        number, other = (right.bounds.number, left) if right.bounds.number else (left.bounds.number, right)
        whole = whole_of(other) if number is not None and (other is left or operation.name == "*") else None
        if whole is None or number is None:
            return None
        return whole * number if operation.name == "*" else whole / number
    if operation.name == "/" and operation.nature == "ratio":
        return _factor(left) / _factor(right)
    if operation.name == "-" and left.bounds.number is not None:
        return left.bounds.number if whole_of(right) == left.bounds.number else None
    return None


def _factor(side: Meaning) -> float:
    """The number that one side of a division is multiplied by."""
    bare = side.bare
    if bare.is_aggregation and bare.name in (*_MEANS, "sum"):
        return _factor(bare.operand)
    if not bare.is_operation:
        return 1.0
    left, right = bare.parts
    if is_comparison(bare) or bare.name in ("and", "or", "unless"):
        return _factor(left)
    if bare.name == "*" and (left.bounds.number or right.bounds.number):
        return (left.bounds.number or _factor(left)) * (right.bounds.number or _factor(right))
    if bare.name == "/" and right.bounds.number:
        return _factor(left) / right.bounds.number
    return 1.0
