"""Functions of one selector: which value they give of a motion, and which motion gives a value."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from slogen.synthesis.motions import Motion
from slogen.synthesis.nodes import Binary, Call, Node, Number, Select, Subquery


@dataclass(frozen=True, slots=True)
class Level:
    """A value that may move with time: `value + per_time * t` at `t` seconds."""

    value: float
    per_time: float = 0.0


@dataclass(frozen=True, slots=True)
class Leaf:
    """A function of one selector.

    `origin` is the selector as it stands; `select` is that without range and offset. `motion` gives the
    motion for a value, or None where there is none; `moved` changes a motion (of a gauge that stands still)
    so that it gives the value, or None. `linear`: twice the motion, twice the value.
    """

    select: Select
    origin: Select
    level: Callable[[Motion], Level]
    motion: Callable[[Level], Motion | None]
    moved: Callable[[Motion, Level], Motion | None]
    linear: bool
    counts: bool


@lru_cache(maxsize=4096)
def leaf(node: Node, sampled: float) -> Leaf | None:
    """The function of one selector that an expression is; None where it is not so simple.

    `sampled` is the distance of samples in seconds, which some functions count.
    """
    if isinstance(node, Select) and not node.length:
        return _leaf(node, _value, _gauge, linear=True)
    if isinstance(node, Binary):
        return _scaled(node, sampled)
    if not isinstance(node, Call) or not node.arguments:
        return None
    argument = node.arguments[-1]
    if node.name == "predict_linear":
        argument = node.arguments[0]
    if isinstance(argument, Subquery):
        inner = leaf(argument.inner, sampled) if node.name in _STEADY else None
        return inner if inner and not argument.offset else None
    if not isinstance(argument, Select) or not argument.length:
        return None
    return _of_range(node, argument, argument.length / 1000, sampled)


def _leaf(
    select: Select,
    level: Callable[[Motion], Level],
    motion: Callable[[Level], Motion | None],
    *,
    moved: Callable[[Motion, Level], Motion | None] | None = None,
    linear: bool = False,
    counts: bool = False,
) -> Leaf:
    bare = Select(select.name, select.matchers)
    return Leaf(bare, select, level, motion, moved or (lambda _m, _l: None), linear, counts)


def _value(motion: Motion) -> Level:
    return Level(motion.value, motion.per_second if motion.kind == "time" else 0.0)


def _gauge(level: Level) -> Motion | None:
    if level.per_time:
        return Motion(level.value, level.per_time, "time")
    return Motion(level.value)


_STEADY = frozenset(
    ("avg_over_time", "max_over_time", "min_over_time", "last_over_time", "quantile_over_time")
)


def _of_range(node: Call, select: Select, window: float, sampled: float) -> Leaf | None:
    name = node.name
    many = max(1.0, window // sampled)
    if name in _STEADY or name in ("first_over_time", "mode_over_time", "double_exponential_smoothing"):
        return _leaf(select, _value, _gauge, linear=True)
    if name in ("rate", "irate", "increase"):
        return _counting(select, window if name == "increase" else 1.0)
    if name in ("delta", "deriv", "idelta"):
        return _sloping(select, {"delta": window, "deriv": 1.0, "idelta": sampled}[name])
    if name == "predict_linear" and isinstance(node.arguments[1], Number):
        return _predicting(select, node.arguments[1].value)
    if name == "sum_over_time":
        return _stretched(_leaf(select, _value, _gauge, linear=True), many)
    if name in ("changes", "resets"):
        return _eventful(select, 1.0 if name == "changes" else -1.0, many, sampled)
    if name in ("stddev_over_time", "stdvar_over_time"):
        return _spreading(select, window, squared=name == "stdvar_over_time")
    if name in ("count_over_time", "present_over_time"):
        fixed = many if name == "count_over_time" else 1.0
        return _leaf(select, lambda _: Level(fixed), lambda _: Motion(1.0))
    return None


def _counting(select: Select, unit: float) -> Leaf:
    def motion(level: Level) -> Motion | None:
        if level.value < 0 or level.per_time:
            return None
        return Motion(0.0, float(f"{level.value / unit:.12g}"), "counter")

    def moved(old: Motion, level: Level) -> Motion | None:
        """A counter that was read as a number before."""
        new = motion(level)
        return Motion(old.value, new.per_second, "counter") if new and old.kind == "gauge" else None

    return _leaf(select, lambda m: Level(m.per_second * unit), motion, moved=moved, linear=True, counts=True)


def _sloping(select: Select, unit: float) -> Leaf:
    def motion(level: Level) -> Motion | None:
        # High enough to be above zero for long where it falls.
        slope = level.value / unit
        return Motion(max(1.0, _ample(abs(level.value) * 100)), slope)

    def moved(old: Motion, level: Level) -> Motion | None:
        return Motion(old.value, level.value / unit, "gauge") if _stands(old) else None

    return _leaf(select, lambda m: Level(m.per_second * unit), motion, moved=moved)


def _predicting(select: Select, ahead: float) -> Leaf:
    def toward(value: float, level: Level) -> Motion:
        return Motion(value, (level.value - value) / ahead if ahead else 0.0)

    def motion(level: Level) -> Motion | None:
        if level.value >= 1:
            return Motion(level.value)
        return toward(max(100.0, _ample(10 * abs(level.value))), level)

    def moved(old: Motion, level: Level) -> Motion | None:
        return toward(old.value, level) if _stands(old) else None

    return _leaf(select, lambda m: Level(m.value + m.per_second * ahead), motion, moved=moved)


def _eventful(select: Select, direction: float, most: float, sampled: float) -> Leaf:
    """Changes or resets: at each sample, or never."""

    def slope(level: Level) -> float:
        return direction / sampled if level.value > 0 else 0.0

    def motion(level: Level) -> Motion | None:
        return Motion(1e6 if direction < 0 else 1.0, slope(level))

    def moved(old: Motion, level: Level) -> Motion | None:
        return Motion(old.value, slope(level)) if _stands(old) else None

    return _leaf(select, lambda m: Level(most if m.per_second * direction > 0 else 0.0), motion, moved=moved)


def _spreading(select: Select, window: float, *, squared: bool) -> Leaf:
    """The standard deviation of a line is its rise divided by the square root of 12."""

    def level(motion: Motion) -> Level:
        deviation = abs(motion.per_second) * window / math.sqrt(12)
        return Level(deviation**2 if squared else deviation)

    def motion(level: Level) -> Motion | None:
        if level.value < 0:
            return None
        deviation = math.sqrt(level.value) if squared else level.value
        return Motion(1.0, deviation * math.sqrt(12) / window)

    return _leaf(select, level, motion)


def _stands(motion: Motion) -> bool:
    return motion.kind == "gauge" and not motion.per_second


def _ample(value: float) -> float:
    """The power of ten that is not below a value."""
    return 10.0 ** math.ceil(math.log10(value)) if value > 0 else 0.0


def _scaled(node: Binary, sampled: float) -> Leaf | None:
    left, right = node.left, node.right
    if node.op == "*" and isinstance(left, Number):
        left, right = right, left
    if node.op not in ("*", "/") or not isinstance(right, Number) or not right.value:
        return None
    inner = leaf(left, sampled)
    return inner and _stretched(inner, right.value if node.op == "*" else 1 / right.value)


def _stretched(inner: Leaf, factor: float) -> Leaf:
    def level(motion: Motion) -> Level:
        found = inner.level(motion)
        return Level(found.value * factor, found.per_time * factor)

    def shrunk(level: Level) -> Level:
        return Level(level.value / factor, level.per_time / factor)

    return Leaf(
        inner.select,
        inner.origin,
        level,
        lambda wanted: inner.motion(shrunk(wanted)),
        lambda old, wanted: inner.moved(old, shrunk(wanted)),
        inner.linear,
        inner.counts,
    )
