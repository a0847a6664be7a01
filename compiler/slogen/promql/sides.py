"""Which labels the elements of a vector surely have, and which they surely lack.

Imports promql_parser: import this module late.
"""

from __future__ import annotations

from collections.abc import Iterator

from promql_parser import (
    AggModifierType,
    AggregateExpr,
    BinaryExpr,
    Call,
    Expr,
    LabelModifierType,
    Matcher,
    MatchOp,
    MatrixSelector,
    NumberLiteral,
    ParenExpr,
    StringLiteral,
    SubqueryExpr,
    UnaryExpr,
    VectorMatchCardinality,
    VectorSelector,
)

from slogen.promql.labelling import (
    ABSENT,
    DROPS_BUCKETS,
    KEEPS_ALL_LABELS,
    KEEPS_LABELS,
    SETS_A_LABEL,
    labels_of,
)
from slogen.promql.library import matches_empty
from slogen.promql.matchers import METRIC_NAME
from slogen.promql.pairing import Bucketless, Mismatch
from slogen.promql.placed import Part, bare, placed, unplaced
from slogen.promql.trees import type_of_tree

Known = dict[str, str | None]
"""Labels with their values; None where the value is not known."""

_LE = "le"
_BUCKET = "_bucket"
_MANY = (VectorMatchCardinality.ManyToOne, VectorMatchCardinality.OneToMany)


def empty_by(text: str) -> Mismatch | None:
    """As `pairing.mismatch`, without a look at whether there is an operator."""
    try:
        part = unplaced(text)
        if part is None or _empty(part, outermost=True) is None:
            return None
        # Few queries get this far.
        part = placed(text)
        return _empty(part, outermost=True) if part is not None else None
    except RecursionError:
        return None


def quantiles_without_buckets(text: str) -> tuple[Bucketless, ...]:
    """As `pairing.bucketless`."""
    part = placed(text)
    try:
        return tuple(_bucketless(part)) if part is not None else ()
    except RecursionError:
        return ()


# empty results ----------------------------------------------------------------------------------------


def _empty(part: Part, outermost: bool = False) -> Mismatch | None:
    """The first operator, from the inside out, because of which a part has no element.

    The outermost part may also be nothing but the zero that stands in for such an operator.
    """
    tree = part.tree
    if isinstance(tree, BinaryExpr):
        return _empty_operation(part, tree, outermost)
    if isinstance(tree, Call):
        if tree.func.name in ABSENT or type_of_tree(tree) != "vector":
            return None
    elif not isinstance(tree, (AggregateExpr, ParenExpr, UnaryExpr, SubqueryExpr)):
        return None
    outermost = outermost and isinstance(tree, ParenExpr)
    return next((found for found in (_empty(one, outermost) for one in part.parts) if found), None)


def _empty_operation(part: Part, tree: BinaryExpr, outermost: bool) -> Mismatch | None:
    operator = str(tree.op)
    left = _empty(part.parts[0], outermost and operator in ("or", "/"))
    if operator == "unless":
        return left
    right = _empty(part.parts[1])
    if operator == "or":
        return left if right or (outermost and _is_zero(part.parts[1])) else None
    return left or right or _unmatched(part, tree)


def _is_zero(part: Part) -> bool:
    """Whether it is `vector(0)`, which says nothing about what stands before it."""
    tree = bare(part).tree
    if not isinstance(tree, Call) or tree.func.name != "vector":
        return False
    return isinstance(tree.args[0], NumberLiteral) and tree.args[0].val == 0


def _unmatched(part: Part, tree: BinaryExpr) -> Mismatch | None:
    if "scalar" in (type_of_tree(tree.lhs), type_of_tree(tree.rhs)) or _fills(tree):
        return None
    listed, is_on = _matching(tree)
    left, right = known(tree.lhs), known(tree.rhs)
    sides = (part.parts[0].at, part.parts[1].at)
    for label in dict.fromkeys((*left, *right)):
        if (label in listed) != is_on:
            continue
        values = (left.get(label), right.get(label))
        if None not in values and values[0] != values[1]:
            return Mismatch(part.name_at, sides, label, *values, lacking=None)
        if label in left and lacks(tree.rhs, label):
            return Mismatch(part.name_at, sides, label, *values, lacking=1)
        if label in right and lacks(tree.lhs, label):
            return Mismatch(part.name_at, sides, label, *values, lacking=0)
    return None


def _matching(tree: BinaryExpr) -> tuple[frozenset[str], bool]:
    """The labels of `on` or `ignoring`, and whether it is `on`."""
    matching = tree.modifier.matching if tree.modifier is not None else None
    if matching is None:
        return frozenset(), False
    return frozenset(matching.labels), matching.type == LabelModifierType.Include


