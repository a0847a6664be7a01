"""Syntax trees as values that can be compared and kept: what analysis needs of them, without parentheses."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any, Literal

from slogen.durations import render
from slogen.promql import Matcher, quote
from slogen.promql.library import expression
from slogen.units import Millis

COMPARISONS = frozenset(("==", "!=", "<=", "<", ">=", ">"))
SET_OPERATORS = frozenset(("and", "or", "unless"))
_NOWHERE = (0, 0)
_LOOKBACK = 300_000
_INSTANT = 240_000
_FEWEST, _MOST_SAMPLES = 4, 360
_SPACINGS = (*(minutes * 60_000 for minutes in (60, 30, 15, 10, 5, 2, 1)), 30_000, 15_000, 10_000, 5_000)
_ARITHMETIC: dict[str, Callable[[float, float], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "^": operator.pow,
    "%": math.fmod,
}


class BeyondError(Exception):
    """What analysis cannot do: the end of a sentence that begins with "this query"; `word` is where it is."""

    def __init__(self, reason: str, word: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.word = word


@dataclass(frozen=True, slots=True)
class Number:
    """A literal number."""

    value: float


@dataclass(frozen=True, slots=True)
class Text:
    """A literal string."""

    value: str


@dataclass(frozen=True, slots=True)
class Select:
    """A selector. `matchers` are those of labels; of a name matched otherwise, `name` is empty.

    `offset` is in milliseconds, into the past; a length makes it a range.
    """

    name: str
    matchers: tuple[Matcher, ...] = ()
    offset: int = 0
    length: Millis = Millis(0)


@dataclass(frozen=True, slots=True)
class Subquery:
    """An expression over a range; the step is 0 where it is not written."""

    inner: Node
    length: Millis
    step: Millis
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a function."""

    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Aggregate:
    """An aggregation by some labels, or without some."""

    op: str
    inner: Node
    parameter: Node | None
    labels: tuple[str, ...]
    without: bool


@dataclass(frozen=True, slots=True)
class Binary:
    """An operation. `on` lists the matching labels, `ignoring` those left out; None where it is not there."""

    op: str
    left: Node
    right: Node
    returns_bool: bool = False
    on: tuple[str, ...] | None = None
    ignoring: tuple[str, ...] | None = None
    group: Literal["", "left", "right"] = ""
    include: tuple[str, ...] = ()


Node = Number | Text | Select | Subquery | Call | Aggregate | Binary


@lru_cache(maxsize=1024)
def read(text: str) -> Node:
    """The tree of an expression. Raises BeyondError where it cannot be read."""
    tree = expression(text)
    if tree is None:
        raise BeyondError("is too long, or written in a way that only Prometheus can read")
    return _node(tree)


def _node(tree: Any) -> Node:
    kind = type(tree).__name__
    if kind == "ParenExpr":
        return _node(tree.expr)
    if kind == "NumberLiteral":
        return Number(tree.val)
    if kind == "StringLiteral":
        return Text(tree.val)
    if kind == "UnaryExpr":
        inner = _node(tree.expr)
        return Number(-inner.value) if isinstance(inner, Number) else Binary("*", Number(-1.0), inner)
    if kind == "VectorSelector":
        return _select(tree)
    if kind == "MatrixSelector":
        return _select(tree.vector_selector, _millis(tree.range))
    if kind == "SubqueryExpr":
        _refuse_pinned(tree)
        return Subquery(_node(tree.expr), _millis(tree.range), _millis(tree.step), _offset(tree.offset))
    if kind == "Call":
        return Call(tree.func.name, tuple(_node(argument) for argument in tree.args))
    if kind == "AggregateExpr":
        return _aggregate(tree)
    return _binary(tree)


def _millis(length: timedelta | None) -> Millis:
    return Millis(round(length.total_seconds() * 1000) if length else 0)


def _offset(offset: timedelta | None) -> int:
    return round(offset.total_seconds() * 1000) if offset else 0


def _refuse_pinned(tree: Any) -> None:
    if tree.at is not None:
        raise BeyondError("is pinned to a time by `@`", "@")


