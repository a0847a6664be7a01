"""Matchers without which nothing changes: what else the selector finds has no partner.

A matcher divides series into those that meet it and the others. As long as everything around its selector
keeps the two apart, leaving it out can add or change only series that do not meet it; and where an operator
compares the label with an operand that has none of those, none of them is left.
"""

from __future__ import annotations

from enum import Enum

from slogen.mutants.constant_labels import constant_in, label_name
from slogen.mutants.mutant import Subject
from slogen.mutants.pieces import COMPARISONS, Form, LabelList, Piece
from slogen.promql.functions import FUNCTIONS
from slogen.promql.matchers import Matcher

_DEEPEST = 64
# Their results do not keep the labels of what they are given, or mix its series.
_MIXES = frozenset(
    (
        "absent",
        "absent_over_time",
        "scalar",
        "vector",
        "time",
        "info",
        "label_replace",
        "label_join",
    )
)
# Of the series of a group, they keep all, one or some: what the group has in common remains.
_GROUPS = frozenset(
    ("sum", "avg", "min", "max", "count", "group", "stddev", "stdvar", "quantile", "topk", "bottomk")
)
_KEEPS_ALL_LABELS = frozenset(("topk", "bottomk"))


class _Change(Enum):
    """What leaving out a matcher does to the result of a part of the expression."""

    NONE = "nothing"
    APART = "only series that do not meet the matcher come, go or change"
    ANY = "it is not known"


def has_no_partner(tree: Piece, selector: Piece, matcher: Matcher, subject: Subject) -> bool:
    """Whether an expression has the same result without a matcher of one of its selectors.

    Also says that its evaluation does not fail: that no two series that are matched one by one are alike.
    """
    if selector.selector is None or not selector.selector.name:
        return False
    return _Reader(selector, matcher, subject).change(tree) is _Change.NONE


