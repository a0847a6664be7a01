"""Finds what is wrong with the characters of a query: foreign ones, open strings, unpaired brackets."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import TypeVar

from slogen.promql.problem import Refused, SyntaxProblem, shown
from slogen.promql.tokens import Kind, Token, tokens

Result = TypeVar("Result")

_OPERATORS_OF_OTHERS = {
    "&&": "write `and`",
    "&": "write `and`",
    "||": "write `or`",
    "|": "write `or`",
    "!": "write `unless` to exclude series, or `!=` to compare",
    "~": 'regular expressions work in matchers only: `{label=~"..."}`',
    ";": "leave it out; an expression has no end mark",
    "?": "PromQL has no conditional; write `and` or `or`",
}
_QUOTES = "\"'`"
_CURLY_QUOTES = "\u201c\u201d\u201e\u2018\u2019\u00ab\u00bb"
_CLOSER = {"(": ")", "[": "]", "{": "}"}
_FRACTION = re.compile(r"[0-9]*\.[0-9]+(?:ms|[smhdwy])")
_NUMBER_AND_LETTERS = re.compile(r"[0-9]+[^\W\d_]+")

_SURROGATES = re.compile("[\ud800-\udfff]")
_HALF = "half of a character stands here, which UTF-8 cannot hold"

UNITS_HELP = "units are `ms`, `s`, `m`, `h`, `d`, `w` and `y`"


def lexical_problems(text: str, *, within_braces: bool = False) -> tuple[SyntaxProblem, ...]:
    """What is wrong with the tokens alone; the brackets are looked at only when every token is sound.

    Where a string is not closed, only the first problem is given: the others may follow from a missing quote.
    """
    scanned = tokens(text, within_braces=within_braces)
    errors = [token for token in scanned if token.kind is Kind.ERROR]
    if any(token.text[0] in _QUOTES for token in errors):
        errors = errors[:1]
    bad = tuple(_of_error(token) for token in errors) or half_characters(text)
    return bad or tuple(bracket_problems(scanned)) or tuple(_of_comments(scanned))


def read_soundly(
    text: str, read: Callable[[], Result], *, within_braces: bool = False
) -> Result | tuple[SyntaxProblem, ...]:
    """What `read` makes of `text`, or the problems of its characters and brackets, or what `read` refuses.

    The earlier one wins: where a quote is missing, all later strings are inside out, and only `read` stumbles
    over the true place.
    """
    lexical = lexical_problems(text, within_braces=within_braces)
    try:
        result = read()
    except Refused as refused:
        if not lexical or refused.problem.start < lexical[0].start:
            return (refused.problem,)
        return lexical
    return lexical or result


def half_characters(text: str) -> tuple[SyntaxProblem, ...]:
    """Lone surrogates within strings and comments: Python holds such text, UTF-8 does not."""
    if text.isascii():
        return ()
    return tuple(SyntaxProblem(_HALF, *found.span(), "remove it") for found in _SURROGATES.finditer(text))


def _of_error(token: Token) -> SyntaxProblem:
    message, help_ = _explain(token.text)
    end = token.start + 1 if token.text[0] in _QUOTES else token.end
    return SyntaxProblem(message, token.start, end, help_)


def _explain(text: str) -> tuple[str, str]:
    first = text[0]
    if first in _QUOTES:
        return "this string is not closed", f"close it with `{first}`" if first != "`" else "close it"
    if text in _OPERATORS_OF_OTHERS:
        return f"{shown(text)} is no operator of PromQL", _OPERATORS_OF_OTHERS[text]
    if first == "$":
        return (
            f"{shown(text)} is a variable of a dashboard, which Prometheus does not know",
            "write a duration such as `5m`, or `{{.window}}` in the query of an SLO",
        )
    if first.isdigit() or (first == "." and len(text) > 1):
        return _explain_number(text)
    if first in _CURLY_QUOTES:
        return f"`{first}` is no quote of PromQL", 'write a straight quote `"`'
    if first.isspace() or first in "\u200b\ufeff":
        return f"an invisible character stands here (U+{ord(first):04X})", "write a plain space"
    if first == ".":
        return "a name without quotes holds no dot", 'Prometheus 3 reads such a name as `{"a.name"}`'
    if first.isalpha():
        return f"{shown(text)} is no plain name: ASCII letters, digits, `_` and `:`", "quote it, or rename it"
    if _SURROGATES.match(first):
        return _HALF, "remove it"
    character = f"`{first}`" if first.isprintable() else f"U+{ord(first):04X}"
    return f"{character} is no part of PromQL", "remove it"


def _explain_number(text: str) -> tuple[str, str]:
    if _FRACTION.fullmatch(text):
        return (
            f"{shown(text)} is no duration: fractions are not allowed",
            "write whole units, such as `1h30m`",
        )
    if _NUMBER_AND_LETTERS.fullmatch(text):
        return f"{shown(text)} is neither a number nor a duration", UNITS_HELP
    return f"{shown(text)} is neither a number nor a duration", ""


def unclosed_string(token: Token) -> SyntaxProblem | None:
    """The problem of a token that is a string without an end; None for any other token."""
    return _of_error(token) if token.kind is Kind.ERROR and token.text[0] in _QUOTES else None


def bracket_problems(scanned: Iterable[Token]) -> Iterator[SyntaxProblem]:
    """The first bracket that closes nothing or is not closed."""
    opened: list[Token] = []
    for token in scanned:
        if token.kind is Kind.OPEN:
            opened.append(token)
        elif token.kind is Kind.CLOSE:
            if not opened:
                yield SyntaxProblem(f"{shown(token.text)} closes nothing", *token.place, "remove it")
                return
            opener = opened.pop()
            if _CLOSER[opener.text] != token.text:
                yield _unclosed(opener)
                return
    if opened:
        yield _unclosed(opened[-1])


def _of_comments(scanned: Iterable[Token]) -> Iterator[SyntaxProblem]:
    for before, token in pairwise(scanned):
        if token.kind is Kind.COMMENT and before.text == "[":
            yield SyntaxProblem("a comment cannot begin a range", *token.place, "move it behind the query")


def _unclosed(opener: Token) -> SyntaxProblem:
    return SyntaxProblem(
        f"`{opener.text}` is not closed", *opener.place, f"close it with `{_CLOSER[opener.text]}`"
    )
