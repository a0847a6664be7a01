"""A number grows or shrinks by a tenth: thresholds, burn rates, budgets, divisors; a zero becomes one."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Context, Decimal, InvalidOperation

from slogen.ir import Rule, RuleGroup
from slogen.mutants.editing import Edit, by_edits, replaced
from slogen.mutants.fallbacks import Fallback, divisor, fallbacks
from slogen.mutants.mutant import Mutant, Subject
from slogen.mutants.pieces import COMPARISONS, Form, Piece, pieces
from slogen.mutants.presence import Presence
from slogen.promql.tokens import Kind

KIND = "number"
_TENTH = (Decimal("1.1"), 1 / Decimal("1.1"))
_PRECISION = Context(prec=12)
# They take whole numbers of series: a tenth more is the same.
_COUNTS = frozenset(("topk", "bottomk", "limitk"))


def changes(group: RuleGroup, subject: Subject) -> Iterator[Mutant]:
    """The mutants of a group."""
    return by_edits(KIND, group, subject, _edits)


def _edits(rule: Rule, subject: Subject) -> Iterator[Edit]:
    tree = pieces(rule.expr)
    zeros = {fallback.zero.start: fallback for fallback in fallbacks(rule.expr)}
    for piece, around in _numbers(tree, None) if tree else ():
        value = _value(piece)
        if value is None or piece.word is None:
            continue
        for new in _others(value, around):
            equal = _why(zeros[piece.start], rule, subject) if piece.start in zeros else ""
            yield Edit(replaced(piece.word.text, new), piece.word.place, new, equal=equal)


def _numbers(piece: Piece, around: Piece | None) -> Iterator[tuple[Piece, Piece | None]]:
    """The numbers, each with what it is a part of; of a product of numbers only the first."""
    if piece.form is Form.NUMBER:
        yield piece, around
        return
    parts = piece.parts
    if piece.form is Form.BINARY and piece.operator in ("*", "/") and piece.is_constant:
        parts = parts[:1]
    for part in parts:
        skipped = piece.operator in _COUNTS and part.form is Form.NUMBER
        if not skipped:
            yield from _numbers(part, around if piece.form is Form.PARENTHESES else piece)


def _value(piece: Piece) -> Decimal | None:
    if piece.word is None or piece.word.kind is not Kind.NUMBER:
        return None
    try:
        value = Decimal(piece.word.text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _others(value: Decimal, around: Piece | None) -> Iterator[str]:
    if value:
        for factor in _TENTH:
            yield format(_PRECISION.multiply(value, factor).normalize(), "f")
    elif around is None or around.operator not in COMPARISONS:
        yield "1"


def _why(fallback: Fallback, rule: Rule, subject: Subject) -> str:
    """Of `a / (b > 0) or 0 * b`, the fallback is reached only where `b` is zero by itself."""
    sides = divisor(fallback.usual)
    # Over a range, one of the two may be left over from an evaluation that the other one missed.
    if sides is None or any(part.ranges for side in sides for part in side.walk()):
        return ""
    expr = rule.expr
    above, below = (expr[side.start : side.end] for side in sides)
    source = expr[fallback.source.start : fallback.source.end]
    presence = Presence(subject.besides(rule))
    if source != below or not (presence.covers(above, below) and presence.is_count(below)):
        return ""
    return "the fallback is reached only where the total is zero, and so is any multiple of it"
