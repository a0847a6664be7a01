"""Searches for worlds: plans say what is to become of conditions, drafts follow, a judge decides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal

from slogen.synthesis.aims import conditions
from slogen.synthesis.drafts import BEFORE, NOW, Draft
from slogen.synthesis.flow import selected
from slogen.synthesis.goals import Goal, Way
from slogen.synthesis.guessing import guessed
from slogen.synthesis.judging import Judge, Verdict
from slogen.synthesis.motions import Motions, World
from slogen.synthesis.nodes import (
    COMPARISONS,
    BeyondError,
    Binary,
    Node,
    Number,
    Select,
    eras,
    selects,
    text,
    walk,
)
from slogen.synthesis.sharpening import Confusable, around, confusable, less_labelled, scaled
from slogen.synthesis.solving import Solver
from slogen.synthesis.thresholds import Mode
from slogen.synthesis.variations import (
    beside,
    beside_another,
    failing_matchers,
    ignored,
    shared,
    twice,
    without_metrics,
)
from slogen.synthetic import Series
from slogen.units import Millis

_MOST_DRAFTS, _FEW_DRAFTS = 40, 15
_MOST_ALTERNATIVES = 8
_FEW_EDGES = 4
_FEW_MISSES = 5
Plan = Mapping[Node, Mode]


@dataclass(frozen=True, slots=True)
class Explored:
    """A calm world, those in which an expression has a result, and near misses."""

    calm: World
    firing: tuple[World, ...]
    silent: tuple[World, ...]


def explore(expr: str, node: Node) -> Explored:
    """The worlds of an expression. Raises BeyondError where there are none."""
    ways = [Way()]
    if eras(node, bursts=True) != eras(node):
        ways.append(Way(bursts=True))
    if any(_is_and(each) for each in walk(node)):
        ways.append(Way(backward=True))
    if any(select.length for select in selects(node)):
        ways.append(Way(flaps=True))
    first: BeyondError | None = None
    for i, way in enumerate(ways):
        try:
            return _Search(expr, node, way, _MOST_DRAFTS if i == len(ways) - 1 else _FEW_DRAFTS).explored()
        except BeyondError as beyond:
            first = first or beyond
    guess = _Search(expr, node, Way(), 0).guess()
    if guess is not None:
        return guess
    raise first or BeyondError("gives no result for any series that were tried")


class _Search:
    """The search for the worlds of one expression."""

    def __init__(self, expr: str, node: Node, way: Way, most: int) -> None:
        self.node = node
        self.way = way
        self.most = most
        self.eras = eras(node, bursts=way.bursts)
        past, near = self.eras.past, self.eras.near
        self.judge = Judge(
            expr, node, past or (near if way.flaps else past), Millis(0) if way.flaps else near
        )
        self.beyond: BeyondError | None = None
        self._verdicts: dict[object, Verdict] = {}

    def explored(self) -> Explored:
        """Raises BeyondError where there is no world in which it fires, or none in which it is silent."""
        bases = self._alternatives()
        if not bases:
            raise self.beyond or BeyondError("gives no result for any series that were tried")
        calm = self._calm(bases)
        if calm is None:
            raise self.beyond or BeyondError("gives a result for all series that were tried")
        firing = [world for world, _, _ in bases]
        silent: list[World] = []
        for _, plan, draft in bases:
            firing += self._more_firing(plan, draft)
            silent += self._near_misses(plan, draft)
        for world in self._sharper(bases, [calm, *firing, *silent]):
            (firing if self._verdict(world) == "fires" else silent).append(world)
        for world, wanted in self._varied(firing, silent, calm, len(bases)):
            verdict = self._verdict(world)
            if verdict != "neither" and wanted in ("either", verdict):
                (firing if verdict == "fires" else silent).append(world)
        return Explored(calm, _distinct(firing, ()), _distinct(silent, (calm,)))

    def guess(self) -> Explored | None:
        """Worlds that are found without a plan, of what has no past."""
        found = None if self.eras.then else guessed(self.node, self._verdict)
        if found is None:
            return None
        fires, silent = found
        firing, near = [fires], [silent]
        for world, wanted in self._varied(firing, near, silent):
            verdict = self._verdict(world)
            if verdict != "neither" and wanted in ("either", verdict):
                (firing if verdict == "fires" else near).append(world)
        calm = World("all is well: " + silent.what, silent.motions)
        return Explored(calm, _distinct(firing, ()), _distinct(near, ()))

    def _varied(
        self, firing: Sequence[World], silent: Sequence[World], calm: World, alone: int = 1
    ) -> Iterator[tuple[World, Literal["fires", "silent", "either"]]]:
        """Changed worlds, and the verdict with which they are of interest.

        The first `alone` that fire do so by one alternative each.
        """
        first, far = firing[0], firing[-1]
        yield from ((world, "silent") for world in failing_matchers(self.node, first))
        yield from ((world, "either") for world in beside(self.node, first, calm.motions))
        alternatives = firing[: max(1, alone)]
        yield from ((world, "fires") for each in alternatives for world in shared(self.node, each))
        yield from ((world, "fires") for world in ignored(self.node, first))
        yield from ((world, "silent") for miss in silent[:2] for world in twice(self.node, miss))
        yield from ((world, "silent") for miss in silent[:2] for world in shared(self.node, miss))
        yield from ((world, "fires") for world in beside(self.node, far, calm.motions))
        yield from ((world, "fires") for world in failing_matchers(self.node, calm))
        yield from ((world, "silent") for world in without_metrics(first))

    # by plan --------------------------------------------------------------------------------------------

    def _alternatives(self) -> list[tuple[World, Plan, Draft]]:
        found: list[tuple[World, Plan, Draft]] = []
        for plan in islice(_sides(self.node), _MOST_ALTERNATIVES):
            base = self._solve(plan, "fires")
            if base is not None and base[0].key not in [world.key for world, _, _ in found]:
                found.append((base[0], plan, base[1]))
        return found

    def _solve(self, plan: Plan, wanted: Verdict) -> tuple[World, Draft] | None:
        solver = Solver(self.node, plan, self.way)
        for world, draft in self._drafted(solver):
            if self._verdict(world) == wanted:
                return world, draft
            # Where the past does not matter after all, the calm world may precede.
            lasting = self._lasting(world)
            if lasting is not world and self._verdict(lasting) == wanted:
                return lasting, draft
        self.beyond = self.beyond or solver.beyond
        return None

    def _drafted(self, solver: Solver) -> Iterator[tuple[World, Draft]]:
        """The worlds that a solver drafts, each once."""
        seen: set[object] = set()
        for found in islice(solver.drafts(Goal()), self.most * 5):
            world = self._world(found.draft)
            key = world.key
            if key not in seen:
                seen.add(key)
                yield world, found.draft
            if len(seen) >= self.most:
                return

    def _world(self, draft: Draft) -> World:
        now = {series: motion for (era, series), motion in draft.motions.items() if era == NOW}
        before = {series: motion for (era, series), motion in draft.motions.items() if era == BEFORE}
        words = ", ".join(dict.fromkeys(note for _, note in draft.notes if note)) or "the series are there"
        if not self.eras.then and not before:
            return World(words, now)
        kept = {s: m for s, m in now.items() if s not in before and not _any_selects(self.eras.then, s)}
        lasting = {s: m for s, m in before.items() if s not in now and not _any_selects(self.eras.now, s)}
        return World(words, {**now, **lasting}, {**kept, **before})

    def _verdict(self, world: World) -> Verdict:
        key = world.key
        if key not in self._verdicts:
            self._verdicts[key] = self.judge.verdict(world.motions, world.before)
        return self._verdicts[key]

    def _near_misses(self, plan: Plan, draft: Draft) -> Iterator[World]:
        for node in dict.fromkeys(node for node, _ in draft.notes):
            missed = self._solve({**plan, **_missing(node)}, "silent")
            if missed is not None:
                yield missed[0]

    def _sharper(self, bases: list[tuple[World, Plan, Draft]], known: Sequence[World]) -> Iterator[World]:
        """Worlds that tell comparisons from others, where none that is known does."""
        for pair in confusable(self.node):
            judge = replace(self.judge, expression=text(pair.other))
            if not any(self._tells(judge, world, pair) for world in known):
                found = next(self._telling(judge, pair, bases), None)
                if found is not None:
                    yield found
        silent = [world for world in known if self._verdict(world) == "silent"]
        for other in less_labelled(self.node):
            judge = replace(self.judge, expression=text(other))
            yield from islice(self._of_two_groups(judge, bases[0][0], silent), 1)

    def _of_two_groups(self, judge: Judge, first: World, silent: Sequence[World]) -> Iterator[World]:
        """A world that fires beside one that is silent, which must not be mixed up."""
        for miss in silent[:_FEW_MISSES]:
            for world in beside_another(self.node, first, miss):
                fires = self._verdict(world) == "fires"
                if fires and self.judge.differs(judge, world.motions, world.before):
                    yield world

    def _telling(
        self, judge: Judge, pair: Confusable, bases: list[tuple[World, Plan, Draft]]
    ) -> Iterator[World]:
        nears: Plan = dict.fromkeys(around(self.node, pair.node), "near")
        for _, plan, draft in bases:
            if not nears and pair.node not in (node for node, _ in draft.notes):
                continue
            for mode in pair.modes:
                solver = Solver(self.node, {**plan, **nears, pair.node: mode}, self.way)
                for drafted, _ in islice(self._drafted(solver), _FEW_EDGES):
                    for world in scaled(pair.node, drafted):
                        if self._tells(judge, world, pair):
                            yield world

    def _tells(self, judge: Judge, world: World, pair: Confusable) -> bool:
        """Whether the other expression certainly has results at other times in a world."""
        verdict = self._verdict(world)
        if verdict == "neither" or (pair.must_fire and verdict == "silent"):
            return False
        return self.judge.differs(judge, world.motions, world.before)

    def _more_firing(self, plan: Plan, draft: Draft) -> Iterator[World]:
        main = set(conditions(self.node))
        for node in dict.fromkeys(node for node, _ in draft.notes):
            if isinstance(node, Binary) and node.op in COMPARISONS:
                more = self._solve({**plan, node: "far" if node in main else "just"}, "fires")
                if more is not None:
                    yield more[0]
            elif isinstance(node, Binary) and node.op == "unless":
                for condition in _comparisons(node.right):
                    more = self._solve({**plan, node: "near", condition: "miss"}, "fires")
                    if more is not None:
                        yield more[0]

    def _calm(self, bases: list[tuple[World, Plan, Draft]]) -> World | None:
        for plan in self._calm_plans(bases):
            for drafted, _ in self._drafted(Solver(self.node, plan, self.way)):
                world = self._lasting(drafted)
                if world.motions and self._verdict(world) == "silent":
                    return World("all is well: " + world.what, world.motions)
        for _, plan, draft in bases:
            for world in self._near_misses(plan, draft):
                lasting = self._lasting(world)
                if self._verdict(lasting) == "silent":
                    return lasting
        for world, _, _ in bases:
            growing = World("all is well: the series grow", _growing(world.motions))
            if self._verdict(growing) == "silent":
                return growing
        nothing = World("there are no series", {})
        return nothing if self._verdict(nothing) == "silent" else None

    def _calm_plans(self, bases: list[tuple[World, Plan, Draft]]) -> Iterator[Plan]:
        main = conditions(self.node)
        both: dict[Node, Mode] = dict.fromkeys(_alternative_operators(self.node), "calm")
        for node in walk(self.node):
            if _asks_for_company(node):
                yield {**both, node: "calm"}
        yield {**both, **dict.fromkeys(main, "calm")}
        for node in main:
            yield {**both, node: "calm"}
        for _, plan, draft in bases:
            met = [node for node, _ in draft.notes if not _is_and(node)]
            yield {**plan, **dict.fromkeys(met, "calm")}
            for node in met:
                yield {**plan, node: "calm"}

    def _lasting(self, world: World) -> World:
        """The world as if it had always been so."""
        if world.before is None:
            return world
        return World(world.what, {**world.before, **world.motions})


def _distinct(found: Iterable[World], but: tuple[World, ...]) -> tuple[World, ...]:
    """Each world once, and none that there is already."""
    seen = {each.key for each in but}
    kept: list[World] = []
    for world in found:
        if world.key not in seen:
            seen.add(world.key)
            kept.append(world)
    return tuple(kept)


def _any_selects(all_selects: Iterable[Select], series: Series) -> bool:
    return any(selected(each, series) for each in all_selects)


def _growing(motions: Motions) -> Motions:
    return {series: replace(motion, per_second=motion.per_second + 1) for series, motion in motions.items()}


def _missing(node: Node) -> Plan:
    """What makes a condition barely miss."""
    if isinstance(node, Binary) and node.op == "unless":
        return {node: "miss", **dict.fromkeys(_comparisons(node.right), "just")}
    return {node: "alone" if _is_and(node) else "miss"}


def _asks_for_company(node: Node) -> bool:
    """Whether it is an `unless` by which something is there without what belongs to it: `x > 0 unless y`."""
    if not isinstance(node, Binary) or node.op != "unless" or _comparisons(node.right):
        return False
    left = node.left
    is_there = isinstance(left, Binary) and left.op == ">" and left.right == Number(0)
    return is_there or not conditions(left)


def _comparisons(node: Node) -> list[Node]:
    return [each for each in conditions(node) if isinstance(each, Binary) and each.op in COMPARISONS]


def _is_and(node: Node) -> bool:
    return isinstance(node, Binary) and node.op == "and"


def _sides(node: Node) -> Iterator[Plan]:
    """Which side of each `or` has a result: first all left ones, then each right one, then all of them."""
    found = [
        each
        for each in dict.fromkeys(walk(node))
        if isinstance(each, Binary) and each.op == "or" and selects(each.left) and selects(each.right)
    ]
    left: dict[Node, Mode] = dict.fromkeys(found, "left")
    yield left
    for each in found:
        yield {**left, each: "right"}
    if len(found) > 1:
        yield dict.fromkeys(found, "right")


def _alternative_operators(node: Node) -> Iterator[Node]:
    """The `or` between alternatives of an alert, each with conditions of its own."""
    if isinstance(node, Binary) and node.op in ("or", "and", "unless"):
        if node.op == "or" and conditions(node.left) and conditions(node.right):
            yield node
        yield from _alternative_operators(node.left)
        if node.op == "or":
            yield from _alternative_operators(node.right)
