"""What stands in for a missing series: `... or 0 * x`, of which only matters whether there is an `x`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from slogen.mutants.pieces import COMPARISONS, Form, Piece, all_pieces


class Fallback(NamedTuple):
    """`usual or 0 * source`."""

    usual: Piece
    zero: Piece
    source: Piece


def fallbacks(expr: str) -> Iterator[Fallback]:
    """The fallbacks of an expression."""
    for piece in all_pieces(expr):
        if piece.form is not Form.BINARY or piece.operator != "or":
            continue
        usual, product = piece.parts
        product = product.bare
        if product.form is Form.BINARY and product.operator == "*" and _is_zero(product.parts[0]):
            yield Fallback(usual, product.parts[0], product.parts[1])


def divisor(usual: Piece) -> tuple[Piece, Piece] | None:
    """Of `a / (b > 0)`, `a` and `b`."""
    quotient = usual.bare
    if quotient.form is not Form.BINARY or quotient.operator != "/" or quotient.labels or quotient.group:
        return None
    guarded = quotient.parts[1].bare
    if guarded.form is not Form.BINARY or guarded.operator not in COMPARISONS or guarded.returns_bool:
        return None
    if guarded.operator != ">" or not _is_zero(guarded.parts[1]):
        return None
    return quotient.parts[0], guarded.parts[0]


def _is_zero(piece: Piece) -> bool:
    return piece.form is Form.NUMBER and piece.word is not None and piece.word.text == "0"
