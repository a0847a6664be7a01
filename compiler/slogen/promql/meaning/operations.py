"""What operators between two operands mean."""

from __future__ import annotations

import math

from promql_parser import BinaryExpr, LabelModifierType, VectorMatchCardinality

from slogen.promql.comparisons import COMPARISONS, FLIPPED
from slogen.promql.meaning.bounds import ANY, UNIT, Bounds
from slogen.promql.meaning.labels import NO_LABELS, UNKNOWN, LabelFact, LabelSet, Presence
from slogen.promql.meaning.meaning import Meaning
from slogen.promql.meaning.natures import Nature
from slogen.promql.meaning.shares import share_of
from slogen.promql.meaning.units import Unit
from slogen.promql.placed import Part

SET_OPERATORS = frozenset(("and", "or", "unless"))
_MAY_BE_UNDEFINED = frozenset(
    (
        "histogram_quantile",
        "scalar",
        "sqrt",
        "ln",
        "log2",
        "log10",
        "^",
        "%",
        "acos",
        "asin",
        "acosh",
        "atanh",
    )
)
"""What is NaN where there are no observations, not just one element, or where a function is not defined."""


def of_operation(part: Part, parts: tuple[Meaning, ...]) -> Meaning:
    """The model of an operator between a left and a right side."""
    tree = part.tree
    assert isinstance(tree, BinaryExpr)
    left, right = parts
    operator = str(tree.op).lower()
    is_scalar = left.type == right.type == "scalar"
    is_filter = operator in COMPARISONS and not _is_bool(tree)
    values = _values(tree, operator, left, right, is_filter=is_filter)
    meaning = Meaning(
        tree,
        part.at,
        part.name_at,
        parts,
        "scalar" if is_scalar else "vector",
        NO_LABELS if is_scalar else _labels(tree, operator, left, right),
        values[0],
        left.is_sure and right.is_sure,
        values[1],
        values[2],
        _power(operator, left, right),
        _always(operator, left, right, is_filter=is_filter),
        _is_condition(operator, left, right, is_filter=is_filter),
        _nan(operator, left, right, is_filter=is_filter),
        name=operator,
        labels_at=part.labels or _listed(tree, part),
        included_at=part.included or _included(tree, part),
    )
    return _dividing_by_zero(meaning) if operator in ("/", "%") else meaning


def _is_bool(tree: BinaryExpr) -> bool:
    return tree.modifier is not None and bool(tree.modifier.return_bool)


def _listed(tree: BinaryExpr, part: Part) -> tuple[tuple[str, tuple[int, int]], ...]:
    matching = tree.modifier.matching if tree.modifier is not None else None
    return tuple((label, part.name_at) for label in matching.labels) if matching is not None else ()


def _included(tree: BinaryExpr, part: Part) -> tuple[tuple[str, tuple[int, int]], ...]:
    labels = tree.modifier.group_labels if tree.modifier is not None else None
    return tuple((label, part.name_at) for label in labels or ())


# labels -----------------------------------------------------------------------------------------------


def _labels(tree: BinaryExpr, operator: str, left: Meaning, right: Meaning) -> LabelSet:
    if left.type == "scalar" or right.type == "scalar":
        return right.labels if left.type == "scalar" else left.labels
    if operator in ("and", "unless"):
        return left.labels
    if operator == "or":
        return left.labels.or_else(right.labels)
    modifier = tree.modifier
    if modifier is None:
        return left.labels.agreeing(right.labels)
    fill = modifier.fill_values
    if fill is not None and (fill.lhs, fill.rhs) != (None, None):
        return LabelSet(rest=UNKNOWN)
    if modifier.card in (VectorMatchCardinality.ManyToOne, VectorMatchCardinality.OneToMany):
        many, one = (left, right) if modifier.card == VectorMatchCardinality.ManyToOne else (right, left)
        labels = many.labels
        for label in modifier.group_labels or ():
            labels = labels.setting(label, one.labels[label])
        return labels
    if modifier.matching is None:
        return left.labels.agreeing(right.labels)
    agreed = left.labels.agreeing(right.labels)
    listed = list(modifier.matching.labels)
    if modifier.matching.type == LabelModifierType.Include:
        why = f"`on ({', '.join(listed)})` keeps no other label"
        gone = LabelFact(Presence.NEVER, why)
        return LabelSet({label: agreed[label] for label in listed}, gone)
    return agreed.without(listed, f"`ignoring ({', '.join(listed)})` drops it", (0, 0))


# values -----------------------------------------------------------------------------------------------


def _values(
    tree: BinaryExpr, operator: str, left: Meaning, right: Meaning, *, is_filter: bool
) -> tuple[Nature, Unit | None, Bounds]:
    if operator in COMPARISONS:
        return _of_comparison(operator, left, right, is_filter=is_filter)
    if operator in ("and", "unless"):
        return left.nature, left.unit, left.bounds
    if operator == "or":
        nature = left.nature if left.nature is right.nature or _is_constant(right) else Nature.UNKNOWN
        unit = left.unit if left.unit == right.unit or _is_constant(right) else None
        return nature, unit, left.bounds.or_else(right.bounds)
    if operator in ("+", "-"):
        other = -right.bounds if operator == "-" else right.bounds
        nature = _of_sum(operator, left, right)
        unit = _unit_of_sum(left, right)
        if operator == "-" and left.bounds.number == 1 and right.nature is Nature.RATIO:
            return Nature.RATIO, right.unit, left.bounds + other
        return nature, unit, left.bounds + other
    if operator == "*":
        scaled = _is_constant(left) or _is_constant(right)
        of = right if _is_constant(left) else left
        unit = of.unit if scaled else _product(left, right)
        return (of.nature if scaled else Nature.UNKNOWN), unit, left.bounds * right.bounds
    if operator == "/":
        nature, unit, bounds = _of_quotient(left, right)
        return nature, unit, share_of(tree, left, right) or bounds
    return Nature.UNKNOWN, None, ANY


