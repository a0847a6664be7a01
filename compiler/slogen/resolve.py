"""Fills every gap of a draft: defaults, references, names, labels. Nowhere else is anything defaulted.

Reports what refers to nothing. A draft that cannot be resolved is dropped, and causes no further findings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal

from slogen import burn, codes, durations, names
from slogen.adjustments import (
    USUAL,
    Adjustment,
    BudgetAlert,
    BurnAlerts,
    Intervals,
    RatioRecordings,
)
from slogen.diagnostics import Label, Report, nearest
from slogen.ir import (
    AbsenceAlert,
    Alert,
    AlertDraft,
    AlertWindows,
    Compat,
    Draft,
    Grouping,
    Labels,
    Manifest,
    Millis,
    Paces,
    RuleSet,
    Settings,
    Slo,
    StatedProof,
    Tier,
    Urgency,
)
from slogen.source import Span
from slogen.statements import budgets
from slogen.synthetic import Synthetic


@dataclass(frozen=True, slots=True)
class Context:
    """What drafts refer to: the settings, the alert windows by name, and what the command line says.

    `compat` asks for the rules of another tool, for all SLOs. `file_names` has a name for each spec, by path.
    `proofs` are those that were written apart from their SLO, by its id.
    """

    settings: Settings
    alert_windows: Mapping[str, AlertWindows]
    extra_labels: Labels
    default_window: Millis | None = None
    compat: Compat | None = None
    file_names: Mapping[str, str] = field(default_factory=dict)
    proofs: Mapping[str, StatedProof] = field(default_factory=dict)


def resolve(draft: Draft, context: Context, report: Report) -> Slo | None:
    """The SLO that a draft means; None after findings."""
    settings = context.settings
    draft = with_owner_labels(draft, settings)
    window = draft.window or context.default_window or settings.window
    compat = context.compat or _compat(draft.where.whole.source.path, settings)
    tiers = _tiers(draft, window, compat, context, report)
    if tiers is None:
        return None
    _check_severities(draft, tiers, report)
    grouping = Grouping(draft.group_by, draft.each_series)
    proof = _proof(draft, grouping, context, report)
    if proof is None:
        return None
    shared = _Shared(
        draft,
        settings,
        id=names.slo_id(draft.service, draft.name),
        owner=draft.owner or settings.owner,
        labels={**settings.labels, **draft.labels, **context.extra_labels},
    )
    return Slo(
        id=shared.id,
        service=draft.service,
        name=draft.name,
        objective=draft.objective,
        sli=draft.sli,
        spec=draft.spec,
        manifest=_manifest(draft.manifest, settings, _object_name(draft, compat, context)),
        where=draft.where,
        window=window,
        grouping=grouping,
        description=draft.description,
        owner=shared.owner,
        runbook=_link(draft.runbook or settings.runbook, draft),
        dashboard=_link(draft.dashboard or settings.dashboard, draft),
        labels=shared.labels,
        tiers=tiers,
        alerts=_sloth_alerts(draft, tiers, settings) if compat is Compat.SLOTH else _alerts(shared, tiers),
        absence=None if compat else _absence(shared, tiers, window),
        profile=draft.profile or settings.profile,
        paces=_paces(draft, settings),
        # To the letter for another tool, which adds nothing to an alert on the budget.
        adjustments=draft.adjustments if compat else _adjustments(shared),
        partial_response_strategy=draft.partial_response_strategy,
        compat=compat,
        proof=proof,
    )


def with_owner_labels(draft: Draft, settings: Settings) -> Draft:
    """The draft with a label on each alert that is somebody else's than the SLO."""
    alerting = draft.alerting
    if alerting.page.owner is None and alerting.ticket.owner is None:
        return draft
    page, ticket = (
        replace(alert, owner=None, labels={settings.owner_label: alert.owner, **alert.labels})
        if alert.owner is not None
        else alert
        for alert in (alerting.page, alerting.ticket)
    )
    return replace(draft, alerting=replace(alerting, page=page, ticket=ticket))


def _proof(
    draft: Draft, grouping: Grouping, context: Context, report: Report
) -> tuple[Synthetic, ...] | None:
    """The series that are stated for an SLO, by its spec or apart from it; None after findings."""
    apart = context.proofs.get(names.slo_id(draft.service, draft.name)) if context.proofs else None
    if apart is None and not draft.proof:
        return ()
    from slogen.statements.judging import judged  # noqa: PLC0415 - few SLOs state series

    if apart is None:
        return judged(draft.proof, draft.sli, grouping, draft.where["proof"], report)
    if not draft.proof:
        found = budgets(apart.statements, grouping, report)
        return found and judged(found, draft.sli, grouping, apart.where.whole, report)
    report.report(
        codes.DECLARED_TWICE,
        apart.where.whole,
        f"the series of the SLO `{apart.slo}` are stated twice",
        also=(Label(draft.where["proof"], "first stated here"),),
        help="keep one of the two",
    )
    return None


