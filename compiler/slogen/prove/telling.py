"""The stories of scenarios, in words: what happens, when alerts must fire and why, with the arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from slogen.burn import threshold
from slogen.durations import render, words
from slogen.ir import Labels, Slo
from slogen.proofs import Check, Input, Scenario
from slogen.prove.plans import Plan
from slogen.prove.timeline import TierModel
from slogen.units import Millis

_ANOTHER = " What is recorded of another SLO, in a bad way, plays no part."


@dataclass(frozen=True, slots=True)
class Story:
    """The name of a scenario, its paragraphs, and why something is expected, by the evaluation's number."""

    name: str
    lines: tuple[str, ...]
    why: Mapping[int, str] = field(default_factory=dict)


def scenario(
    slo: Slo, story: Story, spacing: Millis, inputs: Iterable[Input], checks: Iterable[Check]
) -> Scenario:
    """The story told in series that are `spacing` apart, under a name among those of all SLOs."""
    return Scenario(f"{slo.id}: {story.name}", story.lines, spacing, tuple(inputs), tuple(checks))


@lru_cache(maxsize=4096)
def percent(ratio: float) -> str:
    """A ratio as percent, to four digits."""
    digits = format(Decimal(f"{ratio * 100:.4g}"), "f")
    return f"{digits.rstrip('0').rstrip('.') if '.' in digits else digits}%"


def _names(slo: Slo, plan: Plan, number: int) -> str:
    """Which alerts fire at an evaluation, by their urgency."""
    firing = [
        alert.urgency.value
        for alert, states in zip(slo.alerts, plan.states, strict=True)
        if states[number - 1]
    ]
    if not firing:
        return "nothing fires"
    return f"the {' and the '.join(firing)} {'fires' if len(firing) == 1 else 'fire'}"


def levels(slo: Slo, plan: Plan, number: int) -> Story:
    """A constant share of errors for as long as the longest window."""
    lasts = words(plan.timeline.phases[0].lasts)
    shares = ", ".join(percent(phase.bad) for phase in plan.timeline.phases)
    text = (
        f"{slo.id}: constant shares of bad {slo.sli.unit}, each for {lasts}, so that all windows see the "
        f"same: {shares}. The budget is {percent(float(slo.budget))}; the thresholds of the alerts are "
        f"{_thresholds(slo)}."
    )
    why = {}
    for (n, note), phase in zip(plan.notes, plan.timeline.phases, strict=True):
        share = percent(phase.bad)
        what = {
            "idle": "no traffic at all",
            "healthy": "no errors",
            "below": f"{share} are bad, just below a threshold",
            "above": f"{share} are bad, just above a threshold",
            "total": "everything is bad",
            "recovered": "all is well again",
        }[note]
        why[n] = f"{what}: {_names(slo, plan, n)}"
    return Story(f"constant errors, part {number}", (text,), why)


def _thresholds(slo: Slo) -> str:
    limits = sorted({threshold(tier, slo.window, slo.budget) for alert in slo.alerts for tier in alert.tiers})
    return ", ".join(percent(float(limit)) for limit in limits)


def _windows(tier: TierModel) -> tuple[str, str]:
    return render(Millis(tier.short)), render(Millis(tier.long))


def far(slo: Slo, tier: TierModel, plan: Plan) -> Story:
    """A tier of long windows by itself, and each of its windows missing."""
    short, long = _windows(tier)
    limit = percent(tier.threshold)
    text = (
        f"{slo.id}: the tier over {short} and {long} fires when more than {limit} are bad in both. Windows "
        f"count events: the longer ago a part of the past is, the more traffic it gets here, and just as "
        f"many errors as it takes to have the one window above and the other below."
    )
    why = {}
    for n, note in plan.notes:
        at = n * plan.step
        seen = ", ".join(
            f"{percent(plan.timeline.ratio(window, at))} of {render(Millis(window))}"
            for window in (tier.short, tier.long)
        )
        reason = {
            "alone": "both windows are above the threshold",
            "long": f"{long} is still below, the errors have only begun",
            "short": f"{short} is below again, the errors are over",
        }[note]
        why[n] = f"{seen} are bad: {reason}, {_names(slo, plan, n)}"
    return Story(f"windows of {short} and {long}", (text,), why)


