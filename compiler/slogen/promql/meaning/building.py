"""Makes the model of an expression, from the inside out."""

from __future__ import annotations

import math
from collections.abc import Callable

from promql_parser import (
    AggModifierType,
    AggregateExpr,
    BinaryExpr,
    Call,
    MatrixSelector,
    NumberLiteral,
    ParenExpr,
    StringLiteral,
    SubqueryExpr,
    UnaryExpr,
    VectorSelector,
)

from slogen.promql.meaning.bounds import ANY, COUNT, POSITIVE, UNIT, Bounds
from slogen.promql.meaning.calls import of_call
from slogen.promql.meaning.knowledge import NOTHING, Knowledge
from slogen.promql.meaning.labels import NO_LABELS, LabelFact, LabelSet, Presence
from slogen.promql.meaning.meaning import Meaning
from slogen.promql.meaning.natures import Nature
from slogen.promql.meaning.operations import of_operation
from slogen.promql.meaning.selecting import of_selector
from slogen.promql.meaning.units import EVENTS, SHARE, Unit
from slogen.promql.placed import Part, placed, unplaced


def meaning_of(
    text: str, knowledge: Knowledge = NOTHING, *, places: bool = True, window: float | None = None
) -> Meaning | None:
    """The model of a valid expression; None where only Prometheus can read it.

    Without `places` it is made several times faster. Ranges of `window` seconds are taken for the window of
    the query; None if it has none.
    """
    part = placed(text) if places else unplaced(text)
    try:
        return _Building(knowledge, window).meaning(part) if part is not None else None
    except RecursionError:
        return None


class _Building:
    """Builds the parts of one expression."""

    def __init__(self, knowledge: Knowledge, window: float | None) -> None:
        self.knowledge = knowledge
        self.window = window

    def meaning(self, part: Part) -> Meaning:
        tree = part.tree
        for kind, build in _KINDS:
            if isinstance(tree, kind):
                return build(self, part)
        return Meaning(tree, part.at, part.name_at, (), "vector", NO_LABELS)

    def _parts(self, part: Part) -> tuple[Meaning, ...]:
        return tuple(self.meaning(one) for one in part.parts)

    def _selector(self, part: Part) -> Meaning:
        return of_selector(part, self.knowledge, self.window)

    def _number(self, part: Part) -> Meaning:
        tree = part.tree
        assert isinstance(tree, NumberLiteral)
        value = float(tree.val)
        return Meaning(
            tree,
            part.at,
            part.name_at,
            (),
            "scalar",
            NO_LABELS,
            Nature.NUMBER,
            is_sure=True,
            unit=None,
            bounds=ANY if math.isnan(value) else Bounds(value, value),
            power=0,
            always=True,
        )

    def _text(self, part: Part) -> Meaning:
        return Meaning(part.tree, part.at, part.name_at, (), "string", NO_LABELS, always=True)

    def _enclosed(self, part: Part) -> Meaning:
        """In parentheses, or behind a sign."""
        (inner,) = self._parts(part)
        is_negative = isinstance(part.tree, UnaryExpr)
        return Meaning(
            part.tree,
            part.at,
            part.name_at,
            (inner,),
            inner.type,
            inner.labels,
            inner.nature if not is_negative else Nature.NUMBER if inner.type == "scalar" else inner.nature,
            inner.is_sure,
            inner.unit,
            -inner.bounds if is_negative else inner.bounds,
            inner.power,
            inner.always,
            inner.is_condition,
            inner.nan,
        )

    def _subquery(self, part: Part) -> Meaning:
        (inner,) = self._parts(part)
        tree = part.tree
        assert isinstance(tree, SubqueryExpr)
        seconds = tree.range.total_seconds() if tree.range is not None else None
        return Meaning(
            tree,
            part.at,
            part.name_at,
            (inner,),
            "matrix",
            inner.labels,
            inner.nature,
            inner.is_sure,
            inner.unit,
            inner.bounds,
            inner.power,
            inner.always,
            inner.is_condition,
            inner.nan,
            range=seconds,
            offset=tree.offset.total_seconds() if tree.offset is not None else 0,
            follows_window=self.window is not None and seconds == self.window,
        )

    def _call(self, part: Part) -> Meaning:
        return of_call(part, self._parts(part))

    def _operation(self, part: Part) -> Meaning:
        return of_operation(part, self._parts(part))

    def _aggregation(self, part: Part) -> Meaning:
        return _of_aggregation(part, self._parts(part))


