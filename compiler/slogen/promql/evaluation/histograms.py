"""Quantiles of classic histograms, that is of counters with the label `le`."""

from __future__ import annotations

import math
from bisect import bisect_left

from slogen.promql.evaluation.moments import Vector, dropping, label
from slogen.promql.evaluation.samples import Element
from slogen.promql.matchers import METRIC_NAME

_BOUND = "le"
_NO_IDENTITY = frozenset((METRIC_NAME, _BOUND))
_INSIGNIFICANT = 1e-12
"""The relative difference between buckets that is taken for an artifact of floating point."""


def histogram_quantile(q: float, vector: Vector) -> Vector:
    """The q-quantile of each histogram among the elements; those without a bound are left out."""
    histograms: dict[Element, dict[float, float]] = {}
    for element, value in vector.items():
        bound = _number(label(element, _BOUND))
        if bound is None:
            continue
        buckets = histograms.setdefault(dropping(element, _NO_IDENTITY), {})
        # Two spellings of one bound, such as 1 and 1.0, make one bucket.
        buckets[bound] = buckets.get(bound, 0.0) + value
    return {element: _quantile(q, buckets) for element, buckets in histograms.items()}


def _quantile(q: float, buckets: dict[float, float]) -> float:
    """Interpolated linearly within a bucket; the lowest one begins at 0 if its bound is above."""
    if math.isnan(q):
        return math.nan
    if q < 0 or q > 1:
        return math.copysign(math.inf, q)
    bounds = sorted(buckets)
    counts = _monotonic([buckets[bound] for bound in bounds])
    if bounds[-1] != math.inf or len(bounds) < 2 or not counts[-1] or math.isnan(counts[-1]):
        return math.nan
    rank = q * counts[-1]
    index = bisect_left(counts, rank, hi=len(counts) - 1)
    if index == len(bounds) - 1:
        return bounds[-2]
    if index == 0 and bounds[0] <= 0:
        return bounds[0]
    start, below = (bounds[index - 1], counts[index - 1]) if index else (0.0, 0.0)
    inside = counts[index] - below
    return start + (bounds[index] - start) * ((rank - below) / inside if inside else math.nan)


def _monotonic(counts: list[float]) -> list[float]:
    """The counts without decreases and insignificant increases."""
    before = counts[0]
    found = [before]
    for count in counts[1:]:
        if count > before and not _almost_equal(before, count):
            before = count
        found.append(before)
    return found


def _almost_equal(a: float, b: float) -> bool:
    return abs(a - b) / min(abs(a) + abs(b), 1.7976931348623157e308) < _INSIGNIFICANT


def _number(text: str) -> float | None:
    """The bound in a label, as Go reads numbers."""
    if not text or not text.isascii() or text != text.strip():
        return None
    try:
        return float(text)
    except ValueError:
        return None
