"""Worlds made from others by a change that a rule ought to notice, or ought not to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from slogen import promql
from slogen.promql.witnesses import satisfies, witnesses
from slogen.synthesis.flow import selected
from slogen.synthesis.leaves import leaf
from slogen.synthesis.motions import Motion, Motions, World
from slogen.synthesis.nodes import Aggregate, Binary, Node, Select, selects, spacing, walk
from slogen.synthesis.wording import said
from slogen.synthetic import Series

_REPLICAS = ("instance", "pod", "replica")
_MANY = 10


def failing_matchers(node: Node, world: World) -> Iterator[World]:
    """The world with series that fail one matcher of a selector, and are otherwise as they were."""
    for select in dict.fromkeys(Select(each.name, each.matchers) for each in selects(node)):
        for matcher in select.matchers:
            if matcher.name == "__name__":
                continue
            for value in islice(_failing(node, select, matcher), 2):
                changed = _relabelled(world, select, matcher.name, value)
                if changed is not None:
                    shown = f'`{matcher.name}="{value}"`' if value else f"no label `{matcher.name}`"
                    yield replace(changed, what=f"{said(select)} has {shown}; otherwise {world.what}")


def ignored(node: Node, world: World) -> Iterator[World]:
    """The world beside many events that each fail one matcher: all of them at once, or one kind."""
    found = [more for more in _ignored(node, world) if more]
    if len(found) > 1:
        yield _joined(world, [series for more in found for series in more.items()])
    for more in found:
        yield _joined(world, list(more.items()))


def _ignored(node: Node, world: World) -> Iterator[dict[Series, Motion]]:
    for select in dict.fromkeys(Select(each.name, each.matchers) for each in selects(node)):
        for matcher in select.matchers:
            if matcher.name == "__name__":
                continue
            for value in islice(_failing(node, select, matcher), 1):
                yield {
                    _with(series, matcher.name, value): replace(
                        motion, value=motion.value * _MANY, per_second=motion.per_second * _MANY
                    )
                    for series, motion in world.motions.items()
                    if selected(select, series)
                }


def _joined(world: World, more: Sequence[tuple[Series, Motion]]) -> World:
    def joined(motions: Motions) -> Motions:
        return {**dict(more), **motions}

    before = None if world.before is None else joined(world.before)
    what = f"beside series that fail one matcher each: {world.what}"
    return World(what, joined(world.motions), before)


def _failing(node: Node, select: Select, matcher: promql.Matcher) -> Iterator[str]:
    """Values that a matcher does not take, and the selector's other ones on that label do."""
    rivals = [each for each in selects(node) if each.name == select.name]
    on_label = tuple(dict.fromkeys(m for each in rivals for m in each.matchers if m.name == matcher.name))
    own = [each for each in select.matchers if each.name == matcher.name and each != matcher]
    for value in witnesses(on_label):
        if not satisfies(matcher, value) and all(satisfies(each, value) for each in own):
            yield value


def _relabelled(world: World, select: Select, label: str, value: str) -> World | None:
    """The world with another value of a label of what a selector selects; None where that changes nothing."""
    now = _with_label(world.motions, select, label, value)
    before = None if world.before is None else _with_label(world.before, select, label, value)
    if now is None or (before is None and world.before is not None):
        return None
    changed = replace(world, motions=now, before=before)
    return None if changed.key == world.key else changed


def _with_label(motions: Motions, select: Select, label: str, value: str) -> dict[Series, Motion] | None:
    """None where that makes two series one."""
    found: dict[Series, Motion] = {}
    for series, motion in motions.items():
        changed = _with(series, label, value) if selected(select, series) else series
        if changed in found:
            return None
        found[changed] = motion
    return found


def _with(series: Series, label: str, value: str) -> Series:
    labels = {**series.labels, label: value}
    return Series(series.name, {name: each for name, each in labels.items() if each})


def without_metrics(world: World) -> Iterator[World]:
    """The world without all series of a metric, and without all series."""
    names = dict.fromkeys(series.name for series in (*world.motions, *(world.before or ())))
    for name in names:
        before = None if world.before is None else _without(world.before, name)
        what = f"`{name}` is missing; otherwise {world.what}"
        yield World(what, _without(world.motions, name), before)
    if len(names) > 1:
        yield World("there are no series", {}, None if world.before is None else {})


