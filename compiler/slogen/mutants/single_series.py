"""Aggregations that have nothing to aggregate: every group is a single series, whatever the input is."""

from __future__ import annotations

from slogen.mutants.constant_labels import constant_in, label_name
from slogen.mutants.mutant import Subject
from slogen.mutants.pieces import COMPARISONS, SET_OPERATORS, Form, Piece


def has_one_series_per_group(aggregation: Piece, subject: Subject) -> bool:
    """Whether `without` removes nothing but labels that are the same in all series.

    Two series of the operand then differ in a label that remains, so that no group has two.
    """
    labels, operand = aggregation.labels, aggregation.parts[-1]
    if labels is None or labels.keyword.word != "without" or not _differs_in_labels(operand):
        return False
    return all(constant_in(operand, label_name(name), subject) is not None for name in labels.names)


def _differs_in_labels(piece: Piece) -> bool:
    """Whether no two series of the result differ in the name of the metric alone."""
    inner = piece.bare
    if inner.selector:
        return bool(inner.selector.name)
    if inner.form is Form.BINARY and inner.operator in COMPARISONS and not inner.returns_bool:
        return all(part.is_constant or _differs_in_labels(part) for part in inner.parts)
    return inner.form is Form.AGGREGATION or (
        inner.form is Form.BINARY and inner.operator not in SET_OPERATORS
    )
