"""Functions that map one number to one: there and back."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Inverse:
    """`there` is the function; `back` gives arguments for a result, the most natural first, or none.

    Both take the function's further arguments, too.
    """

    there: Callable[..., float]
    back: Callable[..., list[float]]


def _safely(function: Callable[[float], float]) -> Callable[[float], float]:
    def safe(value: float) -> float:
        try:
            return function(value)
        except (ValueError, OverflowError):
            return math.nan

    return safe


def _backward(function: Callable[[float], float]) -> Callable[[float], list[float]]:
    def back(value: float) -> list[float]:
        found = _safely(function)(value)
        return [found] if math.isfinite(found) else []

    return back


def _same(value: float, *_: float) -> float:
    return value


def _only(value: float, *_: float) -> list[float]:
    return [value]


def _pair(there: Callable[[float], float], back: Callable[[float], float]) -> Inverse:
    return Inverse(_safely(there), _backward(back))


def _signed(value: float) -> float:
    return math.copysign(1.0, value) if value else 0.0


INVERSES: dict[str, Inverse] = {
    "abs": Inverse(abs, lambda v: [v, -v] if v > 0 else [0.0] if not v else []),
    "ceil": Inverse(lambda v: float(math.ceil(v)), _only),
    "floor": Inverse(lambda v: float(math.floor(v)), _only),
    "round": Inverse(lambda v, to=1.0: math.floor(v / to + 0.5) * to if to else v, _only),
    "sgn": Inverse(_signed, lambda v: [v] if v in (-1, 0, 1) else []),
    "sqrt": _pair(math.sqrt, lambda v: v * v),
    "exp": _pair(math.exp, math.log),
    "ln": _pair(math.log, math.exp),
    "log2": _pair(math.log2, lambda v: 2.0**v),
    "log10": _pair(math.log10, lambda v: 10.0**v),
    "deg": _pair(math.degrees, math.radians),
    "rad": _pair(math.radians, math.degrees),
    "clamp_min": Inverse(max, lambda v, low: [v] if v >= low else []),
    "clamp_max": Inverse(min, lambda v, high: [v] if v <= high else []),
    "clamp": Inverse(
        lambda v, low, high: min(max(v, low), high), lambda v, low, high: [v] if low <= v <= high else []
    ),
    "sort": Inverse(_same, _only),
    "sort_desc": Inverse(_same, _only),
    "scalar": Inverse(_same, _only),
    "vector": Inverse(_same, _only),
}
