"""`and`, `or` and `unless` take each other's place."""

from __future__ import annotations

from collections.abc import Iterator

from slogen.ir import Rule, RuleGroup
from slogen.mutants.editing import Edit, by_edits, replaced
from slogen.mutants.mutant import Mutant, Subject
from slogen.mutants.pieces import Form, all_pieces

KIND = "connective"
_OTHER = {"and": "or", "or": "and", "unless": "and"}


def changes(group: RuleGroup, subject: Subject) -> Iterator[Mutant]:
    """The mutants of a group."""
    return by_edits(KIND, group, subject, _edits)


def _edits(rule: Rule, _: Subject) -> Iterator[Edit]:
    for piece in all_pieces(rule.expr):
        if piece.form is Form.BINARY and piece.operator in _OTHER and piece.word:
            new = _OTHER[piece.operator]
            yield Edit(replaced(piece.operator, new), piece.word.place, new)
