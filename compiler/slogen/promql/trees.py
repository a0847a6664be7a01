"""Types of syntax trees. Imports promql_parser: import this module late."""

from __future__ import annotations

from promql_parser import (
    BinaryExpr,
    Call,
    Expr,
    MatrixSelector,
    NumberLiteral,
    ParenExpr,
    StringLiteral,
    SubqueryExpr,
    UnaryExpr,
)

from slogen.promql.functions import FUNCTIONS, ValueType


def type_of_tree(tree: Expr) -> ValueType:
    """The type of the value."""
    if isinstance(tree, (ParenExpr, UnaryExpr)):
        return type_of_tree(tree.expr)
    if isinstance(tree, BinaryExpr):
        return "scalar" if type_of_tree(tree.lhs) == type_of_tree(tree.rhs) == "scalar" else "vector"
    if isinstance(tree, Call):
        return FUNCTIONS[tree.func.name].result if tree.func.name in FUNCTIONS else "vector"
    if isinstance(tree, NumberLiteral):
        return "scalar"
    if isinstance(tree, (MatrixSelector, SubqueryExpr)):
        return "matrix"
    return "string" if isinstance(tree, StringLiteral) else "vector"
