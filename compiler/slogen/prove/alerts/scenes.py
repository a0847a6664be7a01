"""The scenarios of one alert: it waits, fires and resolves, and near misses in which it stays silent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import islice

from slogen.ir import Millis
from slogen.promql import tokens
from slogen.proofs import Check, Scenario
from slogen.prove.alerts import telling
from slogen.prove.alerts.bench import Bench
from slogen.prove.alerts.book import Book, Entry, length, spans
from slogen.prove.alerts.judging import Unjudgeable, play
from slogen.prove.alerts.neighbours import healthy, strangers
from slogen.prove.alerts.pace import Pace
from slogen.prove.alerts.phases import Phase
from slogen.prove.alerts.recorded import recorded_checks
from slogen.prove.alerts.refusals import refused_at, refuses
from slogen.prove.alerts.variants import relabelled, renamed, spread, stopped, without
from slogen.synthesis.worlds import Motion, World, Worlds
from slogen.synthetic import Series

Motions = Mapping[Series, Motion]

_MOST_ALTERNATIVES = 6
_MOST_NEAR_MISSES = 16
_MOST_STEPS = 60
_MOST_STORIES = 3
_MOST_BESIDE = 6
_MOST_RELABELLED = 12


@dataclass(frozen=True)
class Stage:
    """An alert and the worlds of its expression. `title` begins the names of its scenarios.

    `text` is the expression without recorded series, as far as they are replaced.
    """

    book: Book
    entry: Entry
    worlds: Worlds
    title: str
    pace: Pace
    text: str

    @cached_property
    def for_(self) -> Millis:
        """How long the result must hold."""
        return length(self.entry.rule.for_)

    @cached_property
    def keep(self) -> Millis:
        """How long the alert goes on firing without a result."""
        return length(self.entry.rule.keep_firing_for)

    @cached_property
    def looks_back(self) -> bool:
        """Whether the expression compares with the past, so that a world needs one."""
        return any(token.word in ("offset", "@") for token in tokens(self.entry.rule.expr))

    def stories(self) -> Iterator[Scenario]:
        """The alert waits, fires and resolves: in the first firing world, and where that shows more.

        Those are worlds of other metrics, and near misses before and after, for expressions with several
        ranges: each of them must be as long as it is.
        """
        first, *others = self.worlds.firing
        told = self._first_story(first)
        yield from filter(None, [told or self._tried(partial(self._alternative, first))])
        for world in _of_other_metrics(first, others)[:_MOST_STORIES]:
            yield from filter(None, [self._tried(partial(self._story, world, self._calm(world)))])
        if not told or self._needs_past(first) or len(_ranges(self.text)) < 2:
            return
        for miss in self._plain_misses(first)[:_MOST_STORIES]:
            yield from filter(None, [self._tried(partial(self._story, first, miss))])

    def _first_story(self, world: World) -> Scenario | None:
        """From a time of less traffic if possible: then also ranges of what is divided by matter."""
        pasts = [self._calm(world)]
        if world.before is None:
            quarter = {series: _slower(motion) for series, motion in self.worlds.calm.motions.items()}
            if quarter != self.worlds.calm.motions:
                what = f"{self.worlds.calm.what}, with a quarter of the traffic"
                pasts.insert(0, World(what, quarter))
        stories = (self._tried(partial(self._story, world, past)) for past in pasts)
        return next(filter(None, stories), None)

    def _plain_misses(self, world: World) -> list[World]:
        """Near misses of the same series, which move another way."""
        return [miss for miss in self.worlds.silent if set(miss.motions) == set(world.motions)]

    def others(self) -> Iterator[Scenario]:
        """The other worlds, as far as both meanings of ranges agree on them."""
        firing = _chosen(self.worlds.firing[1:], _MOST_ALTERNATIVES)
        misses = _chosen(self.worlds.silent, _MOST_NEAR_MISSES)
        variants = self._variants()
        yield from self._tours([*firing, *variants[True]], fires=True)
        yield from self._tours([*misses, *variants[False]], fires=False)
        first = self.worlds.firing[0]
        for world in [first, *_of_other_metrics(first, self.worlds.firing[1:])[:_MOST_STORIES]]:
            if neighbours := self._neighbours(world):
                yield from self._beside([world], neighbours, fires=True)
                if world is first:
                    most = 1 if self._needs_past(first) else _MOST_BESIDE
                    yield from self._beside(firing[: most - 1], neighbours, fires=True)
                    yield from self._beside(misses[:most], neighbours, fires=False)

    def _tried(self, make: Callable[[], Scenario | None]) -> Scenario | None:
        try:
            return make()
        except Unjudgeable:
            return None

    def _variants(self) -> dict[bool, list[World]]:
        """Variants of the first firing world and of its near misses, by whether the alert fires in them."""
        first = self.worlds.firing[0]
        found: dict[bool, list[World]] = {True: [], False: []}
        if self._needs_past(first):
            return found
        candidates = [*spread(first, self.text), *stopped(first), *without(first)]
        candidates += islice(relabelled(first, self.text), _MOST_RELABELLED)
        candidates += islice(renamed(first, self.text), _MOST_RELABELLED)
        for miss in self._plain_misses(first)[:2]:
            candidates += spread(miss, self.text)
        for miss in [self.worlds.calm, *self.worlds.silent][:3]:
            candidates += islice(renamed(miss, self.text), _MOST_RELABELLED)
        known = [world.motions for world in (*self.worlds.firing, *self.worlds.silent)]
        for world in candidates:
            if world.motions in known:
                continue
            known.append(world.motions)
            for fires, worlds in found.items():
                if self._is(world, fires=fires):
                    worlds.append(world)
        return found

    def _is(self, world: World, *, fires: bool) -> bool:
        try:
            bench = self._bench([Phase(world.motions, self._enough)])
            return bench.own(bench.play.end) == ({"firing"} if fires else set())
        except Unjudgeable:
            return False

    # neighbours ----------------------------------------------------------------------------------------

    def _neighbours(self, world: World) -> Motions:
        """Series that change nothing about a firing world, although they nearly could."""
        series = strangers(world.motions, self.text)
        silent = [self.worlds.calm, *(miss for miss in self.worlds.silent if miss.before is None)]
        some = [
            *(
                motions
                for i, miss in enumerate(silent[:4])
                for motions in healthy(miss.motions, self.text, i + 1)
            ),
            *({one: series[one]} for one in series),
        ]
        some = [motions for motions in some if not motions.keys() & world.motions.keys()]
        wanted = self._outcome(world, {})
        if wanted is None or not some:
            return {}
        found = {series: motion for motions in some for series, motion in motions.items()}
        if self._outcome(world, found) == wanted:
            return found
        found = {}
        for motions in some:
            if self._outcome(world, {**found, **motions}) == wanted:
                found.update(motions)
        return found

    def _outcome(self, world: World, beside: Motions) -> tuple[object, ...] | None:
        """Which alerts are active in the end, with their values but for the last digits."""
        try:
            bench = self._bench(self._with_past(_together(world, beside, self._own_past(world))))
            active = bench.active(bench.play.end)
        except Unjudgeable:
            return None
        if active is None:
            return None
        return tuple((seen.key, seen.state, f"{seen.alarms[0].value:.9g}") for seen in active)

    def _own_past(self, world: World) -> Motions | None:
        """How it is before a world begins, where that matters."""
        return self._calm(world).motions if self._needs_past(world) else None

    def _with_past(self, world: World) -> list[Phase]:
        """As much of a world as it takes, behind a past where it takes one."""
        past = [Phase(self._calm(world).motions, self.pace.calm)] if self._needs_past(world) else []
        return [*past, Phase(world.motions, self._enough)]

    def _beside(self, worlds: Sequence[World], neighbours: Motions, *, fires: bool) -> Iterator[Scenario]:
        """The worlds once more, beside the neighbours."""
        beside = [_together(world, neighbours, self._own_past(world)) for world in worlds]
        return self._tours(beside, fires=fires, beside=True)

    # the story -----------------------------------------------------------------------------------------

    def _story(self, world: World, calm: World) -> Scenario | None:
        """All is well, the alert waits, fires, and resolves when all is well again."""
        past = Phase(calm.motions, self.pace.calm)
        fired = self._fired([past], world)
        if fired is None:
            return None
        after = self._after(world, calm)
        resolved = self._resolved(past, world, after, fired)
        phases = [past, Phase(world.motions, Millis(fired - past.lasts))]
        if resolved is not None:
            phases = self._with_recovery(past, world, after, fired, resolved)
        bench = self._bench(phases)
        quiet = Millis(past.lasts - self.pace.step)
        since = bench.since(fired)
        if since < past.lasts:
            # Rounding lets a past at the edge of the condition flicker: it is none to begin with.
            return None
        told = telling.Story(calm.what, world.what, past.lasts, since, fired, resolved, self.pace)
        checks: list[Check | None] = [bench.check(quiet, told.quiet)]
        last = bench.last_quiet(quiet, fired)
        if last is not None:
            waits = bool(bench.own(last))
            checks.append(bench.check(last, told.waits(self.for_) if waits else told.not_yet))
            checks += bench.waiting(last, "") if waits else []
        checks.append(bench.check(fired, told.fires(self.for_)))
        checks += recorded_checks(bench, fired)
        if resolved is not None:
            if resolved - self.pace.step > fired:
                checks += bench.still_firing(Millis(resolved - self.pace.step), told.still(self.keep))
            checks.append(bench.check(resolved, told.resolves))
        after_miss = ", after a near miss" if calm in self.worlds.silent else ""
        name = f"fires{' and resolves' if resolved is not None else ''}{after_miss}: {world.what}"
        return self._scenario(bench, name, told.lines(self.for_, self.keep), checks)

    def _calm(self, world: World) -> World:
        """How it is before a world begins."""
        calm = self.worlds.calm
        return calm if world.before is None else World(calm.what, world.before)

    def _after(self, world: World, calm: World) -> Motions:
        """How it is when a world is over."""
        return calm.motions if world.before is None else self.worlds.calm.motions

    def _fired(self, past: Sequence[Phase], world: World) -> Millis | None:
        """When the alert fires, after a past in which it does not."""
        begin = sum(phase.lasts for phase in past)
        lasts = self.pace.up(self.pace.reach) + self.pace.up(self.for_) + 3 * self.pace.step
        bench = self._bench([*past, Phase(world.motions, Millis(lasts))])
        if begin and bench.own(Millis(begin - self.pace.step)) not in (set(), {"pending"}):
            return None
        for at in range(begin, bench.play.end + 1, self.pace.step):
            if "firing" in (bench.own(Millis(at)) or ()) and bench.active(Millis(at)) is not None:
                return Millis(at)
        return None

    def _resolved(self, past: Phase, world: World, after: Motions, fired: Millis) -> Millis | None:
        """When the alert no longer fires, if all is well again from the evaluation after it has fired on."""
        lasts = self.pace.up(self.pace.reach) + self.pace.up(self.keep) + 3 * self.pace.step
        bench = self._bench(self._with_recovery(past, world, after, fired, Millis(fired + lasts)))
        for at in range(fired + self.pace.step, bench.play.end + 1, self.pace.step):
            own = bench.own(Millis(at))
            if own is not None and "firing" not in own and bench.active(Millis(at)) is not None:
                return Millis(at)
        return None

    def _with_recovery(
        self, past: Phase, world: World, after: Motions, fired: Millis, until: Millis
    ) -> list[Phase]:
        turn = fired + self.pace.step
        return [
            past,
            Phase(world.motions, Millis(turn - past.lasts)),
            Phase(after, Millis(until - turn)),
        ]

    # other worlds --------------------------------------------------------------------------------------

    @cached_property
    def _enough(self) -> Millis:
        """How long a world lasts until the alert fires in it, if it ever does."""
        waits = self.pace.up(self.for_) + self.pace.up(self.keep)
        return Millis(max(self.pace.up(self.pace.reach) + waits, self.pace.step))

    def _tours(self, worlds: Sequence[World], *, fires: bool, beside: bool = False) -> Iterator[Scenario]:
        """Worlds one after another, as many as fit into a scenario; those that need a past by themselves."""
        touring = [world for world in worlds if not self._needs_past(world)]
        alone = [world for world in worlds if self._needs_past(world)]
        at_once = max(_MOST_STEPS // (self._enough // self.pace.step + 1), 1)
        while touring:
            chunk, touring = touring[:at_once], touring[at_once:]
            kept, bench = self._lasting(chunk, fires=fires) if len(chunk) > 1 else ([], None)
            alone += (world for world in chunk if world not in kept)
            if bench is not None:
                tour = partial(self._tour, kept, bench, fires=fires, beside=beside)
                yield from filter(None, [self._tried(tour)])
        if beside:
            alone = [replace(world, what=f"{world.what}, beside other series") for world in alone]
        single = self._alternative if fires else self._near_miss
        yield from filter(None, (self._tried(partial(single, world)) for world in alone))

    def _lasting(self, worlds: Sequence[World], *, fires: bool) -> tuple[list[World], Bench | None]:
        """The worlds that are as they should be although others come before them: at least two, or none."""
        kept = list(worlds)
        while len(kept) > 1:
            try:
                bench = self._bench(self._one_after_another(kept))
                right = [
                    world
                    for world, at in zip(kept, self._ends(kept), strict=True)
                    if bench.own(at) == ({"firing"} if fires else set()) and bench.active(at) is not None
                ]
            except Unjudgeable:
                break
            refused = refused_at(bench.judges, bench.namesakes, bench.play)
            if len(right) == len(kept) and refused is None:
                return kept, bench
            # Where one world follows the other, series of both are seen.
            spoilt = None if refused is None else kept[refused // (self._enough + self.pace.step)]
            kept = [world for world in right if world is not spoilt]
        return [], None

    def _one_after_another(self, worlds: Sequence[World]) -> list[Phase]:
        lasts = Millis(self._enough + self.pace.step)
        *first, last = worlds
        return [*(Phase(world.motions, lasts) for world in first), Phase(last.motions, self._enough)]

    def _ends(self, worlds: Sequence[World]) -> list[Millis]:
        lasts = self._enough + self.pace.step
        return [Millis(i * lasts + self._enough) for i in range(len(worlds))]

    def _tour(self, worlds: Sequence[World], bench: Bench, *, fires: bool, beside: bool) -> Scenario | None:
        verb = "fires" if fires else telling.SILENT
        checks: list[Check | None] = [
            bench.check(at, f"{verb}: {world.what}")
            for world, at in zip(worlds, self._ends(worlds), strict=True)
        ]
        name = f"fires in {len(worlds)} cases" if fires else f"stays silent in {len(worlds)} near misses"
        if beside:
            name += ", beside other series"
        lines = telling.tour(fires, beside, self._enough, self.pace.reach, self.for_)
        return self._scenario(bench, name, lines, checks)

    def _alternative(self, world: World) -> Scenario | None:
        """Nothing but that the alert fires: from the beginning, or after a calm past where it takes one."""
        for past in ([], [Phase(self._calm(world).motions, self.pace.calm)]):
            fired = self._fired(past, world) if past or not self._needs_past(world) else None
            if fired is None:
                continue
            begin = Millis(sum(phase.lasts for phase in past))
            bench = self._bench([*past, Phase(world.motions, Millis(fired - begin))])
            told = telling.Story(
                self.worlds.calm.what, world.what, begin, bench.since(fired), fired, None, self.pace
            )
            checks = [bench.check(fired, told.fires(self.for_))]
            return self._scenario(bench, f"fires: {world.what}", told.lines(self.for_, Millis(0)), checks)
        return None

    def _needs_past(self, world: World) -> bool:
        return self.looks_back or world.before is not None

    def _near_miss(self, world: World) -> Scenario | None:
        """The alert must not fire, however long that lasts."""
        bench = self._bench(self._with_past(world))
        end = bench.play.end
        if bench.own(end) != set():
            return None
        lines = telling.near_miss(world.what, self._enough, self.pace.reach, self.for_)
        return self._scenario(bench, f"stays silent: {world.what}", lines, [bench.check(end, telling.SILENT)])

    # scenarios -----------------------------------------------------------------------------------------

    def _bench(self, phases: Sequence[Phase]) -> Bench:
        return Bench(self.book, self.entry, play(phases, self.pace))

    def _scenario(
        self, bench: Bench, name: str, lines: tuple[str, ...], checks: Sequence[Check | None]
    ) -> Scenario | None:
        """None where a check cannot be told, or Prometheus refuses to evaluate some other rule."""
        certain = [check for check in checks if check is not None]
        if len(certain) < len(checks):
            return None
        if refused_at(bench.judges, bench.namesakes, bench.play) is not None:
            return None
        if refuses(self.book, bench.play, bench.namesakes):
            return None
        inputs = tuple(one.written for one in bench.play.series)
        whole = telling.shortened(f"{self.title} {name}")
        return Scenario(whole, lines, self.pace.spacing, inputs, tuple(certain))


def told_apart(scenarios: Iterable[Scenario]) -> Iterator[Scenario]:
    """The scenarios, those that say the same once, with a number behind names that are there already."""
    seen: Counter[str] = Counter()
    told: list[tuple[object, object]] = []
    for scenario in scenarios:
        if (scenario.inputs, scenario.checks) in told:
            continue
        told.append((scenario.inputs, scenario.checks))
        seen[scenario.name] += 1
        again = seen[scenario.name]
        yield replace(scenario, name=f"{scenario.name} ({again})") if again > 1 else scenario


def _chosen(worlds: Sequence[World], most: int) -> tuple[World, ...]:
    """At most so many worlds: first those that say something new, then those with other metrics."""
    said: set[str] = set()
    metrics: set[tuple[str, frozenset[str]]] = set()
    fresh: list[int] = []
    others: list[int] = []
    for i, world in enumerate(worlds):
        names = (world.what, frozenset(series.name for series in world.motions))
        if world.what not in said:
            fresh.append(i)
        elif names not in metrics:
            others.append(i)
        said.add(world.what)
        metrics.add(names)
    return tuple(worlds[i] for i in sorted([*fresh, *others][:most]))


def _of_other_metrics(first: World, worlds: Sequence[World]) -> list[World]:
    """The first world of each other combination of metrics."""
    found = {_metrics(first): first}
    for world in worlds:
        found.setdefault(_metrics(world), world)
    return list(found.values())[1:]


def _metrics(world: World) -> frozenset[str]:
    return frozenset(series.name for series in world.motions)


def _together(world: World, beside: Motions, past: Motions | None) -> World:
    """The world beside other series, which have been there before as well where there is a past."""
    before = None if past is None else {**beside, **past}
    return World(world.what, {**beside, **world.motions}, before)


def _slower(motion: Motion) -> Motion:
    return replace(motion, per_second=motion.per_second / 4) if motion.kind == "counter" else motion


def _ranges(expr: str) -> list[str]:
    return [place for place, _ in spans(expr) if place in ("range", "subquery")]
