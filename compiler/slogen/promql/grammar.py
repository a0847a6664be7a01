"""The grammar and the types of PromQL, written to say where a query goes wrong.

It follows Prometheus 2.42 to 3.16: what one of them accepts is accepted, experimental functions included.
Three things are refused though some versions take them: durations without a unit, `fill`, and labels with a
colon.
"""

from __future__ import annotations

import contextlib
import math
from typing import NamedTuple

from slogen.diagnostics import nearest
from slogen.promql.cursor import Cursor
from slogen.promql.functions import FUNCTIONS, PARAMETER_OF_AGGREGATION, Signature, ValueType
from slogen.promql.operands import (
    TYPE_NAMES,
    Matching,
    Operand,
    combine,
    judge_arguments,
    judge_modifier,
)
from slogen.promql.problem import Place, Refused, refuse, shown
from slogen.promql.ranges import judge_duration, read_brackets, read_offset
from slogen.promql.selectors import Selector, at_selector, read_selector
from slogen.promql.strings import unquote
from slogen.promql.tokens import AGGREGATIONS, LABEL_LIST_KEYWORDS, Kind, Token

_DEEPEST = 64
_LEVEL = {
    **dict.fromkeys(("or",), 1),
    **dict.fromkeys(("and", "unless"), 2),
    **dict.fromkeys(("==", "!=", "<=", "<", ">=", ">", "</", ">/"), 3),
    **dict.fromkeys(("+", "-"), 4),
    **dict.fromkeys(("*", "/", "%", "atan2"), 5),
    **dict.fromkeys(("^",), 6),
}
_LEVEL_OF_POWER = 6
_FILL = frozenset(("fill", "fill_left", "fill_right"))
_GREATEST_TIME = 2.0**63


def type_of(text: str) -> ValueType:
    """The type of the value of `text`. Raises Refused at the first mistake."""
    grammar = _Grammar(text)
    if grammar.cursor.at_end:
        raise refuse("the query is empty", (0, len(text)), "write a PromQL expression")
    operand = grammar.expression()
    grammar.end()
    return operand.type


LabelList = tuple[tuple[str, Place], ...]
"""The labels between the parentheses of `by`, `on` and their kin, each with its place."""


class CallPlaces(NamedTuple):
    """Where the name and the whole of a function or an aggregation stand, and the labels it groups by."""

    name: Place
    whole: Place
    labels: LabelList = ()


class OperationPlaces(NamedTuple):
    """Where the sign and both sides of an operator between two operands stand, and the labels that it
    matches by (`labels`) and takes from the other side (`included`)."""

    sign: Place
    left: Place
    right: Place
    labels: LabelList = ()
    included: LabelList = ()


class LeafPlaces(NamedTuple):
    """Where a selector with its range and offset stands, or a number, or a text."""

    whole: Place
    selector: Selector | None = None


class Places(NamedTuple):
    """Where the parts of a query stand, in the order of their names, signs and beginnings."""

    calls: tuple[CallPlaces, ...]
    operations: tuple[OperationPlaces, ...]
    leaves: tuple[LeafPlaces, ...]


def places_of(text: str) -> Places:
    """Where the parts of `text` stand. Raises Refused at the first mistake."""
    grammar = _Grammar(text)
    grammar.expression()
    grammar.end()
    return Places(
        tuple(sorted(grammar.calls)),
        tuple(sorted(grammar.operations)),
        tuple(sorted(grammar.leaves, key=lambda leaf: leaf.whole)),
    )


