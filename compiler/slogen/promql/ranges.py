"""What stands between square brackets and behind `offset`: durations, and from Prometheus 3 on arithmetic."""

from __future__ import annotations

import re

from slogen.promql.cursor import Cursor
from slogen.promql.lexical import UNITS_HELP
from slogen.promql.problem import refuse, shown
from slogen.promql.tokens import Kind, Token

_PARTS = re.compile(
    r"(?:([0-9]+)y)?(?:([0-9]+)w)?(?:([0-9]+)d)?(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)s)?(?:([0-9]+)ms)?"
)
_SECOND = 1000
_DAY = 86_400 * _SECOND
_MILLISECONDS = (365 * _DAY, 7 * _DAY, _DAY, 3600 * _SECOND, 60 * _SECOND, _SECOND, 1)
_LONGEST = (2**63 - 1) // 1_000_000
_MOST_DIGITS = len(str(_LONGEST))
_DEEPEST = 16
_ARITHMETIC = frozenset("+-*/%^")
_DURATION_EXAMPLE = "write a duration such as `5m`"


def read_brackets(cursor: Cursor) -> bool:
    """Reads from behind `[` up to and including `]`; says whether it is a subquery. Raises Refused."""
    _read_positive(cursor)
    subquery = cursor.take_if(":") is not None
    if subquery and cursor.peek.text != "]":
        _read_positive(cursor)
    if not cursor.take_if("]"):
        raise cursor.expected("`]`" if subquery else "`:` or `]`")
    return subquery


def read_offset(cursor: Cursor) -> None:
    """Reads what follows `offset`. Raises Refused."""
    if cursor.peek.text in ("+", "-"):
        cursor.take()
    literal = _read_factor(cursor, 0)
    if literal and literal.kind is Kind.NUMBER:
        raise _without_unit(literal)


def judge_duration(literal: Token) -> int:
    """The length of a duration in milliseconds. Raises Refused for one that is no duration after all."""
    parts = _PARTS.fullmatch(literal.text)
    if parts is None:
        help_ = "write each unit once, from the greatest to the smallest"
        raise refuse(f"the units of {shown(literal.text)} are out of order", literal.place, help_)
    counts = [count.lstrip("0") or "0" for count in parts.groups(default="0")]
    too_many = any(len(count) > _MOST_DIGITS for count in counts)
    length = 0 if too_many else sum(int(n) * unit for n, unit in zip(counts, _MILLISECONDS, strict=True))
    if too_many or length > _LONGEST:
        raise refuse(
            f"{shown(literal.text)} is longer than the 292 years that Prometheus can hold", literal.place
        )
    return length


def _read_positive(cursor: Cursor) -> None:
    if cursor.peek.text in ("]", ":"):
        raise cursor.expected("a duration", _DURATION_EXAMPLE)
    first = cursor.peek
    literal = _read_expression(cursor, 0)
    if literal is None:
        return
    if literal.kind is Kind.NUMBER:
        raise _without_unit(literal)
    if judge_duration(literal) == 0 or first.text == "-":
        raise refuse("a range must be longer than nothing", (first.start, literal.end), _DURATION_EXAMPLE)


def _without_unit(number: Token) -> Exception:
    help_ = f"write `{number.text}s` or `{number.text}m`" if number.text.isdecimal() else UNITS_HELP
    return refuse(f"the duration {shown(number.text)} has no unit", number.place, help_)


def _read_expression(cursor: Cursor, depth: int) -> Token | None:
    """Reads arithmetic on durations; gives the literal if it is nothing but one, with signs or without."""
    only = _read_factor(cursor, depth)
    while cursor.peek.text in _ARITHMETIC:
        operator = cursor.take()
        right = _read_factor(cursor, depth)
        if operator.text in ("/", "%") and right and _is_zero(right):
            raise refuse("a duration is divided by nothing", right.place)
        only = None
    return only


def _is_zero(literal: Token) -> bool:
    return not literal.text.strip("0smhdwy._xX")


def _read_factor(cursor: Cursor, depth: int) -> Token | None:
    if depth > _DEEPEST:
        raise refuse("this is nested too deeply", cursor.here())
    while cursor.peek.text in ("+", "-"):
        cursor.take()
    token = cursor.peek
    if token.kind in (Kind.NUMBER, Kind.DURATION) and token.word not in ("inf", "nan"):
        if token.kind is Kind.DURATION:
            judge_duration(token)
        return cursor.take()
    if cursor.take_if("("):
        _read_expression(cursor, depth + 1)
    elif token.word in ("step", "range", "min_of", "max_of") and cursor.second.text == "(":
        _read_arguments(cursor, depth)
    elif token.text == "{" and cursor.second.text == "{":
        place = (token.start, cursor.second.end)
        raise refuse("templates are filled in within the queries of an SLO only", place, _DURATION_EXAMPLE)
    else:
        raise cursor.expected("a duration", _DURATION_EXAMPLE)
    if not cursor.take_if(")"):
        raise cursor.expected("`)`")
    return None


def _read_arguments(cursor: Cursor, depth: int) -> None:
    name = cursor.take()
    cursor.take()
    if name.word in ("step", "range"):
        return
    _read_expression(cursor, depth + 1)
    if not cursor.take_if(","):
        raise cursor.expected("`,`")
    _read_expression(cursor, depth + 1)
