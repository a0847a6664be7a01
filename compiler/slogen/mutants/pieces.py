"""The parts of an expression and where they stand, so that one of them can be replaced in the text.

Reads PromQL that is known to be sound; the grammar is that of `slogen.promql`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from slogen.promql.cursor import Cursor
from slogen.promql.problem import Place, Refused
from slogen.promql.selectors import Selector, at_selector, read_selector
from slogen.promql.tokens import AGGREGATIONS, Kind, Token

COMPARISONS = frozenset(("==", "!=", "<=", "<", ">=", ">"))
SET_OPERATORS = frozenset(("and", "or", "unless"))
_LEVEL = {
    "or": 1,
    **dict.fromkeys(("and", "unless"), 2),
    **dict.fromkeys(COMPARISONS, 3),
    **dict.fromkeys(("+", "-"), 4),
    **dict.fromkeys(("*", "/", "%", "atan2"), 5),
    "^": 6,
}
_SIGN_LEVEL = 6
_DEEPEST = 64


class Form(StrEnum):
    """What a piece is."""

    NUMBER = "number"
    STRING = "string"
    SELECTOR = "selector"
    CALL = "call"
    AGGREGATION = "aggregation"
    PARENTHESES = "parentheses"
    BINARY = "binary"
    SIGNED = "signed"


@dataclass(frozen=True, slots=True)
class LabelList:
    """Labels in parentheses behind a keyword such as `by`; each token is a label as written."""

    keyword: Token
    names: tuple[Token, ...]
    closes: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an expression, from `start` to `end`, and its own parts from left to right.

    `word` is the function, aggregation, operator or sign. `labels` stand behind `by`, `without`, `on` or
    `ignoring`, `group` is `group_left` or `group_right`. `ranges` are the durations between brackets,
    `offset` reaches from the keyword to the end of its duration.
    """

    form: Form
    start: int
    end: int
    word: Token | None = None
    parts: tuple[Piece, ...] = ()
    labels: LabelList | None = None
    group: Token | None = None
    returns_bool: bool = False
    selector: Selector | None = None
    ranges: tuple[Token, ...] = ()
    is_subquery: bool = False
    offset: Place | None = None
    offset_duration: Token | None = None
    has_time: bool = False

    @property
    def operator(self) -> str:
        """The word in lower case; empty without one."""
        return self.word.word if self.word else ""

    def walk(self) -> Iterator[Piece]:
        """This piece and all within it, in the order of the text."""
        yield self
        for part in self.parts:
            yield from part.walk()

    @property
    def bare(self) -> Piece:
        """What stands within the parentheses around it, if there are any."""
        piece = self
        while piece.form is Form.PARENTHESES and not piece.ranges:
            piece = piece.parts[0]
        return piece

    @property
    def is_constant(self) -> bool:
        """Whether it is made of numbers alone."""
        return self.form is Form.NUMBER or (
            self.form in (Form.PARENTHESES, Form.BINARY, Form.SIGNED)
            and not self.ranges
            and all(part.is_constant for part in self.parts)
        )


@lru_cache(maxsize=4096)
def pieces(text: str) -> Piece | None:
    """The expression as a tree of pieces; None for one that is not understood."""
    reader = _Reader(text)
    try:
        piece = reader.expression()
    except Refused:
        return None
    return piece if reader.cursor.at_end else None


