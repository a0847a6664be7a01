"""Which Prometheus has which part of PromQL: first versions, feature flags, and what is gone again.

Source: the changelog of Prometheus, and promtool 2.42, 2.53 and 3.5, which the tests ask. Where the changelog
does not name a version, the one here is the first that might have it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from slogen.promql.problem import Place
from slogen.promql.tokens import Kind, Token, tokens

FUNCTIONS_FLAG = "promql-experimental-functions"


class Edition(NamedTuple):
    """The first version that has something, the first one where it needs no feature flag (empty: none yet),
    the flag, and the first version that has it no more, with what to use then."""

    first: str
    stable: str = ""
    flag: str = ""
    gone: str = ""
    instead: str = ""


class Used(NamedTuple):
    """Something that not every version has: how it is called, where it stands, and who has it."""

    name: str
    at: Place
    edition: Edition


def _since(version: str) -> Edition:
    return Edition(version, version)


def _experimental(version: str, stable: str = "") -> Edition:
    return Edition(version, stable, FUNCTIONS_FLAG)


FUNCTIONS: Mapping[str, Edition] = {
    "absent_over_time": _since("2.16"),
    "clamp": _since("2.26"),
    "sgn": _since("2.26"),
    "last_over_time": _since("2.26"),
    "present_over_time": _since("2.29"),
    **dict.fromkeys(
        [
            "acos",
            "acosh",
            "asin",
            "asinh",
            "atan",
            "atanh",
            "cos",
            "cosh",
            "deg",
            "pi",
            "rad",
            "sin",
            "sinh",
            "tan",
            "tanh",
        ],
        _since("2.31"),
    ),
    **dict.fromkeys(["histogram_count", "histogram_sum", "histogram_fraction"], _since("2.40")),
    **dict.fromkeys(["histogram_stddev", "histogram_stdvar"], _since("2.47")),
    "histogram_avg": _since("2.49"),
    **dict.fromkeys(["mad_over_time", "sort_by_label", "sort_by_label_desc"], _experimental("2.49")),
    "info": _experimental("2.55"),
    "double_exponential_smoothing": _experimental("3.0"),
    "holt_winters": Edition("0", "0", gone="3.0", instead="double_exponential_smoothing"),
    **dict.fromkeys(
        ["ts_of_last_over_time", "ts_of_max_over_time", "ts_of_min_over_time"], _experimental("3.5")
    ),
    "first_over_time": _experimental("3.7", "3.14"),
    "ts_of_first_over_time": _experimental("3.7"),
    "histogram_quantiles": _experimental("3.11"),
    **dict.fromkeys(["start", "end", "range", "step"], _experimental("3.12")),
    **dict.fromkeys(["max_of", "min_of"], _experimental("3.13")),
    "start_timestamp": Edition("3.14", flag="use-start-timestamps"),
    "integral": _experimental("3.16"),
}
"""The functions that not every version has, by name."""
_AGGREGATIONS: Mapping[str, Edition] = {
    "group": _since("2.20"),
    "limitk": _experimental("2.54"),
    "limit_ratio": _experimental("2.54"),
}
_MODIFIERS: Mapping[str, Edition] = dict.fromkeys(
    ("anchored", "smoothed"), Edition("3.6", "3.16", "promql-extended-range-selectors")
)
_AT = Edition("2.25", "2.33", "promql-at-modifier")
_NEGATIVE_OFFSET = Edition("2.26", "2.33", "promql-negative-offset")
_ATAN2 = _since("2.31")
_QUOTED_NAME = _since("2.49")
_UNDERSCORES = _since("2.54")
_ARITHMETIC = Edition("3.4", "3.14", "promql-duration-expr")

_WORTH_A_LOOK = re.compile(
    rf"\b(?:{'|'.join((*FUNCTIONS, *_AGGREGATIONS))})\s*(?:\(|by\b|without\b)"
    rf"|\b(?:{'|'.join(_MODIFIERS)}|atan2)\b|@|offset\s*-|[{{,]\s*[\"'`]|[0-9]_[0-9]"
    r"|\[[^\]\"'`]*[-+*/%^(]|offset\s*\(",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def uses(text: str) -> tuple[Used, ...]:
    """What a query has that not every version has, in order."""
    if not _WORTH_A_LOOK.search(text):
        return ()
    return tuple(_uses([token for token in tokens(text) if token.kind is not Kind.COMMENT]))


def _uses(scanned: list[Token]) -> Iterator[Used]:
    end = Token(Kind.END, 0, 0, "")
    opened: list[str] = []
    for index, token in enumerate(scanned):
        before = scanned[index - 1] if index else end
        behind = scanned[index + 1] if index + 1 < len(scanned) else end
        if token.kind is Kind.OPEN:
            opened.append(token.text)
        elif token.kind is Kind.CLOSE and opened:
            opened.pop()
        found = _of(token, before, behind, opened[-1] if opened else "")
        if found is not None:
            yield Used(found[0], token.place, found[1])


def _of(token: Token, before: Token, behind: Token, within: str) -> tuple[str, Edition] | None:
    if within == "[":
        is_arithmetic = token.text in ("+", "-", "*", "/", "%", "^", "(") and token.kind is not Kind.STRING
        return ("arithmetic on durations", _ARITHMETIC) if is_arithmetic else None
    if within == "{":
        is_name = token.kind is Kind.STRING and before.text in ("{", ",")
        return ("a name in quotes", _QUOTED_NAME) if is_name else None
    if token.kind is Kind.NUMBER and "_" in token.text:
        return "a number with underscores", _UNDERSCORES
    if token.text == "@":
        return "`@`", _AT
    if before.word == "offset" and before.kind is Kind.KEYWORD:
        if token.text == "-":
            return "a negative offset", _NEGATIVE_OFFSET
        return ("arithmetic on durations", _ARITHMETIC) if token.text == "(" else None
    return _of_word(token, before, behind)


def _of_word(token: Token, before: Token, behind: Token) -> tuple[str, Edition] | None:
    if token.kind is Kind.KEYWORD:
        if token.word == "atan2":
            return "`atan2`", _ATAN2
        aggregates = behind.text == "(" or behind.word in ("by", "without")
        edition = _AGGREGATIONS.get(token.word) if aggregates else None
        return (f"`{token.word}`", edition) if edition else None
    if token.kind is not Kind.NAME:
        return None
    if token.text in _MODIFIERS and before.text in ("]", "}"):
        return f"`{token.text}`", _MODIFIERS[token.text]
    is_called = behind.text == "(" and before.text != "@"
    edition = FUNCTIONS.get(token.text) if is_called else None
    return (f"`{token.text}`", edition) if edition else None
