"""Sloth's formats: `prometheus/v1`, or `sloth.slok.dev/v1` where a spec names a Kubernetes object."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from slogen import burn, durations, names
from slogen.adjustments import (
    USUAL,
    Adjustment,
    BareSeries,
    BudgetAlert,
    BurnAlerts,
    InfoLabels,
    Intervals,
    MetadataRecordings,
    RatioRecordings,
)
from slogen.convert import Note, Project, Slo, Written, by_document, shared_labels
from slogen.ir import AlertDraft, AlertWindows, Draft, Grouping, Labels, Manifest, Tier, Urgency
from slogen.sloth.dialect import KUBERNETES, PROMETHEUS, Dialect
from slogen.sloth.slo_plugins import METRICSQL
from slogen.sloth.slo_plugins import USUAL as USUAL_PLUGINS
from slogen.spectext import Block, Entry, Origin, Place, Value, block, flow, items, tree
from slogen.spectext.numbers import duration, percent
from slogen.spectext.queries import bad_of_good, spelling

NAME = "sloth"
SPECS = frozenset({"prometheus/v1", "sloth.slok.dev/v1"})


def write(slos: Sequence[Slo], windows: Sequence[tuple[AlertWindows, Origin]], project: Project) -> Written:
    """A document for the SLOs of each service, and one for each set of alert windows that Sloth can have."""
    documents: list[tuple[int, Entry]] = []
    notes: list[Note] = []
    for item, origin in windows:
        written = _windows(item, origin)
        if written is not None:
            documents.append((origin.document, written))
        notes += _notes_on_windows(item, project, written=written is not None)
    for members in by_document(slos):
        writers = [_SloWriter(draft, origin.place, _dialect(draft), project) for draft, origin in members]
        documents.append((members[0][1].document, _service(members, writers)))
        notes += [note for writer in writers for note in writer.notes]
    return Written(documents, notes)


def _dialect(draft: Draft) -> Dialect:
    manifest = draft.manifest
    named = manifest.name or manifest.namespace or manifest.labels or manifest.annotations
    return KUBERNETES if named else PROMETHEUS


# services ---------------------------------------------------------------------------------------------


def _service(slos: Sequence[Slo], writers: Sequence[_SloWriter]) -> Entry:
    draft, origin = slos[0]
    place, dialect = origin.whole, _dialect(draft)
    labels = shared_labels([draft.labels for draft, _ in slos], "labels", origin)
    chains = [writer.chain() for writer in writers]
    shared = chains[0] if len(slos) > 1 and all(chain == chains[0] for chain in chains) else None
    written = [
        (writer.place, writer.slo(labels, None if chain == shared else chain))
        for writer, chain in zip(writers, chains, strict=True)
    ]
    spec: dict[str, Value | None] = {
        "service": draft.service,
        "labels": _texts(labels, (*place, "labels")),
        dialect.key("slo_plugins"): None if shared is None else tree(shared, (*place, "adjustments")),
        "slos": items(written, spaced=True),
    }
    if dialect is PROMETHEUS:
        return Entry("", block(place, {"version": PROMETHEUS.name, **spec}), place)
    body: dict[str, Value | None] = {
        "apiVersion": KUBERNETES.name,
        "kind": "PrometheusServiceLevel",
        "metadata": _metadata(draft.manifest, names.object_name(draft.service), (*place, "metadata")),
        "spec": block(place, spec),
    }
    return Entry("", block(place, body), place)


def _metadata(manifest: Manifest, name: str, place: Place) -> Block:
    return block(
        place,
        {
            "name": manifest.name or name,
            "namespace": manifest.namespace,
            "labels": _texts(manifest.labels, (*place, "labels")),
            "annotations": _texts(manifest.annotations, (*place, "annotations")),
        },
    )


def _texts(labels: Labels, place: Place) -> Value | None:
    return tree(labels, place) if labels else None


# SLOs -------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _SloWriter:
    """Writes one SLO, and takes note of what it cannot write."""

    draft: Draft
    place: Place
    dialect: Dialect
    project: Project
    notes: list[Note] = field(default_factory=list)

    def slo(self, shared: Labels, chain: Mapping[str, object] | None) -> Block:
        """The SLO, without the labels of its service."""
        draft, place = self.draft, self.place
        self._note_what_has_no_words()
        labels = {name: text for name, text in draft.labels.items() if name not in shared}
        return block(
            place,
            {
                "name": draft.name,
                "description": draft.description,
                "objective": draft.objective,
                "labels": self._labels(labels, "labels", (*place, "labels")),
                "plugins": None if chain is None else tree(chain, (*place, "adjustments")),
                "sli": self._sli((*place, "sli")),
                "alerting": self._alerting((*place, "alerting")),
            },
        )

    def _note(self, part: str, text: str) -> None:
        self.notes.append(Note(self.draft.where[part], text))

    def _labels(self, labels: Labels, part: str, place: Place) -> Value | None:
        """Labels or annotations; Sloth has none without a text."""
        for name in (name for name, text in labels.items() if not text):
            self._note(part, f"`{name}` is left out: a text is empty here, and Sloth has none such")
        return _texts({name: text for name, text in labels.items() if text}, place)

    def _note_what_has_no_words(self) -> None:
        draft, project = self.draft, self.project
        if len(draft.name) < 2 or len(draft.service) < 2:
            short = "name" if len(draft.name) < 2 else "service"
            self._note(short, f"Sloth itself refuses a {short} of one character")
        if draft.window is not None and draft.window != project.window:
            span = duration(project.window)
            self._note("window", f"the window will be {span}: Sloth has one for all, `--default-slo-period`")
        read = replace(draft, window=None, alert_windows=None, tiers=(), fit_tiers=False)
        if project.tiers(draft) != project.tiers(read):
            part = "alert_windows" if "alert_windows" in draft.where else "objective"
            self._note(part, "the alert windows will be those of the period: Sloth has none for one SLO")
            budget = (100 - draft.objective) / 100
            dead = [tier for tier in project.tiers(read) if not burn.can_fire(tier, project.window, budget)]
            if dead:
                long = duration(dead[0].long)
                self._note(
                    "objective", f"the {dead[0].urgency} over {long} can never fire: slogen refuses that"
                )
        if draft.profile is not None and draft.profile is not project.settings.profile:
            self._note("profile", f"`profile: {draft.profile.value}` is left out: Sloth has no such choice")
        if any(isinstance(each, BudgetAlert) and not each.for_ for each in draft.adjustments):
            waits = duration(BudgetAlert().for_)
            self._note(
                "adjustments", f"the alert on the budget will wait for {waits}, as Sloth does for `0s`"
            )
        if draft.proof:
            self._note("proof", "`proof` is left out: write a document of kind `Proof` instead")
        if draft.partial_response_strategy:
            self._note("partial_response_strategy", "`partial_response_strategy` is left out")
        if draft.group_by != tuple(sorted(draft.group_by)):
            order = ", ".join(sorted(draft.group_by))
            self._note("group_by", f"the labels will be in the order {order}, as the queries name them")

    # the indicator ------------------------------------------------------------------------------------

    def _sli(self, place: Place) -> Block:
        draft, dialect = self.draft, self.dialect
        grouping = Grouping(draft.group_by, draft.each_series)
        # What the author sets for all series tells none apart.
        spelt = spelling(draft.sli, grouping, draft.labels)
        for loss in spelt.losses:
            self._note("sli", loss)
        plain = spelt.plain
        if plain.ratio:
            raw = block(place, {dialect.key("error_ratio_query"): plain.ratio})
            return block(place, {"raw": raw})
        error = plain.bad
        if plain.good:
            error = bad_of_good(plain, grouping)
            self._note("sli", "Sloth counts errors: `good` becomes the total without the good events")
        events: dict[str, Value | None] = {
            dialect.key("error_query"): error,
            dialect.key("total_query"): plain.total,
        }
        return block(place, {"events": block(place, events)})

    # alerts -------------------------------------------------------------------------------------------

    def _alerting(self, place: Place) -> Block:
        alerting = self.draft.alerting
        draft, key = self.draft, self.dialect.key
        page = self._alert("page", alerting.page, (*place, "page"))
        ticket = self._alert("ticket", alerting.ticket, (*place, "ticket"))
        if len(set(self._own_names.values())) > 1:
            name = self._alert_name
            self._note("alerting.ticket", f"the ticket will be called `{name}`: Sloth has one name for both")
        self._note_absent()
        links = {"runbook_url": draft.runbook, "dashboard": draft.dashboard}
        annotations = {
            **{name: self._link(url) for name, url in links.items() if url},
            **draft.annotations,
            **alerting.annotations,
        }
        owner = (
            {}
            if draft.owner is None
            else self._unless_set(self.project.settings.owner_label, draft.owner, alerting.labels)
        )
        return block(
            place,
            {
                "name": self._alert_name,
                "labels": self._labels({**owner, **alerting.labels}, "alerting.labels", (*place, "labels")),
                "annotations": self._labels(annotations, "alerting", (*place, "annotations")),
                key("page_alert"): page,
                key("ticket_alert"): ticket,
            },
        )

    def _link(self, pattern: str) -> str:
        return pattern.replace("{service}", self.draft.service).replace("{slo}", self.draft.name)

    def _unless_set(self, name: str, text: str, *labels: Labels) -> Labels:
        """A label that slogen sets unless another of that name is there."""
        others = (self.project.settings.labels, self.draft.labels, *labels)
        return {} if name in self.draft.group_by or any(name in other for other in others) else {name: text}

    @property
    def _own_names(self) -> Mapping[str, str]:
        """The names of the alerts that are raised, by urgency."""
        draft = self.draft
        usual = draft.alerting.name or names.alert(draft.service, draft.name)
        alerts = {"page": draft.alerting.page, "ticket": draft.alerting.ticket}
        return {urgency: alert.name or usual for urgency, alert in alerts.items() if not alert.disable}

    @property
    def _alert_name(self) -> str | None:
        """The name of the alerts: Sloth has one for both, and needs it where there are any."""
        return next(iter(self._own_names.values()), self.draft.alerting.name)

    def _alert(self, urgency: str, alert: AlertDraft, place: Place) -> Block:
        part = f"alerting.{urgency}"
        if alert.disable:
            return block(place, {"disable": True})
        if alert.for_:
            self._note(part, f"`for: {duration(alert.for_)}` is left out: the {urgency} will fire at once")
        severity = alert.severity
        if alert.severities:
            severity = alert.severities[0]
            if len(set(alert.severities)) > 1:
                self._note(
                    part, f"one alert with `severity: {severity}` for all alert windows: Sloth has one"
                )
        labels = {**alert.labels}
        if severity:
            set_ = self._unless_set(names.SEVERITY, severity, self.draft.alerting.labels, alert.labels)
            labels = {**set_, **labels}
        return block(
            place,
            {
                "labels": self._labels(labels, part, (*place, "labels")),
                "annotations": self._labels(alert.annotations, part, (*place, "annotations")),
            },
        )

    def _note_absent(self) -> None:
        """Say what becomes of the alert that there is no data, of which Sloth knows nothing."""
        draft = self.draft
        absent = draft.alerting.absent
        if absent.disable:
            self._note("alerting.absent", "slogen will raise the alert that there is no data: Sloth has none")
            return
        own = absent.name or self._absence_name(draft.alerting.name)
        then = self._absence_name(self._alert_name)
        if own != then:
            self._note("alerting.absent", f"slogen will call the alert that there is no data `{then}`")
        said = {
            "severity": absent.severity,
            "for": absent.for_ is not None,
            "labels": absent.labels,
            "annotations": absent.annotations,
        }
        left = [f"`{key}`" for key, value in said.items() if value]
        if left:
            self._note("alerting.absent", f"{', '.join(left)} of the alert that there is no data: left out")

    def _absence_name(self, base: str | None) -> str:
        """What `resolve` calls the alert that there is no data, after the name of the alerts."""
        return names.absence_alert(self.draft.service, self.draft.name, base)

    # plugins ------------------------------------------------------------------------------------------

    def chain(self) -> Mapping[str, object] | None:
        """The chain of SLO plugins; None for Sloth's own."""
        adjustments = self.draft.adjustments
        metricsql = any(query.opaque for query in self.draft.sli.queries)
        if adjustments == USUAL and not metricsql:
            return None
        starts = range(len(adjustments) - len(USUAL) + 1)
        start = next((i for i in starts if adjustments[i : i + len(USUAL)] == USUAL), None)
        if start is None or metricsql:
            validator = METRICSQL if metricsql else USUAL_PLUGINS[0]
            links = [{"id": validator}, *(_plugin(adjustment) for adjustment in adjustments)]
            return {"overridePrevious": True, "chain": links}
        before = [{**_plugin(adjustment), "priority": -1} for adjustment in adjustments[:start]]
        after = [_plugin(adjustment) for adjustment in adjustments[start + len(USUAL) :]]
        return {"chain": [*before, *after]}