def _fills(tree: BinaryExpr) -> bool:
    fill = tree.modifier.fill_values if tree.modifier is not None else None
    return fill is not None and (fill.lhs, fill.rhs) != (None, None)


# what elements have -----------------------------------------------------------------------------------


def known(tree: Expr) -> Known:
    """Labels that every element has. Those that an aggregation is by are taken to be there."""
    if isinstance(tree, (ParenExpr, UnaryExpr, SubqueryExpr)):
        return known(tree.expr)
    if isinstance(tree, MatrixSelector):
        return _selected(tree.vector_selector)
    if isinstance(tree, VectorSelector):
        return _selected(tree)
    if isinstance(tree, AggregateExpr):
        return _of_aggregation(tree)
    if isinstance(tree, Call):
        return _of_call(tree)
    return _of_operation(tree) if isinstance(tree, BinaryExpr) else {}


def _selected(selector: VectorSelector) -> Known:
    found: Known = {}
    for matcher in selector.matchers.matchers if not selector.matchers.or_matchers else ():
        if matcher.name == METRIC_NAME:
            continue
        if matcher.op == MatchOp.Equal and matcher.value:
            found[matcher.name] = matcher.value
        elif _is_never_empty(matcher):
            found.setdefault(matcher.name, None)
    return found


def _is_never_empty(matcher: Matcher) -> bool:
    """Whether a matcher other than `=` only takes series that have the label."""
    if matcher.op == MatchOp.NotEqual:
        return not matcher.value
    if matcher.op == MatchOp.Re:
        return not matches_empty(matcher.value)
    return bool(matcher.op == MatchOp.NotRe) and matches_empty(matcher.value)


def _of_aggregation(tree: AggregateExpr) -> Known:
    inner = known(tree.expr)
    if str(tree.op) in KEEPS_ALL_LABELS:
        return inner
    if tree.modifier is None or str(tree.op) == "count_values":
        return {}
    if tree.modifier.type != AggModifierType.By:
        return {label: value for label, value in inner.items() if label not in tree.modifier.labels}
    return {
        label: inner.get(label)
        for label in tree.modifier.labels
        if label in inner or _may_have(tree.expr, label)
    }


def _may_have(tree: Expr, label: str) -> bool:
    """Whether it is likely that all series have a label: only buckets have bounds."""
    if any(_some_lack(part, label) for part in _within(tree)):
        return False
    return label != _LE or any(_BUCKET in _name(selector) for selector in _selectors(tree))


def _some_lack(tree: Expr, label: str) -> bool:
    """Whether a part of a tree gives elements without a label, or may do so by setting it to nothing."""
    if isinstance(tree, BinaryExpr) and str(tree.op) == "or":
        return lacks(tree.lhs, label) or lacks(tree.rhs, label)
    if isinstance(tree, Call) and tree.func.name in SETS_A_LABEL:
        target = tree.args[1]
        return not isinstance(target, StringLiteral) or target.val == label
    return lacks(tree, label)


def _within(tree: Expr) -> Iterator[Expr]:
    """A tree and all that it consists of."""
    yield tree
    if isinstance(tree, BinaryExpr):
        yield from _within(tree.lhs)
        yield from _within(tree.rhs)
    elif isinstance(tree, Call):
        for argument in tree.args:
            yield from _within(argument)
    elif isinstance(tree, (ParenExpr, UnaryExpr, AggregateExpr, SubqueryExpr)):
        yield from _within(tree.expr)


def _of_call(tree: Call) -> Known:
    name = tree.func.name
    if name in SETS_A_LABEL:
        target = tree.args[1]
        if not isinstance(target, StringLiteral):
            return {}
        return {label: value for label, value in known(tree.args[0]).items() if label != target.val}
    if name in DROPS_BUCKETS:
        return {label: value for label, value in known(tree.args[-1]).items() if label != _LE}
    if name not in KEEPS_LABELS:
        return {}
    return next((known(argument) for argument in tree.args if _has_labels(argument)), {})


def _has_labels(argument: Expr) -> bool:
    return type_of_tree(argument) in {"vector", "matrix"}


def _of_operation(tree: BinaryExpr) -> Known:
    if type_of_tree(tree.lhs) == "scalar" or type_of_tree(tree.rhs) == "scalar":
        return known(tree.rhs if type_of_tree(tree.lhs) == "scalar" else tree.lhs)
    left, right, operator = known(tree.lhs), known(tree.rhs), str(tree.op)
    if operator == "or":
        return {
            label: value if value == right[label] else None for label, value in left.items() if label in right
        }
    if operator in ("and", "unless"):
        return left
    if _fills(tree):
        return {}
    if tree.modifier is not None and tree.modifier.card in _MANY:
        many = left if tree.modifier.card == VectorMatchCardinality.ManyToOne else right
        return {
            label: value for label, value in many.items() if label not in (tree.modifier.group_labels or ())
        }
    listed, is_on = _matching(tree)
    return {
        label: left.get(label) or right.get(label)
        for label in {**left, **right}
        if (label in listed) == is_on
    }


