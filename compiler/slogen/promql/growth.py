"""The powers of the window in syntax trees. Imports promql_parser: import this module late."""

from __future__ import annotations

from dataclasses import replace

from promql_parser import (
    AggregateExpr,
    BinaryExpr,
    Call,
    Expr,
    MatrixSelector,
    NumberLiteral,
    ParenExpr,
    SubqueryExpr,
    UnaryExpr,
)

from slogen.promql.measures import ODD_SECONDS, Measure
from slogen.promql.placed import Part, bare, placed
from slogen.promql.trees import type_of_tree

_POWERS = {
    **dict.fromkeys(("rate", "irate", "deriv", "idelta", "avg_over_time"), 0),
    **dict.fromkeys(("increase", "delta", "changes", "resets", "sum_over_time", "count_over_time"), 1),
}
_KEEP = frozenset(("abs", "ceil", "floor", "round", "sort", "sort_desc", "label_replace", "label_join"))
_AGGREGATIONS = frozenset(("sum", "avg", "min", "max"))


def of_query(text: str) -> Measure | None:
    """As `measures.measure`."""
    part = placed(text)
    try:
        return _measure(part) if part is not None else None
    except RecursionError:
        return None


def of_quotient(text: str) -> tuple[Measure, Measure] | None:
    """As `measures.uneven_quotient`."""
    part = placed(text)
    try:
        return _uneven(part) if part is not None else None
    except RecursionError:
        return None


def _uneven(part: Part) -> tuple[Measure, Measure] | None:
    tree = part.tree
    if isinstance(tree, (ParenExpr, UnaryExpr)) or (
        isinstance(tree, AggregateExpr) and str(tree.op) in _AGGREGATIONS
    ):
        return _uneven(part.parts[-1])
    if isinstance(tree, Call):
        is_clamped = tree.func.name in ("clamp_min", "clamp_max", "clamp")
        return _uneven(part.parts[0]) if is_clamped or tree.func.name in _KEEP else None
    if not isinstance(tree, BinaryExpr):
        return None
    left, right = part.parts
    if str(tree.op) in ("+", "-"):
        numbers = [isinstance(bare(side).tree, NumberLiteral) for side in part.parts]
        return _uneven(right if numbers[0] else left) if any(numbers) else None
    if str(tree.op) == "or":
        return _uneven(left)
    if str(tree.op) != "/" or "scalar" in (type_of_tree(tree.lhs), type_of_tree(tree.rhs)):
        return None
    above, below = _measure(left), _measure(right)
    return (above, below) if above and below and above.power != below.power else None


def _measure(part: Part) -> Measure | None:
    tree = part.tree
    if isinstance(tree, (ParenExpr, UnaryExpr)):
        return _measure(part.parts[0])
    if isinstance(tree, AggregateExpr):
        return _measure(part.parts[-1]) if str(tree.op) in _AGGREGATIONS else None
    if isinstance(tree, Call):
        return _of_call(part, tree)
    return _of_operation(part, tree) if isinstance(tree, BinaryExpr) else None


def _of_call(part: Part, tree: Call) -> Measure | None:
    name = tree.func.name
    if name in _KEEP or (name == "clamp_min" and _is_number(tree.args[1], 0)):
        return _measure(part.parts[0])
    if name not in _POWERS:
        return None
    argument = bare(part.parts[0])
    own = Measure(_POWERS[name], name, part.name_at)
    if isinstance(argument.tree, MatrixSelector):
        return own if _is_window(argument.tree) else None
    if not isinstance(argument.tree, SubqueryExpr) or not _is_window(argument.tree):
        return None
    if not any(_is_window(inner.tree) for inner in argument.parts[0].walk()):
        return own
    inner = _measure(argument.parts[0])
    return replace(own, power=own.power + inner.power) if inner else None


def _is_window(tree: Expr) -> bool:
    if not isinstance(tree, (MatrixSelector, SubqueryExpr)) or tree.range is None:
        return False
    return bool(tree.range.total_seconds() == ODD_SECONDS)


def _of_operation(part: Part, tree: BinaryExpr) -> Measure | None:
    operator = str(tree.op)
    left, right = part.parts
    if operator in ("and", "unless") or (operator == ">" and _is_number(tree.rhs, 0) and not _is_bool(tree)):
        return _measure(left)
    if operator == "or":
        return _measure(left) if _is_zero(right) else _alike(_measure(left), _measure(right))
    if operator in ("+", "-"):
        return _alike(_measure(left), _measure(right))
    if operator != "/":
        return None
    above, below = _measure(left), _measure(right)
    return replace(above, power=above.power - below.power) if above and below else None


def _alike(left: Measure | None, right: Measure | None) -> Measure | None:
    return left if left and right and left.power == right.power else None


def _is_bool(tree: BinaryExpr) -> bool:
    return tree.modifier is not None and bool(tree.modifier.return_bool)


def _is_zero(part: Part) -> bool:
    """Whether it is `vector(0)`, or a product with 0."""
    tree = bare(part).tree
    if isinstance(tree, Call) and tree.func.name == "vector":
        return _is_number(tree.args[0], 0)
    if isinstance(tree, BinaryExpr) and str(tree.op) == "*":
        return _is_number(tree.lhs, 0) or _is_number(tree.rhs, 0)
    return False


def _is_number(tree: Expr, number: float) -> bool:
    while isinstance(tree, ParenExpr):
        tree = tree.expr
    return isinstance(tree, NumberLiteral) and tree.val == number
