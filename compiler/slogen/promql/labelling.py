"""Which labels a result has. Imports promql_parser: import this module late."""

from __future__ import annotations

from promql_parser import (
    AggModifierType,
    AggregateExpr,
    BinaryExpr,
    BinModifier,
    Call,
    Expr,
    LabelModifierType,
    ParenExpr,
    UnaryExpr,
    VectorMatchCardinality,
)

from slogen.promql.trees import type_of_tree

_KEEPS_ALL_LABELS = frozenset(("topk", "bottomk", "limitk", "limit_ratio"))
_KEEPS_ALL_BUT_THE_NAME = frozenset(
    (
        *("abs", "ceil", "clamp", "clamp_max", "clamp_min", "exp", "floor", "ln", "log10", "log2", "round"),
        *("sgn", "sort", "sort_desc", "sqrt", "timestamp", "deg", "rad"),
        *("acos", "acosh", "asin", "asinh", "atan", "atanh", "cos", "cosh", "sin", "sinh", "tan", "tanh"),
        *("histogram_avg", "histogram_count", "histogram_fraction", "histogram_stddev"),
        *("histogram_stdvar", "histogram_sum"),
    )
)


def has_exactly(tree: Expr, labels: frozenset[str]) -> bool:
    """Whether the value is certainly a vector whose labels are exactly these, without a metric name."""
    if isinstance(tree, (ParenExpr, UnaryExpr)):
        return has_exactly(tree.expr, labels)
    if isinstance(tree, AggregateExpr):
        return _of_aggregation(tree, labels)
    if isinstance(tree, Call):
        return _of_call(tree, labels)
    if isinstance(tree, BinaryExpr):
        return _of_operation(tree, labels)
    return False


def _of_aggregation(tree: AggregateExpr, labels: frozenset[str]) -> bool:
    if str(tree.op) in _KEEPS_ALL_LABELS:
        return has_exactly(tree.expr, labels)
    grouping = tree.modifier
    if str(tree.op) == "count_values" or (grouping and grouping.type != AggModifierType.By):
        return False
    return frozenset(grouping.labels if grouping else ()) == labels


def _of_call(tree: Call, labels: frozenset[str]) -> bool:
    name = tree.func.name
    if name == "vector":
        return not labels
    if name == "histogram_quantile":
        return "le" not in labels and has_exactly(tree.args[1], labels | {"le"})
    if name not in _KEEPS_ALL_BUT_THE_NAME:
        return False
    return all(has_exactly(arg, labels) for arg in tree.args if type_of_tree(arg) != "scalar")


def _of_operation(tree: BinaryExpr, labels: frozenset[str]) -> bool:
    operator = str(tree.op)
    vectors = [side for side in (tree.lhs, tree.rhs) if type_of_tree(side) != "scalar"]
    if len(vectors) < 2:
        return any(has_exactly(side, labels) for side in vectors)
    if operator in ("and", "unless"):
        return has_exactly(tree.lhs, labels)
    if operator == "or":
        return has_exactly(tree.lhs, labels) and has_exactly(tree.rhs, labels)
    return _of_match(tree, tree.modifier, labels)


def _of_match(tree: BinaryExpr, modifier: BinModifier | None, labels: frozenset[str]) -> bool:
    """For an operator that pairs the elements of both sides."""
    if modifier is None:
        return has_exactly(tree.lhs, labels) and has_exactly(tree.rhs, labels)
    if (modifier.fill_values.lhs, modifier.fill_values.rhs) != (None, None):
        return False
    if modifier.card == VectorMatchCardinality.ManyToOne:
        return labels.issuperset(modifier.group_labels or ()) and has_exactly(tree.lhs, labels)
    if modifier.card == VectorMatchCardinality.OneToMany:
        return labels.issuperset(modifier.group_labels or ()) and has_exactly(tree.rhs, labels)
    matching = modifier.matching
    if matching and matching.type == LabelModifierType.Include:
        return frozenset(matching.labels) == labels
    if matching and not labels.isdisjoint(matching.labels):
        return False
    return has_exactly(tree.lhs, labels) and has_exactly(tree.rhs, labels)
