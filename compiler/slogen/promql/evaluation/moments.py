"""What an expression is evaluated against, and the values that it may have."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from slogen.promql.evaluation.refusals import Failed
from slogen.promql.evaluation.samples import Element, Storage
from slogen.promql.matchers import METRIC_NAME

Vector = dict[Element, float]
"""An instant vector, in order."""


@dataclass(frozen=True, slots=True)
class Moment:
    """The instant of an evaluation; `at` differs from `top`, that of the query, within subqueries.

    Times are milliseconds. `left_open` and `subquery_step`: see `evaluate`.
    """

    storage: Storage
    at: int
    top: int
    left_open: bool
    subquery_step: int

    def after(self, start: int) -> int:
        """The time that samples must be later than, if they are to lie in a range with this start."""
        return start if self.left_open else start - 1

    def moved(self, at: int) -> Moment:
        """The same at another instant, for a step of a subquery."""
        return Moment(self.storage, at, self.top, self.left_open, self.subquery_step)


class Window(NamedTuple):
    """What one series has in a range: times in milliseconds and values; at least one."""

    element: Element
    times: list[int]
    values: list[float]


class Windows(NamedTuple):
    """A range vector: the bounds of the range in milliseconds, and the series that have samples in it."""

    start: int
    end: int
    windows: list[Window]

    @property
    def seconds(self) -> float:
        """The length of the range."""
        return (self.end - self.start) / 1000


VectorOf = Callable[[Moment], Vector]
WindowsOf = Callable[[Moment], Windows]


def collected(pairs: Iterable[tuple[Element, float]]) -> Vector:
    """A vector of these elements. Raises Failed if two are alike, as Prometheus does."""
    found: Vector = {}
    for element, value in pairs:
        if element in found:
            raise Failed("two elements of a vector have the same labels")
        found[element] = value
    return found


@lru_cache(maxsize=8192)
def nameless(element: Element) -> Element:
    """The labels without the metric's name."""
    return frozenset(pair for pair in element if pair[0] != METRIC_NAME)


@lru_cache(maxsize=8192)
def keeping(element: Element, names: frozenset[str]) -> Element:
    """Only these labels."""
    return frozenset(pair for pair in element if pair[0] in names)


@lru_cache(maxsize=8192)
def dropping(element: Element, names: frozenset[str]) -> Element:
    """All but these labels."""
    return frozenset(pair for pair in element if pair[0] not in names)


def label(element: Element, name: str) -> str:
    """The value of a label; "" without it."""
    return next((value for key, value in element if key == name), "")


def with_label(element: Element, name: str, value: str) -> Element:
    """The labels with this one set, or removed if the value is empty."""
    kept = [pair for pair in element if pair[0] != name]
    return frozenset([*kept, (name, value)] if value else kept)
