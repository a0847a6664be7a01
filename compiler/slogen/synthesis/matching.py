"""The labels by which an operation matches its sides."""

from __future__ import annotations

from slogen.synthesis.nodes import Binary
from slogen.units import Labels


def matching(node: Binary, labels: Labels, asked: Labels) -> Labels:
    """The labels that the other side must have; those that only one side has must be missing there."""
    if node.on is not None:
        return {label: labels.get(label, asked.get(label, "")) for label in node.on}
    left_out = set(node.ignoring or ())
    names = [*labels, *(label for label in asked if label not in labels)]
    return {label: labels.get(label, asked.get(label, "")) for label in names if label not in left_out}


def flow_of_match(node: Binary, labels: Labels) -> tuple[str, ...]:
    """The labels of these by which an operation matches its sides."""
    if node.on is not None:
        return node.on
    return tuple(label for label in labels if label not in (node.ignoring or ()))
