"""The model of an expression: a tree of what its parts mean."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from promql_parser import (
    AggModifierType,
    AggregateExpr,
    BinaryExpr,
    Call,
    Expr,
    MatrixSelector,
    ParenExpr,
    SubqueryExpr,
    VectorMatchCardinality,
    VectorSelector,
)

from slogen.catalog import Sample
from slogen.promql.functions import ValueType
from slogen.promql.grammar import LabelList
from slogen.promql.matchers import Matcher
from slogen.promql.meaning.bounds import ANY, Bounds
from slogen.promql.meaning.knowledge import Recorded
from slogen.promql.meaning.labels import LabelSet
from slogen.promql.meaning.natures import Nature
from slogen.promql.meaning.units import Unit
from slogen.promql.problem import Place


@dataclass(frozen=True, slots=True, eq=False)
class Meaning:
    """A part of an expression.

    `at` is its place and `name_at` that of its function, aggregation, operator or metric; all places are
    (0, 0) in a model that was made without. `parts` are its own parts in the order of its tree: of an
    aggregation with a parameter that comes first, of an operator the left and the right side.

    `is_sure` says that the nature follows from a catalog or a function, not from the name of a metric. `unit`
    is None if unknown. `power` is the power of the window that values grow with, None if unknown or there is
    no window. `always` says that there is a result at all times, `is_condition` that there is one only while
    a condition holds. `nan` is the division because of which a value may be NaN. `name` is that of a
    selector's metric, or the function, aggregation or operator in lower case; empty for others. `range` is
    the range of a selector or a subquery, `offset` that of both, in seconds. `follows_window` says that this
    range is the window. `labels_at` are the labels of `by`, `without`, `on` or `ignoring` with their places,
    `included_at` those of `group_left` or `group_right`.
    """

    tree: Expr
    at: Place
    name_at: Place
    parts: tuple[Meaning, ...]
    type: ValueType
    labels: LabelSet
    nature: Nature = Nature.UNKNOWN
    is_sure: bool = False
    unit: Unit | None = None
    bounds: Bounds = ANY
    power: int | None = None
    always: bool = False
    is_condition: bool = False
    nan: Meaning | None = None
    name: str = ""
    matchers: tuple[Matcher, ...] = ()
    sample: Sample | None = None
    recorded: Recorded | None = None
    range: float | None = None
    offset: float = 0
    follows_window: bool = False
    labels_at: LabelList = ()
    included_at: LabelList = field(default=())

    def walk(self) -> Iterator[Meaning]:
        """This part and all parts of it, from the outside in."""
        yield self
        for part in self.parts:
            yield from part.walk()

    @property
    def is_selector(self) -> bool:
        """Whether it selects series, with or without a range."""
        return isinstance(self.tree, (VectorSelector, MatrixSelector))

    @property
    def is_call(self) -> bool:
        """Whether it is a function call."""
        return isinstance(self.tree, Call)

    @property
    def is_aggregation(self) -> bool:
        """Whether it is an aggregation."""
        return isinstance(self.tree, AggregateExpr)

    @property
    def is_operation(self) -> bool:
        """Whether it is an operator between two operands."""
        return isinstance(self.tree, BinaryExpr)

    @property
    def is_subquery(self) -> bool:
        """Whether it is a subquery."""
        return isinstance(self.tree, SubqueryExpr)

    @property
    def is_by(self) -> bool:
        """Whether it is an aggregation that keeps the labels which it lists, and no others."""
        modifier = self.tree.modifier if isinstance(self.tree, AggregateExpr) else None
        return modifier is not None and modifier.type == AggModifierType.By

    @property
    def takes_from_left(self) -> bool:
        """Whether it is an operator that takes labels from its left side, by `group_right`."""
        modifier = self.tree.modifier if isinstance(self.tree, BinaryExpr) else None
        return modifier is not None and modifier.card == VectorMatchCardinality.OneToMany

    @property
    def is_number(self) -> bool:
        """Whether it is one number, known and the same at all times."""
        return self.type == "scalar" and self.bounds.number is not None

    @property
    def bare(self) -> Meaning:
        """The part within its parentheses."""
        return self.parts[0].bare if isinstance(self.tree, ParenExpr) else self

    @property
    def operand(self) -> Meaning:
        """What a function or an aggregation is applied to: its vector or range; itself if there is none."""
        return next((part for part in self.parts if part.type in ("vector", "matrix")), self)

    @property
    def selectors(self) -> tuple[Meaning, ...]:
        """All selectors within, in order."""
        return tuple(part for part in self.walk() if part.is_selector)
