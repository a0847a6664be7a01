"""`label_replace` and `label_join`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from slogen.promql.evaluation.moments import Vector, collected, label, with_label
from slogen.promql.evaluation.patterns import pattern_of
from slogen.promql.evaluation.samples import Element

_REFERENCE = re.compile(r"\$(?:(\$)|(\w+)|\{(\w+)\}|)", re.ASCII)


def replaced(
    vector: Vector, target: str, replacement: str, source: str, pattern: str, dotall: bool
) -> Vector:
    """Sets the label `target` of the elements whose label `source` the pattern matches as a whole."""
    fullmatch = pattern_of(pattern, dotall).fullmatch

    def relabelled(element: Element) -> Element:
        match = fullmatch(label(element, source))
        return element if match is None else with_label(element, target, _expanded(replacement, match))

    return collected((relabelled(element), value) for element, value in vector.items())


def _expanded(replacement: str, match: re.Match[str]) -> str:
    """Puts groups in for `$1`, `${name}` as Go's regexp does: what does not exist is empty."""
    return _REFERENCE.sub(_group_of(match), replacement)


def _group_of(match: re.Match[str]) -> Callable[[re.Match[str]], str]:
    def text_of(reference: re.Match[str]) -> str:
        if reference[1]:
            return "$"
        name = reference[2] or reference[3]
        if name is None:
            return "$"
        try:
            return match[int(name) if name.isdigit() else name] or ""
        except (IndexError, ValueError):
            return ""

    return text_of


def joined(vector: Vector, target: str, separator: str, sources: Sequence[str]) -> Vector:
    """Sets the label `target` to the values of other labels."""
    return collected(
        (with_label(element, target, separator.join(label(element, name) for name in sources)), value)
        for element, value in vector.items()
    )