def _of_comparison(
    operator: str, left: Meaning, right: Meaning, *, is_filter: bool
) -> tuple[Nature, Unit | None, Bounds]:
    if not is_filter:
        return Nature.BOOLEAN, Unit(), UNIT
    if left.type == "scalar":
        number = left.bounds.number
        bounds = right.bounds if number is None else right.bounds.narrowed(FLIPPED[operator], number)
        return right.nature, right.unit, bounds
    number = right.bounds.number
    bounds = left.bounds if number is None else left.bounds.narrowed(operator, number)
    return left.nature, left.unit, bounds


def _is_constant(side: Meaning) -> bool:
    return side.bounds.number is not None


def _of_sum(operator: str, left: Meaning, right: Meaning) -> Nature:
    if operator == "-" and left.nature is right.nature is Nature.TIMESTAMP:
        return Nature.GAUGE
    if left.nature is right.nature:
        return left.nature
    if _is_constant(left) or _is_constant(right):
        return right.nature if _is_constant(left) else left.nature
    return Nature.UNKNOWN


def _unit_of_sum(left: Meaning, right: Meaning) -> Unit | None:
    if _is_constant(left) or _is_constant(right):
        return right.unit if _is_constant(left) else left.unit
    return left.unit if left.unit == right.unit else None


def _product(left: Meaning, right: Meaning) -> Unit | None:
    return left.unit.times(right.unit) if left.unit is not None and right.unit is not None else None


def _of_quotient(left: Meaning, right: Meaning) -> tuple[Nature, Unit | None, Bounds]:
    bounds = left.bounds.over(right.bounds)
    if _is_constant(right):
        return left.nature, left.unit, bounds
    unit = left.unit.per(right.unit) if left.unit is not None and right.unit is not None else None
    is_ratio = unit is not None and unit.is_share
    return (Nature.RATIO if is_ratio else Nature.UNKNOWN), unit, bounds


def _power(operator: str, left: Meaning, right: Meaning) -> int | None:
    if operator in ("and", "unless") or operator in COMPARISONS:
        return left.power if left.type != "scalar" else right.power
    if operator == "or" and right.bounds.number == 0:
        return left.power
    if operator in ("+", "-", "or"):
        return left.power if left.power == right.power else None
    if left.power is None or right.power is None or operator not in ("*", "/"):
        return None
    return left.power + right.power if operator == "*" else left.power - right.power


# results ----------------------------------------------------------------------------------------------


def _always(operator: str, left: Meaning, right: Meaning, *, is_filter: bool) -> bool:
    if operator == "or":
        return left.always or right.always
    if operator in ("and", "unless") or is_filter:
        return is_filter and left.always and right.always and _always_true(operator, left, right)
    if left.type == "scalar" or right.type == "scalar":
        return left.always and right.always
    return left.always and right.always and left.labels.is_closed and right.labels.is_closed


def _always_true(operator: str, left: Meaning, right: Meaning) -> bool:
    """Whether no value fails a comparison with a number."""
    if right.bounds.number is not None:
        is_met = left.nan is None and left.bounds.always_is(operator, right.bounds.number)
        return is_met and not any(part.name in _MAY_BE_UNDEFINED for part in left.walk())
    return False


def _is_condition(operator: str, left: Meaning, right: Meaning, *, is_filter: bool) -> bool:
    if operator == "or":
        return left.is_condition and right.is_condition
    if is_filter or operator in ("and", "unless"):
        return True
    return left.is_condition or right.is_condition


def _nan(operator: str, left: Meaning, right: Meaning, *, is_filter: bool) -> Meaning | None:
    """A comparison with NaN is false, but for `!=`; what `and` and `unless` look at are labels."""
    if is_filter and operator != "!=":
        return None
    if operator in COMPARISONS and not is_filter:
        return None
    if operator in ("and", "unless"):
        return left.nan
    return left.nan or right.nan


def _dividing_by_zero(meaning: Meaning) -> Meaning:
    """The quotient, which may be NaN where both sides may be zero; of a remainder the right one is enough."""
    left, right = meaning.parts
    if meaning.nan is not None or not right.bounds.may_be_zero:
        return meaning
    if meaning.name == "/" and not left.bounds.may_be_zero:
        return meaning
    if math.isinf(left.bounds.lowest) and math.isinf(right.bounds.lowest) and not _is_measured(right):
        return meaning
    object.__setattr__(meaning, "nan", meaning)
    return meaning


def _is_measured(side: Meaning) -> bool:
    return side.nature is not Nature.NUMBER
