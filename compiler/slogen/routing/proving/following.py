"""Alerts followed through a tree of routes, many at a time."""

from __future__ import annotations

from functools import lru_cache

from slogen.alertmanager.firing import Firing, Way, ways
from slogen.alertmanager.matchers import Matcher
from slogen.alertmanager.routes import Route, matchers_of


class Follower:
    """Follows alerts through a tree: of those that all matchers judge alike, one alone."""

    def __init__(self, root: Route) -> None:
        self._root = root
        self._asked: dict[str, dict[Matcher, None]] = {}
        for matcher in matchers_of(root):
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
