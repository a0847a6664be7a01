"""Labels whose value is known from the rules alone."""

from __future__ import annotations

from slogen.mutants.mutant import Subject
from slogen.mutants.pieces import SET_OPERATORS, Form, LabelList, Piece, pieces
from slogen.promql.functions import FUNCTIONS
from slogen.promql.selectors import Selector
from slogen.promql.strings import unquote
from slogen.promql.tokens import Kind, Token

_DEEPEST = 16
_KEEPS_ALL = frozenset(("topk", "bottomk", "limitk", "limit_ratio"))
# Labels come and go by the values of series.
_CHANGES_LABELS = frozenset(("label_replace", "label_join", "info", "vector", "scalar", "time"))


def is_recorded_once(name: str, subject: Subject) -> bool:
    """Whether one rule of the program, and no other, records the series of a name."""
    return len(subject.recordings.get(name, ())) == 1 and name not in subject.elsewhere


def constant(expr: str, label: str, subject: Subject) -> str | None:
    """The value that a label has in every series of the result, whatever the input is; None if unknown."""
    return _of_text(expr, label, subject, 0)


def constant_in(piece: Piece, label: str, subject: Subject) -> str | None:
    """As `constant`, for a part of an expression."""
    return _of(piece, label, subject, 0)


def _of_text(expr: str, label: str, subject: Subject, depth: int) -> str | None:
    tree = pieces(expr)
    return _of(tree, label, subject, depth) if tree else None


def _of(piece: Piece, label: str, subject: Subject, depth: int) -> str | None:
    if depth > _DEEPEST:
        return None
    if piece.selector:
        return _of_selector(piece.selector, label, subject, depth)
    if piece.form in (Form.PARENTHESES, Form.SIGNED):
        return _of(piece.parts[0], label, subject, depth)
    if piece.form is Form.AGGREGATION:
        keeps = piece.operator in _KEEPS_ALL or _keeps(piece.labels, label, by=("by",), otherwise=False)
        return _of(piece.parts[-1], label, subject, depth) if keeps else None
    if piece.form is Form.CALL:
        return _of_call(piece, label, subject, depth)
    if piece.form is Form.BINARY:
        return _of_operation(piece, label, subject, depth)
    return None


def _of_selector(selector: Selector, label: str, subject: Subject, depth: int) -> str | None:
    for matcher in selector.matchers:
        if matcher.name == label and matcher.op == "=" and matcher.value:
            return matcher.value
    recordings = subject.recordings.get(selector.name, ())
    if len(recordings) != 1:
        return None
    rule = recordings[0].rule
    own = {m.name: m.value for m in selector.matchers if m.op == "=" and m.value}
    if selector.name in subject.elsewhere and not any(rule.labels.get(name) == own[name] for name in own):
        return None
    return rule.labels.get(label) or _of_text(rule.expr, label, subject, depth + 1)


def _of_call(piece: Piece, label: str, subject: Subject, depth: int) -> str | None:
    name = piece.word.text if piece.word else ""
    if name in ("absent", "absent_over_time"):
        inner = piece.parts[0].bare
        matchers = inner.selector.matchers if inner.selector else ()
        values = {m.value for m in matchers if m.name == label and m.op == "="}
        return values.pop() if len(values) == 1 and _alone(label, inner) else None
    if name in _CHANGES_LABELS or name not in FUNCTIONS:
        return None
    vectors = [part for part in piece.parts if not part.is_constant and part.form is not Form.STRING]
    return _of(vectors[0], label, subject, depth) if len(vectors) == 1 else None


def _alone(label: str, piece: Piece) -> bool:
    return piece.selector is not None and sum(m.name == label for m in piece.selector.matchers) == 1


def _of_operation(piece: Piece, label: str, subject: Subject, depth: int) -> str | None:
    left, right = piece.parts
    if left.is_constant or right.is_constant:
        return _of(right if left.is_constant else left, label, subject, depth)
    if piece.operator == "or":
        value = _of(left, label, subject, depth)
        return value if value and value == _of(right, label, subject, depth) else None
    if piece.operator in SET_OPERATORS:
        return _of(left, label, subject, depth)
    if piece.group:
        many = right if piece.group.word == "group_right" else left
        return _of(many, label, subject, depth)
    # Of two vectors, one by one, the labels that were compared remain.
    return (
        _of(left, label, subject, depth) if _keeps(piece.labels, label, by=("on",), otherwise=True) else None
    )


def _keeps(labels: LabelList | None, label: str, *, by: tuple[str, ...], otherwise: bool) -> bool:
    if labels is None:
        return otherwise
    listed = label in map(label_name, labels.names)
    return listed if labels.keyword.word in by else not listed


def label_name(token: Token) -> str:
    """The label that a token of a list names."""
    return unquote(token.text, token.start) if token.kind is Kind.STRING else token.text
