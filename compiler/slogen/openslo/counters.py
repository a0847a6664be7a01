"""Counters as OpenSLO's authors write them: a selector, a sum of one, or several such sums added up.

Of these slogen can make rates without a change of meaning. Of anything else it cannot: the rate of a quotient
is no quotient of rates, and a range of its own is no counter any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from slogen import expressions, promql
from slogen.promql import Kind, Token

_NOTHING = ("or", "vector", "(", "0", ")")


@dataclass(frozen=True, slots=True)
class Counters:
    """The places of selectors whose events are added up, and the labels that the sum keeps.

    `by` is None for a selector without a sum around it. `or_zero` says that nothing counts as zero.
    """

    places: tuple[promql.Place, ...]
    by: frozenset[str] | None
    or_zero: bool


def read(text: str) -> Counters | None:
    """The counters that an expression adds up; None for any other expression."""
    scanned = [token for token in promql.tokens(text) if token.kind is not Kind.COMMENT]
    rest = _unwrapped(scanned)
    or_zero = len(rest) > len(_NOTHING) and tuple(token.word for token in rest[-5:]) == _NOTHING
    if or_zero:
        rest = _unwrapped(rest[:-5])
    found = [_one(part, text) for part in _added(rest)]
    if not found or None in found:
        return None
    parts = [part for part in found if part is not None]
    kept = {by for _, by in parts}
    # Of bare selectors only series with the same labels would be added; sums are what is meant by `+`.
    if len(kept) != 1 or (len(parts) > 1 and None in kept):
        return None
    return Counters(tuple(place for place, _ in parts), kept.pop(), or_zero)


def _one(part: Sequence[Token], text: str) -> tuple[promql.Place, frozenset[str] | None] | None:
    """The selector that is summed up or stands by itself, and the labels of the sum."""
    part = _unwrapped(part)
    if not part:
        return None
    if part[0].word == "sum":
        return _sum(part[1:], text)
    place = (part[0].start, part[-1].end)
    return (place, None) if expressions.is_selector(text[slice(*place)]) else None


def _sum(rest: Sequence[Token], text: str) -> tuple[promql.Place, frozenset[str]] | None:
    labels, rest = _labels(rest)
    end = _closing(rest)
    if not end:
        return None
    inner, behind = _unwrapped(rest[1:end]), rest[end + 1 :]
    if behind and labels is None:
        labels, behind = _labels(behind)
    if behind or not inner:
        return None
    place = (inner[0].start, inner[-1].end)
    return (place, labels or frozenset()) if expressions.is_selector(text[slice(*place)]) else None


def _labels(rest: Sequence[Token]) -> tuple[frozenset[str] | None, Sequence[Token]]:
    """The labels of a `by (..)` at the beginning, and what follows it."""
    if not rest or rest[0].word != "by":
        return None, rest
    end = _closing(rest[1:])
    if not end:
        return None, rest
    names = [token.text for token in rest[2 : end + 1] if token.kind is not Kind.COMMA]
    return frozenset(names), rest[end + 2 :]


def _added(scanned: Sequence[Token]) -> list[Sequence[Token]]:
    """The operands of `+`."""
    parts: list[Sequence[Token]] = []
    depth = first = 0
    for i, token in enumerate(scanned):
        depth += (token.kind is Kind.OPEN) - (token.kind is Kind.CLOSE)
        if depth == 0 and token.text == "+":
            parts.append(scanned[first:i])
            first = i + 1
    return [*parts, scanned[first:]]


def _unwrapped(scanned: Sequence[Token]) -> Sequence[Token]:
    """Without the parentheses around the whole."""
    while len(scanned) > 2 and scanned[0].text == "(" and _closing(scanned) == len(scanned) - 1:
        scanned = scanned[1:-1]
    return scanned


def _closing(scanned: Sequence[Token]) -> int:
    """The position of what closes the parenthesis at the beginning; 0 where there is none."""
    if not scanned or scanned[0].text != "(":
        return 0
    depth = 0
    for i, token in enumerate(scanned):
        depth += (token.kind is Kind.OPEN) - (token.kind is Kind.CLOSE)
        if depth == 0:
            return i
    return 0
