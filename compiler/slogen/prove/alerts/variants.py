"""Variants of a world: on two replicas, with a metric that stands still, with other values of labels.

Whether an alert still fires in a variant, or is still silent, is not said: it must be judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice

from slogen import promql
from slogen.promql import tokens
from slogen.promql.tokens import AGGREGATIONS
from slogen.promql.witnesses import candidates, satisfies
from slogen.synthesis.worlds import Motion, World
from slogen.synthetic import Series

Motions = Mapping[Series, Motion]

_MOST_VALUES = 6
_REPLICA_LABELS = ("instance", "pod", "replica")


def spread(world: World, expr: str) -> Iterator[World]:
    """The world on two replicas in several ways; none if the expression does not aggregate."""
    words = {token.word for token in tokens(expr)}
    label = next((name for name in _REPLICA_LABELS if name not in words), None)
    if not words & AGGREGATIONS or label is None or not world.motions:
        return
    yield _spread(world, label, "half of it on each of two replicas", 0.5, 0.5)
    yield _spread(world, label, "on each of two replicas", 1, 1)
    yield _spread(world, label, "on one of two replicas, the other is at zero", 1, 0)
    yield _spread(world, label, "on one of two replicas, the other has ten times as much", 1, 10)


def _spread(world: World, label: str, how: str, first: float, second: float) -> World:
    motions: dict[Series, Motion] = {}
    for series, motion in world.motions.items():
        own = series.labels.get(label, label)
        for number, share in ((1, first), (2, second)):
            labels = {**series.labels, label: f"{own}-{number}"}
            motions[Series(series.name, labels)] = _times(motion, share)
    return World(f"{world.what}; {how}", motions)


def stopped(world: World) -> Iterator[World]:
    """The world with one metric that stands still, or is zero."""
    names = dict.fromkeys(series.name for series in world.motions)
    for name in names if len(names) > 1 else ():
        motions = {
            series: _times(motion, 0) if series.name == name else motion
            for series, motion in world.motions.items()
        }
        yield World(f"`{name}` stands still; otherwise {world.what}", motions)


def without(world: World) -> Iterator[World]:
    """The world without one of its metrics."""
    names = dict.fromkeys(series.name for series in world.motions)
    for name in names if len(names) > 1 else ():
        motions = {series: motion for series, motion in world.motions.items() if series.name != name}
        yield World(f"`{name}` is missing; otherwise {world.what}", motions)


def renamed(world: World, expr: str) -> Iterator[World]:
    """The world with another metric of the expression in the place of one of its own."""
    present = dict.fromkeys(series.name for series in world.motions)
    others = dict.fromkeys(used.selector.name for used in promql.selectors(expr) if used.selector.name)
    for other in others:
        for name in present if other not in present else ():
            motions = {
                Series(other, series.labels) if series.name == name else series: motion
                for series, motion in world.motions.items()
            }
            yield World(f"`{other}` instead of `{name}`; otherwise {world.what}", motions)


def relabelled(world: World, expr: str) -> Iterator[World]:
    """The world with other values of labels that the matchers by regular expressions take, too."""
    for used in dict.fromkeys(one.selector for one in promql.selectors(expr)):
        for matcher in used.matchers:
            if matcher.op != "=~" or matcher.name == "__name__":
                continue
            for series, motion in world.motions.items():
                if series.name != used.name or not satisfies(matcher, series.labels.get(matcher.name, "")):
                    continue
                for value in _other_values(matcher, series.labels.get(matcher.name, "")):
                    labels = {**series.labels, matcher.name: value}
                    others = {one: each for one, each in world.motions.items() if one != series}
                    what = f'`{matcher.name}="{value}"`; otherwise {world.what}'
                    yield World(what, {**others, Series(series.name, labels): motion})


def _other_values(matcher: promql.Matcher, own: str) -> Iterator[str]:
    values = candidates(matcher.name, ((matcher.op, matcher.value),))
    return islice(
        (value for value in values if value and value != own and satisfies(matcher, value)), _MOST_VALUES
    )


def _times(motion: Motion, share: float) -> Motion:
    if motion.kind == "time":
        return motion
    return replace(motion, value=motion.value * share, per_second=motion.per_second * share)
