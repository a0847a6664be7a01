"""Errors and traffic that change all the time: every window sees another error ratio, and it must be that.

Constant errors look the same through any window; these tell windows, counters and periods apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

from slogen import names
from slogen.burn import DAY
from slogen.durations import render
from slogen.lower.recordings import slice_of_period
from slogen.proofs import Check, Input, Scenario, ValueCheck
from slogen.prove import feeds, plans, recordings, telling
from slogen.prove.plans import Plan
from slogen.prove.subject import Subject
from slogen.prove.timeline import Phase
from slogen.synthetic import Series
from slogen.units import Labels, Millis

# Shares of bad events and traffic of one stretch after another, such that no two windows see the same.
SHARES = (0.1, 0.8, 0.25, 0.6, 0.05, 0.9, 0.4, 0.7, 0.2, 0.5)
TRAFFIC = (1.0, 3.0, 0.5, 2.0, 4.0, 1.5, 0.8, 2.5, 1.2, 0.6, 3.5)
# How far a ratio may be off: one sample at the beginning of a window.
NEAR = 0.03
EXACT = 0.001
MOST_STEPS = 40
ANOTHER = "another"


def near(subject: Subject) -> Iterator[Scenario]:
    """The windows of minutes, made of one another; longer ones see the whole story."""
    if not subject.is_raw or not subject.burns.counted:
        return
    step = plans.near_step(subject.burns)
    short = [window for window in subject.slo.windows if window < plans.FAR]
    count = -(-max(short, default=step) // step) + 3
    phases = [Phase(step, SHARES[i % len(SHARES)], TRAFFIC[i % len(TRAFFIC)]) for i in reversed(range(count))]
    yield _scenario(subject, phases, step, subject.near_spacing, "windows of minutes")
    yield _within_the_shortest(subject, step, subject.near_spacing)


def _within_the_shortest(subject: Subject, step: Millis, spacing: Millis) -> Scenario:
    """The level changes within the shortest window, of which all counts."""
    samples = step // spacing
    begins = Millis(samples * 2 // 5 * spacing)
    phases = (Phase(Millis(2 * step)), Phase(begins), Phase(Millis(step - begins), 1.0))
    plan = plans.judged(subject.burns, phases, step, spacing)
    window, end = subject.slo.windows[0], plan.timeline.end
    least, greatest = plan.timeline.ratios(window, end)
    middle = (least + greatest) / 2
    near = round((greatest - least) / middle / 2 + NEAR, 2)
    checks = (recordings.about(subject.slo, end, subject.group, window, middle, near),)
    story = telling.uneven(subject.slo, "within the shortest window", beside=False)
    inputs = tuple(subject.raw(plan))
    return telling.scenario(subject.slo, story, spacing, inputs, checks)


def far(subject: Subject) -> Iterator[Scenario]:
    """The windows of hours and days; shorter ones see the last stretch."""
    if not subject.is_raw or not subject.burns.counted or subject.burns.relayed:
        return
    burns = subject.burns
    step, spacing = plans.far_step(burns), plans.far_spacing(burns)
    if step > plans.MOST_SAMPLES * spacing:
        return
    edges = [0, *(-(-window // spacing) * spacing for window in burns.windows if window >= plans.FAR)]
    lengths = [later - earlier for earlier, later in pairwise(edges)]
    phases = [
        Phase(Millis(lasts), SHARES[i % len(SHARES)], TRAFFIC[i % len(TRAFFIC)])
        for i, lasts in reversed(list(enumerate(_halves(lengths))))
    ]
    if phases and sum(phase.lasts for phase in phases) == step:
        yield _scenario(subject, phases, step, spacing, "windows of hours and days")
    yield from _period(subject, step, spacing)
    yield from _gaps(subject, step, spacing)


def _halves(lengths: Sequence[int]) -> Iterator[int]:
    """Each stretch between two windows in two parts, so that half a window is another one."""
    for length in lengths:
        yield from (length // 2, length - length // 2)


def _scenario(
    subject: Subject, phases: Sequence[Phase], step: Millis, spacing: Millis, what: str
) -> Scenario:
    plan = plans.judged(subject.burns, phases, step, spacing)
    end = sum(phase.lasts for phase in phases) // step * step
    checks: list[Check] = []
    # Some windows are made of others, and must be right before they are full, too.
    for n in sorted({end // step, min(3, end // step)}):
        checks += _each_window(subject, plan, n * step)
    n = end // step
    checks += subject.checks(end, plan.states_at(n), "as the error ratios have it")
    story = telling.uneven(subject.slo, what, beside=True)
    inputs = [*subject.raw(plan, split=True), *another_slo(subject, end // spacing)]
    return telling.scenario(subject.slo, story, spacing, inputs, checks)


def another_slo(subject: Subject, samples: int, after: int = 0) -> Iterator[Input]:
    """What is recorded of an SLO that has nothing to do with this one, and is in a bad way, `after` so many
    samples without it."""
    slo = subject.slo
    for series in _another_slo(slo.windows, slo.window, tuple(subject.group.items()), samples - after):
        yield replace(series, values=(f"_x{after}", *series.values)) if after else series


# It is the same beside all SLOs that are alike.
@lru_cache(maxsize=256)
def _another_slo(
    windows: tuple[Millis, ...], period: Millis, group: tuple[tuple[str, str], ...], samples: int
) -> tuple[Input, ...]:
    return tuple(_recorded(windows, period, dict(group), samples))


def _recorded(windows: tuple[Millis, ...], period: Millis, group: Labels, samples: int) -> Iterator[Input]:
    labels = {**names.identity(ANOTHER, ANOTHER, ANOTHER), **group}
    slices = [slice_of_period(windows[0], period), period]
    events = [
        *(name(render(window)) for window in windows for name in (names.total_rate, names.errors_rate)),
        *(
            name(render(window))
            for window in slices
            for name in (names.total_increase, names.errors_increase)
        ),
    ]
    for name in dict.fromkeys((*events, names.TOTAL_SAMPLES, names.ERROR_SAMPLES)):
        yield Input(Series(name, labels), (feeds.run(1000, 0, samples),))
    for window in dict.fromkeys((*windows, period)):
        text = render(window)
        series = Series(names.error_ratio(text), {**labels, names.WINDOW_LABEL: text})
        yield Input(series, (feeds.run(1, 0, samples),))
    burning = Series(names.PERIOD_BURN_RATE, {**labels, names.WINDOW_LABEL: render(period)})
    yield Input(burning, (feeds.run(1000, 0, samples),))


def _each_window(subject: Subject, plan: Plan, at: int) -> Iterator[ValueCheck]:
    """The error ratio of every window, about."""
    slo, timeline = subject.slo, plan.timeline
    for window in slo.windows:
        if subject.mixes_up_period and window == slo.window:
            continue
        # Where evaluations are far apart, a window of minutes has seen the shortest one only.
        seen = window if window >= plans.FAR or plan.step == slo.windows[0] else slo.windows[0]
        least, greatest = timeline.ratios(seen, at)
        if subject.is_tiled(window) and plan.step == slo.windows[0]:
            # Made of consecutive shortest windows, in each of which all is the same.
            yield recordings.about(slo, at, subject.group, window, timeline.ratio(seen, at), EXACT)
        elif greatest - least < NEAR * greatest:
            yield recordings.about(slo, at, subject.group, window, (least + greatest) / 2, NEAR)


def _period(subject: Subject, step: Millis, spacing: Millis) -> Iterator[Scenario]:
    """More than a whole period of which only the latest part counts."""
    slo = subject.slo
    count = slo.window // step + 2
    if slo.window < DAY or slo.window <= 2 * step or count > MOST_STEPS or slo.compat is not None:
        return
    edge = count - slo.window // step if slo.window % step == 0 else 0
    phases = [
        Phase(step, SHARES[i % len(SHARES)], 0.0 if i + 1 == edge else TRAFFIC[i % len(TRAFFIC)])
        for i in range(count)
    ]
    timeline = plans.timeline_of(subject.burns, phases, spacing, step)
    ratio = recordings.period_ratio(slo, timeline, step, timeline.end)
    if ratio is None or not recordings.records_metadata(slo):
        return
    plan = Plan(timeline, step, spacing, (), ())
    story = telling.whole_period(slo, render(timeline.end))
    checks = tuple(recordings.left(slo, timeline.end, subject.group, ratio))
    yield telling.scenario(slo, story, spacing, subject.raw(plan, split=True), checks)


def _gaps(subject: Subject, step: Millis, spacing: Millis) -> Iterator[Scenario]:
    """No data for a while: only windows that are longer than that still see the past."""
    far = [window for window in subject.slo.windows if window >= plans.FAR]
    gaps = [(shorter + longer) // 2 // spacing * spacing for shorter, longer in pairwise(far)]
    if not gaps or subject.slo.compat is not None or step * len(gaps) > plans.MOST_SAMPLES * spacing:
        return
    inputs = [
        Input(series.series, tuple(_interrupted(series.values[0], step // spacing, gaps, spacing)))
        for series in subject.raw(_healthy(subject, step, spacing, len(gaps)))
        if len(series.values) == 1
    ]
    checks: list[Check] = []
    for n, gap in enumerate(gaps, 1):
        seen = [window for window in far if window > gap]
        checks.append(recordings.seen(subject.slo, n * step, subject.group, seen))
    story = telling.gaps(subject.slo, [render(Millis(gap)) for gap in gaps])
    yield telling.scenario(subject.slo, story, spacing, inputs, checks)


def _healthy(subject: Subject, step: Millis, spacing: Millis, count: int) -> Plan:
    phases = (Phase(Millis(count * step)),)
    return Plan(plans.timeline_of(subject.burns, phases, spacing, step), step, spacing, (), ())


def _interrupted(run: str, samples: int, gaps: Sequence[int], spacing: int) -> Iterator[str]:
    """A run of samples that are missing for each gap before the end of each step."""
    first, growth = feeds.parsed(run)
    value = first
    for n, gap in enumerate(gaps):
        missing = gap // spacing
        there = samples - missing + (n == 0)
        yield feeds.run(value, growth, there - 1)
        yield f"_x{missing}"
        value += growth * (there + missing)
