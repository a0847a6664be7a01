"""A comparison is turned around, or takes in the limit itself."""

from __future__ import annotations

from collections.abc import Iterator

from slogen.ir import Rule, RuleGroup
from slogen.mutants.contexts import ALWAYS_HOLDS, always_holds
from slogen.mutants.editing import Edit, by_edits, replaced
from slogen.mutants.mutant import Mutant, Subject
from slogen.mutants.pieces import COMPARISONS, Form, Piece, all_pieces

KIND = "comparison"
_TURNED = {">": "<", ">=": "<", "<": ">", "<=": ">", "==": "!=", "!=": "=="}
_BOUNDARY = {">": ">=", ">=": ">", "<": "<=", "<=": "<"}


def changes(group: RuleGroup, subject: Subject) -> Iterator[Mutant]:
    """The mutants of a group."""
    return by_edits(KIND, group, subject, _edits)


def _edits(rule: Rule, _: Subject) -> Iterator[Edit]:
    for piece in all_pieces(rule.expr):
        if piece.form is not Form.BINARY or piece.operator not in COMPARISONS or piece.word is None:
            continue
        old = piece.operator
        turned = _TURNED[old]
        yield Edit(replaced(old, turned), piece.word.place, turned, silences=bool(rule.alert))
        if old in _BOUNDARY and _has_exact_limit(piece):
            equal = ALWAYS_HOLDS if always_holds(piece) else ""
            yield Edit(replaced(old, _BOUNDARY[old]), piece.word.place, _BOUNDARY[old], equal=equal)


def _has_exact_limit(piece: Piece) -> bool:
    """Whether a value can be exactly at the limit on purpose: at a product of fractions, rounding decides."""
    return any(_is_number(part.bare) for part in piece.parts)


def _is_number(piece: Piece) -> bool:
    return piece.form is Form.NUMBER or (piece.form is Form.SIGNED and _is_number(piece.parts[0].bare))
