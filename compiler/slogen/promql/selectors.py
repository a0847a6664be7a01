"""Instant vector selectors: a metric name, matchers, or both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from slogen.promql.cursor import Cursor
from slogen.promql.lexical import read_soundly
from slogen.promql.matchers import METRIC_NAME, Matcher, read_matchers
from slogen.promql.problem import Place, Refused, SyntaxProblem, refuse, shown
from slogen.promql.tokens import AGGREGATIONS, LABEL_LIST_KEYWORDS, WORD_OPERATORS, Kind

_NOT_A_METRIC = LABEL_LIST_KEYWORDS - {"by", "without"} | {"bool", "atan2"}
_SELECTOR_ONLY = "write the selector only; slogen adds the functions and the window"
_MATCHERS_ONLY = 'write the matchers only, such as `{code="200"}`'


@dataclass(frozen=True, slots=True)
class Selector:
    """A selector as written: `text` is the characters from `start` to `end` of the text it was found in.

    `name` is the metric name, also where it is written as `__name__="..."`; empty if there is none. The
    matchers are all that stand between the braces.
    """

    name: str
    matchers: tuple[Matcher, ...]
    start: int
    end: int
    text: str
    name_at: Place | None = None


@dataclass(frozen=True, slots=True)
class Matchers:
    """A list of matchers without its braces: `text` begins with the first and ends with the last matcher."""

    matchers: tuple[Matcher, ...]
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class UsedSelector:
    """A selector within an expression. `range_at` is the place between its square brackets, if it has any."""

    selector: Selector
    range_at: Place | None = None


def names_a_metric(word: str) -> bool:
    """Whether a word, in lower case, may be a metric name where an operand is expected."""
    return word not in _NOT_A_METRIC


@lru_cache(maxsize=2048)
def parse_selector(text: str) -> Selector | SyntaxProblem:
    """Reads exactly one instant vector selector, without range, offset or function around it."""
    outcome = read_soundly(text, lambda: _whole_selector(text))
    return outcome if isinstance(outcome, Selector) else outcome[0]


def _whole_selector(text: str) -> Selector:
    cursor = Cursor(text)
    if cursor.at_end:
        raise refuse("the selector is empty", (0, len(text)), "write a metric name")
    if cursor.peek.text == "(":
        raise refuse("a selector stands without parentheses", cursor.here(), _SELECTOR_ONLY)
    if cursor.peek.kind in (Kind.NAME, Kind.KEYWORD) and _is_called(cursor):
        raise _function_around(cursor)
    if not at_selector(cursor):
        raise cursor.expected("a metric name or `{`", _SELECTOR_ONLY)
    selector = read_selector(cursor, text)
    if not cursor.at_end:
        raise _behind_selector(cursor)
    return selector


def _is_called(cursor: Cursor) -> bool:
    follower = cursor.second
    if follower.text == "(":
        return True
    return cursor.peek.word in AGGREGATIONS and follower.word in ("by", "without")


def _function_around(cursor: Cursor) -> Refused:
    name = cursor.peek
    return refuse(
        f"`{name.text}()` makes this an expression; a selector is expected", name.place, _SELECTOR_ONLY
    )


def _behind_selector(cursor: Cursor) -> Refused:
    token = cursor.peek
    if token.text == "[":
        place = (token.start, cursor.skip_to("]")[-1].end)
        return refuse(
            "a range makes this more than a selector", place, "leave it out; slogen adds the window"
        )
    if token.word in ("offset", "@"):
        return refuse(f"{shown(token.text)} makes this more than a selector", token.place, "leave it out")
    if token.kind is Kind.OPERATOR or token.word in WORD_OPERATORS:
        help_ = "write one selector; where a list is allowed, its selectors are added up"
        return refuse(
            f"{shown(token.text)} makes this an expression; a selector is expected", token.place, help_
        )
    return refuse(f"{shown(token.text)} stands behind the selector", token.place, "write one selector")


def at_selector(cursor: Cursor) -> bool:
    """Whether a selector begins at the cursor, where an operand is expected."""
    token = cursor.peek
    if token.kind is Kind.NAME:
        return True
    return token.text == "{" or (token.kind is Kind.KEYWORD and names_a_metric(token.word))


def read_selector(cursor: Cursor, text: str, *, may_match_all: bool = False) -> Selector:
    """Reads the selector that begins at the cursor. Raises Refused."""
    name = "" if cursor.peek.text == "{" else cursor.peek.text
    name_at = cursor.take().place if name else None
    start = name_at[0] if name_at else cursor.peek.start
    matchers: tuple[Matcher, ...] = ()
    if cursor.peek.text == "{":
        cursor.take()
        matchers = read_matchers(cursor)
        if not cursor.take_if("}"):
            raise cursor.expected("`}`")
    end = cursor.last.end
    for matcher in matchers:
        if matcher.name == METRIC_NAME and name_at:
            raise refuse(
                f"the metric is named twice; it is {shown(name)} already", matcher.at, "remove this matcher"
            )
        if matcher.name == METRIC_NAME and matcher.op == "=" and not name:
            name = matcher.value
    if not name and not may_match_all and all(matcher.may_be_empty for matcher in matchers):
        raise refuse("this selects every series there is", (start, end), "name the metric")
    return Selector(name, matchers, start, end, text[start:end], name_at)


def parse_matchers(text: str) -> Matchers | SyntaxProblem:
    """Reads a list of matchers, with or without braces around it. No matcher at all is fine."""
    braced = Cursor(text).peek.text == "{"
    outcome = read_soundly(text, lambda: _whole_matchers(text, braced=braced), within_braces=not braced)
    return outcome if isinstance(outcome, Matchers) else outcome[0]


def _whole_matchers(text: str, *, braced: bool) -> Matchers:
    _refuse_metric(text)
    cursor = Cursor(text, within_braces=not braced)
    if braced:
        cursor.take()
    found = read_matchers(cursor)
    if braced and not cursor.take_if("}"):
        raise cursor.expected("`}`")
    if not cursor.at_end:
        raise refuse(f"{shown(cursor.peek.text)} stands behind the matchers", cursor.here(), _MATCHERS_ONLY)
    for matcher in found:
        if matcher.name == METRIC_NAME:
            raise refuse("a metric name has no place here", matcher.at, _MATCHERS_ONLY)
    start, end = (found[0].at[0], found[-1].at[1]) if found else (0, 0)
    return Matchers(found, start, end, text[start:end])


def _refuse_metric(text: str) -> None:
    cursor = Cursor(text)
    if cursor.peek.kind in (Kind.NAME, Kind.KEYWORD) and cursor.second.text in ("", "{", "["):
        message = f"the metric name {shown(cursor.peek.text)} has no place here"
        raise refuse(message, cursor.here(), _MATCHERS_ONLY)


def selectors(text: str) -> tuple[UsedSelector, ...]:
    """All selectors of an expression, in order; of one that does not parse, those that can be made out."""
    return tuple(_used_selectors(text))


def _used_selectors(text: str) -> Iterator[UsedSelector]:
    cursor = Cursor(text)
    operand_expected = True
    while not cursor.at_end:
        if not operand_expected or not at_selector(cursor) or _is_called(cursor):
            operand_expected = _pass_by(cursor)
            continue
        selector = _selector_or_none(cursor, text)
        range_at = _range_at(cursor) if cursor.peek.text == "[" else None
        if selector:
            yield UsedSelector(selector, range_at)
        operand_expected = False


def _selector_or_none(cursor: Cursor, text: str) -> Selector | None:
    try:
        return read_selector(cursor, text, may_match_all=True)
    except Refused:
        cursor.skip_to("}")
        return None


def _range_at(cursor: Cursor) -> Place | None:
    """The place between the brackets that follow, unless they make a subquery; moves behind them."""
    inner = cursor.skip_to("]")[1:-1]
    if not inner or any(token.kind is Kind.COLON for token in inner):
        return None
    return (inner[0].start, inner[-1].end)


def _pass_by(cursor: Cursor) -> bool:
    """Moves over what is no selector; says whether an operand is expected then."""
    token = cursor.take()
    if token.text == "[":
        cursor.skip_to("]")
        return False
    if token.kind is not Kind.KEYWORD:
        return token.kind in (Kind.OPEN, Kind.COMMA, Kind.OPERATOR)
    if token.word in LABEL_LIST_KEYWORDS and cursor.peek.text == "(":
        cursor.skip_to(")")
    return token.word not in AGGREGATIONS and token.word not in ("by", "without")
