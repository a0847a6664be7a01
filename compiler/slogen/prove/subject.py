"""An SLO as its scenarios see it: which series it is fed with, and which alerts are expected of it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from slogen import durations, names, promql
from slogen.adjustments import BudgetAlert, RatioRecordings
from slogen.ir import Alert, Compat, Grouping, Labels, Profile, Rule, RuleGroup, Slo
from slogen.lower.recordings import MOST_TILES
from slogen.proofs import AlertCheck, AlertId, Fired, Input
from slogen.prove import expected, feeds, plans, recordings
from slogen.prove.feeds import Recorded
from slogen.prove.plans import Burns, Plan
from slogen.prove.texts import Answers, NoAnswers
from slogen.prove.timeline import Phase, Timeline
from slogen.synthetic import Gap, Series, Synthetic
from slogen.units import Millis


@dataclass(frozen=True, slots=True)
class Texts:
    """What the texts of alerts tell at an instant: the error ratio, and the answers to their queries."""

    value: float
    answers: Answers


@dataclass(frozen=True)
class Subject:
    """One SLO and its rule groups. `shared` are names of alerts that others in the same file have as well."""

    slo: Slo
    groups: tuple[RuleGroup, ...]
    shared: frozenset[str]

    # what is fed --------------------------------------------------------------------------------------

    @cached_property
    def actor(self) -> Synthetic | Gap:
        """The series of the budget that the scenarios are about."""
        return self.slo.proof[0] if self.slo.proof else self.slo.sli.synthetic(self._grouping, 0)

    @cached_property
    def bystander(self) -> Synthetic | None:
        """The series of another budget, in which all is well all the time; None where there is only one."""
        if not (self._grouping.labels or self._grouping.each):
            return None
        if self.slo.proof:
            return self.slo.proof[1] if len(self.slo.proof) > 1 else None
        found = self.slo.sli.synthetic(self._grouping, 1)
        if not isinstance(found, Synthetic) or found.labels == self.group:
            return None
        return None if self._moves_any_of(found) else found

    def _moves_any_of(self, other: Synthetic) -> bool:
        """Whether a series that moves with the actor is one of another budget, too."""
        assert isinstance(self.actor, Synthetic)
        moving = {gauge.series for gauge in self.actor.gauges if gauge.good != gauge.bad}
        return any(gauge.series in moving for gauge in other.gauges)

    @cached_property
    def _grouping(self) -> Grouping:
        """What keeps budgets apart. Sloth's rules take a query as it is: with all labels that it leaves."""
        grouping = self.slo.grouping
        if self.slo.compat is None or grouping.labels or grouping.each:
            return grouping
        plain = self.slo.sli.plain(durations.render(self.slo.windows[0]), grouping)
        labels = promql.result_labels(plain.ratio or plain.total)
        return Grouping(each=True) if labels is None else grouping

    @cached_property
    def is_raw(self) -> bool:
        """Whether the service's own series can show any error ratio, through all of the rules."""
        if not isinstance(self.actor, Synthetic) or not recordings.records_ratios(self.slo):
            return False
        return self.actor.mixes and not self._is_corrected

    @cached_property
    def counts_samples(self) -> bool:
        """Whether the rules count samples, which can be fed in their place."""
        if self.slo.compat is not None or not recordings.records_ratios(self.slo):
            return False
        return bool(self.slo.sli.samples(self.slo.grouping))

    @cached_property
    def _is_corrected(self) -> bool:
        """Whether Sloth weighs windows by their traffic, which gives no error ratio any more."""
        kinds = (adjustment for adjustment in self.slo.adjustments if isinstance(adjustment, RatioRecordings))
        return self.slo.compat is Compat.SLOTH and any(kind.corrected for kind in kinds)

    @property
    def group(self) -> Labels:
        """The labels of the budget that the scenarios are about."""
        if isinstance(self.actor, Synthetic):
            return self.actor.labels
        return dict.fromkeys(self.slo.grouping.labels, "a")

    @cached_property
    def burns(self) -> Burns:
        """What the plans depend on, however their stories are fed."""
        if self.is_raw:
            assert isinstance(self.actor, Synthetic)
            counted = bool(self.actor.counters)
            return self._burns(weighted=counted, counted=counted, relayed=self._is_cheap)
        return self._burns(weighted=True, counted=False, relayed=False)

    @cached_property
    def far_burns(self) -> Burns:
        """What the plans of long windows depend on.

        Where these are made of what is recorded of the shortest one, that is fed in its place; it cannot be
        seen itself then.
        """
        if not self._is_cheap:
            return self.burns
        found = self._burns(weighted=True, counted=False, relayed=False)
        alerts = (
            replace(alert, tiers=tuple(tier for tier in alert.tiers if tier.short >= plans.FAR))
            for alert in found.alerts
        )
        windows = tuple(window for window in found.windows if window >= plans.FAR)
        return replace(found, alerts=tuple(alerts), windows=windows or found.windows)

    @cached_property
    def raw_burns(self) -> Burns:
        """What the plans depend on where the service's own series are all good or all bad."""
        if self.is_raw:
            return self.burns
        return self._burns(weighted=False, counted=False, relayed=self.counts_samples)

    @cached_property
    def compared_windows(self) -> tuple[Millis, ...]:
        """The windows that see the same while all is the same for as long as the longest one.

        Of a gauge, that one sees a sample of the time before.
        """
        found = tuple(Millis(window) for window in self.far_burns.windows)
        return found[:-1] if self._sees_one_more else found

    @property
    def _sees_one_more(self) -> bool:
        """Whether windows are fed with gauges: of those some versions see a sample more."""
        return self.is_raw and not self.burns.counted and not self._is_cheap

    @property
    def mixes_up_period(self) -> bool:
        """Whether Sloth records the period and an equal window under one name, with two values."""
        return self.slo.compat is Compat.SLOTH and self.slo.window in self.slo.windows

    def is_tiled(self, window: Millis) -> bool:
        """Whether a window is made of consecutive shortest ones, directly or not."""
        slo = self.slo
        if slo.compat is not None or not slo.sli.additive or not slo.windows[0] < window < plans.FAR:
            return False
        shorter = [each for each in slo.windows if each < window and window % each == 0]
        return any(
            window // each <= MOST_TILES and (each == slo.windows[0] or self.is_tiled(each))
            for each in shorter
        )

    def made_of(self, window: Millis) -> Millis:
        """The window that another one is made of, directly or not; itself where it sees the events."""
        slo = self.slo
        if slo.compat is not None or not slo.sli.additive or window >= plans.FAR:
            return window
        for each in reversed(slo.windows):
            if each < window and window % each == 0 and window // each <= MOST_TILES:
                return self.made_of(each)
        return window

    @property
    def _adds_up(self) -> bool:
        """Whether slogen wrote the query, and hence adds up all series of a budget."""
        return not self._grouping.each and self.slo.sli.kind in ("events", "latency")

    @property
    def _is_cheap(self) -> bool:
        """Whether long windows are made of what is recorded of the shortest one."""
        slo = self.slo
        return slo.compat is None and slo.profile is Profile.CHEAP and slo.sli.additive

    def _burns(self, *, weighted: bool, counted: bool, relayed: bool) -> Burns:
        found = plans.burns(self.slo, weighted=weighted, counted=counted, relayed=relayed)
        if self.slo.compat is None:
            return found
        # Sloth forgets `for` in some of its outputs.
        fors = [durations.parse(rule.for_) if rule.for_ else 0 for rule in self.burn_rules]
        alerts = (replace(alert, for_=for_) for alert, for_ in zip(found.alerts, fors, strict=True))
        return replace(found, alerts=tuple(alerts))

    @cached_property
    def near_spacing(self) -> Millis:
        """How far samples are apart in a story of minutes: all that is looked at holds several."""
        found = plans.near_spacing(self.raw_burns)
        if isinstance(self.actor, Synthetic) and self.actor.looks_back:
            return Millis(math.gcd(found, max(self.actor.looks_back // 5, 1)))
        return found

    def inputs(self, plan: Plan) -> tuple[Millis, list[Input]]:
        """The series of a story, whichever way the SLO allows, and how far their samples are apart."""
        if self._is_cheap and plan.step == plans.far_step(self.far_burns):
            recorded = self.rates(self.slo.windows[0])
            return plan.spacing, feeds.samples(recorded, plan.timeline, plan.spacing, plan.step)
        if self.is_raw:
            return plan.spacing, self.raw(plan)
        if self.counts_samples:
            recorded = self._samples()
            return plan.spacing, feeds.samples(recorded, plan.timeline, plan.spacing, plan.step)
        return plan.step, feeds.windows(self._windows(), plan.timeline, plan.step)

    def raw(self, plan: Plan, *, split: bool = False) -> list[Input]:
        """The service's own series of a story; all is well with the bystander.

        `split` has every counter twice, where the SLO adds up its series: a sum is neither of them.
        """
        assert isinstance(self.actor, Synthetic)
        found = feeds.raw(self.actor, plan.timeline, plan.spacing)
        if split and self._adds_up:
            found = list(feeds.twice(found))
        if self.bystander is not None:
            found += feeds.raw(self.bystander, Timeline((Phase(plan.timeline.end),)), plan.spacing)
        return list({series.series: series for series in reversed(found)}.values())[::-1]

    def _samples(self) -> Recorded:
        labels = {**expected.identity(self.slo), **self.group}
        return Recorded(Series(names.TOTAL_SAMPLES, labels), Series(names.ERROR_SAMPLES, labels))

    def _windows(self) -> list[tuple[int, Series]]:
        slo = self.slo
        return [(window, expected.ratio_series(slo, self.group, window)) for window in slo.windows]

    def rates(self, window: Millis) -> Recorded:
        """The events per second that are recorded of a window."""
        text, labels = durations.render(window), {**expected.identity(self.slo), **self.group}
        return Recorded(Series(names.total_rate(text), labels), Series(names.errors_rate(text), labels))

    # alerts -------------------------------------------------------------------------------------------

    @cached_property
    def alert_rules(self) -> tuple[tuple[AlertId, Rule], ...]:
        """All alerting rules of the SLO."""
        return tuple(
            (AlertId(group.name, i), rule)
            for group in self.groups
            for i, rule in enumerate(group.rules)
            if rule.alert
        )

    @cached_property
    def burn_rules(self) -> tuple[Rule, ...]:
        """The rules of the burn-rate alerts, in the order of the alerts."""
        found = (self._rule(alert.name, alert.labels) for alert in self.slo.alerts)
        return tuple(rule for rule in found if rule is not None)

    @cached_property
    def absence_rule(self) -> Rule | None:
        """The rule of the alert that there is no data, where there is one."""
        absence = self.slo.absence
        return self._rule(absence.name, absence.labels) if absence is not None else None

    def _rule(self, name: str, labels: Labels) -> Rule | None:
        for _, rule in self.alert_rules:
            if rule.alert == name and rule.labels.items() >= labels.items():
                return rule
        return None

    @cached_property
    def budget_rules(self) -> tuple[tuple[BudgetAlert, Rule], ...]:
        """The alerts on what is left of the budget, and their rules."""
        wanted = (adjustment for adjustment in self.slo.adjustments if isinstance(adjustment, BudgetAlert))
        found = ((alert, self._rule(alert.name, alert.labels)) for alert in wanted)
        return tuple((alert, rule) for alert, rule in found if rule is not None)

    def checks(
        self, at: int, states: Sequence[bool | None], why: str, texts: Texts | None = None
    ) -> Iterator[AlertCheck]:
        """The checks of all burn-rate alerts at an instant, alerts of one name in one check."""
        by_name: dict[str, list[tuple[Alert, Rule, bool | None]]] = {}
        for alert, rule, state in zip(self.slo.alerts, self.burn_rules, states, strict=True):
            by_name.setdefault(alert.name, []).append((alert, rule, state))
        for name, members in by_name.items():
            if all(state is not None for _, _, state in members):
                alerts = tuple(self._fired(alert, rule, texts) for alert, rule, state in members if state)
                yield AlertCheck(Millis(at), name, alerts, why, self._among(name))

    def _among(self, name: str) -> Labels:
        """What tells alerts of this SLO from others of the same name."""
        return {names.ID_LABEL: self.slo.id} if name in self.shared else {}

    def overspent(self, at: int, alert: BudgetAlert, rule: Rule, ratio: float | None, why: str) -> AlertCheck:
        """The check of an alert on the budget left: it fires at a ratio of the period, or (None) does not."""
        if ratio is None:
            return AlertCheck(Millis(at), rule.alert, (), why, self._among(rule.alert))
        series = recordings.burn_series(names.BUDGET_REMAINING, self.slo, self.group)
        left = recordings.budget_left(self.slo, ratio)
        fired = expected.fired(rule, series.labels, alert.labels, left, NoAnswers())
        return AlertCheck(Millis(at), rule.alert, (fired,), why, self._among(rule.alert))

    def silent(self, at: int, why: str) -> Iterator[AlertCheck]:
        """That no alert of this SLO fires at an instant."""
        for name in dict.fromkeys(rule.alert for _, rule in self.alert_rules):
            yield AlertCheck(Millis(at), name, (), why, self._among(name))

    def absent(self, at: int, groups: Sequence[Labels | None], why: str) -> Iterator[AlertCheck]:
        """That data is missing at an instant, of these budgets or (None) of all, and nothing else fires."""
        rule, absence = self.absence_rule, self.slo.absence
        assert rule is not None
        assert absence is not None
        fired = tuple(
            expected.fired(rule, expected.absence_labels(self.slo, group), absence.labels, 1.0, NoAnswers())
            for group in groups
        )
        yield AlertCheck(Millis(at), rule.alert, fired, why, self._among(rule.alert))
        for name in dict.fromkeys(rule.alert for rule in self.burn_rules):
            if name != rule.alert:
                yield AlertCheck(Millis(at), name, (), "nothing else fires", self._among(name))

    def _fired(self, alert: Alert, rule: Rule, texts: Texts | None) -> Fired:
        given = expected.burn_labels(self.slo, self.group)
        if texts is None:
            return expected.fired(rule, given, alert.labels, None, NoAnswers())
        return expected.fired(rule, given, alert.labels, texts.value, texts.answers)

    def foretells(self, period: float | None) -> bool:
        """Whether all that texts ask for is known, given the error ratio of the period, if it is."""
        slo = self.slo
        if period is not None or not (recordings.records_metadata(slo) and recordings.records_ratios(slo)):
            return True
        return slo.compat is None and not (self.is_raw or self.counts_samples)

    @cached_property
    def _blurred(self) -> frozenset[str]:
        """The series of windows that see a sample of another time, in some versions of Prometheus."""
        if not self._sees_one_more:
            return frozenset()
        windows = set(self.slo.windows).difference(self.compared_windows)
        return frozenset(names.error_ratio(durations.render(window)) for window in windows)

    def texts(self, ratio: float, period: float | None) -> Texts:
        """What texts tell when all windows have a ratio, and the period has one, if that is recorded."""
        slo, group = self.slo, self.group
        values = {expected.ratio_series(slo, group, window): ratio for window in slo.windows}
        if period is not None and recordings.records_metadata(slo):
            left = recordings.budget_left(slo, period)
            values[recordings.burn_series(names.BUDGET_REMAINING, slo, group)] = left
            values[recordings.burn_series(names.PERIOD_BURN_RATE, slo, group)] = period / float(slo.budget)
        return Texts(ratio, Answers(values, self._blurred))
