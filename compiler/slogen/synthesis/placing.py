"""Series for selectors, and for sums of them: beside those that are there already, or in their place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from slogen.synthesis.drafts import BEFORE, NOW, Draft, fits
from slogen.synthesis.flow import candidates, selected
from slogen.synthesis.goals import Found, Goal, Search
from slogen.synthesis.leaves import Leaf, Level, leaf
from slogen.synthesis.lines import same
from slogen.synthesis.motions import Motion
from slogen.synthesis.nodes import Binary, Node, Select
from slogen.synthesis.styles import natural
from slogen.synthetic import Series
from slogen.units import Labels

_REPLICAS = ("instance", "pod", "replica", "series")
_CLOSE = 1e-9


def of_leaf(search: Search, simple: Leaf, goal: Goal, draft: Draft, era: int) -> Iterator[Found]:
    era = search.era_of(simple.origin, era)
    there = list(draft.matching(era, simple.select, goal.labels))
    for series, motion in there:
        level = simple.level(motion)
        if goal.level is None or same(goal.level, level):
            yield Found(draft.close(era, simple.select, goal.labels), level, series.labels)
            continue
        changed = simple.moved(motion, goal.level)
        if changed is not None:
            after = draft.placed(era, series, changed).close(era, simple.select, goal.labels)
            yield Found(after, simple.level(changed), series.labels)
    new = simple.motion(goal.level or natural(simple))
    if new is None:
        return
    if search.way.flaps and simple.origin.length and era == NOW:
        for series, _ in there:
            yield Found(draft.placed(BEFORE, series, new), simple.level(new), series.labels)
    for series in _places(search, simple.select, goal, draft, era):
        after = draft.placed(era, series, new).close(era, simple.select, goal.labels)
        yield Found(after, simple.level(new), series.labels)


def _places(search: Search, select: Select, goal: Goal, draft: Draft, era: int) -> Iterator[Series]:
    """Where a further series may be: first where it disturbs nothing."""
    labels = goal.labels
    found = [
        each
        for each in candidates(select, labels, search.root, shared=True, apart=goal.apart)
        if (era, each) not in draft.motions
    ]
    apart = [each for each in found if not draft.closing(era, each)]
    yield from islice(apart, 6)
    if apart:
        return
    yield from islice(found, 3)
    if not goal.apart:
        return
    for label in _REPLICAS:
        if label not in labels and not any(m.name == label for m in select.matchers):
            for value in (f"{label}-b", f"{label}-c"):
                yield from islice(
                    candidates(select, {**labels, label: value}, search.root, shared=True, apart=goal.apart),
                    2,
                )
            return


def of_sum(search: Search, parts: tuple[Leaf, ...], goal: Goal, draft: Draft, era: int) -> Iterator[Found]:
    """The sum of all series of some selectors, of those that are there and of one more at most."""
    eras = [search.era_of(part.origin, era) for part in parts]
    there: dict[tuple[int, Series], float] = {}
    for part, then in zip(parts, eras, strict=True):
        for series, motion in draft.matching(then, part.select, goal.labels):
            there.setdefault((then, series), part.level(motion).value)
    have = sum(there.values())
    settled = draft
    for part, then in zip(parts, eras, strict=True):
        settled = settled.close(then, part.select, goal.labels)
    if there and (goal.level is None or same(goal.level, Level(have))):
        yield Found(settled, Level(have), next(iter(there))[1].labels)
        return
    for part, then in zip(parts, eras, strict=True):
        wanted = goal.level or natural(part)
        rest = replace(wanted, value=wanted.value - have)
        if have and rest.value < 0 and part.counts:
            continue
        more = part.motion(rest)
        if more is None:
            continue
        for place, after in _shares(search, part, goal.labels, more, draft, then):
            closed = after
            for each, when in zip(parts, eras, strict=True):
                closed = closed.close(when, each.select, goal.labels)
            yield Found(closed, wanted, place.labels)


def parts_of(search: Search, node: Node) -> tuple[Leaf, ...]:
    """The functions of one selector whose series a sum adds up; none where it is not so simple.

    The side of an `or` that is to have a result comes first.
    """
    if isinstance(node, Binary) and node.op == "or":
        left, right = parts_of(search, node.left), parts_of(search, node.right)
        if not left or not right:
            return ()
        return (*right, *left) if search.plan.get(node) == "right" else (*left, *right)
    simple = leaf(node, search.sampled)
    return (simple,) if simple and simple.linear else ()


def _shares(
    search: Search, part: Leaf, labels: Labels, motion: Motion, draft: Draft, era: int
) -> Iterator[tuple[Series, Draft]]:
    """Places for a further series; where a sum that is settled includes it, another gives way.

    At last one beside all others: what is settled may be a maximum.
    """
    yield from _gentle_shares(search, part, labels, motion, draft, era)
    for label in _REPLICAS:
        if label not in labels and not any(m.name == label for m in part.select.matchers):
            for series in islice(
                candidates(
                    part.select, {**labels, label: f"{label}-b"}, search.root, shared=False, apart=True
                ),
                1,
            ):
                if (era, series) not in draft.motions and draft.closing(era, series):
                    yield series, draft.placed(era, series, motion)
            return


def _gentle_shares(
    search: Search, part: Leaf, labels: Labels, motion: Motion, draft: Draft, era: int
) -> Iterator[tuple[Series, Draft]]:
    for series in islice(candidates(part.select, labels, search.root, shared=False, apart=True), 40):
        if (era, series) in draft.motions:
            continue
        closing = draft.closing(era, series)
        if not closing:
            yield series, draft.placed(era, series, motion)
            continue
        for (then, donor), other in draft.motions.items():
            if then != era or donor.name != series.name or draft.closing(era, donor) != closing:
                continue
            if selected(part.select, donor) or not fits(donor.labels, labels):
                continue
            less = _less(other, motion)
            if less is not None:
                yield series, draft.placed(era, donor, less).placed(era, series, motion)


def _less(motion: Motion, by: Motion) -> Motion | None:
    """What is left when a part of the events is another series'."""
    if motion.kind != by.kind or motion.per_second < by.per_second * (1 - _CLOSE) or motion.value < by.value:
        return None
    if motion.kind == "counter":
        return replace(motion, per_second=_tidy(motion.per_second - by.per_second))
    return replace(motion, value=_tidy(motion.value - by.value)) if not motion.per_second else None


def _tidy(value: float) -> float:
    return max(0.0, float(f"{value:.12g}"))
