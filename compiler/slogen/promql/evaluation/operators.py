"""Binary operators, between scalars, vectors and both."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from slogen.promql.evaluation import numbers
from slogen.promql.evaluation.moments import Vector, collected, dropping, keeping, label, nameless, with_label
from slogen.promql.evaluation.refusals import Failed
from slogen.promql.evaluation.samples import Element
from slogen.promql.matchers import METRIC_NAME

Many = Literal["", "left", "right"]

ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": numbers.divided,
    "%": numbers.remainder,
    "^": numbers.power,
    "atan2": math.atan2,
}
COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Matching:
    """Which elements of two vectors belong together.

    Those that agree in the labels `names` (`on`), or in all but these and the metric's name (`ignoring`).
    `many` is the side of which several elements may belong to one of the other side; they get the labels
    `include` from it.
    """

    names: frozenset[str] = frozenset()
    on: bool = False
    many: Many = ""
    include: tuple[str, ...] = ()

    def signature(self, element: Element) -> Element:
        """The labels in which elements must agree."""
        if self.on:
            return keeping(element, self.names)
        return dropping(element, self.names | {METRIC_NAME})

    def result(self, many: Element, one: Element, *, named: bool) -> Element:
        """The labels of the result of two elements."""
        element = many if named else nameless(many)
        if not self.many:
            element = keeping(element, self.names) if self.on else dropping(element, self.names)
        for name in self.include:
            element = with_label(element, name, label(one, name))
        return element


def between_scalars(op: str, left: float, right: float) -> float:
    """The result of two numbers; comparisons give 1 or 0."""
    compare = COMPARISONS.get(op)
    return float(compare(left, right)) if compare else ARITHMETIC[op](left, right)


def with_scalar(op: str, vector: Vector, scalar: float, *, scalar_first: bool, as_bool: bool) -> Vector:
    """Each element with the number; comparisons without `bool` keep the elements for which they hold."""
    compare = COMPARISONS.get(op)
    if compare and not as_bool:
        if scalar_first:
            return {element: value for element, value in vector.items() if compare(scalar, value)}
        return {element: value for element, value in vector.items() if compare(value, scalar)}
    results = (
        between_scalars(op, *((scalar, value) if scalar_first else (value, scalar)))
        for value in vector.values()
    )
    return collected(zip(map(nameless, vector), results, strict=True))


def between_vectors(op: str, left: Vector, right: Vector, matching: Matching, *, as_bool: bool) -> Vector:
    """The result of each two elements that belong together. Raises Failed where too many do."""
    if not left or not right:
        return {}
    many, ones = (right, left) if matching.many == "right" else (left, right)
    partners = _partners(ones, matching)
    compare = COMPARISONS.get(op)
    taken: set[Element] = set()
    found: Vector = {}
    for element, value in many.items():
        signature = matching.signature(element)
        if signature not in partners:
            continue
        one, other = partners[signature]
        pair = (other, value) if matching.many == "right" else (value, other)
        if compare and not as_bool:
            if not compare(*pair):
                continue
            result = pair[0]
        else:
            result = between_scalars(op, *pair)
        if not matching.many and signature in taken:
            raise Failed("several elements on the left belong to one on the right: it takes `group_left`")
        taken.add(signature)
        labels = matching.result(element, one, named=compare is not None and not as_bool)
        if labels in found:
            raise Failed("two elements of the result have the same labels")
        found[labels] = result
    return found


def _partners(ones: Vector, matching: Matching) -> dict[Element, tuple[Element, float]]:
    partners: dict[Element, tuple[Element, float]] = {}
    for item in ones.items():
        signature = matching.signature(item[0])
        if signature in partners:
            side = "left" if matching.many == "right" else "right"
            raise Failed(f"several elements on the {side} have the labels by which the sides are matched")
        partners[signature] = item
    return partners


def both(left: Vector, right: Vector, matching: Matching) -> Vector:
    """`and`: the elements on the left that have a partner on the right."""
    signatures = set(map(matching.signature, right))
    return {element: value for element, value in left.items() if matching.signature(element) in signatures}


def without(left: Vector, right: Vector, matching: Matching) -> Vector:
    """`unless`: the elements on the left that have no partner on the right."""
    signatures = set(map(matching.signature, right))
    return {
        element: value for element, value in left.items() if matching.signature(element) not in signatures
    }


def either(left: Vector, right: Vector, matching: Matching) -> Vector:
    """`or`: the elements on the left, and those on the right that have no partner there."""
    return collected([*left.items(), *without(right, left, matching).items()])


SETS: dict[str, Callable[[Vector, Vector, Matching], Vector]] = {"and": both, "or": either, "unless": without}
