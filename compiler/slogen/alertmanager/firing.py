"""Alerts before they fire: labels as far as they are known, and where the tree of routes may send them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from slogen.alertmanager.inhibition import Inhibition
from slogen.alertmanager.matchers import TAKES_ALL, TAKES_ANY, Matcher
from slogen.alertmanager.routes import Delivery, Route
from slogen.units import Labels


@dataclass(frozen=True, slots=True)
class Firing:
    """The labels of an alert as far as they are known before it fires.

    `known` have exactly these values. `present` have a value, and `unknown` may have one, but nobody knows
    which. With `is_open` there may be labels besides; else all others are missing.
    """

    known: Labels
    present: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()
    is_open: bool = False

    def value(self, label: str) -> str | None:
        """The value of a label, empty if it is missing; None if nobody knows."""
        if label in self.known:
            return self.known[label]
        is_certain = label not in self.present and label not in self.unknown and not self.is_open
        return "" if is_certain else None

    def passes(self, matcher: Matcher) -> bool | None:
        """Whether a matcher takes the alert; None if that depends on what nobody knows."""
        value = self.value(matcher.name)
        if value is not None:
            return matcher.takes({matcher.name: value})
        is_positive = matcher.op in ("=", "=~")
        if matcher.op in ("=~", "!~"):
            if matcher.value in TAKES_ALL or (matcher.value in TAKES_ANY and matcher.name in self.present):
                return is_positive
            return None
        return not is_positive if not matcher.value and matcher.name in self.present else None

    def passes_all(self, matchers: tuple[Matcher, ...]) -> bool | None:
        """Whether all matchers take the alert; None if that depends on what nobody knows."""
        found: bool | None = True
        for matcher in matchers:
            judged = self.passes(matcher)
            if judged is False:
                return False
            found = found and judged
        return found

    def equals(self, other: Firing, label: str) -> bool | None:
        """Whether two alerts have the same value of a label; None if nobody knows."""
        ours, theirs = self.value(label), other.value(label)
        if ours is not None and theirs is not None:
            return ours == theirs
        if "" in (ours, theirs) and (label in self.present or label in other.present):
            return False
        return None


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """Where an alert ends, for certain or perhaps."""

    delivery: Delivery
    is_certain: bool


def ways(root: Route, firing: Firing) -> tuple[Way, ...]:
    """Where an alert ends for certain, and where it may end, in the order of the tree."""
    return tuple(_ways((root,), firing, is_certain=True))


def _ways(path: tuple[Route, ...], firing: Firing, *, is_certain: bool) -> Iterator[Way]:
    ends_here: bool | None = True
    reached = is_certain
    for route in path[-1].routes:
        taken = firing.passes_all(route.matchers)
        if taken is False:
            continue
        ends_here = False if taken or ends_here is False else None
        yield from _ways((*path, route), firing, is_certain=reached and taken is True)
        if not route.continue_:
            if taken:
                break
            reached = False
    if ends_here is not False:
        yield Way(Delivery(path), is_certain and ends_here is True)


def mutes(inhibition: Inhibition, firing: Firing, alert: Firing) -> bool | None:
    """Whether one alert, while it fires, keeps another one quiet; None if that depends on what nobody knows.

    See `Inhibition.mutes`.
    """
    source = firing.passes_all(inhibition.source)
    target = alert.passes_all(inhibition.target)
    if source is False or target is False:
        return False
    both_ways = (firing.passes_all(inhibition.target), alert.passes_all(inhibition.source))
    if both_ways == (True, True):
        return False
    judged = [source, target, *(firing.equals(alert, label) for label in inhibition.equal)]
    if False in judged:
        return False
    return None if None in judged or False not in both_ways else True