def _plugin(adjustment: Adjustment) -> Mapping[str, object]:
    """The plugin that makes an adjustment, with its configuration."""
    name, config = _configured(adjustment)
    filled = {key: value for key, value in config.items() if value not in (None, {}, [], False)}
    return {"id": f"sloth.dev/{name}/v1", **({"config": filled} if filled else {})}


def _configured(adjustment: Adjustment) -> tuple[str, Mapping[str, object]]:
    match adjustment:
        case RatioRecordings(plain_period, corrected):
            name = "contrib/denominator_corrected_rules" if corrected else "core/sli_rules"
            return name, {"disableOptimized": plain_period}
        case MetadataRecordings():
            return "core/metadata_rules", {}
        case BurnAlerts():
            return "core/alert_rules", {}
        case InfoLabels(labels, series):
            own = None if series == InfoLabels({}).series else series
            return "contrib/info_labels", {"labels": labels, "metricName": own}
        case BareSeries(keep, all_but):
            return "contrib/remove_labels", {"preserveLabels": list(keep), "skipMetrics": list(all_but)}
        case Intervals(default, ratios, metadata, alerts):
            paces = {"default": default, "sliError": ratios, "metadata": metadata, "alert": alerts}
            texts = {key: durations.render(pace) for key, pace in paces.items() if pace is not None}
            return "contrib/rule_intervals", {"interval": texts}
        case BudgetAlert():
            return "contrib/error_budget_exhausted_alert", {
                "threshold": adjustment.threshold,
                "for": durations.render(adjustment.for_ or BudgetAlert().for_),
                "alert_name": adjustment.name,
                "alert_labels": adjustment.labels,
                "selector_labels": adjustment.selector,
                "annotations": adjustment.annotations,
            }


