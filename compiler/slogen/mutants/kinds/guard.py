"""A guard is left out: one side of `and`, `or` or `unless`, a filter by value, a clamp."""

from __future__ import annotations

from collections.abc import Iterator

from slogen.ir import Rule, RuleGroup
from slogen.mutants.contexts import ALWAYS_HOLDS, always_holds
from slogen.mutants.editing import Edit, by_edits, operand, short
from slogen.mutants.mutant import Mutant, Subject
from slogen.mutants.pieces import COMPARISONS, SET_OPERATORS, Form, Piece, all_pieces

KIND = "guard"
_CLAMPS = frozenset(("clamp", "clamp_min", "clamp_max"))


def changes(group: RuleGroup, subject: Subject) -> Iterator[Mutant]:
    """The mutants of a group."""
    return by_edits(KIND, group, subject, _edits)


def _edits(rule: Rule, _: Subject) -> Iterator[Edit]:
    text = rule.expr
    for piece in all_pieces(text):
        for kept, what in _remains(piece, text):
            equal = ALWAYS_HOLDS if piece.operator in COMPARISONS and always_holds(piece) else ""
            yield Edit(what, (piece.start, piece.end), operand(kept, text), equal=equal)


def _remains(piece: Piece, text: str) -> Iterator[tuple[Piece, str]]:
    """The parts that may stand for the whole, each with what is left out then."""
    if piece.form is Form.CALL and piece.operator in _CLAMPS and piece.parts:
        yield piece.parts[0], f"`{piece.operator}` is left out"
    if piece.form is not Form.BINARY:
        return
    left, right = piece.parts
    if piece.operator in SET_OPERATORS:
        yield left, f"`{short(text[left.end : piece.end].strip())}` is left out"
    if piece.operator in ("and", "or"):
        yield right, f"`{short(text[piece.start : right.start].strip())}` is left out"
    if piece.operator in COMPARISONS and not piece.returns_bool:
        if right.is_constant:
            yield left, f"`{short(text[left.end : piece.end].strip())}` is left out"
        elif left.is_constant:
            yield right, f"`{short(text[piece.start : right.start].strip())}` is left out"
