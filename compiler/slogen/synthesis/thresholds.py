"""Values just beyond a threshold, barely not, far beyond, and healthy."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

Mode = Literal["just", "far", "hold", "miss", "calm", "left", "right", "alone", "near", "edge"]
"""What is to become of a condition: `hold` is met with ease, `miss` barely not, `calm` not at all; `edge` is
the threshold itself.

Of operators: `left` and `right` name the side of an `or` that has a result, `alone` an `and` or an operation
of which the right side is missing, `near` an `unless` of which the right side misses a condition.
"""

Style = Literal["level", "whole", "share", "rate", "increase"]
"""What is compared: a gauge, a number of things, a quotient, events per second, events of a range."""

MARGIN = 0.02

_HOLDS: dict[str, Callable[[float, float], bool]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<=": lambda a, b: a <= b,
    "<": lambda a, b: a < b,
    ">=": lambda a, b: a >= b,
    ">": lambda a, b: a > b,
}
OPPOSITE = {"==": "!=", "!=": "==", "<=": ">", "<": ">=", ">=": "<", ">": "<="}
MIRRORED = {"==": "==", "!=": "!=", "<=": ">=", "<": ">", ">=": "<=", ">": "<"}


def holds(op: str, left: float, right: float) -> bool:
    """Whether a comparison is true."""
    return _HOLDS[op](left, right)


def asked(op: str, mode: Mode) -> str:
    """What is to hold of a value and the bound, for a comparison by `op`."""
    if mode == "edge":
        return "=="
    return OPPOSITE[op] if mode in ("miss", "calm") else op


def targets(op: str, bound: float, mode: Mode, style: Style, *, exact: bool = True) -> list[float]:
    """Values for which `value op bound` holds (does not hold, for `miss` and `calm`), the best first.

    `exact` says that values can be hit to the last digit.
    """
    if mode == "edge":
        return [bound]
    wanted = asked(op, mode)
    found = _targets(wanted, bound, mode, style, exact=exact)
    sound = [float(f"{value:.12g}") for value in found]
    return [value for value in dict.fromkeys(sound) if holds(wanted, value, bound)]


def _targets(op: str, bound: float, mode: Mode, style: Style, *, exact: bool) -> list[float]:
    if not math.isfinite(bound):
        return [0.0, 1.0]
    if op == "==":
        return [bound]
    if op == "!=":
        return _unequal(bound, mode, style)
    up = op in (">", ">=")
    near = _above(bound, style) if up else [-value for value in _above(-bound, style)]
    # Exactly the bound is the nearest of all, but the last digits of rates differ from instant to instant.
    itself = [bound] if op in (">=", "<=") and (exact or not bound) else []
    if mode in ("just", "miss"):
        return itself + near + _far(bound, up=up)
    if mode == "calm":
        return _healthy(bound, style, up=up) + near
    return _far(bound, up=up) + near


def _unequal(bound: float, mode: Mode, style: Style) -> list[float]:
    if not bound:
        return [*_smallest(style), 1.0, 100.0]
    if bound == 1:
        return [0.0, 2.0]
    if mode == "calm":
        return [1.0, 0.0, bound + 1]
    return [bound + 1, bound - 1, bound * (1 + MARGIN), 0.0]


def _smallest(style: Style) -> list[float]:
    """What is not zero, but little."""
    return {"rate": [0.1, 0.01, 1e-6], "share": [0.02, 0.01, 1.0]}.get(style, [1.0])


def _above(bound: float, style: Style) -> list[float]:
    if not bound:
        return _smallest(style)
    by_part = bound + abs(bound) * MARGIN
    whole = math.floor(bound) + 1.0
    wider = [bound + abs(bound) * part for part in (0.1, 0.5, 1.0)]
    if style == "whole":
        return [whole, whole + 1]
    return [by_part, whole, *wider]


def _far(bound: float, *, up: bool) -> list[float]:
    if up:
        if 0 < bound < 1:
            return [1.0, bound * 2]
        return [bound * 5, bound * 2] if bound > 0 else [100.0, 1.0] if not bound else [0.0, 1.0]
    return [0.0, bound / 5] if bound > 0 else [-100.0, -1.0] if not bound else [bound * 5]


def _healthy(bound: float, style: Style, *, up: bool) -> list[float]:
    if not up:
        if style in ("rate", "increase") or bound <= 0:
            return [0.0, bound * 2] if bound > 0 else [0.0] if not bound else [0.0, bound * 2]
        return [0.0, bound * 0.2] if style == "share" and bound < 0.5 else [float(round(bound * 0.2, 6)), 0.0]
    if 0 < bound <= 1:
        return [1.0, 2 * bound, 100.0]
    return [bound * 2, bound * 5] if bound > 0 else [0.0, 1.0, 100.0] if bound < 0 else [1.0, 100.0]
