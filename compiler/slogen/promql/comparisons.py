"""Comparisons within the model of an expression: with a number, as a filter, or with `bool`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from slogen.promql.problem import Place

if TYPE_CHECKING:
    from slogen.promql.meaning import Meaning

COMPARISONS = frozenset(("==", "!=", "<=", "<", ">=", ">"))
FLIPPED: Mapping[str, str] = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}
"""The operator that says the same after its sides have changed places."""


class Compared(NamedTuple):
    """The side of a comparison that is compared with a number, the operator as it is read from that side,
    the number, and where that stands."""

    side: Meaning
    operator: str
    number: float
    at: Place


def is_comparison(meaning: Meaning) -> bool:
    """Whether it compares its two sides."""
    return meaning.is_operation and meaning.name in COMPARISONS


def returns_bool(meaning: Meaning) -> bool:
    """Whether it is a comparison with `bool`, which gives 0 or 1 for every element."""
    modifier = getattr(meaning.tree, "modifier", None)
    return is_comparison(meaning) and modifier is not None and bool(modifier.return_bool)


def is_filter(meaning: Meaning) -> bool:
    """Whether it is a comparison that keeps only those elements for which it holds."""
    return is_comparison(meaning) and not returns_bool(meaning)


def with_number(meaning: Meaning) -> Compared | None:
    """What is compared with a known number; None where neither side is one, or both are, and for all that is
    no comparison."""
    if not is_comparison(meaning):
        return None
    left, right = meaning.parts
    if left.is_number == right.is_number:
        return None
    if right.is_number:
        return Compared(left, meaning.name, right.bounds.lowest, right.at)
    return Compared(right, FLIPPED[meaning.name], left.bounds.lowest, left.at)
