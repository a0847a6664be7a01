"""Arithmetic as Go and Prometheus do it: IEEE 754 throughout, no exceptions, sums with compensation."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from math import isinf

NAN = math.nan
INF = math.inf


class Sum:
    """A running sum with Kahan's compensation in Neumaier's form, as Prometheus sums."""

    __slots__ = ("_lost", "_sum")

    def __init__(self, start: float = 0.0) -> None:
        self._sum = start
        self._lost = 0.0

    def add(self, value: float) -> None:
        """Add one number."""
        total = self._sum + value
        if math.isinf(total):
            self._lost = 0.0
        elif abs(self._sum) >= abs(value):
            self._lost += (self._sum - total) + value
        else:
            self._lost += (value - total) + self._sum
        self._sum = total

    @property
    def total(self) -> float:
        """The sum so far."""
        return self._sum + self._lost


def total(values: Iterable[float]) -> float:
    """The sum. As `Sum` does it, but in one go, because ranges are long."""
    found = lost = 0.0
    for value in values:
        after = found + value
        if isinf(after):
            lost = 0.0
        elif abs(found) >= abs(value):
            lost += (found - after) + value
        else:
            lost += (value - after) + found
        found = after
    return found + lost


def mean(values: Sequence[float]) -> float:
    """The arithmetic mean of at least one number; also where the sum is infinite, the mean not."""
    found = total(values)
    if not math.isinf(found) or any(map(math.isinf, values)):
        return found / len(values)
    return total(value / len(values) for value in values)


def variance(values: Sequence[float]) -> float:
    """The population variance of at least one number (Welford's method)."""
    center, squares = Sum(), Sum()
    for count, value in enumerate(values, 1):
        delta = value - center.total
        center.add(divided(delta, count))
        squares.add(delta * (value - center.total))
    return squares.total / len(values)


def quantile(q: float, values: Sequence[float]) -> float:
    """The q-quantile with linear interpolation between ranks; infinite where q is no quantile."""
    if not values or math.isnan(q):
        return NAN
    if q < 0 or q > 1:
        return -INF if q < 0 else INF
    ordered = sorted(values, key=nan_first)
    rank = q * (len(ordered) - 1)
    lower = max(0, math.floor(rank))
    upper = min(len(ordered) - 1, lower + 1)
    weight = rank - math.floor(rank)
    return ordered[lower] * (1 - weight) + ordered[upper] * weight


def nan_first(value: float) -> tuple[bool, float]:
    """A key to sort by, in which NaN is less than everything."""
    return (False, 0.0) if math.isnan(value) else (True, value)


def greatest(values: Iterable[float]) -> float:
    """The maximum of at least one number; NaN only if there is nothing else."""
    return max(values, key=nan_first)


def least(values: Iterable[float]) -> float:
    """The minimum of at least one number; NaN only if there is nothing else."""
    return min(values, key=lambda value: (math.isnan(value), value))


def divided(a: float, b: float) -> float:
    """The quotient."""
    if b:
        return a / b
    if not a or math.isnan(a) or math.isnan(b):
        return NAN
    return math.copysign(INF, a) * math.copysign(1, b)


def remainder(a: float, b: float) -> float:
    """The remainder with the sign of the dividend."""
    try:
        return math.fmod(a, b)
    except ValueError:
        return NAN


def power(a: float, b: float) -> float:
    """`a` to the power of `b`."""
    try:
        return math.pow(a, b)
    except OverflowError:
        return -INF if a < 0 and b % 2 == 1 else INF
    except ValueError:
        if a:
            return NAN
        return math.copysign(INF, a) if b % 2 == 1 else INF


def sanely(function: Callable[[float], float], *, too_great: float = INF) -> Callable[[float], float]:
    """The function, with NaN outside its domain and `too_great` (signed as the argument) on overflow."""

    def sane(value: float) -> float:
        try:
            return function(value)
        except ValueError:
            return NAN
        except OverflowError:
            return too_great

    return sane


def logarithm(function: Callable[[float], float]) -> Callable[[float], float]:
    """A logarithm that is -Inf at zero and NaN below."""
    return lambda value: -INF if value == 0 else NAN if value < 0 else function(value)


def greater_of(a: float, b: float) -> float:
    """Go's math.Max: an infinity wins, then NaN."""
    if INF in (a, b):
        return INF
    return NAN if math.isnan(a) or math.isnan(b) else max(a, b)


def less_of(a: float, b: float) -> float:
    """Go's math.Min: a negative infinity wins, then NaN."""
    if -INF in (a, b):
        return -INF
    return NAN if math.isnan(a) or math.isnan(b) else min(a, b)