def _compat(path: str, settings: Settings) -> Compat | None:
    """The tool whose rules Settings ask for, for the specs of this path; the last match counts."""
    matching = [compat.tool for compat in settings.compat if matches(path, compat.paths)]
    return matching[-1] if matching else None


def _paces(draft: Draft, settings: Settings) -> Paces:
    """The evaluation intervals: those of the settings, and slower where the author asks for that.

    Alerts and short windows are recorded together, so the shorter of their intervals counts for both. What
    is recorded less often than Prometheus looks back would vanish in between.
    """
    asked = [adjustment for adjustment in draft.adjustments if isinstance(adjustment, Intervals)]
    if not asked:
        return settings.paces
    wanted = asked[-1]
    fast = min(wanted.ratios or wanted.default, wanted.alerts or wanted.default, burn.LONGEST_PACE)
    slow = min(wanted.metadata or wanted.default, burn.LONGEST_PACE)
    paces = settings.paces
    long = min(wanted.ratios or wanted.default, burn.LONGEST_LONG_PACE)
    return Paces(fast, max(fast, slow), max(paces.long, long))


def _link(pattern: str | None, draft: Draft) -> str | None:
    if pattern is None:
        return None
    return pattern.replace("{service}", draft.service).replace("{slo}", draft.name)


def _object_name(draft: Draft, compat: Compat | None, context: Context) -> str:
    """The object for SLOs whose spec names none: one per service; one per file, where Sloth writes such."""
    if compat is None:
        return names.object_name(draft.service)
    path = draft.where.whole.source.path
    return names.object_name(context.file_names.get(path, path)) or names.object_name(draft.service)


def _manifest(manifest: Manifest, settings: Settings, name: str) -> Manifest:
    return Manifest(
        name=manifest.name or name,
        namespace=manifest.namespace or settings.namespace,
        labels={**settings.manifest_labels, **manifest.labels},
        annotations={**settings.manifest_annotations, **manifest.annotations},
    )


# tiers ------------------------------------------------------------------------------------------------


def _tiers(
    draft: Draft, window: Millis, compat: Compat | None, context: Context, report: Report
) -> tuple[Tier, ...] | None:
    if draft.tiers:
        return draft.tiers if _are_fitting(draft, window, report) else None
    chosen = _chosen_windows(draft, window, context, report)
    if chosen == "unknown":
        return None
    if isinstance(chosen, AlertWindows):
        tiers = chosen.tiers
        if not tiers:  # its document is broken, which is a finding of its own
            return None
        longest = max(tier.long for tier in tiers)
        if longest > window:
            report.report(
                codes.BAD_VALUE,
                draft.where["window"],
                f"the alert windows `{chosen.name}` look back {durations.render(longest)}, further than the "
                f"objective's window of {durations.render(window)}",
                help="name alert windows that fit into the window",
            )
            return None
        return tiers
    tiers = burn.default_tiers(window)
    if not tiers:
        report.report(
            codes.BAD_VALUE,
            draft.where["window"],
            f"a window of {durations.render(window)} is shorter than every alert window",
            help="write a window of at least `1h`, or name an `AlertWindows` document in `alert_windows`",
        )
        return None
    # No other tool lowers its tiers.
    fits = compat is not None or not draft.fit_tiers
    return tiers if fits else burn.fitted(tiers, window, (100 - draft.objective) / 100)


def _are_fitting(draft: Draft, window: Millis, report: Report) -> bool:
    """Whether the SLO's own tiers look back no further than its period."""
    too_long = [tier for tier in draft.tiers if tier.long > window]
    for tier in too_long:
        report.report(
            codes.BAD_VALUE,
            _place_of(tier, draft),
            f"an alert window of {durations.render(tier.long)} looks back further than the window of the "
            f"objective, {durations.render(window)}",
            help="write one that fits into the window of the objective",
        )
    return not too_long


def _place_of(tier: Tier, draft: Draft) -> Span:
    of_its_urgency = [other for other in draft.tiers if other.urgency is tier.urgency]
    name = f"alert_windows.{tier.urgency}.{of_its_urgency.index(tier)}"
    parts = (part for part in (f"{name}.long", name) if part in draft.where)
    return draft.where[next(parts, "window")]


def _chosen_windows(
    draft: Draft, window: Millis, context: Context, report: Report
) -> AlertWindows | Literal["unknown"] | None:
    name = draft.alert_windows or context.settings.alert_windows
    if name is None:
        return next((w for w in context.alert_windows.values() if w.window == window), None)
    found = context.alert_windows.get(name)
    if found is not None:
        return found
    place = draft.where["alert_windows"]
    if draft.alert_windows is None and context.settings.where is not None:
        place = context.settings.where["alert_windows"]
    meant = nearest(name, context.alert_windows)
    report.report(
        codes.UNKNOWN_REFERENCE,
        place,
        f"no document declares the alert windows `{name}`",
        help=f"did you mean `{meant}`?" if meant else "add a document of kind `AlertWindows` with that name",
    )
    return "unknown"


