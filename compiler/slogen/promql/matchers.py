"""Label matchers, as they stand between braces."""

from __future__ import annotations

from dataclasses import dataclass

from slogen.promql.cursor import Cursor
from slogen.promql.library import matches_empty
from slogen.promql.problem import Place, refuse, shown
from slogen.promql.regexps import regexp_problem
from slogen.promql.strings import unquote
from slogen.promql.tokens import Kind, Token

METRIC_NAME = "__name__"
_OPERATORS = frozenset(("=", "!=", "=~", "!~"))
_OPERATOR_HELP = "the operators of matchers are `=`, `!=`, `=~` and `!~`"


@dataclass(frozen=True, slots=True)
class Matcher:
    """One matcher such as `code=~"5.."`.

    `value` is decoded. The places are ranges of the text that was read: of the whole, of the label name and
    of the value with its quotes. A metric name in quotes, as Prometheus 3 allows, is `__name__="..."` whose
    parts are all at the same place.
    """

    name: str
    op: str
    value: str
    at: Place
    name_at: Place
    value_at: Place

    @property
    def may_be_empty(self) -> bool:
        """Whether the matcher also selects series without the label. The regular expression must be sound."""
        if self.op in ("=", "!="):
            return (self.value == "") == (self.op == "=")
        return matches_empty(self.value) == (self.op == "=~")


def read_matchers(cursor: Cursor) -> tuple[Matcher, ...]:
    """Reads matchers up to a closing brace or the end, which is left to the caller; a last comma is taken.

    Raises Refused.
    """
    found: list[Matcher] = []
    while cursor.peek.kind not in (Kind.END, Kind.CLOSE):
        found.append(_read_matcher(cursor))
        if cursor.peek.kind in (Kind.END, Kind.CLOSE):
            break
        _take_comma(cursor)
    return tuple(found)


def _take_comma(cursor: Cursor) -> None:
    if cursor.peek.kind is Kind.COMMA:
        cursor.take()
        return
    if cursor.peek.kind is Kind.NAME and cursor.peek.word == "or":
        help_ = 'write a regular expression `=~"a|b"`, or two selectors with `or` between them'
        raise refuse("matchers cannot be combined with `or`", cursor.here(), help_)
    glued = cursor.peek.start == cursor.last.end
    help_ = "a quote may be missing before it" if glued else "matchers are separated by commas"
    raise cursor.expected("`,` or `}`", help_)


def _read_matcher(cursor: Cursor) -> Matcher:
    label = cursor.peek
    if label.kind not in (Kind.NAME, Kind.STRING):
        raise cursor.expected("a label name", 'a matcher is `label="value"`')
    cursor.take()
    name = _unquoted(label) if label.kind is Kind.STRING else label.text
    operator = cursor.peek
    if label.kind is Kind.STRING and operator.kind in (Kind.COMMA, Kind.CLOSE, Kind.END):
        return Matcher(METRIC_NAME, "=", name, label.place, label.place, label.place)
    if operator.text in ("-", "."):
        help_ = "labels are spelled with `_`"
        raise refuse(f"a label name holds no `{operator.text}`", operator.place, help_)
    if operator.kind is Kind.OPERATOR and operator.text not in _OPERATORS:
        raise refuse(f"{shown(operator.text)} is no operator of a matcher", operator.place, _OPERATOR_HELP)
    if operator.text not in _OPERATORS or operator.kind is Kind.STRING:
        raise cursor.expected(f"an operator after {shown(label.text)}", _OPERATOR_HELP)
    cursor.take()
    value = cursor.peek
    if value.kind is not Kind.STRING:
        raise _no_value(cursor, operator)
    cursor.take()
    at = (label.start, value.end)
    matcher = Matcher(name, operator.text, _unquoted(value), at, label.place, value.place)
    _judge_regexp(matcher)
    return matcher


def _unquoted(literal: Token) -> str:
    return unquote(literal.text, literal.start)


def _no_value(cursor: Cursor, operator: Token) -> Exception:
    value = cursor.peek
    if value.text in ("=", "~", "!") and value.start == operator.end:
        place = (operator.start, value.end)
        return refuse(f"`{operator.text}{value.text}` is no operator of a matcher", place, _OPERATOR_HELP)
    if value.kind in (Kind.NAME, Kind.NUMBER, Kind.DURATION):
        return refuse(f"the value {shown(value.text)} has no quotes", value.place, f'write `"{value.text}"`')
    return cursor.expected("a value in quotes")


def _judge_regexp(matcher: Matcher) -> None:
    if matcher.op in ("=", "!="):
        return
    problem = regexp_problem(matcher.value)
    if problem:
        raise refuse(f"the regular expression is wrong: {problem}", matcher.value_at)
