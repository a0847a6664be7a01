"""Fills every gap of a draft: defaults, references, names, labels. Nowhere else is anything defaulted.

Reports what refers to nothing. A draft that cannot be resolved is dropped, and causes no further findings.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from slogen import burn, codes, durations, names
from slogen.adjustments import BurnAlerts, Intervals
from slogen.diagnostics import Report, nearest
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
    Tier,
    Urgency,
)


@dataclass(frozen=True, slots=True)
class Context:
    """What drafts refer to: the settings, the alert windows by name, and what the command line says.

    `compat` asks for the rules of another tool, for all SLOs.
    """

    settings: Settings
    alert_windows: Mapping[str, AlertWindows]
    extra_labels: Labels
    default_window: Millis | None = None
    compat: Compat | None = None


def resolve(draft: Draft, context: Context, report: Report) -> Slo | None:
    """The SLO that a draft means; None after findings."""
    settings = context.settings
    window = draft.window or context.default_window or settings.window
    tiers = _tiers(draft, window, context, report)
    if tiers is None:
        return None
    labels = {**settings.labels, **draft.labels, **context.extra_labels}
    owner = draft.owner or settings.owner
    compat = context.compat or _compat(draft.where.whole.source.path, settings)
    slo_id = names.slo_id(draft.service, draft.name)
    return Slo(
        id=slo_id,
        service=draft.service,
        name=draft.name,
        objective=draft.objective,
        sli=draft.sli,
        spec=draft.spec,
        manifest=_manifest(draft.manifest, settings, _object_name(draft, compat)),
        where=draft.where,
        window=window,
        grouping=Grouping(draft.group_by, draft.each_series),
        description=draft.description,
        owner=owner,
        runbook=_link(draft.runbook or settings.runbook, draft),
        dashboard=_link(draft.dashboard or settings.dashboard, draft),
        labels=labels,
        tiers=tiers,
        alerts=_alerts(draft, tiers, slo_id, owner, labels, settings),
        absence=_absence(draft, tiers, window, slo_id, owner, labels, settings),
        profile=draft.profile or settings.profile,
        paces=_paces(draft, settings),
        adjustments=draft.adjustments,
        partial_response_strategy=draft.partial_response_strategy,
        compat=compat,
    )


def _compat(path: str, settings: Settings) -> Compat | None:
    """The tool whose rules Settings ask for, for the specs of this path; the last match counts."""
    matching = [compat.tool for compat in settings.compat if _matches(path, compat.paths)]
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
    return Paces(fast, max(fast, slow), max(paces.long, wanted.ratios or wanted.default))


def _link(pattern: str | None, draft: Draft) -> str | None:
    if pattern is None:
        return None
    return pattern.replace("{service}", draft.service).replace("{slo}", draft.name)


def _object_name(draft: Draft, compat: Compat | None) -> str:
    """The object for SLOs whose spec names none: one per service; one per file, where Sloth writes such."""
    if compat is None:
        return names.object_name(draft.service)
    stem = draft.where.whole.source.path.rpartition("/")[2].rpartition(".")[0]
    return names.object_name(stem) or names.object_name(draft.service)


def _manifest(manifest: Manifest, settings: Settings, name: str) -> Manifest:
    return Manifest(
        name=manifest.name or name,
        namespace=manifest.namespace or settings.namespace,
        labels={**settings.manifest_labels, **manifest.labels},
        annotations={**settings.manifest_annotations, **manifest.annotations},
    )


# tiers ------------------------------------------------------------------------------------------------


def _tiers(draft: Draft, window: Millis, context: Context, report: Report) -> tuple[Tier, ...] | None:
    if draft.tiers:
        return draft.tiers
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
    return burn.fitted(tiers, window, (100 - draft.objective) / 100) if draft.fit_tiers else tiers


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


def _alerts(
    draft: Draft,
    tiers: tuple[Tier, ...],
    slo_id: str,
    owner: str | None,
    labels: Labels,
    settings: Settings,
) -> tuple[Alert, ...]:
    if not any(isinstance(adjustment, BurnAlerts) for adjustment in draft.adjustments):
        return ()
    alerts = []
    for urgency, default, written in (
        (Urgency.PAGE, settings.page_severity, draft.alerting.page),
        (Urgency.TICKET, settings.ticket_severity, draft.alerting.ticket),
    ):
        own = tuple(tier for tier in tiers if tier.urgency is urgency)
        if written.disable or not own:
            continue
        name = written.name or draft.alerting.name or names.alert(draft.service, draft.name)
        annotations = {**settings.annotations, **_annotations(draft, written)}
        for severity, its_tiers in _by_severity(own, written, default).items():
            alert_labels = _alert_labels(draft, slo_id, owner, labels, urgency, severity, written)
            alerts.append(
                Alert(name, urgency, written.for_ or Millis(0), its_tiers, alert_labels, annotations)
            )
    return tuple(alerts)


def _by_severity(
    tiers: tuple[Tier, ...], written: AlertDraft, default: str
) -> Mapping[str, tuple[Tier, ...]]:
    """The tiers by the severity of their alert, in the order of the tiers."""
    severities = written.severities or (written.severity or default,)
    found: dict[str, tuple[Tier, ...]] = {}
    for i, tier in enumerate(tiers):
        severity = severities[min(i, len(severities) - 1)]
        found[severity] = (*found.get(severity, ()), tier)
    return found


def _absence(
    draft: Draft,
    tiers: tuple[Tier, ...],
    window: Millis,
    slo_id: str,
    owner: str | None,
    labels: Labels,
    settings: Settings,
) -> AbsenceAlert | None:
    written = draft.alerting.absent
    if written.disable:
        return None
    budget = (100 - draft.objective) / 100
    base = draft.alerting.name
    return AbsenceAlert(
        name=written.name or (f"{base}NoData" if base else names.absence_alert(draft.service, draft.name)),
        for_=burn.bearable_absence(tiers, window, budget) if written.for_ is None else written.for_,
        labels=_alert_labels(
            draft, slo_id, owner, labels, "absent", written.severity or settings.absent_severity, written
        ),
        annotations={**settings.annotations, **_annotations(draft, written)},
    )


def _annotations(draft: Draft, written: AlertDraft) -> Labels:
    return {**draft.annotations, **draft.alerting.annotations, **written.annotations}


def _alert_labels(
    draft: Draft,
    slo_id: str,
    owner: str | None,
    labels: Labels,
    urgency: str,
    severity: str,
    written: AlertDraft,
) -> Labels:
    grouped = set(draft.group_by)
    own = {names.SERVICE: draft.service, names.SLO: draft.name, names.SEVERITY: severity}
    if owner:
        own[names.OWNER] = owner
    identity = {**names.identity(slo_id, draft.service, draft.name), names.SEVERITY_LABEL: urgency}
    # A label of the grouping has its value from the series; a static one would make all groups one alert.
    static = {name: value for name, value in {**own, **labels}.items() if name not in grouped}
    merged = {**static, **identity, **draft.alerting.labels, **written.labels}
    return {name: merged[name] for name in sorted(merged)}


# hand-written rules -----------------------------------------------------------------------------------


def with_defaults(rules: RuleSet, context: Context) -> RuleSet:
    """Hand-written rules with the owner, labels and annotations that Settings give to their path.

    What a rule states itself wins. Recording rules keep their labels: they are the identity of a series.
    """
    settings = context.settings
    path = rules.where.whole.source.path
    matching = [defaults for defaults in settings.rules if _matches(path, defaults.paths)]
    owner = next((d.owner for d in reversed(matching) if d.owner), settings.owner)
    labels = dict(settings.labels)
    annotations = dict(settings.annotations)
    for defaults in matching:
        labels.update(defaults.labels)
        annotations.update(defaults.annotations)
    if owner:
        labels[names.OWNER] = owner
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


def _matches(path: str, patterns: Sequence[str]) -> bool:
    return any(_glob(pattern, path) for pattern in patterns)


def _glob(pattern: str, path: str) -> bool:
    """Whether a path ends in what the pattern describes; `**` stands for any folders, `*` for one name."""
    return bool(_compiled(pattern).search(path))


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*/?|\*|\?)", pattern.removeprefix("./"))
    wild = {"**/": r"(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    body = "".join(wild.get(part, re.escape(part)) for part in parts)
    return re.compile(rf"(?:^|/){body}$")


def in_object_order(rule_sets: Sequence[RuleSet]) -> tuple[RuleSet, ...]:
    """Rule sets by the name of their object, so that output does not depend on the order of input."""
    return tuple(sorted(rule_sets, key=lambda r: (r.manifest.name, r.manifest.namespace or "")))
