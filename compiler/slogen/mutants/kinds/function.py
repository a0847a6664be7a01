"""A function or an aggregation becomes a neighbour that is easily taken for it."""

from __future__ import annotations

from collections.abc import Iterator

from slogen.ir import Rule, RuleGroup
from slogen.mutants.contexts import Matters, contexts
from slogen.mutants.editing import Edit, by_edits, replaced
from slogen.mutants.mutant import Mutant, Subject
from slogen.mutants.pieces import Form, Piece, pieces
from slogen.mutants.single_series import has_one_series_per_group

KIND = "function"
_FUNCTIONS = {
    "rate": "increase",
    "increase": "rate",
    "irate": "increase",
    "delta": "deriv",
    "deriv": "delta",
    "sum_over_time": "avg_over_time",
    "avg_over_time": "sum_over_time",
    "max_over_time": "min_over_time",
    "min_over_time": "max_over_time",
    "ceil": "floor",
    "floor": "ceil",
    "clamp_min": "clamp_max",
    "clamp_max": "clamp_min",
}
_AGGREGATIONS = {
    "sum": "max",
    "max": "min",
    "min": "max",
    "avg": "sum",
    "count": "sum",
    "topk": "bottomk",
    "bottomk": "topk",
}
_PER_SECOND = frozenset(("rate", "increase"))
_OF_ANY = frozenset(("sum", "avg", "min", "max", "count"))
_ONLY_PRESENCE = "no value matters here, only whether there is a series, and that is the same for both"
_ZERO_WITH_ALL = frozenset(("sum", "avg", "max"))
# What a single value is to itself.
_OF_ONE = frozenset(("sum", "avg", "min", "max"))


def changes(group: RuleGroup, subject: Subject) -> Iterator[Mutant]:
    """The mutants of a group."""
    return by_edits(KIND, group, subject, _edits)


def _edits(rule: Rule, subject: Subject) -> Iterator[Edit]:
    tree = pieces(rule.expr)
    if tree is None:
        return
    for piece, matters in contexts(tree, rule, subject.besides(rule)):
        if piece.word is None or piece.form not in (Form.CALL, Form.AGGREGATION):
            continue
        if piece.form is Form.CALL and piece.word.text in _FUNCTIONS:
            new = _FUNCTIONS[piece.word.text]
            equal = _why_function(piece.word.text, matters)
            yield Edit(replaced(piece.word.text, new), piece.word.place, new, equal=equal)
        elif piece.form is Form.AGGREGATION and piece.operator in _AGGREGATIONS:
            new = _AGGREGATIONS[piece.operator]
            equal = _why_aggregation(piece, new, matters, subject)
            yield Edit(replaced(piece.operator, new), piece.word.place, new, equal=equal)


def _why_function(old: str, matters: Matters) -> str:
    if matters is Matters.PRESENCE:
        return _ONLY_PRESENCE
    if old in _PER_SECOND and matters in (Matters.PROPORTION, Matters.ZERO):
        return f"both are the same but for a factor, and here only {matters.value} matters"
    return ""


def _why_aggregation(aggregation: Piece, new: str, matters: Matters, subject: Subject) -> str:
    if matters is Matters.PRESENCE and {aggregation.operator, new} <= _OF_ANY:
        return _ONLY_PRESENCE
    if matters is Matters.ZERO and {aggregation.operator, new} <= _ZERO_WITH_ALL:
        return "nothing is below zero here, so that either is zero where all are"
    return _why(aggregation, new, subject)


def _why(aggregation: Piece, new: str, subject: Subject) -> str:
    if aggregation.operator not in _OF_ONE or new not in _OF_ONE:
        return ""
    if not has_one_series_per_group(aggregation, subject):
        return ""
    return "what is left out is the same in all series: each group is a single one"
