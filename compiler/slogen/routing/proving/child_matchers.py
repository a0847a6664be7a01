"""What the routes below a route ask for, looked up by the alerts that none of them takes."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from slogen.alertmanager.matchers import Matcher
from slogen.alertmanager.routes import Route

_WORD = re.compile(r"[\w:/@ -]+(?:\\?\.[\w:/@ -]+)*")


class Asked:
    """The positive matchers of the routes below a route."""

    def __init__(self, route: Route) -> None:
        self._matchers: dict[str, list[Matcher]] = {}
        self._values: dict[str, dict[str, None]] = {}
        self._by_value: dict[str, list[tuple[Route, Matcher]]] = {}
        self._by_label: dict[str, list[tuple[Route, Matcher]]] = {}
        for child in route.routes:
            for matcher in child.matchers:
                if matcher.op in ("=", "=~"):
                    self._add(child, matcher)

    def _add(self, child: Route, matcher: Matcher) -> None:
        self._matchers.setdefault(matcher.name, []).append(matcher)
        self._by_label.setdefault(matcher.name, []).append((child, matcher))
        for value in values_of(matcher):
            self._values.setdefault(matcher.name, {})[value] = None
            self._by_value.setdefault(value, []).append((child, matcher))

    def matchers(self, label: str) -> Sequence[Matcher]:
        """The matchers of a label."""
        return self._matchers.get(label, ())

    def values(self, label: str) -> tuple[str, ...]:
        """The values of a label that are asked for in plain words."""
        return tuple(self._values.get(label, ()))

    def for_value(self, value: str) -> Sequence[tuple[Route, Matcher]]:
        """The routes that ask for a value in plain words, each with the matcher that does."""
        return self._by_value.get(value, ())

    def for_labels(self, labels: Collection[str]) -> Sequence[tuple[Route, Matcher]]:
        """The routes that ask for any of some labels, each with the matcher that does."""
        return [pair for label in sorted(labels) for pair in self._by_label.get(label, ())]


def values_of(matcher: Matcher) -> tuple[str, ...]:
    """The values that a matcher asks for in plain words; none for other patterns, and for what it refuses."""
    if matcher.op == "=":
        return (matcher.value,) if matcher.value else ()
    if matcher.op != "=~":
        return ()
    body = matcher.value.removeprefix("^").removesuffix("$")
    if body.startswith("(") and body.endswith(")"):
        body = body[1:-1].removeprefix("?:")
    parts = body.split("|")
    if not all(_WORD.fullmatch(part) for part in parts):
        return ()
    return tuple(part.replace("\\.", ".") for part in parts)
