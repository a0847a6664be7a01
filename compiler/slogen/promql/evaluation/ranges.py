"""Functions of range vectors: one number for the samples that a series has in a range."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

from slogen.promql.evaluation import numbers
from slogen.promql.evaluation.moments import Moment, Window, Windows
from slogen.promql.evaluation.refusals import Failed

Reduction = Callable[[Moment, Windows, Window, Sequence[float]], float | None]
"""Of the samples of one series in a range, with the scalar arguments; None where there is no result."""


def _of_values(function: Callable[[Sequence[float]], float]) -> Reduction:
    return lambda _moment, _range, window, _scalars: function(window.values)


def _extrapolated(*, counter: bool, per_second: bool) -> Reduction:
    """How `rate`, `increase` and `delta` see the range: as if the samples went on to its ends.

    A series that begins or ends in the range, because more than 1.1 of the mean distance between samples is
    missing, is taken to go on for half of that distance. A counter goes back no further than to where it was
    zero.
    """

    def reduction(moment: Moment, bounds: Windows, window: Window, _scalars: Sequence[float]) -> float | None:
        times, values = window.times, window.values
        if len(times) < 2:
            return None
        change = values[-1] - values[0]
        if counter:
            for before, value in pairwise(values):
                if value < before:
                    change += before
        sampled = (times[-1] - times[0]) / 1000
        spacing = sampled / (len(times) - 1)
        to_zero = math.inf
        if counter and change > 0 and values[0] >= 0:
            to_zero = sampled * (values[0] / change)
        to_start = _to_start((times[0] - bounds.start) / 1000, spacing, to_zero, moment.left_open)
        to_end = _to_end((bounds.end - times[-1]) / 1000, spacing)
        factor = (sampled + to_start + to_end) / sampled
        if per_second:
            factor = numbers.divided(factor, bounds.seconds)
        return change * factor

    return reduction


def _to_start(seconds: float, spacing: float, to_zero: float, zero_last: bool) -> float:
    """How far to go on before the first sample. In Prometheus 2.42, the counter's zero came first."""
    if zero_last:
        return min(_to_end(seconds, spacing), to_zero)
    return _to_end(min(seconds, to_zero), spacing)


def _to_end(seconds: float, spacing: float) -> float:
    return spacing / 2 if seconds >= spacing * 1.1 else seconds


def _between_last(*, counter: bool) -> Reduction:
    """The change between the last two samples; of counters per second."""

    def reduction(
        _moment: Moment, _bounds: Windows, window: Window, _scalars: Sequence[float]
    ) -> float | None:
        if len(window.times) < 2:
            return None
        before, value = window.values[-2:]
        change = value if counter and value < before else value - before
        return change / ((window.times[-1] - window.times[-2]) / 1000) if counter else change

    return reduction


def _line(window: Window, at: int) -> tuple[float, float]:
    """Slope per second and value at a time (milliseconds) of the line of least squares."""
    first = window.values[0]
    if all(value == first for value in window.values):
        return (math.nan, math.nan) if math.isinf(first) else (0.0, first)
    xs = [(time - at) / 1000 for time in window.times]
    count = len(xs)
    x, y = numbers.total(xs), numbers.total(window.values)
    xy = numbers.total(a * b for a, b in zip(xs, window.values, strict=True))
    covariance = xy - x * y / count
    deviation = numbers.total(a * a for a in xs) - x * x / count
    slope = numbers.divided(covariance, deviation)
    return slope, y / count - slope * x / count


def _deriv(_moment: Moment, _bounds: Windows, window: Window, _scalars: Sequence[float]) -> float | None:
    return None if len(window.times) < 2 else _line(window, window.times[0])[0]


def _predict_linear(
    moment: Moment, _bounds: Windows, window: Window, scalars: Sequence[float]
) -> float | None:
    if len(window.times) < 2:
        return None
    slope, value = _line(window, moment.at)
    return slope * scalars[0] + value


def _smoothed(_moment: Moment, _bounds: Windows, window: Window, scalars: Sequence[float]) -> float | None:
    """Double exponential smoothing after Holt and Winters."""
    factor, trend_factor = scalars
    if not (0 < factor < 1 and 0 < trend_factor < 1):
        raise Failed("the factors of smoothing must lie between 0 and 1")
    values = window.values
    if len(values) < 2:
        return None
    before, now, trend = 0.0, values[0], values[1] - values[0]
    for index, value in enumerate(values[1:]):
        if index:
            trend = trend_factor * (now - before) + (1 - trend_factor) * trend
        before, now = now, factor * value + (1 - factor) * (now + trend)
    return now


def _changes(values: Sequence[float]) -> float:
    return float(sum(a != b and not (math.isnan(a) and math.isnan(b)) for a, b in pairwise(values)))


def _resets(values: Sequence[float]) -> float:
    return float(sum(b < a for a, b in pairwise(values)))


def _quantile(_moment: Moment, _bounds: Windows, window: Window, scalars: Sequence[float]) -> float:
    return numbers.quantile(scalars[0], window.values)


def _median_deviation(values: Sequence[float]) -> float:
    median = numbers.quantile(0.5, values)
    return numbers.quantile(0.5, [abs(value - median) for value in values])


def _time_of(choose: Callable[[Sequence[float]], int]) -> Reduction:
    return lambda _moment, _range, window, _scalars: window.times[choose(window.values)] / 1000


def _last_extreme(sign: int) -> Callable[[Sequence[float]], int]:
    """The index of the last greatest value (`sign` 1) or least one (-1); NaN only if nothing else."""

    def choose(values: Sequence[float]) -> int:
        best = 0
        for index, value in enumerate(values):
            if sign * value >= sign * values[best] or math.isnan(values[best]):
                best = index
        return best

    return choose


KEEP_NAME = frozenset(("first_over_time", "last_over_time"))
"""The functions whose results are still of the metric."""

REDUCTIONS: dict[str, Reduction] = {
    "avg_over_time": _of_values(numbers.mean),
    "changes": _of_values(_changes),
    "count_over_time": _of_values(lambda values: float(len(values))),
    "delta": _extrapolated(counter=False, per_second=False),
    "deriv": _deriv,
    "double_exponential_smoothing": _smoothed,
    "first_over_time": _of_values(lambda values: values[0]),
    "idelta": _between_last(counter=False),
    "increase": _extrapolated(counter=True, per_second=False),
    "irate": _between_last(counter=True),
    "last_over_time": _of_values(lambda values: values[-1]),
    "mad_over_time": _of_values(_median_deviation),
    "max_over_time": _of_values(numbers.greatest),
    "min_over_time": _of_values(numbers.least),
    "predict_linear": _predict_linear,
    "present_over_time": _of_values(lambda values: 1.0),
    "quantile_over_time": _quantile,
    "rate": _extrapolated(counter=True, per_second=True),
    "resets": _of_values(_resets),
    "stddev_over_time": _of_values(lambda values: math.sqrt(numbers.variance(values))),
    "stdvar_over_time": _of_values(numbers.variance),
    "sum_over_time": _of_values(numbers.total),
    "ts_of_first_over_time": _time_of(lambda values: 0),
    "ts_of_last_over_time": _time_of(lambda values: -1),
    "ts_of_max_over_time": _time_of(_last_extreme(1)),
    "ts_of_min_over_time": _time_of(_last_extreme(-1)),
}
