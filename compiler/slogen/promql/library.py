"""The only door to promql_parser, which is fast but knows no positions.

It is imported at the first use: a compiler that has nothing to parse starts without it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from slogen.promql.problem import Refused
from slogen.promql.strings import quote, unquote
from slogen.promql.tokens import Kind, tokens

if TYPE_CHECKING:
    from promql_parser import Expr

_LONGEST = 2000
"""Longer texts are not given to the parser: its time grows with the square, its stack with the nesting."""

_NUMBER = r"(?:0[xX][0-9a-fA-F_]+|[0-9._]+(?:[eE][-+]?[0-9_]+)?)"
_ACCEPTED_IN_ERROR = re.compile(
    rf"""
    [\[:]\s*{_NUMBER}\s*[:\]]                 # a duration without a unit
  | \boffset\s*[-+]?\s*(?:{_NUMBER}(?![\w.])|inf|nan)
  | [0-9]{{3,}}[ydw] | [0-9]{{7,}}[hm]          # more than 292 years
  | @                                         # a time out of bounds
  | (?:^|[(,+\-*/%^=<>])\s*\+                  # the sign + before what is no number
  | \b(?:and|or|unless|atan2|bool)\s*\+
  | ["'`]\s*or\b                              # alternative matchers
  | \bfill | \blimit_ratio
  | \binfo\b
  | [*+?}}][*+?{{]                              # repeated repetitions
  | \{{[0-9]*,?[0-9]{{4,}}\}}
  | \\u | \[: | \(\?
    """,
    re.VERBOSE | re.IGNORECASE,
)


@cache
def _parser() -> Callable[[str], Expr]:
    from promql_parser import parse  # noqa: PLC0415 - it takes time to load

    return parse


def surely_valid(text: str) -> bool:
    """Whether the parser accepts `text` and nothing in it is known to be accepted wrongly.

    False says nothing: the grammar of this package then has the last word.
    """
    return not _ACCEPTED_IN_ERROR.search(text) and expression(text) is not None


@lru_cache(maxsize=2048)
def expression(text: str) -> Expr | None:
    """The syntax tree of `text`; None where the parser refuses it, crashes or would take too long."""
    if len(text) > _LONGEST:
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
