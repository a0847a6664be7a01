"""Cuts PromQL into tokens that know their place.

The scanner takes any text. What is no PromQL comes out as an error token, so that every character belongs to
exactly one token or is white space.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from slogen.promql.problem import Place


class Kind(StrEnum):
    """What a token is. Within braces every word is a NAME; END is the place behind the last token."""

    NAME = "name"
    KEYWORD = "keyword"
    NUMBER = "number"
    DURATION = "duration"
    STRING = "string"
    OPERATOR = "operator"
    OPEN = "open"
    CLOSE = "close"
    COMMA = "comma"
    COLON = "colon"
    COMMENT = "comment"
    ERROR = "error"
    END = "end"


class Token(NamedTuple):
    """A piece of a text; `text` is exactly the characters from `start` to `end`."""

    kind: Kind
    start: int
    end: int
    text: str

    @property
    def place(self) -> Place:
        """The range of the token."""
        return (self.start, self.end)

    @property
    def word(self) -> str:
        """The text as keywords are compared: without regard to case."""
        return self.text.lower()


AGGREGATIONS = frozenset(
    (
        *("sum", "avg", "count", "min", "max", "group", "stddev", "stdvar"),
        *("topk", "bottomk", "count_values", "quantile", "limitk", "limit_ratio"),
    )
)
LABEL_LIST_KEYWORDS = frozenset(("by", "without", "on", "ignoring", "group_left", "group_right"))
WORD_OPERATORS = frozenset(("and", "or", "unless", "atan2"))
KEYWORDS = AGGREGATIONS | LABEL_LIST_KEYWORDS | WORD_OPERATORS | {"bool", "offset"}
_SPECIAL_NUMBERS = frozenset(("inf", "nan"))

_DIGITS = "[0-9]++(?:_[0-9]++)*"
_START = rf"""[ \t\r\n]*+(?:
    (?P<comment>\#[^\r\n]*)
  | (?P<string>"[^"\\\n]*(?:\\[^\n][^"\\\n]*)*" | '[^'\\\n]*(?:\\[^\n][^'\\\n]*)*' | `[^`]*`)
  | (?P<unclosed>["'][^\n]* | `[^`]*)
  | (?P<duration>(?:[0-9]++(?:ms|[smhdwy]))+)(?![\w.])
  | (?P<number>0[xX](?:_?[0-9a-fA-F]++)+ | (?:{_DIGITS}(?:\.(?:{_DIGITS})?)?|\.{_DIGITS})(?:[eE][+-]?{_DIGITS})?)(?![\w.])
  | (?P<badnumber>\.?[0-9][\w.]*+)
"""  # noqa: E501 - one alternative per line
_END = r"""
  | (?P<comma>,)
  | (?P<operator>=~|!~|==|!=|<=|>=|</|>/|[-+*/%^=<>@])
  | (?P<open>[(\[{])
  | (?P<close>[)\]}])
  | (?P<error>&&|\|\||\$\{[^}\s]*\}?|\$\w*|[\u00a0\u2000-\u200b\u202f\ufeff]+|.)
)"""
_FLAGS = re.VERBOSE | re.DOTALL
_OUTSIDE = re.compile(rf"{_START} | (?P<word>(?:[^\W\d]|:)[\w:]*) {_END}", _FLAGS)
_INSIDE = re.compile(rf"{_START} | (?P<name>[^\W\d]\w*) | (?P<colon>:) {_END}", _FLAGS)
_AFTER_BRACKET = {"{": _INSIDE, "[": _INSIDE, "}": _OUTSIDE, "]": _OUTSIDE}
_KIND_OF_GROUP = {
    **{kind.value: kind for kind in Kind},
    "word": Kind.NAME,
    "unclosed": Kind.ERROR,
    "badnumber": Kind.ERROR,
}


@lru_cache(maxsize=2048)
def tokens(text: str, *, within_braces: bool = False) -> tuple[Token, ...]:
    """The tokens of `text`, comments included, in order and without overlap. Never raises.

    `within_braces` says that the text is what stands between the braces of a selector.
    """
    found: list[Token] = []
    pattern = _INSIDE if within_braces else _OUTSIDE
    at = 0
    while match := pattern.match(text, at):
        group = match.lastgroup or "error"
        start, at = match.span(group)
        piece = text[start:at]
        kind = _KIND_OF_GROUP[group]
        if kind is Kind.NAME:
            kind = _kind_of_word(piece, within_braces=group == "name")
        elif group in ("open", "close"):
            pattern = _AFTER_BRACKET.get(piece, pattern)
        found.append(Token(kind, start, at, piece))
    return tuple(found)


def ends_in_comment(text: str) -> bool:
    """Whether `text` ends in a comment, so that nothing may be put behind it on the same line."""
    scanned = tokens(text)
    return bool(scanned) and scanned[-1].kind is Kind.COMMENT and scanned[-1].end == len(text)


def _kind_of_word(word: str, *, within_braces: bool) -> Kind:
    if not word.isascii():
        return Kind.ERROR
    if within_braces:
        return Kind.NAME
    lower = word.lower()
    if lower in KEYWORDS:
        return Kind.KEYWORD
    return Kind.NUMBER if lower in _SPECIAL_NUMBERS else Kind.NAME
