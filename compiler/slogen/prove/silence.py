"""What is no failure: no errors yet, hardly any traffic, a restart; and no data, which has its own alert."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from slogen.burn import DAY, LOOKBACK
from slogen.durations import render, words
from slogen.ir import Profile
from slogen.lower.alerts import REPORTED_FOR
from slogen.lower.recordings import OUTAGE
from slogen.proofs import Check, Input, Scenario
from slogen.prove import feeds, plans, recordings, telling, uneven
from slogen.prove.subject import Subject
from slogen.prove.timeline import Phase, Timeline
from slogen.synthetic import Counter, Gap, Synthetic
from slogen.units import Labels, Millis

# Events between two samples at the usual traffic, as `feeds` counts them where nothing is bad.
USUAL = 10**feeds.FEWEST_DIGITS


def scenarios(subject: Subject) -> Iterator[Scenario]:
    """The quiet stories of an SLO; none where its rules record nothing."""
    if not recordings.records_ratios(subject.slo):
        return
    if isinstance(subject.actor, Gap):
        if subject.absence_rule is not None:
            yield _recording_gone(subject)
        return
    if subject.is_raw and subject.actor.counters:
        yield _quiet(subject, subject.actor)
        yield from _missed(subject)
        yield from _only_failures(subject, subject.actor)
    if subject.absence_rule is None:
        return
    yield _all_gone(subject, subject.actor)
    if subject.slo.grouping.labels and subject.bystander is not None:
        yield _one_gone(subject, subject.actor, subject.bystander)


# no failure -------------------------------------------------------------------------------------------


def _quiet(subject: Subject, actor: Synthetic) -> Scenario:
    """No error series, then no traffic, then an event now and then, with a restart in between."""
    step, spacing = plans.near_step(subject.burns), subject.near_spacing
    per_step = step // spacing
    now_and_then = [
        Phase(Millis((per_step - 1) * spacing), 0.0, 0.0),
        Phase(spacing, 0.0, 1 / USUAL),
    ]
    before = Timeline((Phase(Millis(2 * step)), Phase(Millis(3 * step), 0.0, 0.0), *now_and_then))
    after = Timeline((*now_and_then, *now_and_then))
    budgets = [actor] if subject.bystander is None else [actor, subject.bystander]
    # A ratio that is computed elsewhere may need the series of errors; that is its author's business.
    tells_apart = not recordings.gives_ratio(subject.slo)
    inputs = [
        series
        for budget in budgets
        for series in _joined(
            _without_errors(budget) if tells_apart and budget is actor else budget, before, after, spacing
        )
    ]
    # The other SLO begins later: nothing of it may stand in for what this one lacks.
    inputs += uneven.another_slo(subject, 8 * step // spacing, after=3 * step // spacing)
    checks: list[Check] = []
    # Windows that are made of recorded ones begin an evaluation later.
    first = () if subject.burns.relayed else ((1, "no error yet"),)
    for n, what in (
        *first,
        (2, "no error yet"),
        (5, "no traffic"),
        (6, "hardly any traffic"),
        (8, "a restart"),
    ):
        checks += subject.silent(n * step, f"{what}: nothing fires")
        # Sloth's ratio is 0/0 without traffic, and nothing without a series of errors.
        if subject.slo.compat is None:
            healthy = [(budget.labels, 0.0) for budget in budgets]
            checks += recordings.same_over_windows(subject.slo, n * step, healthy, subject.slo.windows)
            if tells_apart:
                checks += recordings.no_errors(subject.slo, n * step, [budget.labels for budget in budgets])
    if tells_apart and subject.slo.compat is None and recordings.records_metadata(subject.slo):
        checks += recordings.left(subject.slo, 2 * step, actor.labels, 0.0)
    story = telling.quiet(subject.slo, step)
    return telling.scenario(subject.slo, story, spacing, inputs, checks)


def _without_errors(budget: Synthetic) -> Synthetic:
    """The series of a service that has never failed: a counter of errors begins at the first one."""
    counters = tuple(counter for counter in budget.counters if not _counts_errors_only(counter))
    return replace(budget, counters=counters)


def _counts_errors_only(counter: Counter) -> bool:
    return not counter.good and not counter.ignored


def _joined(budget: Synthetic, before: Timeline, after: Timeline, spacing: int) -> Iterator[Input]:
    """The series before and after a restart: counters begin at 0 again, at the instant of the last sample."""
    first, second = feeds.raw(budget, before, spacing), feeds.raw(budget, after, spacing)
    for start, rest in zip(first, second, strict=True):
        # The first sample of a gauge, and of a process that has just begun to count, is no news.
        yield Input(start.series, (*start.values, *rest.values[rest.values[0] == "_" :]))


def _only_failures(subject: Subject, actor: Synthetic) -> Iterator[Scenario]:
    """Nothing has ever been good, so nothing counts good events."""
    slo, step, spacing = subject.slo, plans.near_step(subject.burns), subject.near_spacing
    if slo.compat is not None or slo.sli.kind not in ("events", "latency") or subject.burns.relayed:
        return
    counters = tuple(counter for counter in actor.counters if counter.bad or counter.ignored)
    plan = plans.judged(subject.burns, (Phase(Millis(3 * step), 1.0),), step, spacing)
    inputs = feeds.raw(replace(actor, counters=counters), plan.timeline, spacing)
    inputs += uneven.another_slo(subject, 3 * step // spacing, after=step // spacing + 1)
    checks: list[Check] = []
    for n in (1, 3):
        checks += recordings.same_over_windows(slo, n * step, [(actor.labels, 1.0)], slo.windows)
        checks += subject.checks(n * step, plan.states_at(n), "nothing is good")
    if recordings.records_metadata(slo):
        checks += recordings.left(slo, step, actor.labels, 1.0)
    story = telling.only_failures(slo)
    yield telling.scenario(slo, story, spacing, inputs, checks)


def _missed(subject: Subject) -> Iterator[Scenario]:
    """Long windows that are not recorded for a while: what was recorded last bridges a missed evaluation."""
    slo, step = subject.slo, plans.near_step(subject.burns)
    long = [window for window in slo.windows if window >= DAY]
    reach = 2 * slo.paces.long + OUTAGE + LOOKBACK
    if slo.compat is not None or not long or step > LOOKBACK or slo.sli.kind not in ("events", "latency"):
        return
    spacing = Millis(step // 5)
    # In between two evaluations, and stale at once, so that no rule takes them for its own.
    errors_at, total_at = spacing, 2 * step + spacing
    inputs: list[Input] = []
    for window in long:
        recorded = subject.rates(window)
        inputs.append(Input(recorded.errors, ("_", "500", "stale")))
        inputs.append(Input(recorded.total, (f"_x{total_at // spacing}", "1000", "stale")))
    moments = (
        (_last_step(errors_at + reach, step), 0.5, "both are within reach"),
        (_last_step(errors_at + reach, step) + step, 0.0, "the errors are too long ago"),
        (_last_step(total_at + reach, step) + step, None, "all is too long ago"),
    )
    checks = tuple(
        recordings.last_known(slo, at, subject.group, window, ratio, why)
        for at, ratio, why in moments
        for window in long
    )
    story = telling.missed(slo, render(Millis(errors_at)), render(Millis(total_at)))
    yield telling.scenario(slo, story, spacing, inputs, checks)


def _last_step(before: int, step: int) -> int:
    """The last evaluation before an instant."""
    return (before - 1) // step * step


# no data ----------------------------------------------------------------------------------------------


def _all_gone(subject: Subject, actor: Synthetic) -> Scenario:
    """All is well, then there are no series any more, then they are back."""
    step, spacing = plans.near_step(subject.raw_burns), subject.near_spacing
    absence = subject.slo.absence
    assert absence is not None
    ends = Millis(4 * step)
    silent, fires = _bounds(subject, ends, step, absence.for_)
    budgets = [actor] if subject.bystander is None else [actor, subject.bystander]
    back = Timeline((Phase(Millis(6 * step)),))
    inputs = [
        _interrupted(series, (fires - ends) // spacing, rest)
        for budget in budgets
        for series, rest in zip(
            feeds.raw(budget, Timeline((Phase(ends),)), spacing),
            feeds.raw(budget, back, spacing),
            strict=True,
        )
    ]
    past = fires - absence.for_ - REPORTED_FOR
    groups: list[Labels | None] = [None]
    if subject.slo.grouping.labels and past >= step:
        groups += [budget.labels for budget in budgets]
    checks: list[Check] = []
    checks += subject.silent(ends, "all is well: nothing fires")
    checks += subject.silent(silent, "gone, but not for long enough: nothing fires")
    checks += subject.absent(fires, groups, f"gone for {words(absence.for_)}: that is told")
    if subject.is_raw and subject.raw_burns.counted and subject.slo.profile is Profile.EXACT:
        seen = [w for w in subject.slo.windows if subject.made_of(w) > fires - ends]
        checks += recordings.gone(subject.slo, fires, [budget.labels for budget in budgets], len(seen))
    inputs += uneven.another_slo(subject, (fires + 5 * step) // spacing)
    checks += subject.silent(fires + 5 * step, "back again: nothing fires")
    story = telling.all_gone(subject.slo, ends, fires)
    return telling.scenario(subject.slo, story, spacing, inputs, checks)


def _recording_gone(subject: Subject) -> Scenario:
    """Missing data where only what is recorded of the shortest window can be fed."""
    step = plans.near_step(subject.burns)
    absence = subject.slo.absence
    assert absence is not None
    ends = Millis(4 * step)
    fires = ends + step + -(-absence.for_ // step) * step
    total = Input(
        subject.rates(subject.slo.windows[0]).total, ("1x4", "stale", f"_x{(fires - ends) // step}")
    )
    checks: list[Check] = [
        *subject.silent(ends, "all is well: nothing fires"),
        *subject.silent(fires - step, "gone, but not for long enough: nothing fires"),
        *subject.absent(fires, [None], f"gone for {words(absence.for_)}: that is told"),
    ]
    story = telling.all_gone(subject.slo, ends, fires)
    return telling.scenario(subject.slo, story, step, (total,), checks)


def _interrupted(series: Input, gap: int, rest: Input) -> Input:
    return Input(
        series.series, (*series.values, "stale", f"_x{gap - 1}", *rest.values[rest.values[0] == "_" :])
    )


def _bounds(subject: Subject, ends: int, step: int, for_: int) -> tuple[int, int]:
    """The last evaluation before the alert that data is missing can fire, and the first at which it must.

    What is recorded of the shortest window lasts for as long as that window; samples of a gauge, and slices
    of time, are recorded for a while before that.
    """
    assert isinstance(subject.actor, Synthetic)
    lasts = int(subject.slo.windows[0])
    if not subject.raw_burns.counted:
        # A range takes in the last sample of a gauge.
        lasts += 1
    if not subject.is_raw:
        lasts += step + max(subject.actor.looks_back, LOOKBACK)
    earliest = -(-(ends + 1) // step) * step
    latest = -(-(ends + lasts) // step) * step
    pending = -(-for_ // step) * step
    return earliest + pending - step, latest + pending


def _one_gone(subject: Subject, actor: Synthetic, bystander: Synthetic) -> Scenario:
    """One budget has no series any more, all is well with the other one."""
    step, spacing = plans.near_step(subject.raw_burns), subject.near_spacing
    absence = subject.slo.absence
    assert absence is not None
    # It is missed in comparison to the past, which must have been whole.
    ends = Millis(-(-(REPORTED_FOR + absence.for_) // step) * step + 2 * step)
    silent, fires = _bounds(subject, ends, step, absence.for_)
    inputs: Sequence[Input] = [
        *feeds.raw(actor, Timeline((Phase(ends),)), spacing),
        *feeds.raw(bystander, Timeline((Phase(Millis(fires + step)),)), spacing),
    ]
    inputs = [
        replace(series, values=(*series.values, "stale"))
        if i < len(inputs) and _of(series, actor)
        else series
        for i, series in enumerate(inputs)
    ]
    checks: list[Check] = []
    checks += subject.silent(silent, "gone, but not for long enough: nothing fires")
    checks += subject.absent(fires, [actor.labels], f"gone for {words(absence.for_)}: that is told")
    story = telling.one_gone(subject.slo, actor.labels, ends, fires)
    return telling.scenario(subject.slo, story, spacing, inputs, checks)


def _of(series: Input, budget: Synthetic) -> bool:
    members = (*(counter.series for counter in budget.counters), *(gauge.series for gauge in budget.gauges))
    return series.series in members