# alert windows ----------------------------------------------------------------------------------------


def _windows(windows: AlertWindows, origin: Origin) -> Entry | None:
    """The document for a period, with the two tiers for each alert that Sloth needs; else None."""
    place = origin.place
    own = {urgency: [tier for tier in windows.tiers if tier.urgency is urgency] for urgency in Urgency}
    if windows.window is None or any(len(tiers) != 2 for tiers in own.values()):
        return None
    spec: dict[str, Value | None] = {"sloPeriod": duration(windows.window)}
    for urgency, (quick, slow) in own.items():
        spec[urgency.value] = block((*place, urgency.value), {"quick": _tier(quick), "slow": _tier(slow)})
    head: dict[str, Value | None] = {"apiVersion": KUBERNETES.name, "kind": "AlertWindows"}
    return Entry("", block(place, {**head, "spec": block(place, spec)}), place)


def _tier(tier: Tier) -> Value:
    return flow(
        {
            "errorBudgetPercent": percent(tier.budget_share),
            "shortWindow": duration(tier.short),
            "longWindow": duration(tier.long),
        }
    )


def _notes_on_windows(windows: AlertWindows, project: Project, *, written: bool) -> Iterator[Note]:
    at = windows.where.whole
    if not written:
        yield Note(at, "left out: Sloth needs a period, and two pairs of windows each for page and ticket")
    if project.settings.alert_windows == windows.name:
        yield Note(
            at, f"Settings refer to `{windows.name}`, which has no name any more: change `alert_windows`"
        )
