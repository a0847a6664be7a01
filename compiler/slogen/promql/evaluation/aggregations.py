"""Aggregations: `sum by (job) (...)` and its kin."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from slogen.promql.evaluation import numbers
from slogen.promql.evaluation.moments import Vector, collected, dropping, keeping, with_label
from slogen.promql.evaluation.refusals import Failed
from slogen.promql.evaluation.samples import Element
from slogen.promql.matchers import METRIC_NAME

_LONGEST = 2.0**63


@dataclass(frozen=True, slots=True)
class Grouping:
    """Which labels make a group: these (`by`), or all but these and the metric's name (`without`)."""

    names: frozenset[str] = frozenset()
    without: bool = False

    def group(self, element: Element) -> Element:
        """The labels of the group that an element belongs to."""
        if self.without:
            return dropping(element, self.names | {METRIC_NAME})
        return keeping(element, self.names)


def _grouped(vector: Vector, grouping: Grouping) -> dict[Element, list[tuple[Element, float]]]:
    groups: dict[Element, list[tuple[Element, float]]] = {}
    for item in vector.items():
        groups.setdefault(grouping.group(item[0]), []).append(item)
    return groups


FOLDS: dict[str, Callable[[Sequence[float]], float]] = {
    "avg": numbers.mean,
    "count": lambda values: float(len(values)),
    "group": lambda values: 1.0,
    "max": numbers.greatest,
    "min": numbers.least,
    "stddev": lambda values: math.sqrt(numbers.variance(values)),
    "stdvar": numbers.variance,
    "sum": numbers.total,
}
"""The aggregations without a parameter: of the values of a group."""


def folded(vector: Vector, grouping: Grouping, fold: Callable[[Sequence[float]], float]) -> Vector:
    """One element for each group."""
    groups = _grouped(vector, grouping)
    return {group: fold([value for _, value in items]) for group, items in groups.items()}


def quantile(vector: Vector, grouping: Grouping, q: float) -> Vector:
    """The q-quantile of each group."""
    return folded(vector, grouping, partial(numbers.quantile, q))


def first(vector: Vector, grouping: Grouping, count: float, sign: int) -> Vector:
    """The elements with the greatest values (`topk`, sign 1) or the least ones (`bottomk`, -1) of each group.

    NaN comes last. Of equal elements those stay that came first, in the order of the heap that Prometheus
    keeps them in.
    """
    wanted = _whole(count)
    if wanted < 1:
        return {}
    groups = _grouped(vector, grouping).values()
    return {element: value for items in groups for element, value in _extremes(items, wanted, sign)}


def _extremes(items: list[tuple[Element, float]], wanted: int, sign: int) -> list[tuple[Element, float]]:
    heap: list[tuple[tuple[bool, float], int]] = []
    for index, (_, value) in enumerate(items):
        rank = numbers.nan_first(sign * value)
        if len(heap) < wanted:
            heapq.heappush(heap, (rank, -index))
        elif heap[0][0] < rank:
            heapq.heapreplace(heap, (rank, -index))
    return [items[-index] for _, index in sorted(heap, reverse=True)]


def limited(vector: Vector, grouping: Grouping, count: float) -> Vector:
    """As many elements of each group (`limitk`)."""
    wanted = _whole(count)
    groups = _grouped(vector, grouping).values()
    return {element: value for items in groups for element, value in items[: max(wanted, 0)]}


def _whole(count: float) -> int:
    if not -_LONGEST <= count < _LONGEST:
        raise Failed("a number of elements is no whole number")
    return int(count)


def counted(vector: Vector, grouping: Grouping, name: str) -> Vector:
    """`count_values`: how many elements of each group have each value, which becomes the label `name`."""
    if not grouping.without:
        grouping = Grouping(grouping.names | {name})
    labelled = ((with_label(element, name, spelled(value)), value) for element, value in vector.items())
    counts: Vector = {}
    for element, _ in labelled:
        group = grouping.group(element)
        counts[group] = counts.get(group, 0.0) + 1
    return collected(counts.items())


def spelled(value: float) -> str:
    """A number in decimal digits without an exponent, as few as give it back."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "+Inf" if value > 0 else "-Inf"
    text = format(Decimal(repr(value)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
