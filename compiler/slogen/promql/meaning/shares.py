"""Whether what is divided is a part of its divisor: then the quotient lies between 0 and 1."""

from __future__ import annotations

from promql_parser import BinaryExpr, MatrixSelector, VectorSelector

from slogen.promql.comparisons import COMPARISONS
from slogen.promql.matchers import Matcher
from slogen.promql.meaning.bounds import UNIT, Bounds
from slogen.promql.meaning.matching import matching_by
from slogen.promql.meaning.meaning import Meaning

_OF_EACH_SERIES = frozenset(
    ("rate", "irate", "increase", "last_over_time", "sum_over_time", "count_over_time")
)
_BUCKET, _COUNT = "_bucket", "_count"


def share_of(tree: BinaryExpr, left: Meaning, right: Meaning) -> Bounds | None:
    """The bounds of a quotient of which one side adds up a part of what the other one adds up.

    Both sides are grouped by the same labels, or the part by more of them. None in doubt.
    """
    if not left.bare.parts or not right.bare.parts:
        return None
    factor, part = _scaled(left)
    if factor > 0 and _is_part(tree, part, right.bare):
        return Bounds(0, factor, why="what is divided is a part of its divisor")
    factor, part = _scaled(right)
    if factor > 0 and _is_part(tree, part, left.bare):
        return Bounds(1 / factor, why="the divisor is a part of what is divided")
    return None


def _scaled(side: Meaning) -> tuple[float, Meaning]:
    """The number that a side is multiplied by, and what is left: without the zero that stands in for it."""
    bare = side.bare
    if bare.is_operation and bare.name == "or" and bare.parts[1].bounds.number == 0:
        return _scaled(bare.parts[0])
    if bare.is_operation and bare.name == "*":
        for one, other in (bare.parts, bare.parts[::-1]):
            if one.type == "scalar" and one.bounds.number is not None:
                factor, inner = _scaled(other)
                return factor * one.bounds.number, inner
    return 1.0, bare


def _is_part(tree: BinaryExpr, part: Meaning, whole: Meaning) -> bool:
    if not (part.is_aggregation and whole.is_aggregation) or not _groups_within(tree, part, whole):
        return False
    inner, all_of = part.operand, whole.operand
    if (part.name, whole.name) == ("sum", "count"):
        return inner.bounds.is_within(UNIT) and _is_within(inner, all_of)
    if part.name != whole.name or part.name not in ("sum", "count"):
        return False
    return (part.name == "count" or all_of.bounds.lowest >= 0) and _is_within(inner, all_of)


def _groups_within(tree: BinaryExpr, part: Meaning, whole: Meaning) -> bool:
    """Whether each group of the part is compared with the group of the whole that it lies in."""
    matching = matching_by(tree)
    if matching is None:
        return False
    finer, coarser = (_groups(one) for one in (part, whole))
    if finer is None or coarser is None:
        return _dropped(part) == _dropped(whole) is not None and matching == (False, (), None)
    if not coarser <= finer:
        return False
    if matching.is_on:
        return set(matching.labels) == coarser
    return finer - set(matching.labels) == coarser


def _groups(aggregation: Meaning) -> frozenset[str] | None:
    """The labels that an aggregation is by; None where it is `without` some."""
    return None if _dropped(aggregation) is not None else frozenset(_listed(aggregation))


def _dropped(aggregation: Meaning) -> frozenset[str] | None:
    """The labels of `without`; None where there is none."""
    modifier = getattr(aggregation.tree, "modifier", None)
    return frozenset(_listed(aggregation)) if modifier is not None and not aggregation.is_by else None


def _listed(aggregation: Meaning) -> list[str]:
    return [label for label, _ in aggregation.labels_at]


def _is_within(part: Meaning, whole: Meaning) -> bool:
    """Whether each element of the part is one of the whole, with the same value."""
    part, whole = part.bare, whole.bare
    if part.is_operation:
        is_filter = part.name in COMPARISONS and not _returns_bool(part)
        kept = part.name in ("and", "unless") or (is_filter and part.parts[1].type == "scalar")
        return kept and _is_within(part.parts[0], whole)
    if part.is_call and whole.is_call and part.name == whole.name and part.name in _OF_EACH_SERIES:
        return _is_within(part.parts[0], whole.parts[0])
    return part.is_selector and whole.is_selector and _selects_within(part, whole)


def _returns_bool(part: Meaning) -> bool:
    modifier = part.tree.modifier if isinstance(part.tree, BinaryExpr) else None
    return modifier is not None and bool(modifier.return_bool)


def _selects_within(part: Meaning, whole: Meaning) -> bool:
    if (part.range, part.offset) != (whole.range, whole.offset) or _is_pinned(part) or _is_pinned(whole):
        return False
    asked, wanted = _asked(part.matchers), _asked(whole.matchers)
    if part.name == whole.name:
        return bool(part.name) and wanted <= asked
    # A bucket counts some of the events of its histogram; several buckets count some of them twice.
    is_bucket = part.name.endswith(_BUCKET) and whole.name == part.name.removesuffix(_BUCKET) + _COUNT
    return is_bucket and wanted <= asked and any(one.name == "le" and one.op == "=" for one in part.matchers)


def _asked(matchers: tuple[Matcher, ...]) -> set[tuple[str, str, str]]:
    return {(one.name, one.op, one.value) for one in matchers}


def _is_pinned(selector: Meaning) -> bool:
    """Whether it looks at a fixed time, or is combined by `or`."""
    tree = selector.tree
    vector = tree.vector_selector if isinstance(tree, MatrixSelector) else tree
    assert isinstance(vector, VectorSelector)
    return vector.at is not None or bool(vector.matchers.or_matchers)
