"""What an expression becomes before it is evaluated: a function of the moment, by type of its value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from slogen.promql.evaluation.moments import Moment, Vector, Windows
from slogen.promql.evaluation.refusals import Unknown

if TYPE_CHECKING:
    from slogen.promql.evaluation.selecting import Selection


@dataclass(frozen=True, slots=True)
class Scalar:
    """A number."""

    run: Callable[[Moment], float]


@dataclass(frozen=True, slots=True)
class Instant:
    """An instant vector; with the selection if it is a selector and nothing else."""

    run: Callable[[Moment], Vector]
    selection: Selection | None = None


@dataclass(frozen=True, slots=True)
class Range:
    """A range vector; with the selection if it is one of a selector, not of a subquery."""

    run: Callable[[Moment], Windows]
    selection: Selection | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """A string."""

    value: str


Plan = Scalar | Instant | Range | Text


def scalar(plan: Plan) -> Callable[[Moment], float]:
    """The function of a number. Raises Unknown for another type."""
    if not isinstance(plan, Scalar):
        raise Unknown("has something else where a number must stand")
    return plan.run


def instant(plan: Plan) -> Callable[[Moment], Vector]:
    """The function of an instant vector. Raises Unknown for another type."""
    if not isinstance(plan, Instant):
        raise Unknown("has something else where an instant vector must stand")
    return plan.run


def ranged(plan: Plan) -> Range:
    """A range vector. Raises Unknown for another type."""
    if not isinstance(plan, Range):
        raise Unknown("has something else where a range must stand")
    return plan


def text(plan: Plan) -> str:
    """A string. Raises Unknown for another type."""
    if not isinstance(plan, Text):
        raise Unknown("has something else where a string must stand")
    return plan.value
