"""Which expressions are linear in what they measure. Imports promql_parser: import this module late."""

from __future__ import annotations

import math
from typing import Literal

from promql_parser import (
    AggregateExpr,
    BinaryExpr,
    Call,
    Expr,
    MatrixSelector,
    NumberLiteral,
    ParenExpr,
    UnaryExpr,
)

Family = Literal["rate", "increase"]
_FAMILY_OF_FUNCTION: dict[str, Family] = {
    "rate": "rate",
    "increase": "increase",
    "sum_over_time": "increase",
    "count_over_time": "increase",
}


def family_of_tree(tree: Expr) -> Family | None:
    """The family of a linear expression: sums, differences and multiples of functions of one family."""
    if isinstance(tree, (ParenExpr, UnaryExpr)):
        return family_of_tree(tree.expr)
    if isinstance(tree, AggregateExpr):
        return family_of_tree(tree.expr) if str(tree.op) == "sum" else None
    if isinstance(tree, Call):
        return _of_call(tree)
    if isinstance(tree, BinaryExpr):
        return _of_operation(str(tree.op), tree.lhs, tree.rhs)
    return None


def _of_call(call: Call) -> Family | None:
    if len(call.args) != 1 or not isinstance(call.args[0], MatrixSelector):
        return None
    # An instant fixed by @ is the same for every evaluation: the windows do not follow one another.
    if call.args[0].vector_selector.at is not None:
        return None
    return _FAMILY_OF_FUNCTION.get(call.func.name)


def _of_operation(operator: str, left: Expr, right: Expr) -> Family | None:
    if operator in ("+", "-"):
        return _common(family_of_tree(left), family_of_tree(right))
    if operator == "*" and _is_finite(_number(left)):
        return family_of_tree(right)
    if operator in ("*", "/") and _is_finite(_number(right)) and (operator, _number(right)) != ("/", 0):
        return family_of_tree(left)
    if operator == "or":
        family = family_of_tree(left)
        return family if _is_zero_vector(right) else _common(family, _family_of_zero(right))
    return None


def _common(left: Family | None, right: Family | None) -> Family | None:
    return left if left == right else None


def _number(tree: Expr) -> float | None:
    if isinstance(tree, ParenExpr):
        return _number(tree.expr)
    if isinstance(tree, UnaryExpr):
        inner = _number(tree.expr)
        return None if inner is None else -inner
    return tree.val if isinstance(tree, NumberLiteral) else None


def _is_finite(number: float | None) -> bool:
    return number is not None and math.isfinite(number)


def _is_zero_vector(tree: Expr) -> bool:
    if isinstance(tree, ParenExpr):
        return _is_zero_vector(tree.expr)
    return isinstance(tree, Call) and tree.func.name == "vector" and _number(tree.args[0]) == 0


def _family_of_zero(tree: Expr) -> Family | None:
    """The family of `0 * something` or `something * 0`."""
    if isinstance(tree, ParenExpr):
        return _family_of_zero(tree.expr)
    if not isinstance(tree, BinaryExpr) or str(tree.op) != "*":
        return None
    if _number(tree.lhs) == 0 or _number(tree.rhs) == 0:
        return family_of_tree(tree)
    return None
