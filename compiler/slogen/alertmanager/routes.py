"""The tree of routes, and the way of an alert through it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from slogen.alertmanager.matchers import Matcher
from slogen.source import Span
from slogen.units import Labels, Millis

T = TypeVar("T")
DEFAULT_GROUP_WAIT = Millis(30_000)
DEFAULT_GROUP_INTERVAL = Millis(300_000)
DEFAULT_REPEAT_INTERVAL = Millis(14_400_000)
BY_ALL_LABELS = "..."


@dataclass(frozen=True, slots=True, eq=False)
class Route:
    """A node of the tree as it is written; None where it takes over what its parent has.

    `continue_` goes on to the next siblings after a match. `mute` and `active` name time intervals; a route
    that is muted still matches. `remark` is for those who read it in a file. `places` are those of the fields
    that are written, by the names that files have for them (`group_interval`, `matchers`,
    `mute_time_intervals`); of an item of a list, such as `active_time_intervals.0`.
    """

    receiver: str | None = None
    matchers: tuple[Matcher, ...] = ()
    continue_: bool = False
    routes: tuple[Route, ...] = ()
    group_by: tuple[str, ...] | None = None
    group_wait: Millis | None = None
    group_interval: Millis | None = None
    repeat_interval: Millis | None = None
    mute: tuple[str, ...] = ()
    active: tuple[str, ...] = ()
    where: Span | None = field(default=None, compare=False)
    remark: str = field(default="", compare=False)
    places: Mapping[str, Span] = field(default_factory=dict, compare=False)

    def at(self, part: str) -> Span | None:
        """Where a field is written, or else the route; None where it is not written at all."""
        return self.places.get(part, self.where)

    def takes(self, labels: Labels) -> bool:
        """Whether an alert with these labels passes all matchers."""
        return all(matcher.takes(labels) for matcher in self.matchers)


def every_route(root: Route) -> Iterator[Route]:
    """A route and all routes below it, in the order of the tree."""
    yield root
    for below in root.routes:
        yield from every_route(below)


def matchers_of(root: Route) -> Iterator[Matcher]:
    """The matchers of a route and of all routes below it, in the order of the tree."""
    for route in every_route(root):
        yield from route.matchers


@dataclass(frozen=True, slots=True, eq=False)
class Delivery:
    """Where an alert ends: the routes that lead there, from the root on, and what holds there."""

    path: tuple[Route, ...]

    @property
    def receiver(self) -> str:
        """Who is notified; empty in a tree without any receiver."""
        return _nearest([route.receiver for route in self.path]) or ""

    @property
    def group_by(self) -> tuple[str, ...]:
        """The labels by which alerts share a notification; `...` for all labels."""
        # An empty list is as good as none: Alertmanager takes over that of the parent.
        return _nearest([route.group_by or None for route in self.path]) or ()

    @property
    def group_wait(self) -> Millis:
        """How long the first notification of a group waits."""
        return _or_default([route.group_wait for route in self.path], DEFAULT_GROUP_WAIT)

    @property
    def group_interval(self) -> Millis:
        """How long a group waits to tell of new alerts."""
        return _or_default([route.group_interval for route in self.path], DEFAULT_GROUP_INTERVAL)

    @property
    def repeat_interval(self) -> Millis:
        """How long until a notification is repeated."""
        return _or_default([route.repeat_interval for route in self.path], DEFAULT_REPEAT_INTERVAL)

    @property
    def mute(self) -> tuple[str, ...]:
        """The time intervals in which nobody is notified. They are not inherited."""
        return self.path[-1].mute

    @property
    def active(self) -> tuple[str, ...]:
        """The only time intervals in which somebody is notified; empty for always. They are not inherited."""
        return self.path[-1].active


def _nearest(values: list[T | None]) -> T | None:
    """What the deepest route says that says anything."""
    return next((value for value in reversed(values) if value is not None), None)


def _or_default(values: list[Millis | None], default: Millis) -> Millis:
    """What the deepest route says that says anything; zero is something, too."""
    found = _nearest(values)
    return default if found is None else found


def deliveries(root: Route, labels: Labels) -> tuple[Delivery, ...]:
    """Where an alert with these labels ends, in the order of the tree; at least once, if only at the root.

    The deepest routes that match win; the search stops at the first match that does not continue.
    """
    return tuple(Delivery(path) for path in _paths((root,), labels))


def _paths(path: tuple[Route, ...], labels: Labels) -> Iterator[tuple[Route, ...]]:
    is_leaf = True
    for route in path[-1].routes:
        if not route.takes(labels):
            continue
        is_leaf = False
        yield from _paths((*path, route), labels)
        if not route.continue_:
            break
    if is_leaf:
        yield path
