"""Which series may stand for another one in `... or 0 * x`, of which only matters whether it is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from slogen.ir import Rule
from slogen.mutants.fallbacks import fallbacks
from slogen.mutants.mutant import Subject
from slogen.mutants.pieces import COMPARISONS, SET_OPERATORS, Form, Piece, pieces
from slogen.mutants.presence import Presence
from slogen.promql import selectors

_SAME = "nothing is zero times either of them, and the rules record both for the same series"
_WHERE_NEEDED = "nothing is zero times either of them, and the rules record both wherever it matters"
_ARITHMETIC = frozenset(("+", "-", "*", "/", "%", "atan2", "^"))


def why_as_good(rule: Rule, selector: Piece, name: str, subject: Subject) -> str:
    """Why the series `name` does as well as the one that a selector of a rule names; empty if not known."""
    expr = rule.expr
    fallback = next((f for f in fallbacks(expr) if _is_within(selector, f.source)), None)
    tree = pieces(expr)
    if fallback is None or tree is None or selector.selector is None:
        return ""
    start, end = fallback.source.start, fallback.source.end
    named = selector.selector.name_at or (selector.start, selector.start)
    one, two = expr[start:end], expr[start : named[0]] + name + expr[named[1] : end]
    presence = Presence(subject.besides(rule))
    if not (
        presence.is_finite(one) and presence.is_finite(two) and _are_equally_new(rule, (one, two), subject)
    ):
        return ""
    if presence.same_series(one, two):
        return _SAME
    for anchor in _anchors(tree, fallback.zero):
        other = expr[anchor.start : anchor.end]
        covered = presence.covers(one, other) and presence.covers(two, other)
        if covered and _are_equally_new(rule, (one, two, other), subject):
            return _WHERE_NEEDED
    return ""


def _are_equally_new(rule: Rule, exprs: Iterable[str], subject: Subject) -> bool:
    """Whether a rule sees all that these read as of the same evaluation.

    What its own group records behind it is as old as the evaluation before.
    """
    names = {used.selector.name for expr in exprs for used in selectors(expr)}
    sides: set[bool] = set()
    for group in subject.groups:
        place = next((i for i, other in enumerate(group.rules) if other is rule), None)
        if place is not None:
            sides |= {i < place for i, other in enumerate(group.rules) if other.record in names}
    return len(sides) < 2


def _is_within(piece: Piece, other: Piece) -> bool:
    return other.start <= piece.start and piece.end <= other.end


def _anchors(tree: Piece, zero: Piece) -> Iterator[Piece]:
    """The operands without whose series those around a zero have no effect, from the inside to the outside.

    Only as far as each result depends on nothing but what has the same labels.
    """
    path = list(_path(tree, zero))
    for around, part in zip(reversed(path[:-1]), reversed(path[1:]), strict=True):
        if around.form is Form.PARENTHESES and not around.is_subquery and not around.offset:
            continue
        if around.form is not Form.BINARY or around.labels or around.group:
            return
        left, right = around.parts
        if left.is_constant or right.is_constant:
            continue
        other = right if part is left else left
        if around.operator in _ARITHMETIC | COMPARISONS | {"and"}:
            yield other
        elif around.operator == "unless" and part is right:
            yield left
        elif around.operator not in SET_OPERATORS:
            return


def _path(piece: Piece, to: Piece) -> Iterator[Piece]:
    """The pieces around a piece, from the outside to the inside, and the piece itself."""
    yield piece
    for part in piece.parts:
        if _is_within(to, part):
            yield from _path(part, to)
            return
