"""Conditions in words, for people who read why an alert must fire."""

from __future__ import annotations

from slogen.durations import render
from slogen.synthesis.nodes import (
    COMPARISONS,
    Aggregate,
    Binary,
    Call,
    Node,
    Number,
    Select,
    Subquery,
    number,
    text,
)
from slogen.synthesis.thresholds import Mode
from slogen.units import Millis

_LONGEST = 60
_AGGREGATED = {
    "avg": "the average of ",
    "max": "the maximum of ",
    "min": "the minimum of ",
    "count": "the number of ",
}


def said(node: Node) -> str:
    """What an expression measures, in few words."""
    if isinstance(node, Select):
        return _selected(node)
    if isinstance(node, Aggregate):
        return _AGGREGATED.get(node.op, "") + said(node.inner)
    if isinstance(node, Binary):
        return _operation(node)
    if isinstance(node, Subquery):
        return said(node.inner)
    if isinstance(node, Call) and node.arguments:
        return _call(node)
    return f"`{text(node)}`"


def thing(node: Node) -> str:
    """What an expression is made of, where only whether it is there matters."""
    return thing(node.inner) if isinstance(node, Aggregate) else said(node)


def _selected(node: Select) -> str:
    whole = text(Select(node.name, node.matchers))
    short = whole if len(whole) <= _LONGEST or not node.name else node.name
    ago = f" {render(Millis(node.offset))} before" if node.offset > 0 else ""
    return f"`{short}`{ago}"


def _operation(node: Binary) -> str:
    if node.op in COMPARISONS:
        return said(node.right if isinstance(node.left, Number) else node.left)
    if node.op == "or":
        return f"{said(node.left)} or {said(node.right)}"
    if node.op in ("and", "unless"):
        return said(node.left)
    if isinstance(node.right, Number):
        return said(node.left)
    if isinstance(node.left, Number):
        return f"1 - {said(node.right)}" if node.op == "-" and node.left.value == 1 else said(node.right)
    word = {"/": "per", "+": "and", "-": "minus", "*": "times"}.get(node.op, node.op)
    return f"{said(node.left)} {word} {said(node.right)}"


def _call(node: Call) -> str:
    argument = node.arguments[-1]
    if node.name in ("rate", "irate"):
        return f"the rate of {said(argument)}"
    if node.name == "increase":
        return f"the increase of {said(argument)}"
    if node.name == "histogram_quantile" and isinstance(node.arguments[0], Number):
        return f"the {number(node.arguments[0].value * 100)} % quantile of {said(argument)}"
    if node.name in ("label_replace", "label_join", "predict_linear", "round", "clamp_min", "clamp_max"):
        return said(node.arguments[0])
    if node.name in ("vector", "scalar", "avg_over_time", "last_over_time", "sort", "sort_desc"):
        return said(argument)
    return f"{node.name} of {said(argument)}"


def described(node: Node, value: float, op: str, bound: float, mode: Mode) -> str:
    """That a value is beyond its threshold, or is not: "`x` is 6, just above 5"."""
    relation = _relation(value, bound)
    near = "just " if mode in ("just", "miss") and value != bound and _is_near(value, bound) else ""
    if value == bound:
        return f"{said(node)} is {number(value)}"
    return f"{said(node)} is {number(float(f'{value:.6g}'))}, {near}{relation} {number(bound)}"


def _relation(value: float, bound: float) -> str:
    return "above" if value > bound else "below"


def _is_near(value: float, bound: float) -> bool:
    return abs(value - bound) <= max(1.0, abs(bound) * 0.1)


def missed_words(node: Call) -> str:
    """That something is there which is asked to be absent."""
    return f"{said(node.arguments[0])} is there"
