"""An offset is left out or doubled."""

from __future__ import annotations

from collections.abc import Iterator

from slogen import durations
from slogen.ir import Millis, Rule, RuleGroup
from slogen.mutants.editing import Edit, by_edits, replaced
from slogen.mutants.mutant import Mutant, Subject
from slogen.mutants.pieces import all_pieces

KIND = "offset"


def changes(group: RuleGroup, subject: Subject) -> Iterator[Mutant]:
    """The mutants of a group."""
    return by_edits(KIND, group, subject, _edits)


def _edits(rule: Rule, _: Subject) -> Iterator[Edit]:
    for piece in all_pieces(rule.expr):
        if piece.offset is None or piece.offset_duration is None:
            continue
        old = piece.offset_duration
        try:
            length = durations.parse(old.text)
        except ValueError:
            continue
        if length:
            yield Edit(f"`offset {old.text}` is left out", piece.offset, "")
            doubled = durations.render(Millis(2 * length))
            yield Edit(replaced(f"offset {old.text}", f"offset {doubled}"), old.place, doubled)