# alerts -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Shared:
    """What all alerts of an SLO are made of. `labels` are those of its series."""

    draft: Draft
    settings: Settings
    id: str
    owner: str | None
    labels: Labels


def _alerts(shared: _Shared, tiers: tuple[Tier, ...]) -> tuple[Alert, ...]:
    draft, settings = shared.draft, shared.settings
    return tuple(
        Alert(
            _alert_name(draft, written),
            urgency,
            written.for_ or Millis(0),
            its_tiers,
            _alert_labels(shared, urgency, severity, written),
            _annotations(draft, settings, written),
        )
        for urgency, written, severity, its_tiers in _enabled(
            draft, tiers, settings.page_severity, settings.ticket_severity
        )
    )


# Sloth reads no alerts in it.
_SPEC_WITHOUT_ALERTS = "openslo/v1alpha"


def _sloth_alerts(draft: Draft, tiers: tuple[Tier, ...], settings: Settings) -> tuple[Alert, ...]:
    """The alerts as Sloth has them: their labels are those of the alert, all others come from the series.

    What no spec of Sloth's can say is added where the author says it: a severity, an owner, links.
    """
    if draft.spec == _SPEC_WITHOUT_ALERTS:
        return ()
    links = {"runbook_url": _link(draft.runbook, draft), "dashboard": _link(draft.dashboard, draft)}
    return tuple(
        Alert(
            _alert_name(draft, written),
            urgency,
            written.for_ or Millis(0),
            its_tiers,
            {
                names.SEVERITY_LABEL: urgency.value,
                **_without_gaps({names.SEVERITY: severity, settings.owner_label: draft.owner}),
                **draft.alerting.labels,
                **written.labels,
            },
            {**_without_gaps(links), **_annotations(draft, settings, written)},
        )
        for urgency, written, severity, its_tiers in _enabled(draft, tiers, "", "")
    )


def _without_gaps(items: Mapping[str, str | None]) -> Labels:
    return {name: value for name, value in items.items() if value}


def _alert_name(draft: Draft, written: AlertDraft) -> str:
    return written.name or draft.alerting.name or names.alert(draft.service, draft.name)


def _enabled(
    draft: Draft, tiers: tuple[Tier, ...], page_severity: str, ticket_severity: str
) -> Iterator[tuple[Urgency, AlertDraft, str, tuple[Tier, ...]]]:
    """The burn-rate alerts to raise, the page first: what is written of it, its severity and its tiers."""
    if not any(isinstance(adjustment, BurnAlerts) for adjustment in draft.adjustments):
        return
    for urgency, severity, written in (
        (Urgency.PAGE, page_severity, draft.alerting.page),
        (Urgency.TICKET, ticket_severity, draft.alerting.ticket),
    ):
        own = tuple(tier for tier in tiers if tier.urgency is urgency)
        if own and not written.disable:
            for its_severity, its_tiers in _by_severity(own, written, severity).items():
                yield urgency, written, its_severity, its_tiers


def _check_severities(draft: Draft, tiers: tuple[Tier, ...], report: Report) -> None:
    """Report severities for more tiers than there are."""
    for urgency, written in ((Urgency.PAGE, draft.alerting.page), (Urgency.TICKET, draft.alerting.ticket)):
        if len(written.severities) < 2 or written.disable:
            continue
        count = sum(1 for tier in tiers if tier.urgency is urgency)
        if count < len(written.severities):
            part = f"alerting.{urgency}.severity"
            report.report(
                codes.BAD_VALUE,
                draft.where[part if part in draft.where else f"alerting.{urgency}"],
                f"there are {len(written.severities)} severities, but the {urgency} has "
                f"{count or 'no'} {'pair' if count == 1 else 'pairs'} of alert windows",
                help="write at most one for each pair of alert windows, the fastest first",
            )


def _by_severity(
    tiers: tuple[Tier, ...], written: AlertDraft, default: str
) -> Mapping[str, tuple[Tier, ...]]:
    """The tiers by the severity of their alert, in the order of the tiers."""
    severities = written.severities or (written.severity or default,)
    found: dict[str, tuple[Tier, ...]] = {}
    for i, tier in enumerate(tiers):
        severity = severities[min(i, len(severities) - 1)] or default
        found[severity] = (*found.get(severity, ()), tier)
    return found