class _Reader:
    def __init__(self, target: Piece, matcher: Matcher, subject: Subject) -> None:
        self.target = target
        self.matcher = matcher
        self.subject = subject

    def change(self, piece: Piece) -> _Change:
        if piece.selector and piece.start == self.target.start:
            return _Change.APART
        within = [part for part in piece.parts if part.start <= self.target.start < part.end]
        if len(within) != 1:
            return _Change.ANY
        part = within[0]
        inner = self.change(part)
        if inner is not _Change.APART:
            return inner
        if piece.form is Form.PARENTHESES:
            return _Change.APART
        if piece.form is Form.AGGREGATION:
            return self._of_aggregation(piece, part)
        if piece.form is Form.BINARY and not any(side.is_constant for side in piece.parts):
            return self._of_operation(piece, part)
        # All else takes the name from the series, and fails where two are alike then.
        if not _stays_distinct(part) or (piece.form is Form.CALL and not self._keeps_apart(piece)):
            return _Change.ANY
        return _Change.APART

    def _keeps_apart(self, call: Piece) -> bool:
        name = call.operator
        of_buckets = name.startswith("histogram_") and self.matcher.name == "le"
        return name in FUNCTIONS and name not in _MIXES and not of_buckets

    def _of_aggregation(self, piece: Piece, part: Piece) -> _Change:
        known = piece.operator in _GROUPS and part is piece.parts[-1]
        return _Change.APART if known and self._by_label(piece.labels) else _Change.ANY

    def _by_label(self, labels: LabelList | None) -> bool:
        return labels is not None and _is_kept(labels, self.matcher.name, "by")

    def _of_operation(self, piece: Piece, part: Piece) -> _Change:
        left, right = piece.parts
        other = right if part is left else left
        if not _is_compared(piece, self.matcher.name):
            return _Change.ANY
        if piece.operator == "or":
            return _Change.APART
        vanishes = self._all_meet(other, 0)
        if piece.operator in ("and", "unless"):
            gone = vanishes and (piece.operator == "and" or part is right)
            return _Change.NONE if gone else _Change.APART
        return self._of_pairs(piece, part, vanishes=vanishes)

    def _of_pairs(self, piece: Piece, part: Piece, *, vanishes: bool) -> _Change:
        """Arithmetic and comparisons, which fail where two series of one side are alike to the other.

        Of the side of which there may be only one each, all are looked at; of the other side those that have
        a partner.
        """
        many = piece.parts[1] if piece.group and piece.group.word == "group_right" else piece.parts[0]
        if vanishes and part is many:
            return _Change.NONE
        if piece.labels is not None or piece.group or not all(map(are_distinct, piece.parts)):
            return _Change.ANY
        return _Change.NONE if vanishes else _Change.APART

    def _all_meet(self, piece: Piece, depth: int) -> bool:
        """Whether all series of a part meet the matcher."""
        matcher = self.matcher
        if depth > _DEEPEST:
            return False
        if (
            matcher.op == "="
            and matcher.value
            and constant_in(piece, matcher.name, self.subject) == matcher.value
        ):
            return True
        if piece.selector:
            same = (matcher.name, matcher.op, matcher.value)
            return any((m.name, m.op, m.value) == same for m in piece.selector.matchers)
        if piece.form in (Form.PARENTHESES, Form.SIGNED):
            return self._all_meet(piece.parts[0], depth + 1)
        if piece.form is Form.CALL:
            vectors = [part for part in piece.parts if not part.is_constant and part.form is not Form.STRING]
            keeps = len(vectors) == 1 and self._keeps_apart(piece)
            return keeps and self._all_meet(vectors[0], depth + 1)
        if piece.form is Form.AGGREGATION:
            keeps = piece.operator in _KEEPS_ALL_LABELS or self._by_label(piece.labels)
            return piece.operator in _GROUPS and keeps and self._all_meet(piece.parts[-1], depth + 1)
        return piece.form is Form.BINARY and self._all_of_operation_meet(piece, depth + 1)

    def _all_of_operation_meet(self, piece: Piece, depth: int) -> bool:
        left, right = piece.parts
        if left.is_constant or right.is_constant:
            return self._all_meet(right if left.is_constant else left, depth)
        if piece.operator == "or":
            return self._all_meet(left, depth) and self._all_meet(right, depth)
        if _is_compared(piece, self.matcher.name):
            # Those that find each other have the same label, and the result has it, too.
            sides = (left,) if piece.operator == "unless" else (left, right)
            return any(self._all_meet(side, depth) for side in sides)
        return piece.operator in ("and", "unless") and self._all_meet(left, depth)


def _is_compared(operation: Piece, label: str) -> bool:
    return operation.labels is None or _is_kept(operation.labels, label, "on")


def _is_kept(labels: LabelList, label: str, keyword: str) -> bool:
    """Whether a list leaves a label: by its own keyword those listed, by the other one all but those."""
    return (label in map(label_name, labels.names)) == (labels.keyword.word == keyword)


def _stays_distinct(piece: Piece) -> bool:
    """As `are_distinct`, for all instants of a subquery together."""
    over_time = any(part.is_subquery for part in piece.walk())
    return are_distinct(piece) and not (over_time and any(part.operator == "or" for part in piece.walk()))


def are_distinct(piece: Piece) -> bool:
    """Whether no two series of the result differ in the name of the metric alone."""
    inner = piece.bare
    if inner.selector:
        return bool(inner.selector.name)
    if inner.form in (Form.NUMBER, Form.STRING):
        return True
    if inner.form is Form.AGGREGATION:
        return inner.operator not in _KEEPS_ALL_LABELS or are_distinct(inner.parts[-1])
    if inner.form in (Form.SIGNED, Form.PARENTHESES, Form.CALL):
        return all(map(are_distinct, inner.parts))
    if inner.form is not Form.BINARY:
        return False
    left, right = inner.parts
    if inner.operator in ("and", "unless"):
        return are_distinct(left)
    if inner.operator == "or":
        # What stands on the right is added where the left has nothing with the same labels.
        return inner.labels is None and are_distinct(left) and are_distinct(right)
    if inner.operator in COMPARISONS and not inner.returns_bool:
        return are_distinct(right if left.is_constant else left)
    return True
