"""`label_replace` and `label_join`."""

from __future__ import annotations

from collections.abc import Sequence

from slogen.promql.evaluation.moments import Vector, collected, label, with_label
from slogen.promql.evaluation.patterns import pattern_of
from slogen.promql.evaluation.samples import Element
from slogen.promql.patterns import expanded


def replaced(
    vector: Vector, target: str, replacement: str, source: str, pattern: str, dotall: bool
) -> Vector:
    """Sets the label `target` of the elements whose label `source` the pattern matches as a whole."""
    fullmatch = pattern_of(pattern, dotall).fullmatch

    def relabelled(element: Element) -> Element:
        match = fullmatch(label(element, source))
        return element if match is None else with_label(element, target, expanded(replacement, match))

    return collected((relabelled(element), value) for element, value in vector.items())


def joined(vector: Vector, target: str, separator: str, sources: Sequence[str]) -> Vector:
    """Sets the label `target` to the values of other labels."""
    return collected(
        (with_label(element, target, separator.join(label(element, name) for name in sources)), value)
        for element, value in vector.items()
    )
