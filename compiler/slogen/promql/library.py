"""The only door to promql_parser, which is fast but knows no positions.

It is imported at the first use: a compiler that has nothing to parse starts without it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from slogen.promql.problem import Refused
from slogen.promql.strings import quote, unquote
from slogen.promql.tokens import Kind, tokens

if TYPE_CHECKING:
    from promql_parser import Expr

_LONGEST = 2000
"""Longer texts are not given to the parser: its time grows with the square, its stack with the nesting."""

_UNSURE_WORDS = ("@", "fill", "info", "limit", "--", "\\u", "[:", "(?")
_MAYBE_WITHOUT_UNIT = re.compile(
    r"(?:[\[:]|\boffset\b)\s*+[-+]?\s*+(?!(?:[0-9]++(?:ms|[smhdwy]))+\s*[:\])])(?:[0-9.]|inf|nan)",
    re.IGNORECASE,
)
_VERY_LONG = re.compile(r"(?<![0-9])(?:[0-9]{3,}+[ydw]|[0-9]{7,}+[hm])")
_SIGN = re.compile(r"(?:^|[(,+\-*/%^=<>]|\b(?:and|or|unless|atan2|bool))\s*\+", re.IGNORECASE)
_ALTERNATIVE_MATCHERS = re.compile(r"[\"'`]\s*+(?:#[^\n]*+\s*+)*or\b", re.IGNORECASE)
_REPETITION = re.compile(r"[*+?}][*+?{]|\{[0-9]*,?[0-9]{4}")


@cache
def _parser() -> Callable[[str], Expr]:
    from promql_parser import parse  # noqa: PLC0415 - it takes time to load

    return parse


@lru_cache(maxsize=2048)
def surely_valid(text: str) -> bool:
    """Whether the parser accepts `text` and nothing in it is known to be accepted wrongly.

    False says nothing: the grammar of this package then has the last word.
    """
    return not _may_be_accepted_wrongly(text) and expression(text) is not None


def _may_be_accepted_wrongly(text: str) -> bool:
    """Whether `text` may hold one of the things that the parser accepts and Prometheus does not.

    These are, besides durations without a unit: durations over 292 years, the sign `+` before a range or a
    string, matchers with `or`, times out of bounds behind `@`, `fill`, some arguments of `info`, `limitk` and
    `limit_ratio`, and regular expressions that repeat a repetition, count beyond 1000, subtract characters or
    hold an unknown escape or class.
    """
    lower = text.lower()
    return bool(
        any(word in lower for word in _UNSURE_WORDS)
        or _VERY_LONG.search(text)
        or _ALTERNATIVE_MATCHERS.search(text)
        or _REPETITION.search(text)
        or ("+" in text and _SIGN.search(text))
    )


@lru_cache(maxsize=2048)
def expression(text: str) -> Expr | None:
    """The syntax tree of `text`; None where the parser refuses it, crashes or would take too long.

    A duration without a unit makes it crash if it is great enough, with words on stderr: it gets to see none.
    """
    if len(text) > _LONGEST or _has_duration_without_unit(text):
        return None
    try:
        return _parser()(_with_readable_strings(text))
    except (ValueError, Refused):
        return None
    except BaseException as error:
        # A panic of the Rust code arrives as an exception beside Exception.
        if type(error).__name__ != "PanicException":
            raise
        return None


def _has_duration_without_unit(text: str) -> bool:
    if not _MAYBE_WITHOUT_UNIT.search(text):
        return False
    scanned = [token for token in tokens(text) if token.text not in ("+", "-")]
    return any(
        token.kind is Kind.NUMBER and (before.text in ("[", ":") or before.word == "offset")
        for before, token in pairwise(scanned)
    )


def _with_readable_strings(text: str) -> str:
    """The parser takes a backslash within backticks for an escape; in double quotes it reads it right."""
    if "`" not in text or "\\" not in text:
        return text
    pieces: list[str] = []
    at = 0
    for token in tokens(text):
        if token.kind is Kind.STRING and token.text[0] == "`":
            pieces += (text[at : token.start], quote(unquote(token.text, token.start)))
            at = token.end
    pieces.append(text[at:])
    return "".join(pieces)


@lru_cache(maxsize=256)
def matches_empty(pattern: str) -> bool:
    """Whether a sound regular expression matches the empty string."""
    try:
        _parser()(f"{{a=~{quote(pattern)}}}")
    except ValueError as error:
        return "non-empty" in str(error)
    return False