def near(slo: Slo, tier: TierModel, plan: Plan) -> Story:
    """How a tier of short windows begins to fire and how it stops."""
    short, long = _windows(tier)
    limit = percent(tier.threshold)
    phase = max(plan.timeline.phases, key=lambda phase: phase.bad)
    at = plan.timeline.phases.index(phase)
    begins = Millis(sum(earlier.lasts for earlier in plan.timeline.phases[:at]))
    ends = Millis(begins + phase.lasts)
    past = plan.timeline.phases[0]
    busy = f" The first {render(past.lasts)} are as busy as days: longer windows see few errors."
    more = busy if past.traffic > 1 else ""
    text = (
        f"{slo.id}: from {render(begins)} to {render(ends)}, {percent(phase.bad)} are bad. The tier over "
        f"{short} and {long} fires when more than {limit} are bad in both: soon after the start {short} is "
        f"above, but {long} must fill up first; after the end {short} is the first to be below again.{more}"
    )
    why = {}
    for n, note in plan.notes:
        t = n * plan.step
        seen = ", ".join(
            f"{percent(plan.timeline.ratio(window, t))} of {render(Millis(window))}"
            for window in (tier.short, tier.long)
        )
        reason = {"waits": "not yet", "fires": "now", "resolved": "no longer"}[note]
        why[n] = f"{seen} are bad, {reason}: {_names(slo, plan, n)}"
    return Story(f"windows of {short} and {long}", (text,), why)


def outage(slo: Slo, plan: Plan) -> Story:
    """Everything goes wrong at once."""
    healthy, failing = plan.timeline.ends[:2]
    text = (
        f"{slo.id}: a total outage. All is well until {render(Millis(healthy))}, then all {slo.sli.unit} are "
        f"bad until {render(Millis(failing))}, then all is well again. A window of length w exceeds a "
        f"threshold t after w x t of an outage; an alert resolves when its short windows are clean."
    )
    what = {
        "healthy": "all is well",
        "fires": "the outage lasts",
        "lasts": "until now",
        "resolved": "it is over",
    }
    why = {n: f"{what[note]}: {_names(slo, plan, n)}" for n, note in plan.notes}
    return Story("total outage", (text,), why)


def quiet(slo: Slo, step: Millis) -> Story:
    """Nothing of this is an error."""
    times = [render(Millis(n * step)) for n in (2, 5, 6, 8)]
    text = (
        f"{slo.id}: no failure. Until {times[0]} no error has ever happened, so nothing counts them; until "
        f"{times[1]} there is no traffic; then there is a good event now and then, and at {times[2]} the "
        f"service restarts and counts from 0. The error ratio is 0 all the time, and nothing fires.{_ANOTHER}"
    )
    return Story("no errors, no traffic, a restart", (text,))


def all_gone(slo: Slo, ends: Millis, fires: int) -> Story:
    """The series vanish and come back."""
    text = (
        f"{slo.id}: the series vanish after {render(ends)}. Nobody knows how the service is, which the alert "
        f"about missing data says by {render(Millis(fires))}, and no other alert. Then the series are back."
    )
    return Story("missing data", (text,))


def one_gone(slo: Slo, group: Labels, ends: Millis, fires: int) -> Story:
    """The series of one budget vanish."""
    named = ", ".join(f"{name} {value}" for name, value in group.items())
    text = (
        f"{slo.id}: the series of {named} vanish after {render(ends)}, the others go on. The alert about "
        f"missing data says so by {render(Millis(fires))}, for {named} alone."
    )
    return Story("missing data of one group", (text,))


def uneven(slo: Slo, what: str, *, beside: bool) -> Story:
    """Errors and traffic change all the time; `beside` another SLO."""
    text = (
        f"{slo.id}: {what}. Errors and traffic change from one stretch to the next, so each window sees "
        f"another error ratio: its bad events over all of its events.{_ANOTHER if beside else ''}"
    )
    return Story(f"uneven errors, {what}", (text,))


def whole_period(slo: Slo, lasts: str) -> Story:
    """More than a period."""
    text = (
        f"{slo.id}: {lasts} with errors and traffic that change all the time. The budget counts the events "
        f"of the last {words(slo.window)}, and nothing of before."
    )
    return Story("the budget of the period", (text,))


def gaps(slo: Slo, lengths: Sequence[str]) -> Story:
    """No data for a while, again and again."""
    text = (
        f"{slo.id}: all is well, but there has been no data for {', '.join(lengths)}, one after the other. "
        "Windows that are longer than that still see the past; the others have nothing to say."
    )
    return Story("gaps in the data", (text,))


def missed(slo: Slo, errors: str, total: str) -> Story:
    """The long windows are not recorded for a while."""
    text = (
        f"{slo.id}: the long windows are recorded rarely, and not at all after {errors} (errors) and {total} "
        "(total). What was recorded last counts for long enough to bridge a missed evaluation, and no longer."
    )
    return Story("a missed evaluation of long windows", (text,))


def only_failures(slo: Slo) -> Story:
    """Nothing has ever been good."""
    text = (
        f"{slo.id}: nothing has ever been good, so there is no series that counts good {slo.sli.unit}. "
        f"That is an error ratio of 1, not missing data.{_ANOTHER}"
    )
    return Story("nothing but failures", (text,))
