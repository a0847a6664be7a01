"""Which selectors an expression adds up."""

from __future__ import annotations

from promql_parser import ParenExpr

from slogen.promql.functions import RATES
from slogen.promql.meaning.meaning import Meaning


def counted(meaning: Meaning) -> tuple[Meaning, ...] | None:
    """The selectors of counters whose events an expression adds up, in order.

    None where anything else happens to them: a difference, a factor, a condition. What stands in where there
    is nothing, such as `or vector(0)`, adds none.
    """
    if isinstance(meaning.tree, ParenExpr) or (meaning.is_aggregation and meaning.name == "sum"):
        return counted(meaning.parts[-1])
    if meaning.is_call and meaning.name in RATES:
        inner = meaning.parts[0].bare
        return (inner,) if inner.is_selector else None
    if meaning.is_operation and meaning.name == "or" and _is_stand_in(meaning.parts[1]):
        return counted(meaning.parts[0])
    if meaning.is_operation and meaning.name == "+":
        parts = [counted(part) for part in meaning.parts]
        known = [part for part in parts if part is not None]
        return tuple(one for part in known for one in part) if len(known) == len(parts) else None
    return None


def _is_stand_in(meaning: Meaning) -> bool:
    """Whether it is zero: `vector(0)`, or a product with 0."""
    inner = meaning.bare
    if inner.bounds.number == 0:
        return True
    return inner.is_operation and inner.name == "*" and any(one.bounds.number == 0 for one in inner.parts)