def _select(tree: Any, length: Millis = Millis(0)) -> Select:
    _refuse_pinned(tree)
    if getattr(tree.matchers, "or_matchers", None):
        raise BeyondError("combines matchers with `or`", "or")
    name, matchers = tree.name or "", []
    for each in tree.matchers.matchers:
        op = {"Equal": "=", "NotEqual": "!=", "Re": "=~", "NotRe": "!~"}[str(each.op).rpartition(".")[2]]
        if each.name == "__name__" and op == "=":
            name = each.value
        else:
            matchers.append(Matcher(each.name, op, each.value, _NOWHERE, _NOWHERE, _NOWHERE))
    if name in ("ALERTS", "ALERTS_FOR_STATE"):
        raise BeyondError("reads the state of other alerts", name)
    return Select(name, tuple(matchers), _offset(tree.offset), length)


def _aggregate(tree: Any) -> Aggregate:
    modifier = tree.modifier
    parameter = None if tree.param is None else _node(tree.param)
    if modifier is None:
        return Aggregate(str(tree.op), _node(tree.expr), parameter, (), without=False)
    without = str(modifier.type).endswith("Without")
    return Aggregate(str(tree.op), _node(tree.expr), parameter, tuple(modifier.labels), without)


def _folded(op: str, left: float, right: float) -> float | None:
    try:
        return float(_ARITHMETIC[op](left, right))
    except (ArithmeticError, TypeError, ValueError):
        return None


def _binary(tree: Any) -> Binary | Number:
    left, right, op = _node(tree.lhs), _node(tree.rhs), str(tree.op)
    if isinstance(left, Number) and isinstance(right, Number) and op in _ARITHMETIC:
        folded = _folded(op, left.value, right.value)
        if folded is not None:
            return Number(folded)
    modifier = tree.modifier
    if modifier is None:
        return Binary(op, left, right)
    on = ignoring = None
    if modifier.matching is not None:
        labels = tuple(modifier.matching.labels)
        if str(modifier.matching.type).endswith("Include"):
            on = labels
        else:
            ignoring = labels
    card = str(modifier.card)
    group: Literal["", "left", "right"] = (
        "left" if "ManyToOne" in card else "right" if "OneToMany" in card else ""
    )
    include = tuple(modifier.group_labels or ())
    return Binary(op, left, right, bool(modifier.return_bool), on, ignoring, group, include)


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below."""
    if isinstance(node, Binary):
        return (node.left, node.right)
    if isinstance(node, Call):
        return node.arguments
    if isinstance(node, Aggregate):
        return (node.inner,) if node.parameter is None else (node.parameter, node.inner)
    return (node.inner,) if isinstance(node, Subquery) else ()


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it, from left to right."""
    yield node
    for child in children(node):
        yield from walk(child)


@lru_cache(maxsize=4096)
def selects(node: Node) -> tuple[Select, ...]:
    """The selectors of an expression, each once."""
    return tuple(dict.fromkeys(each for each in walk(node) if isinstance(each, Select)))


@lru_cache(maxsize=4096)
def reach(node: Node) -> Millis:
    """How far the expression looks back: ranges, subqueries and offsets added up along the deepest path."""
    own = 0
    if isinstance(node, (Select, Subquery)):
        own = node.length + max(node.offset, 0)
    return Millis(own + max((reach(child) for child in children(node)), default=0))


@lru_cache(maxsize=4096)
def offset(node: Node) -> int:
    """The greatest offset below the node, in milliseconds."""
    own = max(node.offset, 0) if isinstance(node, (Select, Subquery)) else 0
    return own + max((offset(child) for child in children(node)), default=0)


@dataclass(frozen=True, slots=True)
class Eras:
    """What of an expression sees the past, and what sees the present.

    `then` and `now` are selectors, which may be in both; `ranges` are the subqueries that see the past.
    `past` is how far that is, `near` how far the rest looks back.
    """

    then: frozenset[Select]
    now: frozenset[Select]
    ranges: frozenset[Subquery]
    past: Millis
    near: Millis


