"""Where in an expression values do not matter, or only up to a factor."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from slogen.ir import Rule
from slogen.mutants.mutant import Subject
from slogen.mutants.pieces import COMPARISONS, Form, Piece
from slogen.mutants.presence import Presence

ALWAYS_HOLDS = "what is counted is there, so that there is more than none"
_GATHERING = frozenset(("sum", "avg", "min", "max"))
_COUNTING = frozenset(("count", "group"))
_CHOOSING = frozenset(("topk", "bottomk", "count_values", "limitk", "limit_ratio"))
_ABSENT = frozenset(("absent", "absent_over_time"))


class Matters(Enum):
    """What of a part can make a difference."""

    VALUE = "its value"
    PROPORTION = "its value, up to a factor that all of its series have in common"
    ZERO = "whether it is zero"
    PRESENCE = "whether it is there"


def contexts(tree: Piece, rule: Rule, subject: Subject) -> Iterator[tuple[Piece, Matters]]:
    """Every piece of a rule's expression, and what of it matters to the result."""
    return _Reader(rule.expr, subject).read(tree, _of_result(rule))


def _of_result(rule: Rule) -> Matters:
    """The value of an alert's expression goes nowhere but into its texts."""
    texts = (*rule.labels.values(), *rule.annotations.values())
    is_told = any("{{" in text and "value" in text.lower() for text in texts)
    return Matters.VALUE if is_told or not rule.alert else Matters.PRESENCE


def always_holds(comparison: Piece) -> bool:
    """Whether a filter is `count(...) > 0`: nothing is counted that is not there."""
    left, right = (part.bare for part in comparison.parts)
    counts = left.form is Form.AGGREGATION and left.operator in _COUNTING
    is_zero = right.form is Form.NUMBER and right.word is not None and right.word.text == "0"
    return counts and is_zero and comparison.operator in (">", ">=") and not comparison.returns_bool


class _Reader:
    def __init__(self, text: str, subject: Subject) -> None:
        self.text = text
        self.presence = Presence(subject)

    def read(self, piece: Piece, matters: Matters) -> Iterator[tuple[Piece, Matters]]:
        yield piece, matters
        for index, part in enumerate(piece.parts):
            yield from self.read(part, self._of_part(piece, index, matters))

    def _of_part(self, piece: Piece, index: int, matters: Matters) -> Matters:
        if piece.is_subquery or piece.form is Form.SIGNED:
            return Matters.VALUE
        if piece.form is Form.PARENTHESES:
            return matters
        if piece.form is Form.AGGREGATION:
            return self._of_aggregated(piece, index, matters)
        if piece.form is Form.CALL:
            return self._of_argument(piece, index)
        return self._of_side(piece, index, matters)

    @staticmethod
    def _of_aggregated(piece: Piece, index: int, matters: Matters) -> Matters:
        if index != len(piece.parts) - 1 or piece.operator in _CHOOSING:
            return Matters.VALUE
        if piece.operator in _COUNTING or matters is Matters.PRESENCE:
            return Matters.PRESENCE
        return matters if piece.operator in _GATHERING else Matters.VALUE

    @staticmethod
    def _of_argument(piece: Piece, index: int) -> Matters:
        if piece.operator in _ABSENT:
            return Matters.PRESENCE
        if piece.operator == "histogram_quantile" and index == 1:
            return Matters.PROPORTION
        return Matters.VALUE

    def _of_side(self, piece: Piece, index: int, matters: Matters) -> Matters:
        operator = piece.operator
        if operator in ("and", "unless"):
            return Matters.PRESENCE if index else matters
        if operator == "or":
            # Of two that may stand side by side, one alone may not change its scale.
            return Matters.VALUE if matters is Matters.PROPORTION else matters
        if operator in COMPARISONS:
            return self._of_compared(piece, index)
        if matters is Matters.PRESENCE:
            return matters
        return matters if operator == "+" and matters is Matters.ZERO else Matters.VALUE

    def _of_compared(self, piece: Piece, index: int) -> Matters:
        """`x == 0`, where no part of `x` is below zero, and none can make up for another."""
        left, right = piece.parts
        if index or piece.operator != "==" or right.bare.form is not Form.NUMBER:
            return Matters.VALUE
        is_zero = right.bare.word is not None and not right.bare.word.text.strip("0.")
        counted = is_zero and self.presence.is_count(self.text[left.start : left.end])
        return Matters.ZERO if counted else Matters.VALUE
