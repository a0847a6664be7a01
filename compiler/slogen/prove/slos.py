"""The proof of an SLO: scenarios that follow from what it promises, through all of its rules.

Two paces. Windows of hours and days are shown in stories of days, evaluated once per longest window; windows
of minutes in stories of minutes, evaluated once per shortest window, because longer ones are made of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from slogen import codes
from slogen.diagnostics import Report
from slogen.ir import Rule, RuleGroup, RuleSet, Slo
from slogen.proofs import AlertCheck, AlertId, Check, Proof, Scenario, ValueCheck
from slogen.prove import plans, recordings, silence, telling, uneven
from slogen.prove.plans import Plan
from slogen.prove.subject import Subject
from slogen.prove.texts import BLUR
from slogen.prove.timeline import firing
from slogen.synthetic import Gap, Synthetic
from slogen.units import Millis


def prove_slos(rules: RuleSet, report: Report) -> Iterator[Proof]:
    """The proofs of the SLOs that a rule set was generated from."""
    shared = _shared_names(rules)
    for slo in rules.slos:
        groups = tuple(group for group in rules.groups if group.where is slo.where)
        subject = Subject(slo, groups, shared)
        if isinstance(subject.actor, Gap):
            _report(subject.actor, slo, report)
        yield from _proofs(subject)


def _report(gap: Gap, slo: Slo, report: Report) -> None:
    report.report(
        codes.UNPROVEN_INDICATOR,
        gap.at,
        f"there is no proof that `{slo.id}` measures what it should: this query {gap.reason}",
        help=gap.help or "state its series: `proof:` with `series:`",
    )


def _shared_names(rules: RuleSet) -> frozenset[str]:
    """The names of alerts that several SLOs of a rule set have: they show up in each other's scenarios."""
    owners: dict[str, set[int]] = {}
    for group in rules.groups:
        for rule in group.rules:
            if rule.alert:
                owners.setdefault(rule.alert, set()).add(id(group.where))
    return frozenset(name for name, places in owners.items() if len(places) > 1)


def _proofs(subject: Subject) -> Iterator[Proof]:
    """The proofs of one SLO, the shorter step first."""
    if not subject.alert_rules:
        return
    near, far = list(_near(subject)), list(_far(subject))
    proven = tuple(_proven(subject, [*near, *far]))
    manifest = subject.slo.manifest
    order = tuple(group.name for group in _in_order(subject))
    by_step = {plans.near_step(subject.burns): near}
    by_step.setdefault(plans.far_step(subject.far_burns), []).extend(far)
    for step, scenarios in by_step.items():
        if scenarios:
            yield Proof(
                subject.slo.id,
                (manifest.namespace, manifest.name),
                order,
                step,
                tuple(scenarios),
                proven,
            )


def _in_order(subject: Subject) -> Sequence[RuleGroup]:
    """The groups, each behind those that it reads: slogen's slow groups feed its fast one."""
    return subject.groups if subject.slo.compat is not None else subject.groups[::-1]


def _proven(subject: Subject, scenarios: Sequence[Scenario]) -> Iterator[AlertId]:
    """The alerts that fire at one time and are silent at another."""
    checks = [check for scenario in scenarios for check in scenario.checks if isinstance(check, AlertCheck)]
    for its, rule in subject.alert_rules:
        fires = {_shows(check, rule) for check in checks if check.alert == rule.alert}
        if fires == {True, False}:
            yield its


def _shows(check: AlertCheck, rule: Rule) -> bool:
    wanted = {name: value for name, value in rule.labels.items() if value and "{{" not in value}
    return any(fired.labels.items() >= wanted.items() for fired in check.expected)


# scenarios --------------------------------------------------------------------------------------------


def _near(subject: Subject) -> Iterator[Scenario]:
    """What happens within minutes."""
    if subject.mixes_up_period:
        yield from silence.scenarios(subject)
        return
    for tier, plan in plans.near_tiers(subject.burns):
        yield _told(subject, plan, telling.near(subject.slo, tier, plan))
    yield from _outage(subject)
    yield from silence.scenarios(subject)
    if recordings.records_ratios(subject.slo):
        yield from uneven.near(subject)


def _far(subject: Subject) -> Iterator[Scenario]:
    """What happens within days."""
    if subject.mixes_up_period:
        return
    told: set[int] = set()
    for number, plan in enumerate(plans.levels(subject.far_burns), 1):
        yield _levels(subject, plan, number, told)
    for tier, plan in plans.far_tiers(subject.far_burns):
        yield _told(subject, plan, telling.far(subject.slo, tier, plan))
    if recordings.records_ratios(subject.slo):
        yield from uneven.far(subject)


