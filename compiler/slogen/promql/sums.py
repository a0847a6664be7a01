"""Queries as sums of what selectors count, or as a quotient of two such sums."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from slogen.promql.library import expression
from slogen.promql.selectors import Selector
from slogen.promql.witnesses import Condition

Kind = Literal["counter", "gauge", "presence"]
"""What a term adds up: the rate of a counter, the value of a gauge, or a 1 for each series that exists."""

EVERY = None
"""In place of a set of labels: whichever the series have."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A selector without its place: a metric name, or "", and the conditions on labels in order."""

    name: str
    conditions: tuple[tuple[str, Condition], ...] = ()


@dataclass(frozen=True, slots=True)
class Derived:
    """A label that `label_replace` makes of others: where `pattern` takes `source`, `replacement`."""

    label: str
    replacement: str
    source: str
    pattern: str


@dataclass(frozen=True, slots=True)
class Flow:
    """What happens to the labels of a selector on their way to the result.

    `asked` are the labels that aggregations and operators name, `visible` those that may be in the result
    (EVERY but `hidden`), `derived` the labels that are made of others, the innermost last.
    """

    asked: frozenset[str] = frozenset()
    visible: frozenset[str] | None = EVERY
    hidden: frozenset[str] = frozenset()
    derived: tuple[Derived, ...] = ()

    def shows(self, label: str) -> bool:
        """Whether the label of a series is in the result."""
        return label not in self.hidden and (self.visible is None or label in self.visible)

    def by(self, labels: Iterable[str]) -> Flow:
        """Below an aggregation, or a match, that keeps only these labels."""
        kept = frozenset(labels)
        shown = frozenset(label for label in kept if self.shows(label))
        return replace(self, asked=kept, visible=shown)

    def without(self, labels: Iterable[str]) -> Flow:
        """Below what removes these labels."""
        gone = frozenset(labels)
        return replace(self, asked=self.asked - gone, hidden=self.hidden | gone)

    def asking(self, labels: Iterable[str]) -> Flow:
        """Below what needs these labels, too."""
        return replace(self, asked=self.asked | frozenset(labels))

    def deriving(self, derived: Derived) -> Flow:
        """Below a `label_replace`."""
        asked = self.asked - {derived.label}
        if derived.source and derived.label in self.asked | (self.visible or frozenset()):
            asked |= {derived.source}
        return replace(
            self,
            asked=asked,
            visible=self.visible,
            derived=(*self.derived, derived) if self.shows(derived.label) else self.derived,
        )


@dataclass(frozen=True, slots=True)
class Partner:
    """A series that must be there for a term to count, such as one of `kube_pod_info`, with its value."""

    choice: Choice
    flow: Flow
    value: float = 1


@dataclass(frozen=True, slots=True)
class Term:
    """A multiple of what a selector counts.

    `per_sample` says that it counts samples: it is multiplied by how many a window has. `only` are the
    comparisons with numbers that a value of a gauge must pass. `over_time` says that the samples of a range
    are looked at, not those of an instant.
    """

    weight: float
    kind: Kind
    choice: Choice
    flow: Flow
    partners: tuple[Partner, ...] = ()
    per_sample: bool = False
    only: tuple[tuple[str, float], ...] = ()
    over_time: bool = False


@dataclass(frozen=True, slots=True)
class Sum:
    """Terms and a number.

    `alike` says that series are paired by all of their labels, `absent` are selectors that must find nothing.
    """

    terms: tuple[Term, ...] = ()
    number: float = 0
    alike: bool = False
    absent: tuple[Choice, ...] = ()

    @property
    def is_zero(self) -> bool:
        """Whether it is zero, whatever is counted."""
        return self.number == 0 and all(term.weight == 0 for term in self.terms)

    def times(self, factor: float) -> Sum:
        """The multiple of a sum."""
        terms = tuple(replace(term, weight=term.weight * factor) for term in self.terms)
        return replace(self, terms=terms, number=self.number * factor)

    def plus(self, other: Sum) -> Sum:
        """The sum of two sums."""
        return Sum(
            self.terms + other.terms,
            self.number + other.number,
            self.alike or other.alike,
            self.absent + other.absent,
        )


@dataclass(frozen=True, slots=True)
class Form:
    """A sum, or (`below`) a quotient of two."""

    above: Sum
    below: Sum | None = None

    @property
    def choices(self) -> tuple[Choice, ...]:
        """The selectors in order."""
        sums = (self.above, self.below) if self.below is not None else (self.above,)
        return tuple(term.choice for one in sums for term in one.terms)


@dataclass(frozen=True, slots=True)
class Beyond:
    """Why a query is none of these: the end of a sentence that begins with "this query".

    `part` is a word of the query that stands where it is, or empty.
    """

    reason: str
    part: str = ""


class BeyondError(Exception):
    """Raised while a query is read; never leaves this package."""

    def __init__(self, reason: str, part: str = "") -> None:
        super().__init__(reason)
        self.beyond = Beyond(reason, part)


def passes(value: float, comparison: tuple[str, float]) -> bool:
    """Whether a value passes a comparison with a number."""
    operator, number = comparison
    return {
        "==": value == number,
        "!=": value != number,
        "<": value < number,
        "<=": value <= number,
        ">": value > number,
        ">=": value >= number,
    }[operator]


@lru_cache(maxsize=4096)
def read_form(text: str) -> Form | Beyond:
    """A valid query for a given window as a sum or a quotient, or why it is neither.

    Rates and increases count events at a steady pace: an increase is the rate times the seconds of its range.
    """
    tree = expression(text)
    if tree is None:
        return Beyond("is too long, or written in a way that only Prometheus reads")
    from slogen.promql.summing import form_of_tree  # noqa: PLC0415 - it loads promql_parser

    try:
        return form_of_tree(tree)
    except BeyondError as error:
        return error.beyond
    except RecursionError:
        return Beyond("is nested too deep")


def choice_of(selector: Selector) -> Choice:
    """A selector as the terms of sums have it."""
    conditions = tuple((m.name, (m.op, m.value)) for m in selector.matchers)
    return Choice(selector.name, tuple(c for c in conditions if c != ("__name__", ("=", selector.name))))