def _without(motions: Motions, name: str) -> Motions:
    return {series: motion for series, motion in motions.items() if series.name != name}


def beside(node: Node, world: World, other: Motions) -> Iterator[World]:
    """The world beside other series: as those of another replica, and as those of another group."""
    for label in [*_replica(node), *_group(node)]:
        more = {_with(series, label, f"{label.lower()}-other"): motion for series, motion in other.items()}
        now = {**world.motions, **more}
        before = None if world.before is None else {**world.before, **more}
        if len(now) > len(world.motions):
            what = f"beside series that are well, with another `{label}`: {world.what}"
            yield World(what, now, before)


def beside_another(node: Node, world: World, other: World) -> Iterator[World]:
    """The world beside another one, as those of two groups."""
    for label in _group(node):

        def joined(own: Motions, more: Motions, label: str = label) -> Motions:
            return {
                **own,
                **{_with(s, label, f"{label.lower()}-other"): motion for s, motion in more.items()},
            }

        before = None
        if world.before is not None or other.before is not None:
            before = joined(
                world.motions if world.before is None else world.before,
                other.motions if other.before is None else other.before,
            )
        what = f"{world.what}; with another `{label}`, {other.what}"
        yield World(what, joined(world.motions, other.motions), before)


def twice(node: Node, world: World) -> Iterator[World]:
    """The world, and the same once more as another replica."""
    for label in _replica(node):
        before = None if world.before is None else _doubled(world.before, label)
        what = f"two of `{label}`, each alike: {world.what}"
        yield World(what, _doubled(world.motions, label), before)


def _doubled(motions: Motions, label: str) -> Motions:
    return {
        _with(series, label, f"{label}-{letter}"): motion
        for series, motion in motions.items()
        for letter in "ab"
    }


def shared(node: Node, world: World) -> Iterator[World]:
    """The world with what is summed up shared by two replicas."""
    summed = _summed(node)
    for label in _replica(node) if summed else ():
        before = None if world.before is None else _halved(world.before, summed, label)
        what = f"two of `{label}`, which share: {world.what}"
        changed = World(what, _halved(world.motions, summed, label), before)
        if len(changed.motions) > len(world.motions):
            yield changed


def _summed(node: Node) -> tuple[Select, ...]:
    """The selectors of sums, without range and offset."""
    apart = spacing(node) / 1000
    sums = (each for each in walk(node) if isinstance(each, Aggregate) and each.op == "sum")
    leaves = (leaf(part, apart) for each in sums for part in _alternatives(each.inner))
    return tuple(dict.fromkeys(each.select for each in leaves if each is not None and each.linear))


def _alternatives(node: Node) -> tuple[Node, ...]:
    if isinstance(node, Binary) and node.op == "or":
        return (*_alternatives(node.left), *_alternatives(node.right))
    return (node,)


def _halved(motions: Motions, summed: Sequence[Select], label: str) -> Motions:
    found: dict[Series, Motion] = {}
    for series, motion in motions.items():
        if not any(selected(select, series) for select in summed):
            found[series] = motion
            continue
        half = replace(motion, value=motion.value / 2, per_second=motion.per_second / 2)
        found |= {_with(series, label, f"{label}-{letter}"): half for letter in "ab"}
    return found


def _replica(node: Node) -> list[str]:
    """A label by which replicas differ, and of which the expression knows nothing."""
    known = _asked(node) | set(_told(node))
    return [label for label in _REPLICAS if label not in known][:1]


def _group(node: Node) -> list[str]:
    """A label that the expression keeps, and on which it has no matcher."""
    return [label for label in _told(node) if label not in _asked(node) and label != "le"][:1]


def _asked(node: Node) -> set[str]:
    return {matcher.name for select in selects(node) for matcher in select.matchers}


def _told(node: Node) -> Mapping[str, None]:
    found: dict[str, None] = {}
    for each in walk(node):
        if isinstance(each, Aggregate):
            found |= dict.fromkeys(each.labels)
        if isinstance(each, Binary):
            found |= dict.fromkeys((*(each.on or ()), *(each.ignoring or ()), *each.include))
    return found
