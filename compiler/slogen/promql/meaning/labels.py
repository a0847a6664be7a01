"""The labels that the elements of a vector have, as far as it is known, and why."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from types import MappingProxyType

from slogen.promql.problem import Place

NOWHERE: Place = (0, 0)
"""The place in an expression that was read without places."""


class Presence(IntEnum):
    """Whether elements have a label.

    Unlikely is what no catalog lists, where the targets may still have it; expected is what an author takes
    for granted, as by `by`.
    """

    NEVER = 0
    UNLIKELY = 1
    POSSIBLE = 2
    EXPECTED = 3
    CERTAIN = 4


@dataclass(frozen=True, slots=True)
class LabelFact:
    """Whether elements have a label, and why: a few words for a message, and the characters that decide it.

    `value` is the only value that the label can have, None if there may be others. `is_mixed` says that some
    elements are known to lack the label, so that an aggregation by it proves nothing.
    """

    presence: Presence
    why: str = ""
    at: Place = NOWHERE
    value: str | None = None
    is_mixed: bool = False


UNKNOWN = LabelFact(Presence.POSSIBLE)
_NO_LABELS: Mapping[str, LabelFact] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class LabelSet:
    """What is known of each label: by its name, or else by the `rest` of all labels."""

    named: Mapping[str, LabelFact] = field(default_factory=lambda: _NO_LABELS)
    rest: LabelFact = UNKNOWN

    def __getitem__(self, label: str) -> LabelFact:
        return self.named.get(label, self.rest)

    def lacks(self, label: str) -> bool:
        """Whether certainly no element has the label."""
        return self[label].presence is Presence.NEVER

    def probably_lacks(self, label: str) -> bool:
        """Whether no element has the label, unless it is one of a target of which nobody knows."""
        return self[label].presence <= Presence.UNLIKELY

    def has(self, label: str) -> bool:
        """Whether all elements have the label, certainly or as the author expects."""
        return self[label].presence >= Presence.EXPECTED

    @property
    def is_closed(self) -> bool:
        """Whether all labels that there can be are known by name."""
        return self.rest.presence is Presence.NEVER

    @property
    def names(self) -> tuple[str, ...]:
        """The labels that are known by name and may be there, in the order in which they came up."""
        return tuple(name for name, fact in self.named.items() if fact.presence is not Presence.NEVER)

    def only(self, labels: Collection[str], why: str, at: Place) -> LabelSet:
        """After an aggregation by labels. Labels that may be there are then expected."""
        gone = LabelFact(Presence.NEVER, why, at)
        kept = {label: _expected(self[label], at) for label in labels}
        return LabelSet(kept, gone)

    def without(self, labels: Collection[str], why: str, at: Place) -> LabelSet:
        """After what removes labels."""
        gone = LabelFact(Presence.NEVER, why, at)
        return LabelSet({**self.named, **dict.fromkeys(labels, gone)}, self.rest)

    def setting(self, label: str, fact: LabelFact) -> LabelSet:
        """After what sets a label."""
        return LabelSet({**self.named, label: fact}, self.rest)

    def or_else(self, other: LabelSet) -> LabelSet:
        """Of elements that come from either of two vectors."""
        names = dict.fromkeys((*self.named, *other.named))
        named = {name: _either(self[name], other[name]) for name in names}
        return LabelSet(named, _either(self.rest, other.rest))

    def agreeing(self, other: LabelSet) -> LabelSet:
        """Of elements of two vectors whose labels are equal."""
        names = dict.fromkeys((*self.named, *other.named))
        named = {name: _both(self[name], other[name]) for name in names}
        return LabelSet(named, _both(self.rest, other.rest))


NO_LABELS = LabelSet(rest=LabelFact(Presence.NEVER, "a number has no labels"))


def _expected(fact: LabelFact, at: Place) -> LabelFact:
    if fact.presence is not Presence.POSSIBLE or fact.is_mixed:
        return fact
    return replace(fact, presence=Presence.EXPECTED, why="the result is to have it", at=at)


def _either(left: LabelFact, right: LabelFact) -> LabelFact:
    is_mixed = left.is_mixed or right.is_mixed
    if left.presence is right.presence:
        return replace(left, value=left.value if left.value == right.value else None, is_mixed=is_mixed)
    less, more = sorted((left, right), key=lambda fact: fact.presence)
    if less.presence is Presence.NEVER:
        return LabelFact(min(more.presence, Presence.POSSIBLE), more.why, more.at, is_mixed=True)
    return replace(less, value=None, is_mixed=is_mixed)


def _both(left: LabelFact, right: LabelFact) -> LabelFact:
    """Equal labels: where one side has none, the other has none either."""
    for fact in (left, right):
        if fact.presence is Presence.NEVER:
            return fact
    return max(left, right, key=lambda fact: (fact.presence, not fact.is_mixed))