# what elements lack -----------------------------------------------------------------------------------


def lacks(tree: Expr, label: str) -> bool:
    """Whether surely no element has a label."""
    if isinstance(tree, (ParenExpr, UnaryExpr, SubqueryExpr)):
        return lacks(tree.expr, label)
    if isinstance(tree, MatrixSelector):
        return lacks(tree.vector_selector, label)
    if isinstance(tree, VectorSelector):
        return any(
            matcher.name == label and matcher.op == MatchOp.Equal and not matcher.value
            for matcher in tree.matchers.matchers
        )
    if isinstance(tree, AggregateExpr):
        return _aggregation_lacks(tree, label)
    if isinstance(tree, Call):
        return _call_lacks(tree, label)
    return _operation_lacks(tree, label) if isinstance(tree, BinaryExpr) else False


def _aggregation_lacks(tree: AggregateExpr, label: str) -> bool:
    if str(tree.op) == "count_values":
        return False
    if str(tree.op) in KEEPS_ALL_LABELS:
        return lacks(tree.expr, label)
    if tree.modifier is None:
        return True
    is_listed = label in tree.modifier.labels
    return is_listed != (tree.modifier.type == AggModifierType.By) or lacks(tree.expr, label)


def _call_lacks(tree: Call, label: str) -> bool:
    name = tree.func.name
    if name == "vector" or name in ABSENT:
        labels = labels_of(tree)
        return labels is not None and label not in labels
    if name in SETS_A_LABEL:
        target = tree.args[1]
        return isinstance(target, StringLiteral) and target.val != label and lacks(tree.args[0], label)
    if name in DROPS_BUCKETS:
        return label == _LE or lacks(tree.args[-1], label)
    if name not in KEEPS_LABELS:
        return False
    return all(lacks(argument, label) for argument in tree.args if _has_labels(argument))


def _operation_lacks(tree: BinaryExpr, label: str) -> bool:
    if type_of_tree(tree.lhs) == "scalar" or type_of_tree(tree.rhs) == "scalar":
        return lacks(tree.rhs if type_of_tree(tree.lhs) == "scalar" else tree.lhs, label)
    operator = str(tree.op)
    if operator in ("and", "unless"):
        return lacks(tree.lhs, label)
    if operator == "or":
        return lacks(tree.lhs, label) and lacks(tree.rhs, label)
    if _fills(tree):
        return False
    if tree.modifier is not None and tree.modifier.card in _MANY:
        many = tree.lhs if tree.modifier.card == VectorMatchCardinality.ManyToOne else tree.rhs
        return label not in (tree.modifier.group_labels or ()) and lacks(many, label)
    listed, is_on = _matching(tree)
    return (label in listed) != is_on or lacks(tree.lhs, label) or lacks(tree.rhs, label)


# buckets ----------------------------------------------------------------------------------------------


def _bucketless(part: Part) -> Iterator[Bucketless]:
    for call in part.walk():
        if not isinstance(call.tree, Call) or call.tree.func.name not in DROPS_BUCKETS:
            continue
        buckets = call.parts[-1]
        names = [_name(selector) for selector in _selectors(buckets.tree)]
        if not names or not all(name.endswith(_BUCKET) for name in names) or not lacks(buckets.tree, _LE):
            continue
        culprit = next((one for one in buckets.walk() if _aggregates_away(one)), None)
        if culprit is not None:
            yield Bucketless(call.name_at, culprit.name_at, _kept(culprit))


def _aggregates_away(part: Part) -> bool:
    tree = part.tree
    return isinstance(tree, AggregateExpr) and lacks(tree, _LE) and not lacks(tree.expr, _LE)


def _kept(part: Part) -> tuple[str, ...]:
    modifier = part.tree.modifier if isinstance(part.tree, AggregateExpr) else None
    return tuple(modifier.labels) if modifier is not None and modifier.type == AggModifierType.By else ()


def _selectors(tree: Expr) -> Iterator[VectorSelector]:
    for part in _within(tree):
        if isinstance(part, MatrixSelector):
            yield part.vector_selector
        elif isinstance(part, VectorSelector):
            yield part


def _name(selector: VectorSelector) -> str:
    if selector.name:
        return selector.name
    named = (m.value for m in selector.matchers.matchers if m.name == METRIC_NAME and m.op == MatchOp.Equal)
    return next(named, "")
