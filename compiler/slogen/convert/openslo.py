"""OpenSLO, `openslo/v1`: a document for each SLO, with its alert policies in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from slogen import burn, names, promql
from slogen.adjustments import USUAL
from slogen.convert import Note, Project, Slo, Written
from slogen.ir import AlertDraft, AlertWindows, Draft, Grouping, Millis, Sli, Tier, Urgency
from slogen.openslo.alerts import short_window, urgency_of
from slogen.openslo.indicators import OPERATORS
from slogen.slis.condition import Condition
from slogen.slis.events import Events
from slogen.slis.timeslice import Timeslice
from slogen.spectext import Block, Entry, Origin, Place, Value, block, items, tree
from slogen.spectext.numbers import duration
from slogen.spectext.queries import spelling

NAME = "openslo"
SPECS = frozenset({"openslo/v1", "openslo/v1alpha"})

_KEYS = {operator: key for key, operator in OPERATORS.items()}
_OF_ALERTS = (names.SEVERITY, names.SLO, names.SERVICE)
_ENOUGH_DIGITS = 15
_MINUTE, _HOUR = 60_000, burn.HOUR


def write(slos: Sequence[Slo], windows: Sequence[tuple[AlertWindows, Origin]], project: Project) -> Written:
    """A document for each SLO."""
    writers = [_SloWriter(draft, origin.place, project) for draft, origin in slos]
    documents = [
        (origin.document, writer.document()) for writer, (_, origin) in zip(writers, slos, strict=True)
    ]
    notes = [note for writer in writers for note in writer.notes]
    for item, _ in windows:
        at = item.where.whole
        notes.append(Note(at, "left out: the alert windows are in the policies of each SLO"))
        if project.settings.alert_windows == item.name:
            notes.append(Note(at, f"Settings refer to `{item.name}`, which is gone: change `alert_windows`"))
    return Written(documents, notes)


@dataclass(slots=True)
class _SloWriter:
    """Writes one SLO, and takes note of what it cannot write."""

    draft: Draft
    place: Place
    project: Project
    notes: list[Note] = field(default_factory=list)

    def document(self) -> Entry:
        """The document of the SLO."""
        draft, place = self.draft, self.place
        self._note_what_has_no_words()
        policies = self._policies()
        # A burn rate is relative to the window, so policies need one.
        window = draft.window or (self.project.window if policies else None)
        written_window = items([((*place, "window"), self._window(window))]) if window else None
        method, indicator, objective = self._measured()
        spec: dict[str, Value | None] = {
            "description": draft.description,
            "service": draft.service,
            "indicator": indicator,
            "timeWindow": written_window,
            "budgetingMethod": method,
            "objectives": items([((), objective)]),
            "alertPolicies": items([((), policy) for policy in policies]),
        }
        metadata = {
            "name": self._name,
            "labels": self._labels((*place, "labels")),
            "annotations": self._annotations((*place, "annotations")),
        }
        body: dict[str, Value | None] = {
            "apiVersion": "openslo/v1",
            "kind": "SLO",
            "metadata": block(place, metadata),
            "spec": block(place, spec),
        }
        return Entry("", block(place, body), place)

    def _note(self, part: str, text: str) -> None:
        self.notes.append(Note(self.draft.where[part], text))

    @property
    def _name(self) -> str:
        draft = self.draft
        return (
            draft.name if self.project.slo_names.get(draft.name, 1) < 2 else f"{draft.service}-{draft.name}"
        )

    def _window(self, window: Millis) -> Block:
        return block((), {"duration": _shorthand(window), "isRolling": True}, brief=True)

    def _note_what_has_no_words(self) -> None:
        draft, project = self.draft, self.project
        if self._name != draft.name:
            self._note(
                "name", f"called `{self._name}`: another SLO is called `{draft.name}`, and names are all"
            )
        if draft.profile is not None and draft.profile is not project.settings.profile:
            self._note("profile", f"`profile: {draft.profile.value}` is left out")
        if draft.proof:
            self._note("proof", "`proof` is left out: write a document of kind `Proof` instead")
        if draft.partial_response_strategy:
            self._note("partial_response_strategy", "`partial_response_strategy` is left out")
        if draft.adjustments != USUAL:
            self._note("adjustments", "the adjustments of the rules (Sloth's plugins) are left out")
        if draft.group_by != tuple(sorted(draft.group_by)):
            order = ", ".join(sorted(draft.group_by))
            self._note("group_by", f"the labels will be in the order {order}")
        manifest = draft.manifest
        if manifest.namespace or manifest.labels or manifest.annotations:
            self._note("manifest", "namespace, labels and annotations of the object are left out")
        if manifest.name and manifest.name != names.object_name(draft.service):
            called = names.object_name(draft.service)
            self._note("manifest", f"the object will be called `{called}`, after the service")
        self._note_what_alerts_lose()

    def _note_what_alerts_lose(self) -> None:
        alerting = self.draft.alerting
        usual = names.alert(self.draft.service, self.draft.name)
        alerts = {"page": alerting.page, "ticket": alerting.ticket, "absent": alerting.absent}
        if alerting.name is not None and alerting.name != usual:
            self._note("alerting.name", f"the alerts will be called `{usual}`")
        for urgency, alert in alerts.items():
            if alert.disable:
                continue
            labels = alert.labels.keys() - {names.SEVERITY}
            said = {"name": alert.name, "labels": labels, "annotations": alert.annotations}
            left = [f"`{key}`" for key, value in said.items() if value]
            if left:
                self._note(f"alerting.{urgency}", f"{', '.join(left)} of one alert: left out")
        if alerting.absent.for_ is not None and not alerting.absent.disable:
            self._note("alerting.absent", "`for` of the alert that there is no data: left out")
        if alerting.labels.keys() - set(_OF_ALERTS):
            self._note("alerting.labels", "the recorded series will have the labels of the alerts, too")

    def _labels(self, place: Place) -> Value | None:
        draft = self.draft
        for name in (name for name in _OF_ALERTS[1:] if name in draft.alerting.labels):
            self._note("alerting.labels", f"`{name}` is left out: slogen sets this label itself")
        labels = {**draft.labels, **draft.alerting.labels}
        own = {name: text for name, text in labels.items() if name not in _OF_ALERTS}
        return tree(own, place) if own else None

    def _annotations(self, place: Place) -> Value | None:
        draft = self.draft
        links = {"runbook_url": draft.runbook, "dashboard": draft.dashboard}
        found = {
            **{name: self._link(url) for name, url in links.items() if url},
            **draft.annotations,
            **draft.alerting.annotations,
        }
        return tree(found, place) if found else None

    def _link(self, pattern: str) -> str:
        return pattern.replace("{service}", self.draft.service).replace("{slo}", self.draft.name)

    @property
    def _owner(self) -> str | None:
        """The owner, unless a label says it already."""
        draft = self.draft
        label = {**draft.labels, **draft.alerting.labels}.get(names.OWNER)
        return None if draft.owner == label else draft.owner

    # what is measured ---------------------------------------------------------------------------------

    def _measured(self) -> tuple[str, Block, Block]:
        """The budgeting method, the indicator, and the objective."""
        draft, place = self.draft, self.place
        target: dict[str, Value | None] = {"target": draft.objective.scaleb(-2)}
        sli = draft.sli
        if isinstance(sli, Timeslice):
            written = self._indicator(sli.of)
            if written is not None:
                slices: dict[str, Value | None] = {
                    "timeSliceTarget": sli.target.scaleb(-2),
                    "timeSliceWindow": _shorthand(sli.length),
                }
                metric, compared = written
                return "Timeslices", metric, block(place, {**compared, **target, **slices})
        metric, compared = self._indicator(sli) or self._spelt(sli)
        return "Occurrences", metric, block(place, {**compared, **target})

    @property
    def _grouping(self) -> Grouping:
        return Grouping(tuple(sorted(self.draft.group_by)), self.draft.each_series)

    def _indicator(self, sli: Sli) -> tuple[Block, Mapping[str, Value | None]] | None:
        """An indicator, and what an objective compares it with; None where OpenSLO measures it otherwise."""
        if isinstance(sli, Events) and not self.draft.each_series:
            part = "good" if sli.good_given else "bad"
            return self._ratio(
                {
                    "counter": True,
                    part: self._counters([query.text for query in sli.part_selectors]),
                    "total": self._counters([query.text for query in sli.total_selectors]),
                }
            ), {}
        if isinstance(sli, Condition):
            return self._threshold(sli)
        if isinstance(sli, Timeslice):
            return None
        return self._spelt(sli)

    def _counters(self, selectors: Sequence[str]) -> str:
        """Counters as one query, which slogen reads as the counters that they are."""
        if len(selectors) == 1 and not self.draft.group_by:
            return selectors[0]
        return "\n+ ".join(f"sum{self._grouping.by}({selector})" for selector in selectors)

    def _threshold(self, sli: Condition) -> tuple[Block, Mapping[str, Value | None]] | None:
        labels = promql.result_labels(sli.metric.text)
        own = labels is None if self.draft.each_series else labels == frozenset(self.draft.group_by)
        if not own:
            return None
        operator, _, number = sli.comparison.partition(" ")
        text, key, value = sli.metric.text, _KEYS.get(operator), Decimal(number)
        if key is None:
            # What is not a number is unequal to every number, and not good.
            is_number = f" * ({text} <= bool Inf)" if operator == "!=" else ""
            text, key, value = f"({text} {operator} bool {number}){is_number}", "gte", Decimal(1)
            self._note("sli", f"`{sli.comparison}` becomes 1 for good samples and 0 for others, and `>= 1`")
        place = (*self.place, "sli")
        metric = block(place, {"thresholdMetric": self._metric(text, place)})
        return self._named(metric), {"op": key, "value": value}

    def _spelt(self, sli: Sli) -> tuple[Block, Mapping[str, Value | None]]:
        """Any indicator as queries of events, or of a ratio."""
        spelt = spelling(sli, self._grouping)
        for loss in spelt.losses:
            self._note("sli", loss)
        plain = spelt.plain
        if plain.ratio:
            return self._ratio({"rawType": "failure", "raw": plain.ratio}), {}
        part = {"good": plain.good} if plain.good else {"bad": plain.bad}
        return self._ratio({"counter": True, **part, "total": plain.total}), {}

    def _ratio(self, said: Mapping[str, str | bool]) -> Block:
        place = (*self.place, "sli")
        ratio: dict[str, Value | None] = {
            key: self._metric(text, (*place, key)) if key in ("good", "bad", "total", "raw") else text
            for key, text in said.items()
        }
        return self._named(block(place, {"ratioMetric": block(place, ratio)}))

    def _named(self, spec: Block) -> Block:
        return Block((Entry("metadata", block((), {"name": self._name}, brief=True)), Entry("spec", spec)))

    def _metric(self, query: str | bool, place: Place) -> Block:
        kind = "VictoriaMetrics" if any(query.opaque for query in self.draft.sli.queries) else "Prometheus"
        source: dict[str, Value | None] = {"type": kind, "spec": block(place, {"query": query})}
        return block(place, {"metricSource": block(place, source)})

    # alerts -------------------------------------------------------------------------------------------

    def _policies(self) -> list[Block]:
        """A policy for each pair of windows; none where slogen's usual alerts are the ones."""
        tiers = self.project.tiers(self.draft)
        if not self._needs_policies(tiers):
            return []
        raised = [urgency for urgency, alert in self._alerts.items() if not alert.disable]
        own = [tier for tier in tiers if tier.urgency in raised]
        if not own:
            # Without a policy the usual alerts are raised.
            policy = self._policy(tiers[0], tiers[0].urgency.value, None, {"alertWhenBreaching": False})
            return [policy]
        self._note_what_tiers_lose(tiers, own)
        return [self._policy_of(tier, own) for tier in own]

    @property
    def _alerts(self) -> Mapping[Urgency, AlertDraft]:
        return {Urgency.PAGE: self.draft.alerting.page, Urgency.TICKET: self.draft.alerting.ticket}

    @property
    def _period(self) -> Millis:
        return self.draft.window or self.project.window

    def _needs_policies(self, tiers: Sequence[Tier]) -> bool:
        """Whether an SLO without policies would have other alerts."""
        if not tiers:
            return False
        budget = (100 - self.draft.objective) / 100
        usual = burn.fitted(burn.default_tiers(self._period), self._period, budget)
        absent = self.draft.alerting.absent
        alerts = self._alerts.values()
        said = names.SEVERITY in self.draft.alerting.labels or any(
            alert.disable
            or alert.severity
            or alert.severities
            or alert.for_
            or names.SEVERITY in alert.labels
            for alert in alerts
        )
        has_own = self._owner is not None or absent.disable or absent.severity is not None
        return tuple(tiers) != usual or said or has_own

    def _note_what_tiers_lose(self, tiers: Sequence[Tier], own: Sequence[Tier]) -> None:
        part = "alert_windows" if "alert_windows" in self.draft.where else "alerting"
        if len(own) < len(tiers):
            urgency = next(tier.urgency for tier in tiers if tier not in own)
            self._note(f"alerting.{urgency}", f"the windows of the {urgency} will not be recorded")
        if any(tier.short != short_window(tier.long) for tier in own):
            self._note(part, "the short windows will be a twelfth of the long ones, in whole minutes")
        order = list(Urgency)
        if list(own) != sorted(own, key=lambda tier: (order.index(tier.urgency), tier.long)):
            self._note(part, "the alert windows will be in the order of their length")
        severity = self.draft.alerting.absent.severity
        if severity is not None and severity not in [self._severity(tier, own)[1] for tier in own]:
            self._note("alerting.absent", f"`severity: {severity}` is left out: no other alert has it")

    def _policy_of(self, tier: Tier, tiers: Sequence[Tier]) -> Block:
        wanted, severity = self._severity(tier, tiers)
        if wanted != severity:
            text = f"`severity: {wanted}` becomes `{severity}`: the severity is what tells pages from tickets"
            self._note(f"alerting.{tier.urgency}", text)
        absent = self.draft.alerting.absent
        when: dict[str, Value | None] = {"alertWhenBreaching": True}
        if absent.disable:
            when = {"alertWhenNoData": False, **when}
        elif absent.severity is not None and absent.severity == severity:
            when = {"alertWhenNoData": True, **when}
        return self._policy(tier, severity, self._alerts[tier.urgency].for_, when)

    def _severity(self, tier: Tier, tiers: Sequence[Tier]) -> tuple[str, str]:
        """The severity of a tier's alert, and the one that can be written: it must tell the urgency."""
        alert, settings = self._alerts[tier.urgency], self.project.settings
        usual = settings.page_severity if tier.urgency is Urgency.PAGE else settings.ticket_severity
        labels = {**self.draft.alerting.labels, **alert.labels}
        own = (labels[names.SEVERITY],) if names.SEVERITY in labels else alert.severities
        severities = own or (alert.severity or usual,)
        number = [other for other in tiers if other.urgency is tier.urgency].index(tier)
        severity = severities[min(number, len(severities) - 1)]
        return severity, severity if urgency_of(severity) is tier.urgency else tier.urgency.value

    def _policy(
        self, tier: Tier, severity: str, for_: Millis | None, when: Mapping[str, Value | None]
    ) -> Block:
        name = f"{self._name}-{tier.urgency}-{_shorthand(tier.long)}"
        burning: dict[str, Value | None] = {
            "kind": "burnrate",
            "op": "gte",
            "threshold": Decimal(burn.decimal_text(burn.factor(tier, self._period), _ENOUGH_DIGITS)),
            "lookbackWindow": _shorthand(tier.long),
            "alertAfter": _shorthand(for_) if for_ else None,
        }
        condition = _object(
            "AlertCondition", name, {"severity": severity, "condition": block((), burning, brief=True)}
        )
        spec: dict[str, Value | None] = {**when, "conditions": items([((), condition)])}
        if self._owner is not None:
            target = _object("AlertNotificationTarget", self._owner, {"target": self._owner})
            spec["notificationTargets"] = items([((), target)])
        return _object("AlertPolicy", name, spec)


def _object(kind: str, name: str, spec: Mapping[str, Value | None]) -> Block:
    """An object within another one."""
    return block(
        (),
        {
            "kind": kind,
            "metadata": block((), {"name": name}, brief=True),
            "spec": block((), spec, brief=True),
        },
    )


def _shorthand(millis: Millis) -> str:
    """A duration as OpenSLO has it: a number of one unit."""
    for unit, length in (("d", burn.DAY), ("h", _HOUR), ("m", _MINUTE)):
        count, rest = divmod(millis, length)
        if count and not rest:
            return f"{count}{unit}"
    return duration(millis)
