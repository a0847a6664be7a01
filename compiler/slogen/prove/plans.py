"""How errors come and go in the scenarios of an SLO: chosen from its burn-rate tiers alone.

A plan is the same for all SLOs with the same tiers, period and objective. Each one is searched for, and
judged by the arithmetic of the timeline; what cannot be shown with certainty is left out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from slogen.burn import FAST_BELOW, HOUR, threshold
from slogen.ir import Slo, Tier
from slogen.prove.recordings import gives_ratio
from slogen.prove.timeline import Phase, TierModel, Timeline, any_tier, firing
from slogen.units import Millis

# Windows from here on are shown in days, not in minutes: promtool evaluates all rules of a file at one step.
FAR = FAST_BELOW
# promtool refuses to load more than 10,000 samples of a series for one query.
MOST_SAMPLES = 9_000
# How far from a threshold an error ratio is that is meant to be above or below it.
STEADY = 0.03
APART = 0.25


@dataclass(frozen=True, slots=True)
class AlertModel:
    """An alert as the arithmetic sees it: its tiers, and for how long (milliseconds) one must hold."""

    tiers: tuple[TierModel, ...]
    for_: int

    def states(self, timeline: Timeline, steps: Sequence[int]) -> tuple[bool | None, ...]:
        """Whether the alert fires at each evaluation; None where that is too close to tell."""
        return firing(any_tier(self.tiers, timeline), self.for_, steps)


@dataclass(frozen=True, slots=True)
class Burns:
    """What the plans of an SLO depend on: its alerts, windows (milliseconds), and how they are fed.

    `weighted` says that a window weighs events, not time, so that a busy past counts more than a quiet
    present. `counted` says that the series are counters, else gauges. `relayed` says that long windows are
    made of what the rules record of short ones, and hence an evaluation late. `guarded` says that no traffic
    is no error; else it is 0/0.
    """

    alerts: tuple[AlertModel, ...]
    windows: tuple[int, ...]
    weighted: bool
    counted: bool
    relayed: bool = False
    guarded: bool = True

    @property
    def base(self) -> int:
        """The shortest window."""
        return self.windows[0]

    @property
    def longest(self) -> int:
        """The longest window."""
        return self.windows[-1]

    @property
    def tiers(self) -> tuple[TierModel, ...]:
        """The tiers of all alerts."""
        return tuple(tier for alert in self.alerts for tier in alert.tiers)


@dataclass(frozen=True, slots=True)
class Plan:
    """Phases that every window lives through, and what is worth a look at which evaluation.

    `step` is how far evaluations are apart, `spacing` how far samples are. `states` has one tuple per alert:
    whether it fires at the evaluations at step, 2 steps, ... `notes` say why, by the number of the evaluation
    (from 1); only these are asserted.
    """

    timeline: Timeline
    step: Millis
    spacing: Millis
    states: tuple[tuple[bool | None, ...], ...]
    notes: tuple[tuple[int, str], ...]

    def states_at(self, n: int) -> list[bool | None]:
        """What each alert does at the evaluation of a number."""
        return [states[n - 1] for states in self.states]


def burns(slo: Slo, *, weighted: bool, counted: bool, relayed: bool) -> Burns:
    """What the plans of an SLO depend on."""
    # A ratio that is computed elsewhere has no events, and gives no weight to what is no number.
    guarded = slo.compat is None and not gives_ratio(slo)
    alerts = tuple(
        AlertModel(tuple(_model(tier, slo) for tier in alert.tiers), alert.for_) for alert in slo.alerts
    )
    return Burns(alerts, slo.windows, weighted, counted, relayed, guarded)


def _model(tier: Tier, slo: Slo) -> TierModel:
    return TierModel(tier.short, tier.long, float(threshold(tier, slo.window, slo.budget)))


def timeline_of(burns: Burns, phases: Sequence[Phase], spacing: int, step: int) -> Timeline:
    """The phases as windows see them through samples that are `spacing` apart."""
    late = step if burns.relayed else 0
    if burns.counted:
        return Timeline(tuple(phases), missing=spacing, late=late, late_from=FAR)
    return Timeline(tuple(phases), extra=spacing, late=late, late_from=FAR)


def judged(
    burns: Burns,
    phases: Sequence[Phase],
    step: Millis,
    spacing: Millis,
    notes: Sequence[tuple[int, str]] = (),
) -> Plan:
    """The phases as a plan: what the alerts do at every evaluation."""
    return _judged(burns, tuple(phases), step, spacing, tuple(notes))


@lru_cache(maxsize=1024)
def _judged(
    burns: Burns,
    phases: tuple[Phase, ...],
    step: Millis,
    spacing: Millis,
    notes: tuple[tuple[int, str], ...],
) -> Plan:
    timeline = timeline_of(burns, phases, spacing, step)
    steps = range(step, timeline.end + 1, step)
    states = tuple(alert.states(timeline, steps) for alert in burns.alerts)
    return Plan(timeline, step, spacing, states, notes)


# steady errors ----------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def levels(burns: Burns) -> tuple[Plan, ...]:
    """Constant shares of errors, each for as long as the longest window: healthy, just below and just above
    every threshold, a total outage, healthy again."""
    step, spacing = far_step(burns), far_spacing(burns)
    repeated = 1 + burns.relayed + max((math.ceil(alert.for_ / step) for alert in burns.alerts), default=0)
    fitting = MOST_SAMPLES * spacing // (step * repeated)
    if fitting < 1:
        return ()
    return tuple(
        judged(
            burns,
            [Phase(Millis(step * repeated), share, traffic) for _, share, traffic in part],
            step,
            spacing,
            [((i + 1) * repeated, note) for i, (note, _, _) in enumerate(part)],
        )
        for part in _evenly(_levels(burns), fitting)
    )


def _evenly(items: Sequence[tuple[str, float, float]], most: int) -> Iterator[list[tuple[str, float, float]]]:
    """The items in as few parts of at most `most` as possible, of nearly equal sizes."""
    parts = -(-len(items) // most)
    for i in range(parts):
        yield list(items[i * len(items) // parts : (i + 1) * len(items) // parts])


def _levels(burns: Burns) -> list[tuple[str, float, float]]:
    """Notes, error ratios and traffic, which varies so that events and time are not the same."""
    found: list[tuple[str, float, float]] = [("healthy", 0.0, 1.0)]
    if burns.guarded:
        found.insert(0, ("idle", 0.0, 0.0))
    limits = sorted({tier.threshold for tier in burns.tiers})
    for limit in limits:
        low, high = rounded(limit * (1 - STEADY)), rounded(limit * (1 + STEADY))
        if found[-1][1] < low < 1:
            found.append(("below", low, 1.0))
        if high < 1:
            found.append(("above", high, 1.0))
    found += [("total", 1.0, 0.1), ("recovered", 0.0, 1.0)]
    return found


def far_spacing(burns: Burns) -> Millis:
    """How far samples are apart where evaluations are far apart: the shortest window, and the hours that the
    period is counted in, must hold several."""
    return Millis(max(min(burns.base // 2, HOUR // 12), 1))


def far_step(burns: Burns) -> Millis:
    """How far evaluations are apart in a story of days: the longest window, in whole samples."""
    spacing = far_spacing(burns)
    return Millis(-(-burns.longest // spacing) * spacing)


def rounded(ratio: float, digits: int = 3) -> float:
    """A ratio with few digits, for people."""
    return float(f"{ratio:.{digits}g}")


# windows of hours and days ----------------------------------------------------------------------------


@lru_cache(maxsize=256)
def far_tiers(burns: Burns) -> tuple[tuple[TierModel, Plan], ...]:
    """For every tier of two long windows: the tier by itself, and each window missing by itself.

    A window counts events, so the past is given more traffic the longer ago it is: then every window has the
    error ratio that one wants, whatever the others have.
    """
    return _per_tier(burns, _far_plan, [tier for tier in burns.tiers if tier.short >= FAR])


def _per_tier(
    burns: Burns, plan: Callable[[Burns, TierModel], Plan | None], tiers: Sequence[TierModel]
) -> tuple[tuple[TierModel, Plan], ...]:
    """A plan for each tier that has one; alerts may share a tier."""
    found = ((tier, plan(burns, tier)) for tier in dict.fromkeys(tiers))
    return tuple((tier, its) for tier, its in found if its is not None)


def _far_plan(burns: Burns, tier: TierModel) -> Plan | None:
    step, spacing = far_step(burns), far_spacing(burns)
    for_ = max(alert.for_ for alert in burns.alerts)
    if for_ or burns.relayed or 3 * step > MOST_SAMPLES * spacing:
        return None
    far = [window for window in burns.windows if window >= FAR]
    phases: list[Phase] = []
    notes: list[tuple[int, str]] = []
    for name, fires in (("alone", True), ("long", False), ("short", False)):
        found = (
            _cliff(burns, tier, far, _sides(tier, name, apart), fires=fires) for apart in (0.08, 0.15, APART)
        )
        cliff = next((phases for phases in found if phases is not None), None)
        if cliff is not None:
            phases += cliff
            notes.append((len(notes) + 1, name))
    return judged(burns, phases, step, spacing, notes) if notes else None


def _sides(tier: TierModel, name: str, apart: float) -> tuple[float, float]:
    """The error ratios of the short and of the long window: this far above or below the threshold."""
    short, long = {"alone": (1, 1), "long": (2, -1), "short": (-1, 1)}[name]
    return tier.threshold * (1 + short * apart), tier.threshold * (1 + long * apart)


def _cliff(
    burns: Burns, tier: TierModel, far: Sequence[int], sides: tuple[float, float], *, fires: bool
) -> list[Phase] | None:
    """Phases over the longest window after which the tier's windows have the two ratios and no other tier
    fires; None where there are none."""
    for growth in (6.0, 9.0, 4.0, 14.0) if burns.weighted else (0.0,):
        for ratios in _ratio_choices(burns, tier, far, *sides):
            phases = _segments(far, ratios, growth, far_spacing(burns))
            if phases is not None and _shows(burns, tier, phases, fires=fires):
                return phases
    return None


def _ratio_choices(
    burns: Burns, tier: TierModel, far: Sequence[int], short: float, long: float
) -> Iterator[list[float]]:
    """Error ratios of the far windows, the shortest first: windows of other tiers as low or as high as they
    may be without a tier of theirs firing."""
    fixed = {tier.short: short, tier.long: long}
    for factor in (1 - APART, 0.5, 0.9):
        ratios = []
        for window in far:
            limits = [other.threshold for other in burns.tiers if window in (other.short, other.long)]
            ratios.append(fixed.get(window, min([factor * limit for limit in limits] or [short])))
        yield ratios
        between = [fixed.get(window) for window in far]
        yield [
            value if value is not None else (short if window < tier.long else ratios[i])
            for i, (window, value) in enumerate(zip(far, between, strict=True))
        ]


def _segments(far: Sequence[int], ratios: Sequence[float], growth: float, spacing: int) -> list[Phase] | None:
    """The phases in whole samples, the oldest first; each older one has `growth` times the events of all
    newer ones, or the same traffic for 0. None where a phase would need less than no errors, or more than
    all."""
    edges = [-(-window // spacing) * spacing for window in far]
    phases = [Phase(Millis(edges[0]), ratios[0], 1.0)]
    total, bad = float(edges[0]), ratios[0] * edges[0]
    for (newer, older), ratio in zip(pairwise(edges), ratios[1:], strict=True):
        lasts = older - newer
        events = growth * total if growth else float(lasts)
        errors = ratio * (total + events) - bad
        share = errors / events
        if not -1e-12 <= share <= 1:
            return None
        phases.insert(0, Phase(Millis(lasts), rounded(max(share, 0.0), 5), events / lasts))
        total, bad = total + events, bad + errors
    quietest = min(phase.traffic for phase in phases)
    return [replace(phase, traffic=rounded(phase.traffic / quietest)) for phase in phases]


def _shows(burns: Burns, tier: TierModel, phases: Sequence[Phase], *, fires: bool) -> bool:
    """Whether the tier certainly does what it should and no other tier does anything."""
    timeline = timeline_of(burns, phases, far_spacing(burns), far_step(burns))
    at = timeline.end
    if tier.holds(timeline, at) is not fires:
        return False
    sides = tier.exceeds(timeline, at)
    others = [other.holds(timeline, at) for other in burns.tiers if other != tier]
    return None not in sides and all(state is False for state in others)


# windows of minutes -----------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def near_tiers(burns: Burns) -> tuple[tuple[TierModel, Plan], ...]:
    """For every tier with a short window of minutes: how it begins to fire and how it stops."""
    return _per_tier(burns, _near_plan, [tier for tier in burns.tiers if tier.short < FAR])


def near_step(burns: Burns) -> Millis:
    """How far evaluations are apart in a story of minutes: the shortest window, so that consecutive windows
    of it make up the longer ones."""
    return Millis(burns.base)


def near_spacing(burns: Burns) -> Millis:
    """How far samples are apart in a story of minutes."""
    return Millis(max(burns.base // 5, 1))


@dataclass(frozen=True, slots=True)
class _Burn:
    """Steps of a story: of a busy past (`heavy` times the usual traffic), of health, of errors, of health."""

    heavy: float
    clean: int
    errors: int
    ratio: float
    after: int


def _near_plan(burns: Burns, tier: TierModel) -> Plan | None:
    step, spacing = near_step(burns), near_spacing(burns)
    best: tuple[int, list[Phase], Sequence[tuple[int, str]]] | None = None
    for burn in _burns(burns, tier, step):
        phases = [
            Phase(step, 0.0, burn.heavy),
            Phase(Millis(burn.clean * step)),
            Phase(Millis(burn.errors * step), burn.ratio),
            Phase(Millis(burn.after * step)),
        ]
        phases = [phase for phase in phases if phase.lasts]
        timeline = timeline_of(burns, phases, spacing, step)
        score, notes = _turning_points(burns, tier, timeline, step, 1 + burn.clean, burn.errors)
        if notes and (best is None or score > best[0]):
            best = score, phases, notes
        if score == _PERFECT:
            break
    return judged(burns, best[1], step, spacing, best[2]) if best else None


_PERFECT = 6


def _burns(burns: Burns, tier: TierModel, step: int) -> Iterator[_Burn]:
    """Stories to try, those that tell the tier from all others first."""
    limit, short = tier.threshold, math.ceil(tier.short / step)
    others = [other.threshold for other in burns.tiers if other != tier]
    # How many steps and a half the long window takes to fill up: the more, the closer to the threshold.
    for halves in (21, 13, 9, 7, 5) if tier.long < FAR else (13, 9, 7, 5, 19, 27, 35):
        full = halves / 2
        if tier.long < FAR and burns.weighted:
            long = math.ceil(tier.long / step)
            ratio = limit * long / full
            heavy = math.ceil(4 * ratio * (full + 2) / min([*others, limit]))
            if ratio <= 1:
                yield _Burn(heavy, long, int(full) + 2, rounded(ratio, 4), short + 1)
        if tier.long < FAR:
            long = math.ceil(tier.long / step)
            ratio = limit * long / full
            if ratio <= 1:
                yield _Burn(1.0, long - 1, int(full) + 2, rounded(ratio, 4), short + 1)
        for clean in (int(full) - 1, int(full) // 2, int(full) // 4, 1, 0):
            ratio = limit * (1 + clean + full) / full
            if ratio <= 1 and full >= short:
                yield _Burn(1.0, clean, 2 * int(full), rounded(ratio, 4), short + 1)
    if limit < 1:
        yield _Burn(1.0, 2, 2 * short + 12, 1.0, short + 1)


def _turning_points(
    burns: Burns, tier: TierModel, timeline: Timeline, step: Millis, before: int, errors: int
) -> tuple[int, tuple[tuple[int, str], ...]]:
    """The last evaluation at which the long window keeps the tier silent, the first at which it fires, and
    the first at which the short window has silenced it again; and how well these show the tier alone."""
    owner = next(alert for alert in burns.alerts if tier in alert.tiers)
    states = owner.states(timeline, range(step, timeline.end + 1, step))
    count = len(states)
    first = next((n for n in range(1, count + 1) if states[n - 1]), None)
    if first is None:
        return 0, ()
    notes = [(first, "fires")]
    score = 1
    if all(other.holds(timeline, first * step) is False for other in owner.tiers if other != tier):
        score += 1
    waiting = [n for n in range(before + 1, first) if tier.exceeds(timeline, n * step) == (True, False)]
    quiet = [n for n in waiting if states[n - 1] is False]
    if quiet:
        notes.insert(0, (quiet[-1], "waits"))
        score += 2
    after = range(before + errors + 1, count + 1)
    over = [n for n in after if states[n - 1] is False]
    if over:
        score += 1
        notes.append((over[0], "resolved"))
        if tier.exceeds(timeline, over[0] * step) == (False, True):
            score += 1
    return score, tuple(notes)


# a total outage ---------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def outage(burns: Burns, spacing: Millis, looks_back: Millis) -> Plan:
    """All is well, then nothing is until every alert fires, then all is well again.

    Gauges are sampled by the rules themselves, at every evaluation, and may look back before that.
    """
    step = near_step(burns)
    seen = spacing if burns.counted else Millis(step + looks_back)
    near = [window for window in burns.windows if window < FAR]
    clean = math.ceil(max(near, default=burns.base) / step)
    longest = min(8 * max(clean, 1) + 8, 240)
    trial = judged(burns, [Phase(Millis(clean * step)), Phase(Millis(longest * step), 1.0)], step, seen, ())
    firsts = [_first(states, clean) for states in trial.states]
    bad = min(max([n for n in firsts if n is not None], default=clean + 1) - clean + 1, longest)
    recovery = math.ceil(max([tier.short for tier in burns.tiers if tier.short < FAR] or [step]) / step) + 1
    phases = [Phase(Millis(clean * step)), Phase(Millis(bad * step), 1.0), Phase(Millis(recovery * step))]
    plan = replace(judged(burns, phases, step, seen, ()), spacing=spacing)
    notes = {clean: "healthy"}
    for states in plan.states:
        first = _first(states, clean)
        if first is None:
            continue
        notes[first] = "fires"
        resolved = next((n for n in range(first, len(states) + 1) if states[n - 1] is False), None)
        if resolved is not None:
            notes[resolved] = "resolved"
            lasting = [n for n in range(first, resolved) if states[n - 1]]
            notes.setdefault(lasting[-1], "lasts")
    return replace(plan, notes=tuple(sorted(notes.items())))


def _first(states: Sequence[bool | None], after: int) -> int | None:
    """The number of the first evaluation after another one at which an alert fires."""
    return next((n for n in range(after + 1, len(states) + 1) if states[n - 1]), None)