def _told(subject: Subject, plan: Plan, story: telling.Story) -> Scenario:
    checks: list[Check] = []
    for n, _ in plan.notes:
        checks += subject.checks(n * plan.step, plan.states_at(n), story.why[n])
    spacing, inputs = subject.inputs(plan)
    return telling.scenario(subject.slo, story, spacing, inputs, checks)


def _outage(subject: Subject) -> Iterator[Scenario]:
    """Everything goes wrong at once, in the service's own series where they are known."""
    looks_back = subject.actor.looks_back if isinstance(subject.actor, Synthetic) else Millis(0)
    plan = plans.outage(subject.raw_burns, subject.near_spacing, looks_back)
    if not plan.states or not recordings.records_ratios(subject.slo):
        return
    story = telling.outage(subject.slo, plan)
    checks: list[Check] = []
    for n, _ in plan.notes:
        checks += subject.checks(n * plan.step, plan.states_at(n), story.why[n])
    if isinstance(subject.actor, Synthetic):
        spacing, inputs = plan.spacing, subject.raw(plan)
        checks += _extremes(subject, plan)
        checks.append(recordings.identities(subject.slo, plan.timeline.ends[0]))
    else:
        spacing, inputs = subject.inputs(plan)
    yield telling.scenario(subject.slo, story, spacing, inputs, checks)


def _extremes(subject: Subject, plan: Plan) -> Iterator[ValueCheck]:
    """The error ratio of the shortest window, while it has seen nothing but health, and but errors."""
    window = subject.slo.windows[0]
    ends = plan.timeline.ends
    for at, ratio in zip(ends, (0.0, 1.0), strict=False):
        begins = at - plan.timeline.phases[ends.index(at)].lasts
        if at - begins >= 2 * window:
            yield recordings.ratio_of(subject.slo, at, subject.group, window, ratio)


def _levels(subject: Subject, plan: Plan, number: int, told: set[int]) -> Scenario:
    """One part of the constant errors; the texts of alerts are told once, `told` says which have been."""
    story = telling.levels(subject.slo, plan, number)
    checks: list[Check] = []
    for n, note in plan.notes:
        at = n * plan.step
        states = plan.states_at(n)
        ratio, period = plan.timeline.ratio(plan.step, at), _period(subject, plan, at)
        firing = {i for i, state in enumerate(states) if state}
        texts = subject.texts(ratio, period) if firing - told and subject.foretells(period) else None
        told |= firing if texts else set()
        checks += subject.checks(at, states, story.why[n], texts)
        checks += _values(subject, at, ratio, period, whole=note == "total")
        checks += _overspent(subject, plan, n)
    spacing, inputs = subject.inputs(plan)
    return telling.scenario(subject.slo, story, spacing, inputs, checks)


def _overspent(subject: Subject, plan: Plan, n: int) -> Iterator[AlertCheck]:
    """Whether the alerts on what is left of the budget fire at an evaluation."""
    steps = range(plan.step, n * plan.step + 1, plan.step)
    periods = {at: _period(subject, plan, at) for at in steps} if subject.budget_rules else {}
    for alert, rule in subject.budget_rules:

        def holds(at: int, limit: float = float(alert.threshold)) -> bool | None:
            period = periods[at]
            left = None if period is None else recordings.budget_left(subject.slo, period)
            return None if left is None or abs(left - limit) < BLUR else left < limit

        state = firing(holds, alert.for_, steps)[-1]
        if state is not None:
            at = n * plan.step
            why = "the budget of the period is overspent" if state else "there is enough of the budget left"
            yield subject.overspent(at, alert, rule, periods[at] if state else None, why)


def _period(subject: Subject, plan: Plan, at: int) -> float | None:
    """The error ratio of the period as it is recorded; None where it is not, or not foretold."""
    slo = subject.slo
    if not recordings.records_ratios(slo):
        return None
    if slo.compat is None and not (subject.is_raw or subject.counts_samples):
        return None
    return recordings.period_ratio(slo, plan.timeline, plan.step, at)


def _values(
    subject: Subject, at: int, ratio: float, period: float | None, *, whole: bool
) -> Iterator[ValueCheck]:
    """What is recorded while all windows see the same; the `whole` of it once."""
    slo, budgets = subject.slo, [(subject.group, ratio)]
    if subject.bystander is not None and subject.is_raw:
        budgets.append((subject.bystander.labels, 0.0))
    windows = subject.compared_windows
    yield from recordings.same_over_windows(slo, at, budgets, windows)
    if whole:
        yield recordings.every_ratio(slo, at, budgets, windows)
        yield recordings.identities(slo, at)
    if not recordings.records_metadata(slo):
        return
    if period is not None:
        yield from recordings.left(slo, at, subject.group, period)
    if whole:
        if slo.windows[0] in windows:
            yield recordings.current(slo, at, subject.group, ratio)
        yield from recordings.constants(slo, at)