@lru_cache(maxsize=1024)
def eras(root: Node, *, bursts: bool = False) -> Eras:
    """Past is what has an offset; in `bursts` also what looks back much farther than the metric elsewhere."""
    places = list(_places(root, ()))
    shortest: dict[tuple[str, tuple[Matcher, ...]], int] = {}
    for select, around in places:
        key = (select.name, select.matchers)
        length = select.length + sum(each.length for each in around)
        shortest[key] = min(shortest.get(key, length), length)
    then, now, ranges = set(), set(), set()
    past = near = 0
    for select, around in places:
        length = select.length + sum(each.length for each in around)
        shift = max(select.offset, 0) + sum(max(each.offset, 0) for each in around)
        bound = 4 * max(shortest[select.name, select.matchers], 60_000)
        if shift or (bursts and length >= bound):
            then.add(select)
            ranges |= {each for each in around if each.offset > 0 or (bursts and each.length >= bound)}
            past = max(past, shift or length)
        else:
            now.add(select)
            near = max(near, length)
    return Eras(frozenset(then), frozenset(now), frozenset(ranges), Millis(past), Millis(near))


def _places(node: Node, around: tuple[Subquery, ...]) -> Iterator[tuple[Select, tuple[Subquery, ...]]]:
    if isinstance(node, Select):
        yield node, around
    for child in children(node):
        yield from _places(child, (*around, node) if isinstance(node, Subquery) else around)


@lru_cache(maxsize=1024)
def spacing(root: Node) -> Millis:
    """How far samples are apart so that each range of an expression holds a few.

    A minute, less for short ranges; more where it looks back for hours.
    """
    ranges = [
        each.length if isinstance(each, Subquery) else each.length or _INSTANT
        for each in walk(root)
        if isinstance(each, (Select, Subquery))
    ]
    shortest = min(ranges, default=_LOOKBACK)
    most = max(reach(root) // _MOST_SAMPLES, 60_000)
    return next(
        (Millis(each) for each in _SPACINGS if each <= most and each * _FEWEST <= shortest), Millis(1000)
    )


@lru_cache(maxsize=4096)
def text(node: Node) -> str:
    """The expression in PromQL, on one line."""
    if isinstance(node, Number):
        return number(node.value)
    if isinstance(node, Text):
        return quote(node.value)
    if isinstance(node, Select):
        return _select_text(node)
    if isinstance(node, Subquery):
        step = render(node.step) if node.step else ""
        return f"{_enclosed(node.inner)}[{render(node.length)}:{step}]{_offset_text(node.offset)}"
    if isinstance(node, Call):
        return f"{node.name}({', '.join(map(text, node.arguments))})"
    if isinstance(node, Aggregate):
        by = f" {'without' if node.without else 'by'} ({', '.join(node.labels)})"
        inner = ", ".join(map(text, children(node)))
        return f"{node.op}{by if node.labels or node.without else ''}({inner})"
    return f"{_enclosed(node.left)} {_operator_text(node)} {_enclosed(node.right)}"


def _select_text(node: Select) -> str:
    inner = ",".join(f"{each.name}{each.op}{quote(each.value)}" for each in node.matchers)
    length = f"[{render(node.length)}]" if node.length else ""
    return node.name + (f"{{{inner}}}" if inner or not node.name else "") + length + _offset_text(node.offset)


def _offset_text(millis: int) -> str:
    if not millis:
        return ""
    return f" offset {'-' if millis < 0 else ''}{render(Millis(abs(millis)))}"


def _operator_text(node: Binary) -> str:
    words = [node.op]
    if node.returns_bool:
        words.append("bool")
    if node.on is not None:
        words.append(f"on ({', '.join(node.on)})")
    if node.ignoring is not None:
        words.append(f"ignoring ({', '.join(node.ignoring)})")
    if node.group:
        words.append(f"group_{node.group} ({', '.join(node.include)})")
    return " ".join(words)


def _enclosed(node: Node) -> str:
    return f"({text(node)})" if isinstance(node, Binary) else text(node)


def number(value: float) -> str:
    """A number as people write it: 12 significant digits, no needless zeros."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return f"{value:.12g}"
