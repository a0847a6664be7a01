"""Values that move along a line, and arithmetic with them, there and back."""

from __future__ import annotations

import math

from slogen.synthesis.leaves import Level
from slogen.synthesis.nodes import COMPARISONS, SET_OPERATORS, Binary, Call, Node, Number, walk
from slogen.synthesis.thresholds import holds

_CLOSE = 1e-9


def constant_of(node: Node) -> Level | None:
    """The value of an expression without selectors, if it is a line over time."""
    if isinstance(node, Number):
        return Level(node.value)
    if isinstance(node, Call):
        if node.name == "time":
            return Level(0.0, 1.0)
        if node.name == "pi":
            return Level(math.pi)
        return constant_of(node.arguments[0]) if node.name in ("vector", "scalar") else None
    if isinstance(node, Binary) and node.op not in COMPARISONS and node.op not in SET_OPERATORS:
        left, right = constant_of(node.left), constant_of(node.right)
        return None if left is None or right is None else done(node.op, left, right)
    return None


def same(one: Level, other: Level) -> bool:
    return math.isclose(one.value, other.value, rel_tol=_CLOSE, abs_tol=1e-12) and math.isclose(
        one.per_time, other.per_time, rel_tol=_CLOSE, abs_tol=1e-12
    )


def compares(op: str, left: Level, right: Level) -> bool:
    return math.isclose(left.per_time, right.per_time, abs_tol=1e-12) and holds(op, left.value, right.value)


def timely(node: Node) -> bool:
    return any(isinstance(each, Call) and each.name == "time" for each in walk(node))


def done(op: str, left: Level, right: Level) -> Level | None:
    """What an operation gives; None where it is no line over time, or no number."""
    a, b = left.value, right.value
    if op == "+":
        return Level(a + b, left.per_time + right.per_time)
    if op == "-":
        return Level(a - b, left.per_time - right.per_time)
    if op == "*" and not (left.per_time and right.per_time):
        return Level(a * b, left.per_time * b + right.per_time * a)
    if right.per_time or not math.isfinite(a) or not math.isfinite(b):
        return None
    if op == "/" and b:
        return Level(a / b, left.per_time / b)
    if left.per_time:
        return None
    try:
        if op == "^":
            return Level(float(a**b))
        if op == "%" and b:
            return Level(math.fmod(a, b))
    except (ArithmeticError, TypeError, ValueError):
        return None
    return None


def undone(op: str, wanted: Level, constant: Level, first: bool) -> Level | None:
    """The operand that, with a constant as the other one, gives the value.

    `first` says that the constant is the first operand.
    """
    w, c = wanted, constant
    if op == "+":
        return Level(w.value - c.value, w.per_time - c.per_time)
    if op == "-":
        if first:
            return Level(c.value - w.value, c.per_time - w.per_time)
        return Level(w.value + c.value, w.per_time + c.per_time)
    if c.per_time:
        return None
    if op == "*":
        return Level(w.value / c.value, w.per_time / c.value) if c.value else None
    if op == "/" and not first:
        return Level(w.value * c.value, w.per_time * c.value)
    if w.per_time:
        return None
    return _undone_still(op, w.value, c.value, first)


def _undone_still(op: str, wanted: float, constant: float, first: bool) -> Level | None:
    """As `undone`, of operations that make no line of a line."""
    try:
        if op == "/" and wanted:
            return Level(constant / wanted)
        if op == "%" and not first:
            return Level(wanted)
        if op == "^" and first:
            return Level(math.log(wanted) / math.log(constant))
        if op == "^" and wanted >= 0:
            return Level(wanted ** (1 / constant))
    except (ArithmeticError, ValueError):
        return None
    return None