class _Grammar:
    """Reads one text by recursive descent, from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.cursor = Cursor(text)
        self.depth = 0
        self.calls: list[CallPlaces] = []
        self.operations: list[OperationPlaces] = []
        self.leaves: list[LeafPlaces] = []

    def end(self) -> None:
        if not self.cursor.at_end:
            raise self._no_operator()

    def expression(self, lowest: int = 1) -> Operand:
        """Reads operands with all operators between them whose level is not below `lowest`."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise refuse("this is nested too deeply", self.cursor.here(), "split it by recording rules")
        left = self._signed()
        while (level := self._level_here()) >= lowest:
            operator = self.cursor.take()
            matching = self._matching()
            right = self.expression(level if operator.text == "^" else level + 1)
            self.operations.append(
                OperationPlaces(operator.place, left.place, right.place, matching.listed, matching.included)
            )
            left = combine(left, operator, matching, right)
        self.depth -= 1
        return left

    def _level_here(self) -> int:
        token = self.cursor.peek
        if token.kind is Kind.STRING:
            return 0
        return _LEVEL.get(token.word, 0)

    def _signed(self) -> Operand:
        sign = self.cursor.peek
        if sign.text not in ("+", "-") or sign.kind is not Kind.OPERATOR:
            return self._with_extent(self._modified(self._operand()))
        self.cursor.take()
        operand = self.expression(_LEVEL_OF_POWER)
        if operand.type not in ("vector", "scalar"):
            raise refuse(f"a sign stands before {TYPE_NAMES[operand.type]}", sign.place, "remove it")
        return Operand(operand.type, sign.start, operand.end)

    def _with_extent(self, operand: Operand) -> Operand:
        """The operand; of a selector, the place grows by its range and its offset."""
        if operand.form in ("selector", "range"):
            self.leaves[-1] = self.leaves[-1]._replace(whole=operand.place)
        return operand

    def _operand(self) -> Operand:
        token = self.cursor.peek
        if token.kind in (Kind.NUMBER, Kind.DURATION):
            if token.kind is Kind.DURATION:
                judge_duration(token)
            self.cursor.take()
            self.leaves.append(LeafPlaces(token.place))
            return Operand("scalar", *token.place)
        if token.kind is Kind.STRING:
            self.cursor.take()
            unquote(token.text, token.start)
            self.leaves.append(LeafPlaces(token.place))
            return Operand("string", *token.place)
        if token.text == "(":
            return self._parenthesised()
        if token.kind is Kind.NAME and self.cursor.second.text == "(":
            return self._call()
        if token.word in AGGREGATIONS and token.kind is Kind.KEYWORD and self._is_aggregation():
            return self._aggregation()
        if at_selector(self.cursor):
            return self._selector()
        raise self._no_operand()

    def _selector(self, *, may_match_all: bool = False) -> Operand:
        selector = read_selector(self.cursor, self.text, may_match_all=may_match_all)
        self.leaves.append(LeafPlaces((selector.start, selector.end), selector))
        return Operand("vector", selector.start, selector.end, "selector")

    def _parenthesised(self) -> Operand:
        opener = self.cursor.take()
        inner = self.expression()
        closer = self.cursor.take_if(")")
        if not closer:
            raise self._no_operator()
        return Operand(inner.type, opener.start, closer.end)

    # Functions and aggregations

    def _is_aggregation(self) -> bool:
        follower = self.cursor.second
        return follower.text == "(" or follower.word in ("by", "without")

    def _call(self) -> Operand:
        name = self.cursor.take()
        signature = FUNCTIONS.get(name.text)
        if signature is None:
            raise _unknown_function(name)
        arguments = self._arguments(label_selector_at=1 if name.text == "info" else None)
        judge_arguments(name, signature, arguments)
        self.calls.append(CallPlaces(name.place, (name.start, self.cursor.last.end)))
        return Operand(signature.result, name.start, self.cursor.last.end)

    def _arguments(self, label_selector_at: int | None = None) -> list[Operand]:
        self.cursor.take()
        found: list[Operand] = []
        if self.cursor.take_if(")"):
            return found
        while True:
            found.append(self._argument(only_labels=len(found) == label_selector_at))
            if self.cursor.take_if(")"):
                return found
            comma = self.cursor.take_if(",")
            if not comma:
                raise self._no_operator("`,` or `)`")
            if self.cursor.peek.text == ")":
                raise refuse("a comma stands before `)`", comma.place, "remove it")

    def _argument(self, *, only_labels: bool) -> Operand:
        if not only_labels:
            return self.expression()
        start = self.cursor.here()
        operand = self._modified(self._selector(may_match_all=True)) if self.cursor.peek.text == "{" else None
        if operand is None or operand.form != "selector" or self.cursor.peek.text not in (",", ")"):
            raise refuse("`info()` takes matchers here", start, "write matchers in braces")
        return operand

    def _aggregation(self) -> Operand:
        name = self.cursor.take()
        grouped = self._grouping()
        if self.cursor.peek.text != "(":
            raise self.cursor.expected("`(`", f"{shown(name.text)} aggregates what stands in parentheses")
        arguments = self._arguments()
        end = self.cursor.last.end
        if grouped is None:
            grouped = self._grouping()
            end = self.cursor.last.end
        parameter = PARAMETER_OF_AGGREGATION.get(name.word)
        wanted = Signature((parameter, "vector") if parameter else ("vector",))
        judge_arguments(name, wanted, arguments)
        self.calls.append(CallPlaces(name.place, (name.start, end), grouped or ()))
        return Operand("vector", name.start, end)

    def _grouping(self) -> LabelList | None:
        if self.cursor.peek.word not in ("by", "without"):
            return None
        self.cursor.take()
        return self._label_list()

    def _label_list(self) -> LabelList:
        found: list[tuple[str, Place]] = []
        if not self.cursor.take_if("("):
            raise self.cursor.expected("`(`", "the labels stand in parentheses")
        while not self.cursor.take_if(")"):
            place = self.cursor.peek.place
            found.append((self._label(), place))
            if self.cursor.peek.text == ")":
                continue
            if not self.cursor.take_if(","):
                raise self.cursor.expected("`,` or `)`", "labels are separated by commas")
        return tuple(found)

    def _label(self) -> str:
        token = self.cursor.peek
        if token.kind is Kind.STRING:
            self.cursor.take()
            return unquote(token.text, token.start)
        if token.kind not in (Kind.NAME, Kind.KEYWORD) or token.word == "without":
            raise self.cursor.expected("a label name")
        if ":" in token.text:
            raise refuse(f"{shown(token.text)} is no label name", token.place, "a label name holds no colon")
        return self.cursor.take().text

    # Modifiers

    def _modified(self, operand: Operand) -> Operand:
        """Reads what binds closest: ranges, `offset`, `@` and the modifiers of Prometheus 3."""
        while True:
            token = self.cursor.peek
            if token.text == "[":
                operand = self._with_range(operand)
            elif token.word == "offset" and token.kind is Kind.KEYWORD:
                operand = self._with_offset(operand)
            elif token.text == "@":
                operand = self._with_time(operand)
            elif token.word in ("anchored", "smoothed") and operand.form in ("selector", "range"):
                self.cursor.take()
            else:
                return operand

    def _with_range(self, operand: Operand) -> Operand:
        opener = self.cursor.take()
        subquery = read_brackets(self.cursor)
        place = (opener.start, self.cursor.last.end)
        if subquery:
            if operand.type != "vector":
                help_ = "a subquery runs over an instant vector"
                raise refuse(f"a subquery stands behind {TYPE_NAMES[operand.type]}", place, help_)
            return Operand("matrix", operand.start, place[1], "subquery")
        if operand.form != "selector":
            help_ = "put it behind the metric, or write a subquery such as `[1h:1m]`"
            raise refuse("a range must stand right behind a selector", place, help_)
        if operand.has_offset or operand.has_time:
            raise refuse("a range stands before `offset` and `@`", place, "move it behind the metric")
        return operand._replace(type="matrix", end=place[1], form="range")

    def _with_offset(self, operand: Operand) -> Operand:
        keyword = self.cursor.take()
        read_offset(self.cursor)
        judge_modifier(operand, keyword, twice=operand.has_offset)
        return operand._replace(end=self.cursor.last.end, has_offset=True)

    def _with_time(self, operand: Operand) -> Operand:
        mark = self.cursor.take()
        self._read_time(mark)
        judge_modifier(operand, mark, twice=operand.has_time)
        return operand._replace(end=self.cursor.last.end, has_time=True)

    def _read_time(self, mark: Token) -> None:
        if self.cursor.peek.word in ("start", "end") and self.cursor.second.text == "(":
            self.cursor.take()
            self.cursor.take()
            if not self.cursor.take_if(")"):
                raise self.cursor.expected("`)`")
            return
        if self.cursor.peek.text in ("+", "-"):
            self.cursor.take()
        time = self.cursor.peek
        if time.kind not in (Kind.NUMBER, Kind.DURATION):
            raise self.cursor.expected("a time", "write seconds since 1970, `start()` or `end()`")
        self.cursor.take()
        if time.kind is Kind.NUMBER and not abs(_number(time)) < _GREATEST_TIME:
            raise refuse("this time is out of bounds", (mark.start, time.end))

    def _matching(self) -> Matching:
        cursor = self.cursor
        returns_bool = cursor.take() if self._keyword_is("bool") else None
        if not self._keyword_is("on", "ignoring"):
            self._refuse_fill()
            return Matching(returns_bool)
        keyword = cursor.take()
        labels = self._label_list()
        group = cursor.take() if self._keyword_is("group_left", "group_right") else None
        included = self._label_list() if group and cursor.peek.text == "(" else ()
        on = {label for label, _ in labels} if keyword.word == "on" else set()
        in_both = on.intersection(label for label, _ in included)
        if group and in_both:
            help_ = "the labels of `on` are there anyway"
            raise refuse(f"`{min(in_both)}` stands in both lists", group.place, help_)
        self._refuse_fill()
        return Matching(returns_bool, keyword, labels, group, included)

    def _keyword_is(self, *words: str) -> bool:
        return self.cursor.peek.kind is Kind.KEYWORD and self.cursor.peek.word in words

    def _refuse_fill(self) -> None:
        if self.cursor.peek.word in _FILL and self.cursor.second.text == "(":
            help_ = "write `or` and the default instead"
            raise refuse(
                "`fill` works in the newest Prometheus only, behind a feature flag", self.cursor.here(), help_
            )

    # What to say where nothing fits

    def _no_operand(self) -> Refused:
        token = self.cursor.peek
        last = self.cursor.last
        if token.kind is Kind.END and last.kind is Kind.OPERATOR:
            return refuse(f"nothing follows {shown(last.text)}", last.place)
        if token.kind is Kind.OPERATOR and last.kind is Kind.OPERATOR and last is not token:
            return refuse(
                f"{shown(last.text)} and {shown(token.text)} stand side by side", (last.start, token.end)
            )
        return self.cursor.expected("a metric, a function or a number")

    def _no_operator(self, what: str = "an operator") -> Refused:
        """For an operand that is followed by what cannot follow it."""
        cursor, token = self.cursor, self.cursor.peek
        if token.text == "=":
            return refuse("`=` compares within braces only", token.place, "write `==`")
        if token.text in ("=~", "!~"):
            return refuse(
                f"{shown(token.text)} works within braces only",
                token.place,
                "write it as a matcher of a selector",
            )
        if token.word in ("by", "without"):
            help_ = "only aggregations such as `sum` group by labels"
            return refuse(f"{shown(token.text)} does not follow an aggregation", token.place, help_)
        if token.word in LABEL_LIST_KEYWORDS or token.word == "bool":
            return refuse(f"{shown(token.text)} stands behind an operator only", token.place)
        if token.text == "{":
            return refuse(
                "matchers must stand right behind a metric name", token.place, "move them to the metric"
            )
        if token.text == ",":
            return refuse(
                "`,` separates arguments, and none are listed here", token.place, "write an operator"
            )
        if token.kind in (Kind.NAME, Kind.NUMBER, Kind.DURATION, Kind.STRING) or token.text == "(":
            help_ = "an operator or a comma is missing"
            return refuse(
                f"{shown(token.text)} follows {shown(cursor.last.text)} without an operator",
                token.place,
                help_,
            )
        return cursor.expected(what)


def _unknown_function(name: Token) -> Refused:
    close = nearest(name.text, [*FUNCTIONS, *AGGREGATIONS])
    return refuse(
        f"unknown function {shown(name.text)}", name.place, f"did you mean `{close}`?" if close else ""
    )


def _number(token: Token) -> float:
    text = token.text.replace("_", "")
    if text[:2] not in ("0x", "0X"):
        return float(text)
    with contextlib.suppress(OverflowError):
        return float(int(text, 16))
    return math.inf
