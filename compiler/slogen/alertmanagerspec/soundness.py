"""Whether errors leave the routes and inhibitions of a configuration as they are meant.

A route whose matchers cannot be read would take every alert: what is said of such a tree is about nothing
that anybody has written. Errors in other places, such as a receiver's fields, change nothing of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from slogen import codes
from slogen.alertmanager.configuration import Configuration
from slogen.diagnostics import Diagnostic
from slogen.source import Node, Span

# The keys that decide who gets an alert, in both dialects and misspelt: `matchers`, `match_re`, `continue`,
# `receiver`, `routes`, `source_matchers`, `sourceMatch`, `targetMatch`, `equal`.
_DECIDING = re.compile(r"(?i)ma[tc]|con|rec|rout|sou|tar|eq")
_BELOW = "routes"


def judged(
    found: Configuration, route: Node | None, inhibit_rules: Node | None, findings: Sequence[Diagnostic]
) -> Configuration:
    """A configuration as far as it can be followed: not sound where an error is in what decides who gets an
    alert, without inhibitions where one is in theirs."""
    inhibitions = found.inhibitions if _is_sound(inhibit_rules, findings) else ()
    return replace(found, inhibitions=inhibitions, is_sound=_is_sound(route, findings))


def _is_sound(node: Node | None, findings: Sequence[Diagnostic]) -> bool:
    places = [
        one.at for one in findings if one.severity == "error" and one.code is not codes.UNKNOWN_REFERENCE
    ]
    if not places:
        return True
    return not any(_is_within(place, part) for part in _deciding(node) for place in places)


def _deciding(node: Node | None) -> Iterator[Span]:
    """The places of the keys that decide, and of what is below them, in a route or a list of rules."""
    if node is None:
        return
    if isinstance(node.value, list):
        for item in node.value:
            yield from _deciding(item)
        return
    if not isinstance(node.value, dict):
        yield node.span
        return
    for key, child in node.value.items():
        if not _DECIDING.search(key):
            continue
        yield node.keys.get(key, child.span)
        if key == _BELOW:
            yield from _deciding(child)
        else:
            yield child.span


def _is_within(place: Span, part: Span) -> bool:
    return place.source is part.source and part.start <= place.start and place.end <= part.end
