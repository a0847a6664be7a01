"""How far back the selectors of a query look, offsets and subqueries taken together."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from slogen.promql.problem import Place, Refused
from slogen.promql.ranges import judge_duration
from slogen.promql.templates import RangePlace, ranges
from slogen.promql.tokens import Kind, Token
from slogen.units import Millis

if TYPE_CHECKING:
    from promql_parser import Expr


class Reach(NamedTuple):
    """What one selector sees: samples from `earliest` to `latest` before now, in milliseconds.

    `at` is the longest of the durations that lead there.
    """

    earliest: Millis
    latest: Millis
    at: Place


class _Step(NamedTuple):
    kind: RangePlace
    length: Millis


@lru_cache(maxsize=4096)
def durations_together(text: str) -> Millis:
    """All durations of a query added up: no selector looks back further. Cheap, for a first look."""
    return Millis(sum(length for _, _, length in _written(text)))


@lru_cache(maxsize=1024)
def reaches(text: str) -> tuple[Reach, ...]:
    """What each selector sees; nothing of those at a fixed time, or where only Prometheus can read it."""
    from slogen.promql.library import expression  # noqa: PLC0415 - few queries look back far

    tree = expression(text)
    if tree is None:
        return ()
    try:
        return tuple(_reach(steps, text) for steps in _leaves(tree, ()))
    except RecursionError:
        return ()


def _reach(steps: tuple[_Step, ...], text: str) -> Reach:
    latest = Millis(sum(step.length for step in steps if step.kind == "offset"))
    earliest = Millis(sum(step.length for step in steps))
    longest = max(steps, key=lambda step: step.length, default=_Step("range", Millis(0)))
    places = (at for at, kind, length in _written(text) if (kind, length) == longest)
    return Reach(earliest, latest, next(places, (0, len(text))))


def _leaves(tree: Expr, above: tuple[_Step, ...]) -> Iterator[tuple[_Step, ...]]:
    """The offsets and ranges on the way to each selector."""
    from promql_parser import (  # noqa: PLC0415
        AggregateExpr,
        BinaryExpr,
        Call,
        MatrixSelector,
        ParenExpr,
        SubqueryExpr,
        UnaryExpr,
        VectorSelector,
    )

    parts: tuple[Expr, ...] = ()
    match tree:
        case VectorSelector(at=None):
            yield (*above, *_offset(tree.offset))
        case MatrixSelector(vector_selector=VectorSelector(at=None)):
            yield (*above, _Step("range", _millis(tree.range)), *_offset(tree.vector_selector.offset))
        case SubqueryExpr(at=None):
            parts = (tree.expr,)
            above = (*above, _Step("subquery", _millis(tree.range)), *_offset(tree.offset))
        case AggregateExpr():
            parts = (tree.expr,) if tree.param is None else (tree.param, tree.expr)
        case Call():
            parts = tuple(tree.args)
        case BinaryExpr():
            parts = (tree.lhs, tree.rhs)
        case ParenExpr() | UnaryExpr():
            parts = (tree.expr,)
    for part in parts:
        yield from _leaves(part, above)


def _offset(offset: timedelta | None) -> tuple[_Step, ...]:
    return (_Step("offset", _millis(offset)),) if offset else ()


def _millis(length: timedelta | None) -> Millis:
    return Millis((length or timedelta()) // timedelta(milliseconds=1))


@lru_cache(maxsize=1024)
def _written(text: str) -> tuple[tuple[Place, RangePlace, Millis], ...]:
    return tuple((place, kind, length) for place, kind in ranges(text) if (length := _length(text, place)))


def _length(text: str, place: Place) -> Millis:
    """The length of a duration that looks back; zero for one that looks ahead, and for arithmetic."""
    written = text[slice(*place)].replace(" ", "").removeprefix("+")
    try:
        return Millis(judge_duration(Token(Kind.DURATION, *place, written)))
    except Refused:
        return Millis(0)
