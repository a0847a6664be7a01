"""Syntax trees whose parts know where they are written. Imports promql_parser: import this module late."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import repeat

from promql_parser import AggregateExpr, BinaryExpr, Call, Expr, ParenExpr, SubqueryExpr, UnaryExpr

from slogen.promql.grammar import (
    CallPlaces,
    LabelList,
    LeafPlaces,
    OperationPlaces,
    Places,
    places_of,
)
from slogen.promql.library import expression
from slogen.promql.problem import Place, Refused
from slogen.promql.selectors import Selector

_UNKNOWN = (0, 0)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a query: its tree, its own parts in order, and the places of the whole and of its name.

    The name is that of a function or of an aggregation, or the sign of an operator; of everything else, which
    has none, it is the whole. Parentheses and signs are where what they enclose is. A selector has its
    matchers with their places; an aggregation or an operator the `labels` that it groups or matches by, and
    those that it takes from the other side (`included`).
    """

    tree: Expr
    at: Place
    name_at: Place
    parts: tuple[Part, ...] = ()
    selector: Selector | None = None
    labels: LabelList = ()
    included: LabelList = ()

    def walk(self) -> Iterator[Part]:
        """This part and all parts of it, from the outside in."""
        yield self
        for part in self.parts:
            yield from part.walk()


def unplaced(text: str) -> Part | None:
    """As `placed`, without the places: much faster, for a first look."""
    tree = expression(text)
    try:
        return _Placing(None).part(tree, _UNKNOWN) if tree is not None else None
    except RecursionError:
        return None


@lru_cache(maxsize=512)
def placed(text: str) -> Part | None:
    """The tree of a valid query for a given window; None where only Prometheus can read it."""
    tree = expression(text)
    if tree is None:
        return None
    try:
        return _Placing(places_of(text)).part(tree, (0, len(text)))
    except (Refused, RecursionError, StopIteration):
        return None


class _Placing:
    """Both trees have their calls and operators in the order in which they are written."""

    def __init__(self, places: Places | None) -> None:
        self.calls = iter(places.calls) if places else repeat(CallPlaces(_UNKNOWN, _UNKNOWN))
        self.operations = (
            iter(places.operations) if places else repeat(OperationPlaces(_UNKNOWN, _UNKNOWN, _UNKNOWN))
        )
        self.leaves = iter(places.leaves) if places else repeat(LeafPlaces(_UNKNOWN))

    def part(self, tree: Expr, at: Place) -> Part:
        """The part at a place that is known for operands of operators, and of which others are within."""
        if isinstance(tree, (ParenExpr, UnaryExpr, SubqueryExpr)):
            inner = self.part(tree.expr, at)
            return Part(tree, inner.at, inner.at, (inner,))
        if isinstance(tree, AggregateExpr):
            name, whole, labels = next(self.calls)
            arguments = (tree.expr,) if tree.param is None else (tree.param, tree.expr)
            parts = tuple(self.part(one, whole) for one in arguments)
            return Part(tree, whole, name, parts, labels=labels)
        if isinstance(tree, Call):
            name, whole, _ = next(self.calls)
            return Part(tree, whole, name, tuple(self.part(one, whole) for one in tree.args))
        if isinstance(tree, BinaryExpr):
            return self._operation(tree)
        leaf = next(self.leaves)
        return Part(tree, leaf.whole, leaf.whole, selector=leaf.selector)

    def _operation(self, tree: BinaryExpr) -> Part:
        left = self.part(tree.lhs, _UNKNOWN)
        sign, left_at, right_at, labels, included = next(self.operations)
        right = self.part(tree.rhs, right_at)
        name_at = left_at if left.name_at == _UNKNOWN else left.name_at
        sides = (replace(left, at=left_at, name_at=name_at), right)
        return Part(tree, (left_at[0], right_at[1]), sign, sides, labels=labels, included=included)


def subtrahends(text: str) -> tuple[Place, ...]:
    """What the differences between vectors subtract, from the outside in."""
    part = placed(text)
    return tuple(
        one.parts[1].at
        for one in (part.walk() if part is not None else ())
        if isinstance(one.tree, BinaryExpr) and str(one.tree.op) == "-"
    )
