"""Functions of single values: mathematics and the calendar."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from slogen.promql.evaluation import numbers

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_YEAR = -62_135_596_800
_LAST_YEAR = 253_402_300_799


def _whole(function: Callable[[float], int]) -> Callable[[float], float]:
    """Rounding that leaves infinities, NaN and the sign of zero alone."""
    return lambda value: math.copysign(function(value), value) if math.isfinite(value) else value


def _sign(value: float) -> float:
    return value if value == 0 or math.isnan(value) else math.copysign(1, value)


def _area_of_tangent(value: float) -> float:
    return math.copysign(math.inf, value) if abs(value) == 1 else math.atanh(value)


def _sinh(value: float) -> float:
    try:
        return math.sinh(value)
    except OverflowError:
        return math.copysign(math.inf, value)


ELEMENTWISE: dict[str, Callable[[float], float]] = {
    "abs": abs,
    "acos": numbers.sanely(math.acos),
    "acosh": numbers.sanely(math.acosh),
    "asin": numbers.sanely(math.asin),
    "asinh": math.asinh,
    "atan": math.atan,
    "atanh": numbers.sanely(_area_of_tangent),
    "ceil": _whole(math.ceil),
    "cos": numbers.sanely(math.cos),
    "cosh": numbers.sanely(math.cosh),
    "deg": lambda value: value * 180 / math.pi,
    "exp": numbers.sanely(math.exp),
    "floor": _whole(math.floor),
    "ln": numbers.logarithm(math.log),
    "log10": numbers.logarithm(math.log10),
    "log2": numbers.logarithm(math.log2),
    "rad": lambda value: value * math.pi / 180,
    "sgn": _sign,
    "sin": numbers.sanely(math.sin),
    "sinh": _sinh,
    "sqrt": numbers.sanely(math.sqrt),
    "tan": numbers.sanely(math.tan),
    "tanh": math.tanh,
}


def rounded(value: float, to_nearest: float) -> float:
    """The multiple of `to_nearest` that is next to the value, the greater one of two."""
    inverse = numbers.divided(1.0, to_nearest)
    scaled = value * inverse + 0.5
    return numbers.divided(math.floor(scaled) if math.isfinite(scaled) else scaled, inverse)


def clamped(value: float, least: float, greatest: float) -> float:
    """The value within bounds; NaN stays NaN."""
    return numbers.greater_of(least, numbers.less_of(greatest, value))


def _month_days(moment: datetime) -> int:
    following = moment.replace(day=28) + timedelta(days=4)
    return (following - timedelta(days=following.day)).day


CALENDAR: dict[str, Callable[[datetime], int]] = {
    "day_of_month": lambda moment: moment.day,
    "day_of_week": lambda moment: moment.isoweekday() % 7,
    "day_of_year": lambda moment: moment.timetuple().tm_yday,
    "days_in_month": _month_days,
    "hour": lambda moment: moment.hour,
    "minute": lambda moment: moment.minute,
    "month": lambda moment: moment.month,
    "year": lambda moment: moment.year,
}


def moment_of(seconds: float) -> datetime | None:
    """The instant in UTC, cut to whole seconds; None beyond the years 1 to 9999."""
    if not _FIRST_YEAR <= seconds <= _LAST_YEAR:
        return None
    return _EPOCH + timedelta(seconds=int(seconds))