def _adjustments(shared: _Shared) -> tuple[Adjustment, ...]:
    """The adjustments, with all that the other alerts have on those on the budget."""
    draft, settings = shared.draft, shared.settings
    if draft.adjustments == USUAL:
        return USUAL
    found: list[Adjustment] = []
    for adjustment in draft.adjustments:
        if not isinstance(adjustment, BudgetAlert):
            found.append(adjustment)
            continue
        said = AlertDraft(labels=adjustment.labels, annotations=adjustment.annotations)
        found.append(
            replace(
                adjustment,
                labels=_alert_labels(shared, "budget", settings.ticket_severity, said),
                annotations=_annotations(draft, settings, said),
            )
        )
    return tuple(found)


def _absence(shared: _Shared, tiers: tuple[Tier, ...], window: Millis) -> AbsenceAlert | None:
    draft, settings = shared.draft, shared.settings
    written = draft.alerting.absent
    kinds = {type(adjustment) for adjustment in draft.adjustments}
    # What is recorded elsewhere is watched there, and an author who leaves out the alerts wants none.
    if written.disable or not kinds >= {RatioRecordings, BurnAlerts}:
        return None
    budget = (100 - draft.objective) / 100
    return AbsenceAlert(
        name=written.name or names.absence_alert(draft.service, draft.name, draft.alerting.name),
        for_=burn.bearable_absence(tiers, window, budget) if written.for_ is None else written.for_,
        labels=_alert_labels(shared, "absent", written.severity or settings.absent_severity, written),
        annotations=_annotations(draft, settings, written),
    )


def _annotations(draft: Draft, settings: Settings, written: AlertDraft) -> Labels:
    return {
        **settings.annotations,
        **draft.annotations,
        **draft.alerting.annotations,
        **written.annotations,
    }


def _alert_labels(shared: _Shared, urgency: str, severity: str, written: AlertDraft) -> Labels:
    draft = shared.draft
    grouped = set(draft.group_by)
    # Targets in Kubernetes have a label `service`, and it may be all that keeps two series apart.
    service = f'{{{{ or $labels.service "{draft.service}" }}}}' if draft.each_series else draft.service
    own = {names.SERVICE: service, names.SLO: draft.name, names.SEVERITY: severity}
    if shared.owner:
        own[shared.settings.owner_label] = shared.owner
    identity = {**names.identity(shared.id, draft.service, draft.name), names.SEVERITY_LABEL: urgency}
    # A label of the grouping has its value from the series; a static one would make all groups one alert.
    static = {name: value for name, value in {**own, **shared.labels}.items() if name not in grouped}
    merged = {**static, **identity, **draft.alerting.labels, **written.labels}
    return {name: merged[name] for name in sorted(merged)}


# hand-written rules -----------------------------------------------------------------------------------


def with_defaults(rules: RuleSet, context: Context) -> RuleSet:
    """Hand-written rules with the owner, labels and annotations that Settings give to their path.

    What a rule states itself wins. Recording rules keep their labels: they are the identity of a series.
    """
    settings = context.settings
    path = rules.where.whole.source.path
    matching = [defaults for defaults in settings.rules if matches(path, defaults.paths)]
    owner = next((d.owner for d in reversed(matching) if d.owner), settings.owner)
    labels = dict(settings.labels)
    annotations = dict(settings.annotations)
    for defaults in matching:
        labels.update(defaults.labels)
        annotations.update(defaults.annotations)
    if owner:
        labels[settings.owner_label] = owner
    labels.update(context.extra_labels)
    groups = tuple(
        replace(
            group,
            rules=tuple(
                replace(
                    rule,
                    labels={**_without(labels, group.labels), **rule.labels},
                    annotations={**annotations, **rule.annotations},
                )
                if rule.alert
                else rule
                for rule in group.rules
            ),
        )
        for group in rules.groups
    )
    return replace(rules, manifest=_manifest(rules.manifest, settings, ""), groups=groups)


def _without(labels: Labels, others: Labels) -> Labels:
    """The labels that a group does not give to its rules already."""
    return {name: value for name, value in labels.items() if name not in others} if others else labels


def matches(path: str, patterns: Sequence[str]) -> bool:
    """Whether a path is one of those that Settings name by patterns such as `rules/checkout/**`."""
    return any(_glob(pattern, path) for pattern in patterns)


def _glob(pattern: str, path: str) -> bool:
    """Whether a path ends in what the pattern describes; `**` stands for any folders, `*` for one name."""
    return bool(_compiled(pattern).search(path))


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*/?|\*|\?)", pattern.removeprefix("./"))
    wild = {"**/": r"(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    body = "".join(wild.get(part, re.escape(part)) for part in parts)
    return re.compile(rf"(?:^|/){body}$")


def in_object_order(rule_sets: Sequence[RuleSet]) -> tuple[RuleSet, ...]:
    """Rule sets by the name of their object, so that output does not depend on the order of input."""
    return tuple(sorted(rule_sets, key=lambda r: (r.manifest.name, r.manifest.namespace or "")))
