"""Slogen's own format. It has words for nearly everything."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from slogen import names, promql, statements
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
from slogen.ir import AlertDraft, AlertWindows, Draft, Labels, Manifest, Tier, Urgency
from slogen.spectext import Block, Entry, Origin, Place, Value, block, flow, items, tree
from slogen.spectext.numbers import duration, percent

NAME = "native"
SPECS = frozenset({"slogen.dev/v1"})

_HEAD: Mapping[str, Value] = {"apiVersion": "slogen.dev/v1"}
_RATIO = re.compile(names.error_ratio("(?:[0-9]+(?:ms|[smhdwy]))+"))


def write(slos: Sequence[Slo], windows: Sequence[tuple[AlertWindows, Origin]], project: Project) -> Written:
    """A document for the SLOs of each service, and one for each set of alert windows."""
    documents = [(origin.document, _windows_document(item, origin)) for item, origin in windows]
    for members in by_document(slos):
        documents.append((members[0][1].document, _service_document(members, project)))
    return Written(documents, [note for draft, _ in slos for note in _notes(draft, project)])


# services ---------------------------------------------------------------------------------------------


def _service_document(slos: Sequence[Slo], project: Project) -> Entry:
    place = slos[0][1].whole
    draft = slos[0][0]
    described = [_described(draft, project) for draft, _ in slos]
    shared = _shared(described, slos[0][1])
    labels = shared_labels([draft.labels for draft, _ in slos], "labels", slos[0][1])
    annotations = shared_labels([draft.annotations for draft, _ in slos], "annotations", slos[0][1])
    written = [
        (origin.place, _slo(draft, origin.place, own, shared, labels, annotations))
        for (draft, origin), own in zip(slos, described, strict=True)
    ]
    spec = block(
        place,
        {
            "service": draft.service,
            **{key: shared.get(key) for key in ("owner", "runbook", "dashboard")},
            "labels": _labels(labels, (*place, "labels")),
            "annotations": _labels(annotations, (*place, "annotations")),
            **{key: shared.get(key) for key in ("window", "alert_windows", "profile")},
            "slos": items(written, spaced=True),
        },
    )
    metadata = _metadata(draft.manifest, (*place, "metadata"))
    return Entry(
        "", block(place, {**_HEAD, "kind": "ServiceLevels", "metadata": metadata, "spec": spec}), place
    )


def _metadata(manifest: Manifest, place: Place) -> Block:
    return block(
        place,
        {
            "name": manifest.name,
            "namespace": manifest.namespace,
            "labels": _labels(manifest.labels, (*place, "labels")),
            "annotations": _labels(manifest.annotations, (*place, "annotations")),
        },
    )


def _described(draft: Draft, project: Project) -> Mapping[str, Value]:
    """What both a service and an SLO can say, but for labels and annotations."""
    tiers = draft.tiers or project.fitted_tiers(draft)
    said = {
        "owner": draft.owner,
        "runbook": draft.runbook,
        "dashboard": draft.dashboard,
        "window": None if draft.window is None else duration(draft.window),
        "alert_windows": _tiers(tiers) if tiers else draft.alert_windows,
        "profile": None if draft.profile is None else draft.profile.value,
    }
    return {key: value for key, value in said.items() if value}


def _shared(described: Sequence[Mapping[str, Value]], origin: Origin) -> Mapping[str, Value]:
    """What all SLOs of a service say alike; of a single one, what its document says for all."""
    first, *others = described
    return {
        key: value
        for key, value in first.items()
        if all(other.get(key) == value for other in others) and (others or key in origin.shared)
    }


def _slo(
    draft: Draft,
    place: Place,
    own: Mapping[str, Value],
    shared: Mapping[str, Value],
    labels: Labels,
    annotations: Labels,
) -> Block:
    own = {key: value for key, value in own.items() if key not in shared}
    return block(
        place,
        {
            "name": draft.name,
            "description": draft.description,
            "objective": draft.objective,
            "window": own.get("window"),
            "group_by": flow(draft.group_by) if draft.group_by else None,
            "each_series": draft.each_series or None,
            **{key: own.get(key) for key in ("owner", "runbook", "dashboard")},
            "labels": _labels(_without(draft.labels, labels), (*place, "labels")),
            "annotations": _labels(_without(draft.annotations, annotations), (*place, "annotations")),
            "alert_windows": own.get("alert_windows"),
            "profile": own.get("profile"),
            "partial_response_strategy": draft.partial_response_strategy,
            "adjustments": _adjustments(draft, (*place, "adjustments")),
            "sli": tree(draft.sli.spec(), (*place, "sli")),
            "alerting": _alerting(draft, (*place, "alerting")),
            "proof": tree({"series": statements.written(draft.proof)}, (*place, "proof"))
            if draft.proof
            else None,
        },
    )


def _labels(labels: Labels, place: Place) -> Value | None:
    return tree(labels, place) if labels else None


def _without(labels: Labels, others: Labels) -> Labels:
    return {name: text for name, text in labels.items() if name not in others}


# alerts -----------------------------------------------------------------------------------------------


def _alerting(draft: Draft, place: Place) -> Block:
    alerting = draft.alerting
    silent = not any(isinstance(adjustment, BurnAlerts) for adjustment in draft.adjustments)
    return block(
        place,
        {
            "name": alerting.name,
            "labels": _labels(alerting.labels, (*place, "labels")),
            "annotations": _labels(alerting.annotations, (*place, "annotations")),
            "page": _alert(alerting.page, (*place, "page"), silent=silent),
            "ticket": _alert(alerting.ticket, (*place, "ticket"), silent=silent),
            "absent": _alert(alerting.absent, (*place, "absent"), silent=False),
        },
    )


def _alert(alert: AlertDraft, place: Place, *, silent: bool) -> Block:
    severities = flow(alert.severities) if alert.severities else alert.severity
    return block(
        place,
        {
            "disable": (alert.disable or silent) or None,
            "name": alert.name,
            "severity": severities,
            "for": None if alert.for_ is None else duration(alert.for_),
            "labels": _labels(alert.labels, (*place, "labels")),
            "annotations": _labels(alert.annotations, (*place, "annotations")),
        },
        brief=True,
    )


# alert windows ----------------------------------------------------------------------------------------


def _windows_document(windows: AlertWindows, origin: Origin) -> Entry:
    place = origin.place
    window = None if windows.window is None else duration(windows.window)
    spec = Block((*block(place, {"window": window}).entries, *_tiers(windows.tiers).entries))
    body = {
        **_HEAD,
        "kind": "AlertWindows",
        "metadata": block(place, {"name": _window_name(windows.name)}),
        "spec": spec,
    }
    return Entry("", block(place, body), place)


def _window_name(text: str) -> str:
    """A name that this format takes; other formats tell alert windows apart by their period."""
    return re.sub(r"[^A-Za-z0-9_.]+", "-", text).strip("-_.") or "windows"


def _tiers(tiers: Sequence[Tier]) -> Block:
    listed = {
        urgency.value: [_tier(tier) for tier in tiers if tier.urgency is urgency] for urgency in Urgency
    }
    return block((), {urgency: items(((), tier) for tier in own) for urgency, own in listed.items() if own})


def _tier(tier: Tier) -> Value:
    return flow(
        {"budget": percent(tier.budget_share), "long": duration(tier.long), "short": duration(tier.short)}
    )


# adjustments ------------------------------------------------------------------------------------------


def _adjustments(draft: Draft, place: Place) -> Block | None:
    written = [_adjustment(adjustment) for adjustment in draft.adjustments]
    found = [each for each in written if each is not None]
    return items(((*place, str(i)), tree(each, (*place, str(i)))) for i, each in enumerate(found))


def _adjustment(adjustment: Adjustment) -> Mapping[str, object] | None:
    match adjustment:
        case InfoLabels(labels, series):
            known = {name: text for name, text in labels.items() if _is_label(name)}
            own = {"series": series} if series != InfoLabels({}).series else {}
            return {"info_labels": {"labels": known, **own}} if known and series in names.METADATA else None
        case BareSeries(keep, all_but):
            kept = {"keep": list(filter(_is_label, keep)), "all_but": list(filter(_is_recorded, all_but))}
            return {"bare_series": _filled(kept)}
        case Intervals(default, ratios, metadata, alerts):
            paces = {"default": default, "ratios": ratios, "metadata": metadata, "alerts": alerts}
            return {"intervals": {key: duration(pace) for key, pace in paces.items() if pace is not None}}
        case BudgetAlert(threshold=threshold):
            return {"budget_alert": _budget_alert(adjustment)} if 0 <= threshold < 1 else None
    return None


def _is_label(name: str) -> bool:
    return promql.is_label_name(name) and name != "__name__"


def _is_recorded(series: str) -> bool:
    return series in names.METADATA or _RATIO.fullmatch(series) is not None


def _budget_alert(alert: BudgetAlert) -> Mapping[str, object]:
    return {
        "name": alert.name,
        "threshold": alert.threshold,
        "for": duration(alert.for_),
        **_filled({"labels": alert.labels, "selector": alert.selector, "annotations": alert.annotations}),
    }


def _filled(data: Mapping[str, object]) -> Mapping[str, object]:
    return {key: value for key, value in data.items() if value}


# what has no words ------------------------------------------------------------------------------------


def _notes(draft: Draft, project: Project) -> Iterator[Note]:
    if draft.window is None and project.fitted_tiers(draft):
        text = f"`alert_windows` are for a window of {duration(project.window)}, which is not written here"
        yield Note(draft.where["objective"], text)
    if any(query.opaque for query in draft.sli.queries):
        yield Note(draft.where["sli"], "MetricsQL is left as it is, which slogen's own format does not take")
    kinds = {type(adjustment) for adjustment in draft.adjustments}
    place = draft.where["adjustments"]
    if MetadataRecordings not in kinds:
        yield Note(place, "objective, budget and burn rates will be recorded: that cannot be turned off")
    if RatioRecordings not in kinds:
        yield Note(place, "error ratios will be recorded: that cannot be turned off")
    for i, adjustment in enumerate(draft.adjustments):
        part = f"adjustments.{i}"
        for text in _losses(adjustment):
            yield Note(draft.where[part if part in draft.where else "adjustments"], text)


def _losses(adjustment: Adjustment) -> Iterator[str]:
    """What of an adjustment has no words."""
    match adjustment:
        case RatioRecordings() if adjustment != USUAL[0]:
            yield "how Sloth records the error ratio is left out: slogen counts the events of all windows"
        case InfoLabels(labels, series):
            yield from (
                f"`{name}` is left out: it is no label name" for name in labels if not _is_label(name)
            )
            if series not in names.METADATA:
                yield f"the labels of `{series}` are left out: slogen records no such series"
        case BareSeries(keep, all_but):
            yield from map(_no_label, (name for name in keep if not _is_label(name)))
            unknown = (series for series in all_but if not _is_recorded(series))
            yield from (f"`{series}` is left out: slogen records no such series" for series in unknown)
        case BudgetAlert(threshold=threshold) if not 0 <= threshold < 1:
            yield f"the alert at a threshold of {threshold} is left out: it would fire always, or never"


def _no_label(name: str) -> str:
    return f"`{name}` is left out: it is no label name"
