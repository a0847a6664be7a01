"""The branches of an alert's condition: what stands between `or`, each of which fires the alert by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from slogen.promql.meaning import Meaning


def branches(meaning: Meaning) -> Iterator[Meaning]:
    """The sides of the outermost `or`, from the left; the whole where there is none."""
    bare = meaning.bare
    if bare.is_operation and bare.name == "or":
        for part in bare.parts:
            yield from branches(part)
    else:
        yield bare


def comparisons(meaning: Meaning) -> Iterator[Meaning]:
    """The comparisons that decide whether a branch has a result at all, from the outside in.

    Those that are joined by `and`, the left side of `unless`, and those below arithmetic and functions, which
    only see what has passed. A comparison with `bool` decides nothing.
    """
    bare = meaning.bare
    if bare.is_operation:
        if bare.name == "or":
            return
        if is_filter(bare):
            yield bare
        for part in bare.parts[: 1 if bare.name == "unless" else 2]:
            yield from comparisons(part)
    elif bare.is_aggregation or bare.is_call:
        if bare.name not in ("absent", "absent_over_time", "scalar", "vector"):
            for part in bare.parts:
                yield from comparisons(part)
    elif bare.is_subquery or bare.parts:
        yield from comparisons(bare.parts[0])


def is_filter(meaning: Meaning) -> bool:
    """Whether it is a comparison that keeps only those elements for which it holds."""
    return is_comparison(meaning) and not returns_bool(meaning)


def is_comparison(meaning: Meaning) -> bool:
    """Whether it compares its two sides."""
    return meaning.is_operation and meaning.name in _COMPARISONS


def returns_bool(meaning: Meaning) -> bool:
    """Whether it is a comparison with `bool`, which gives 0 or 1 for every element."""
    modifier = getattr(meaning.tree, "modifier", None)
    return is_comparison(meaning) and modifier is not None and bool(modifier.return_bool)


def with_number(comparison: Meaning) -> tuple[Meaning, str, float] | None:
    """The side of a comparison that is compared with a number, the operator as it is read from that side,
    and the number; None where neither side is one."""
    left, right = comparison.parts
    if right.type == "scalar" and right.bounds.number is not None and left.type != "scalar":
        return left, comparison.name, right.bounds.number
    if left.type == "scalar" and left.bounds.number is not None and right.type != "scalar":
        return right, _FLIPPED[comparison.name], left.bounds.number
    return None


_COMPARISONS = frozenset(("==", "!=", "<=", "<", ">=", ">"))
_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}
NEGATED = {">": "<=", ">=": "<", "<": ">=", "<=": ">", "==": "!=", "!=": "=="}
"""The operator that holds wherever another one does not."""