_KINDS: tuple[tuple[type, Callable[[_Building, Part], Meaning]], ...] = (
    (MatrixSelector, _Building._selector),
    (VectorSelector, _Building._selector),
    (AggregateExpr, _Building._aggregation),
    (Call, _Building._call),
    (BinaryExpr, _Building._operation),
    (ParenExpr, _Building._enclosed),
    (NumberLiteral, _Building._number),
    (UnaryExpr, _Building._enclosed),
    (SubqueryExpr, _Building._subquery),
    (StringLiteral, _Building._text),
)

KEEPS_ELEMENTS = frozenset(("topk", "bottomk", "limitk", "limit_ratio"))
_NUMBERS_OF_SERIES = frozenset(("count", "count_values", "group"))


def _of_aggregation(part: Part, parts: tuple[Meaning, ...]) -> Meaning:
    tree = part.tree
    assert isinstance(tree, AggregateExpr)
    inner, name = parts[-1], str(tree.op)
    is_number_of_series = name in _NUMBERS_OF_SERIES
    by = list(tree.modifier.labels) if tree.modifier is not None else []
    nature, unit, bounds = _values_of_aggregation(name, parts)
    return Meaning(
        tree,
        part.at,
        part.name_at,
        parts,
        "vector",
        _labels_of_aggregation(tree, part, parts),
        nature,
        inner.is_sure or is_number_of_series,
        unit,
        bounds,
        0 if is_number_of_series else inner.power,
        # An aggregation of nothing is nothing, and one of something has at least one element.
        inner.always and (name not in KEEPS_ELEMENTS or _keeps_any(name, parts[0])),
        inner.is_condition,
        inner.nan if not is_number_of_series else None,
        name=name,
        labels_at=part.labels or tuple((label, part.name_at) for label in by),
    )


def _labels_of_aggregation(tree: AggregateExpr, part: Part, parts: tuple[Meaning, ...]) -> LabelSet:
    labels, name = parts[-1].labels, str(tree.op)
    if name in KEEPS_ELEMENTS:
        return labels
    listed = list(tree.modifier.labels) if tree.modifier is not None else []
    is_by = tree.modifier is None or tree.modifier.type == AggModifierType.By
    if is_by:
        shown = f" by ({', '.join(listed)})` keeps no other label" if listed else "` drops all labels"
        labels = labels.only(listed, f"`{name}{shown}", part.name_at)
    else:
        labels = labels.without(listed, f"`{name} without ({', '.join(listed)})` drops it", part.name_at)
    if name != "count_values" or not isinstance(parts[0].tree, StringLiteral):
        return labels
    if not is_by and parts[0].tree.val in listed:
        return labels
    fact = LabelFact(Presence.CERTAIN, "`count_values` sets it", part.name_at)
    return labels.setting(parts[0].tree.val, fact)


def _values_of_aggregation(name: str, parts: tuple[Meaning, ...]) -> tuple[Nature, Unit | None, Bounds]:
    inner = parts[-1]
    nature, unit, bounds = inner.nature, inner.unit, inner.bounds
    if name in _NUMBERS_OF_SERIES:
        return Nature.PRESENCE, EVENTS, COUNT if name != "group" else Bounds(1, 1)
    if name in ("stddev", "stdvar"):
        return Nature.GAUGE, unit if name == "stddev" else None, POSITIVE
    if name == "quantile":
        return Nature.QUANTILE, unit, bounds if parts[0].bounds.is_within(UNIT) else ANY
    if name == "avg":
        return (Nature.RATIO if nature is Nature.BOOLEAN else nature), unit, bounds
    if name != "sum":
        return nature, unit, bounds
    # Shares of several series do not add up to a share; what is true or false adds up to how many are.
    of_sum = {Nature.RATIO: Nature.UNKNOWN, Nature.BOOLEAN: Nature.PRESENCE}.get(nature, nature)
    is_share = unit == SHARE and nature is not Nature.RATE
    return of_sum, None if is_share else unit, _bounds_of_sum(inner)


def _keeps_any(name: str, limit: Meaning) -> bool:
    """Whether `topk` or one of its kin keeps at least one of all elements."""
    return name != "limit_ratio" and limit.bounds.lowest >= 1


def _bounds_of_sum(inner: Meaning) -> Bounds:
    """A sum of at least one element: it is as large as one, or larger."""
    bounds = inner.bounds
    if bounds.lowest >= 0:
        top = 0.0 if bounds.highest == 0 else float("inf")
        return Bounds(bounds.lowest, top, bounds.lowest_open, False, bounds.is_nonzero, bounds.why)
    if bounds.highest <= 0:
        return Bounds(
            float("-inf"), bounds.highest, False, bounds.highest_open, bounds.is_nonzero, bounds.why
        )
    return ANY
