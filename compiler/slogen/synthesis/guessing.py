"""The last resort: a few levels for each selector, alone and with replicas, tried one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice, product

from slogen.synthesis.flow import Flow, candidates, flow, values
from slogen.synthesis.judging import Verdict
from slogen.synthesis.leaves import leaf
from slogen.synthesis.motions import Motion, Motions, World
from slogen.synthesis.nodes import Aggregate, Binary, Node, Number, Select, selects, spacing, walk
from slogen.synthesis.wording import said
from slogen.synthetic import Series

_MOST_SELECTORS, _MOST_GUESSES, _MOST_LEVELS = 4, 300, 7
_REPLICAS, _REPLICA = "abcdefgh", "instance"
_HALVINGS = 6


def guessed(node: Node, judge: Callable[[World], Verdict]) -> tuple[World, World] | None:
    """A world in which an expression just fires, and one in which it just does not; None if there is none."""
    found: dict[Verdict, Motions] = {}
    for motions in islice(_guesses(node), _MOST_GUESSES):
        found.setdefault(judge(World("", motions)), motions)
        if "fires" in found and "silent" in found:
            return _narrowed(node, found["fires"], found["silent"], judge)
    return None


def _guesses(node: Node) -> Iterator[Motions]:
    bare = tuple(dict.fromkeys(Select(each.name, each.matchers) for each in selects(node)))
    if not 0 < len(bare) <= _MOST_SELECTORS:
        return
    counting = _counting(node)
    labels = {label: values(label, matchers)[0] for label, matchers in _asked(node).items()}
    places = [next(iter(candidates(each, labels, node, shared=False, apart=True)), None) for each in bare]
    series = [
        (place, each in counting) for place, each in zip(places, bare, strict=True) if place is not None
    ]
    if len({place for place, _ in series}) < len(bare):
        return
    levels = _levels(node)
    for chosen in product(levels, repeat=len(series)):
        motions = {
            place: _motion(level, counts) for (place, counts), level in zip(series, chosen, strict=True)
        }
        yield motions
        yield {_replica(place, letter): motion for place, motion in motions.items() for letter in _REPLICAS}
        # One that stands out: its values are many times those of the others.
        yield {
            _replica(place, letter): _times(motion, 50 if letter == "a" else 1)
            for place, motion in motions.items()
            for letter in _REPLICAS
        }


def _asked(node: Node) -> Flow:
    """The labels that the expression keeps, matches and groups by."""
    found = dict(flow(node))
    for each in walk(node):
        if isinstance(each, Aggregate) and not each.without:
            found |= {label: () for label in each.labels if label not in found and label != "__name__"}
        if isinstance(each, Binary):
            found |= {label: () for label in each.on or () if label not in found}
    return {label: matchers for label, matchers in found.items() if label not in ("le", _REPLICA)}


def _counting(node: Node) -> frozenset[Select]:
    """The selectors, without range and offset, that are read as counters."""
    apart = spacing(node) / 1000
    leaves = (leaf(each, apart) for each in walk(node))
    return frozenset(each.select for each in leaves if each is not None and each.counts)


def _levels(node: Node) -> Sequence[float]:
    numbers = dict.fromkeys(abs(each.value) for each in walk(node) if isinstance(each, Number))
    found = [1.0, 0.0, 100.0]
    for number in numbers:
        found += [number * 1.02, number, number * 0.5, number * 10]
    return list(dict.fromkeys(level for level in found if level < 1e15))[:_MOST_LEVELS]


def _motion(level: float, counts: bool) -> Motion:
    return Motion(0.0, level, "counter") if counts else Motion(level)


def _times(motion: Motion, factor: float) -> Motion:
    return replace(motion, value=motion.value * factor, per_second=motion.per_second * factor)


def _replica(series: Series, letter: str) -> Series:
    return Series(series.name, {**series.labels, _REPLICA: f"{_REPLICA}-{letter}"})


def _narrowed(
    node: Node, fires: Motions, silent: Motions, judge: Callable[[World], Verdict]
) -> tuple[World, World]:
    """The two worlds moved toward each other, as long as they have the same series."""
    if fires.keys() == silent.keys():
        for _ in range(_HALVINGS):
            middle = {series: _between(fires[series], silent[series]) for series in fires}
            verdict = judge(World("", middle))
            if verdict == "fires":
                fires = middle
            elif verdict == "silent":
                silent = middle
            else:
                break
    return World(f"{said(node)} has a result", fires), World(f"{said(node)} has just no result", silent)


def _between(one: Motion, other: Motion) -> Motion:
    return replace(
        one,
        value=float(f"{(one.value + other.value) / 2:.6g}"),
        per_second=float(f"{(one.per_second + other.per_second) / 2:.6g}"),
    )
