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
    MatchOp,
    MatrixSelector,
    ParenExpr,
    StringLiteral,
    SubqueryExpr,
    UnaryExpr,
    VectorMatchCardinality,
    VectorSelector,
)

from slogen.promql.matchers import METRIC_NAME
from slogen.promql.trees import type_of_tree

Labels = frozenset[str]

KEEPS_ALL_LABELS = frozenset(("topk", "bottomk", "limitk", "limit_ratio"))
DROPS_BUCKETS = frozenset(("histogram_quantile", "histogram_fraction"))
SETS_A_LABEL = frozenset(("label_replace", "label_join"))
ABSENT = frozenset(("absent", "absent_over_time"))
_BUCKET: Labels = frozenset(("le",))
# Of the functions that are missing here some add labels, and some read them from other series.
KEEPS_LABELS = frozenset(
    (
        *("abs", "ceil", "clamp", "clamp_max", "clamp_min", "exp", "floor", "ln", "log10", "log2", "round"),
        *(
            "sgn",
            "sort",
            "sort_desc",
            "sort_by_label",
            "sort_by_label_desc",
            "sqrt",
            "timestamp",
            "deg",
            "rad",
        ),
        *("acos", "acosh", "asin", "asinh", "atan", "atanh", "cos", "cosh", "sin", "sinh", "tan", "tanh"),
        *("histogram_avg", "histogram_count", "histogram_stddev", "histogram_stdvar", "histogram_sum"),
        *("day_of_month", "day_of_week", "day_of_year", "days_in_month", "hour", "minute", "month", "year"),
        *("avg_over_time", "changes", "count_over_time", "delta", "deriv", "first_over_time", "idelta"),
        *("increase", "irate", "last_over_time", "mad_over_time", "max_over_time", "min_over_time"),
        *("present_over_time", "predict_linear", "quantile_over_time", "rate", "resets"),
        *("stddev_over_time", "stdvar_over_time", "sum_over_time"),
    )
)


def labels_of(tree: Expr) -> Labels | None:
    """The labels of an instant vector, if the expression alone decides them: no series has any other.

    A series may lack some of them, which is the same as having them empty. None where they depend on the
    series that are selected, and for what is no instant vector.
    """
    if isinstance(tree, (ParenExpr, UnaryExpr)):
        return labels_of(tree.expr)
    if isinstance(tree, AggregateExpr):
        return _of_aggregation(tree)
    if isinstance(tree, Call):
        return _of_call(tree)
    if isinstance(tree, BinaryExpr):
        return _of_operation(tree)
    return None


def keeps_in_tree(tree: Expr, label: str) -> bool:
    """Whether every series of the result has the value that a label has in the series selected."""
    if isinstance(tree, (VectorSelector, MatrixSelector)):
        return True
    if isinstance(tree, (ParenExpr, UnaryExpr, SubqueryExpr)):
        return keeps_in_tree(tree.expr, label)
    if isinstance(tree, AggregateExpr):
        return _aggregation_keeps(tree, label) and keeps_in_tree(tree.expr, label)
    if isinstance(tree, Call):
        return tree.func.name in KEEPS_LABELS and any(
            type_of_tree(argument) in {"vector", "matrix"} and keeps_in_tree(argument, label)
            for argument in tree.args
        )
    if isinstance(tree, BinaryExpr):
        numbers = [type_of_tree(side) == "scalar" for side in (tree.lhs, tree.rhs)]
        return any(numbers) and keeps_in_tree(tree.rhs if numbers[0] else tree.lhs, label)
    return False


def _aggregation_keeps(tree: AggregateExpr, label: str) -> bool:
    if str(tree.op) in KEEPS_ALL_LABELS:
        return True
    if tree.modifier is None or str(tree.op) == "count_values":
        return False
    is_listed = label in tree.modifier.labels
    return is_listed if tree.modifier.type == AggModifierType.By else not is_listed


def _of_aggregation(tree: AggregateExpr) -> Labels | None:
    if str(tree.op) in KEEPS_ALL_LABELS:
        return labels_of(tree.expr)
    if str(tree.op) == "count_values":
        return None
    grouping = tree.modifier
    if grouping is None:
        return frozenset()
    if grouping.type == AggModifierType.By:
        return frozenset(grouping.labels)
    inner = labels_of(tree.expr)
    return None if inner is None else inner.difference(grouping.labels)


def _of_call(tree: Call) -> Labels | None:
    name = tree.func.name
    if name == "vector":
        return frozenset()
    if name in ABSENT:
        return _of_absence(tree.args[0])
    if name in DROPS_BUCKETS:
        inner = labels_of(tree.args[-1])
        return None if inner is None else inner - _BUCKET
    if name in SETS_A_LABEL:
        inner, target = labels_of(tree.args[0]), tree.args[1]
        return inner | {target.val} if inner is not None and isinstance(target, StringLiteral) else None
    return _of_kept(tree.args) if name in KEEPS_LABELS else None


def _of_kept(arguments: list[Expr]) -> Labels | None:
    """The labels of the one argument that has any; where there is none, that of the time, which has none."""
    for argument in arguments:
        if isinstance(argument, SubqueryExpr):
            return labels_of(argument.expr)
        if type_of_tree(argument) in {"vector", "matrix"}:
            return labels_of(argument)
    return frozenset()


def _of_absence(argument: Expr) -> Labels | None:
    """Where nothing is found, the labels are those that the selector asks for by equality."""
    selector = argument.vector_selector if isinstance(argument, MatrixSelector) else argument
    if isinstance(selector, ParenExpr):
        return _of_absence(selector.expr)
    if not isinstance(selector, VectorSelector):
        return frozenset()
    asked = {matcher.name for matcher in selector.matchers.matchers if matcher.op == MatchOp.Equal}
    return frozenset(asked - {METRIC_NAME})


def _of_operation(tree: BinaryExpr) -> Labels | None:
    operator = str(tree.op)
    if type_of_tree(tree.lhs) == "scalar" or type_of_tree(tree.rhs) == "scalar":
        vector = tree.rhs if type_of_tree(tree.lhs) == "scalar" else tree.lhs
        return None if type_of_tree(vector) == "scalar" else labels_of(vector)
    left = labels_of(tree.lhs)
    if operator in ("and", "unless"):
        return left
    right = labels_of(tree.rhs)
    if operator == "or":
        # What stands in for an empty result, such as `or vector(0)`, adds no labels.
        return left if right in (left, frozenset()) else None
    return _of_match(tree.modifier, left, right)


def _of_match(modifier: BinModifier | None, left: Labels | None, right: Labels | None) -> Labels | None:
    """For an operator that pairs the elements of both sides."""
    if modifier is None:
        return _shared(left, right)
    if (modifier.fill_values.lhs, modifier.fill_values.rhs) != (None, None):
        return None
    if modifier.card in (VectorMatchCardinality.ManyToOne, VectorMatchCardinality.OneToMany):
        many = left if modifier.card == VectorMatchCardinality.ManyToOne else right
        return None if many is None else many.union(modifier.group_labels or ())
    matching = modifier.matching
    if matching is None:
        return _shared(left, right)
    if matching.type == LabelModifierType.Include:
        return frozenset(matching.labels)
    shared = _shared(left, right)
    return None if shared is None else shared.difference(matching.labels)


def _shared(left: Labels | None, right: Labels | None) -> Labels | None:
    """Only elements with equal labels are paired, so either side decides."""
    if left is None or right is None:
        return right if left is None else left
    return left & right