def all_pieces(text: str) -> Iterator[Piece]:
    """Every piece of an expression, in the order of the text."""
    piece = pieces(text)
    if piece:
        yield from piece.walk()


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.cursor = Cursor(text)
        self.depth = 0

    def expression(self, lowest: int = 1) -> Piece:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self.cursor.expected("less depth")
        left = self._signed()
        while (level := self._level()) >= lowest:
            operator = self.cursor.take()
            returns_bool = self.cursor.peek.word == "bool" and bool(self.cursor.take())
            labels = self._label_list("on", "ignoring")
            group = self.cursor.take() if self.cursor.peek.word in ("group_left", "group_right") else None
            if group and self.cursor.peek.text == "(":
                self._labels_of(group)
            right = self.expression(level if operator.text == "^" else level + 1)
            left = Piece(
                Form.BINARY, left.start, right.end, operator, (left, right), labels, group, returns_bool
            )
        self.depth -= 1
        return left

    def _level(self) -> int:
        token = self.cursor.peek
        return 0 if token.kind is Kind.STRING else _LEVEL.get(token.word, 0)

    def _signed(self) -> Piece:
        if self.cursor.peek.text not in ("+", "-"):
            return self._modified(self._operand())
        sign = self.cursor.take()
        operand = self.expression(_SIGN_LEVEL)
        return Piece(Form.SIGNED, sign.start, operand.end, sign, (operand,))

    def _operand(self) -> Piece:
        cursor = self.cursor
        token = cursor.peek
        if token.kind in (Kind.NUMBER, Kind.DURATION, Kind.STRING):
            form = Form.STRING if token.kind is Kind.STRING else Form.NUMBER
            return Piece(form, *cursor.take().place, word=token)
        if token.text == "(":
            cursor.take()
            inner = self.expression()
            return Piece(Form.PARENTHESES, token.start, self._closed(), parts=(inner,))
        if token.kind is Kind.NAME and cursor.second.text == "(":
            cursor.take()
            arguments = self._arguments()
            return Piece(Form.CALL, token.start, cursor.last.end, token, arguments)
        if token.kind is Kind.KEYWORD and token.word in AGGREGATIONS and self._is_aggregation():
            return self._aggregation()
        if not at_selector(cursor):
            raise cursor.expected("an operand")
        selector = read_selector(cursor, self.text, may_match_all=True)
        return Piece(Form.SELECTOR, selector.start, selector.end, selector=selector)

    def _is_aggregation(self) -> bool:
        follower = self.cursor.second
        return follower.text == "(" or follower.word in ("by", "without")

    def _aggregation(self) -> Piece:
        name = self.cursor.take()
        labels = self._label_list("by", "without")
        arguments = self._arguments()
        labels = labels or self._label_list("by", "without")
        return Piece(Form.AGGREGATION, name.start, self.cursor.last.end, name, arguments, labels)

    def _arguments(self) -> tuple[Piece, ...]:
        self._take("(")
        found: list[Piece] = []
        while self.cursor.peek.text != ")":
            found.append(self.expression())
            if self.cursor.peek.text != ")":
                self._take(",")
        self.cursor.take()
        return tuple(found)

    def _label_list(self, *keywords: str) -> LabelList | None:
        token = self.cursor.peek
        if token.word not in keywords or token.kind is not Kind.KEYWORD:
            return None
        return self._labels_of(self.cursor.take())

    def _labels_of(self, keyword: Token) -> LabelList:
        self._take("(")
        names: list[Token] = []
        while self.cursor.peek.text != ")":
            token = self.cursor.take()
            if token.kind is Kind.END:
                raise self.cursor.expected("`)`")
            if token.kind is not Kind.COMMA:
                names.append(token)
        return LabelList(keyword, tuple(names), self.cursor.take().end)

    def _modified(self, piece: Piece) -> Piece:
        while True:
            token = self.cursor.peek
            if token.text == "[":
                piece = self._with_range(piece)
            elif token.word == "offset" and token.kind is Kind.KEYWORD:
                piece = self._with_offset(piece)
            elif token.text == "@":
                piece = self._with_time(piece)
            else:
                return piece

    def _with_range(self, piece: Piece) -> Piece:
        inner = self.cursor.skip_to("]")
        durations = tuple(token for token in inner if token.kind is Kind.DURATION)
        colon = any(token.kind is Kind.COLON for token in inner)
        plain = len(inner) - 2 - colon == len(durations)
        return replace(
            piece,
            end=inner[-1].end,
            ranges=durations if plain else (),
            is_subquery=colon or piece.is_subquery,
        )

    def _with_offset(self, piece: Piece) -> Piece:
        keyword = self.cursor.take()
        while self.cursor.peek.text in ("+", "-"):
            self.cursor.take()
        literal = self.cursor.take()
        if literal.kind is not Kind.DURATION:
            raise self.cursor.expected("a duration")
        return replace(piece, end=literal.end, offset=(keyword.start, literal.end), offset_duration=literal)

    def _with_time(self, piece: Piece) -> Piece:
        self.cursor.take()
        while self.cursor.peek.text in ("+", "-"):
            self.cursor.take()
        last = self.cursor.take()
        if self.cursor.peek.text == "(":
            last = self.cursor.skip_to(")")[-1]
        return replace(piece, end=last.end, has_time=True)

    def _closed(self) -> int:
        return self._take(")").end

    def _take(self, text: str) -> Token:
        token = self.cursor.take_if(text)
        if not token:
            raise self.cursor.expected(f"`{text}`")
        return token
