"""Errors and total are exchanged, by name or as the two sides of a quotient or a difference."""

from __future__ import annotations

from collections.abc import Iterator

from slogen.ir import Rule, RuleGroup
from slogen.mutants.editing import Edit, by_edits, operand, replaced
from slogen.mutants.mutant import Mutant, Subject
from slogen.mutants.pieces import Form, Piece, all_pieces
from slogen.mutants.sources import why_as_good

KIND = "exchange"
_PARTS = ("sli_errors", "sli_total")


def changes(group: RuleGroup, subject: Subject) -> Iterator[Mutant]:
    """The mutants of a group."""
    return by_edits(KIND, group, subject, _edits)


def _edits(rule: Rule, subject: Subject) -> Iterator[Edit]:
    for piece in all_pieces(rule.expr):
        if piece.form is Form.BINARY and piece.operator in ("/", "-") and not piece.group:
            yield _sides(piece, rule.expr)
        if piece.selector and piece.selector.name_at:
            other = _counterpart(piece.selector.name)
            if other in subject.recordings:
                equal = why_as_good(rule, piece, other, subject)
                what = replaced(piece.selector.name, other)
                yield Edit(what, piece.selector.name_at, other, equal=equal)


def _sides(piece: Piece, text: str) -> Edit:
    left, right = piece.parts
    between = text[left.end : right.start]
    new = f"{operand(right, text)}{between}{operand(left, text)}"
    return Edit(f"the sides of `{piece.operator}` changed places", (piece.start, piece.end), new)


def _counterpart(name: str) -> str:
    one, other = _PARTS
    return name.replace(one, other) if one in name else name.replace(other, one)
