"""Operators because of which an expression never has a result, whatever the series are."""

from __future__ import annotations

from promql_parser import BinaryExpr, Call, ParenExpr

from slogen.promql.labelling import ABSENT
from slogen.promql.meaning.matching import Unmatched, unmatched
from slogen.promql.meaning.meaning import Meaning

Empty = tuple[Meaning, Unmatched]
"""An operator whose sides never match, and why."""


def empty_by(meaning: Meaning, *, outermost: bool = True) -> Empty | None:
    """The first operator, from the inside out, because of which an expression has no element.

    The whole, if it is the `outermost`, may also be nothing but the zero that stands in for such an operator.
    """
    tree = meaning.tree
    if isinstance(tree, BinaryExpr):
        return _of_operation(meaning, outermost)
    if isinstance(tree, Call) and (meaning.name in ABSENT or meaning.type != "vector"):
        return None
    outermost = outermost and isinstance(tree, ParenExpr)
    found = (empty_by(part, outermost=outermost) for part in meaning.parts)
    return next((one for one in found if one is not None), None)


def _of_operation(meaning: Meaning, outermost: bool) -> Empty | None:
    operator = meaning.name
    left = empty_by(meaning.parts[0], outermost=outermost and operator in ("or", "/"))
    if operator == "unless":
        return left
    right = empty_by(meaning.parts[1], outermost=False)
    if operator == "or":
        return left if right or (outermost and _is_zero(meaning.parts[1])) else None
    if left or right:
        return left or right
    found = unmatched(meaning)
    return (meaning, found) if found is not None else None


def _is_zero(meaning: Meaning) -> bool:
    """Whether it is `vector(0)`, which says nothing about what stands before it."""
    inner = meaning.bare
    return inner.is_call and inner.name == "vector" and inner.bounds.number == 0
