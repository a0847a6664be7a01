"""The configurations that alerts really go through, and which of the alerts page."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from slogen.alertmanager.configuration import Configuration
from slogen.alertmanager.firing import Firing, Way, ways
from slogen.alertmanager.matchers import Matcher
from slogen.alertmanager.routes import Route
from slogen.ir import Program, RoutedAlert
from slogen.names import SEVERITY
from slogen.routing.operator import merged
from slogen.routing.severities import paging
from slogen.teams import Urgency


def in_use(program: Program) -> tuple[Configuration, ...]:
    """What Alertmanagers are told: what slogen writes, and each file that is no part of it.

    The objects of AlertmanagerConfig are within, as the operator puts them there: in the only configuration
    of the program, or, where there are several, in one of their own.
    """
    notifying = program.notifying
    objects = [one for one in notifying.written if one.object_ is not None]
    wholes = [*_wholes(program)]
    if not objects:
        return tuple(wholes)
    if len(wholes) == 1:
        return (merged(wholes[0], objects, program.settings.alertmanager),)
    return (*wholes, merged(None, objects, program.settings.alertmanager))


def _wholes(program: Program) -> Iterator[Configuration]:
    notifying = program.notifying
    made = notifying.configuration
    if made is not None and notifying.routing is not None and notifying.routing.is_sound:
        yield made
    for one in notifying.written:
        if one.object_ is None and (made is None or one.where is None or one.where != made.where):
            yield one


def pages(alert: RoutedAlert, program: Program) -> bool:
    """Whether an alert surely is one that somebody must react to at once.

    A Routing document decides by the severity; else an SLO's alert knows it, and of others it is the severity
    of pages in Settings that does.
    """
    severity = alert.firing.value(SEVERITY)
    routing = program.notifying.routing
    if routing is not None:
        return severity in paging(routing, program.settings)
    if alert.urgency is not None:
        return alert.urgency is Urgency.PAGE
    return severity == program.settings.page_severity


class Follower:
    """Follows alerts through a tree: of those that all matchers judge alike, one alone."""

    def __init__(self, root: Route) -> None:
        self._root = root
        self._asked: dict[str, dict[Matcher, None]] = {}
        for matcher in _asked(root):
            self._asked.setdefault(matcher.name, {})[matcher] = None
        self._judged: dict[tuple[str, str], int] = {}
        self._numbers: dict[tuple[bool, ...], int] = {}
        self._found: dict[object, tuple[Way, ...]] = {}

    def ways(self, firing: Firing) -> tuple[Way, ...]:
        """As `firing.ways`."""
        key = tuple(self._judgement(label, firing) for label in self._asked)
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = ways(self._root, firing)
        return found

    def _judgement(self, label: str, firing: Firing) -> int:
        """A number for what all matchers on a label make of an alert; below zero if nobody knows."""
        value = firing.value(label)
        if value is None:
            return -1 if label in firing.present else -2
        found = self._judged.get((label, value))
        if found is None:
            labels = {label: value}
            judged = tuple(matcher.takes(labels) for matcher in self._asked[label])
            found = self._judged[label, value] = self._numbers.setdefault(judged, len(self._numbers))
        return found


def _asked(route: Route) -> Iterator[Matcher]:
    yield from route.matchers
    for below in route.routes:
        yield from _asked(below)


@lru_cache(maxsize=8)
def follower(root: Route) -> Follower:
    """The follower of a tree, which all checks share."""
    return Follower(root)


def seen_by(labels: tuple[str, ...], firing: Firing) -> object:
    """What somebody knows of an alert who looks at nothing but these labels; a key."""
    known = firing.known
    if not firing.present and not firing.unknown:
        return (firing.is_open, *(known.get(label) for label in labels))
    others = (label if label not in known else None for label in labels)
    states = ((label in firing.present, label in firing.unknown) if label else None for label in others)
    return (firing.is_open, tuple(known.get(label) for label in labels), tuple(states))
