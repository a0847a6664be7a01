"""A range is halved or doubled, or a recorded series is read over another window."""

from __future__ import annotations

import re
from collections.abc import Iterator

from slogen import durations
from slogen.ir import Millis, Rule, RuleGroup
from slogen.mutants.editing import Edit, by_edits, replaced
from slogen.mutants.mutant import Mutant, Subject
from slogen.mutants.pieces import all_pieces
from slogen.mutants.sources import why_as_good

KIND = "window"
_WINDOW_AT_END = re.compile(r"(?P<stem>.*[a-zA-Z_])(?P<window>(?:[0-9]+(?:ms|[smhdwy]))+)")


def changes(group: RuleGroup, subject: Subject) -> Iterator[Mutant]:
    """The mutants of a group."""
    return by_edits(KIND, group, subject, _edits)


def _edits(rule: Rule, subject: Subject) -> Iterator[Edit]:
    for piece in all_pieces(rule.expr):
        for duration in piece.ranges:
            for new in _half_and_double(duration.text):
                yield Edit(replaced(duration.text, new), duration.place, new)
        if piece.selector and piece.selector.name_at:
            for name in neighbours(piece.selector.name, subject):
                equal = why_as_good(rule, piece, name, subject)
                what = replaced(piece.selector.name, name)
                yield Edit(what, piece.selector.name_at, name, equal=equal)


def _half_and_double(text: str) -> Iterator[str]:
    length = _length(text)
    if not length:
        return
    for other in (length // 2, length * 2):
        if other:
            yield durations.render(Millis(other))


def neighbours(name: str, subject: Subject) -> Iterator[str]:
    """The series whose names differ in the window alone: the next shorter and the next longer one."""
    found = _WINDOW_AT_END.fullmatch(name)
    if not found:
        return
    own = _length(found["window"])
    others = [
        (_length(match["window"]), recorded)
        for recorded in subject.recordings
        if (match := _WINDOW_AT_END.fullmatch(recorded)) and match["stem"] == found["stem"]
    ]
    shorter = [pair for pair in others if pair[0] < own]
    longer = [pair for pair in others if pair[0] > own]
    if shorter:
        yield max(shorter)[1]
    if longer:
        yield min(longer)[1]


def _length(text: str) -> int:
    try:
        return durations.parse(text)
    except ValueError:
        return 0
