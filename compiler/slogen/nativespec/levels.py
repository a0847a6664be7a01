"""What a ServiceLevels document means: one draft per SLO."""

from __future__ import annotations

from collections.abc import Iterator

from slogen import codes, shapes, slis
from slogen.adjustments import Adjustment
from slogen.diagnostics import Label, Report
from slogen.ir import AlertDraft, AlertingDraft, Draft, Grouping, Manifest, Sli, Tier, Where
from slogen.nativespec import API_VERSION, adjusting, windows, written
from slogen.source import Node, Span
from slogen.statements import budgets
from slogen.synthetic import Synthetic


def service_levels(node: Node, report: Report) -> Iterator[Draft]:
    """The drafts of a document: of every SLO that is sound, if its service is."""
    document = shapes.read(node, written.ServiceLevels, report, "the document")
    slos = node.get("spec", "slos")
    if slos is None or not isinstance(slos.value, list):
        return
    service = document.spec if document else None
    shared = _own_tiers(service, node.get("spec", "alert_windows"), report)
    for slo_node in slos.value:
        slo = shapes.read(slo_node, written.Slo, report, "an SLO")
        sli = slis.indicator(slo_node.get("sli"), report)
        adjustments = adjusting.adjustments(slo_node.get("adjustments"), report)
        tiers = _own_tiers(slo, slo_node.get("alert_windows"), report)
        proof = _proof(slo, slo_node.get("proof"), report)
        if slo is None or sli is None or adjustments is None or tiers is None or proof is None:
            continue
        if _is_grouped_once(slo, slo_node, report) and document and service and shared is not None:
            manifest = _manifest(document.metadata)
            where = _where(node, slo_node)
            yield _draft(service, manifest, slo, sli, adjustments, tiers or shared, proof, where)


def _own_tiers(
    described: written.Described | None, node: Node | None, report: Report
) -> tuple[Tier, ...] | None:
    """The tiers that are written in place; empty where there are none, None after findings."""
    if described is None or not isinstance(described.alert_windows, written.Tiers) or node is None:
        return ()
    return windows.tiers(described.alert_windows, node, report)


def _proof(slo: written.Slo | None, node: Node | None, report: Report) -> tuple[Synthetic, ...] | None:
    """The series that are stated; empty where there are none, None after findings."""
    if slo is None or slo.proof is None:
        return ()
    from slogen.nativespec import proving  # noqa: PLC0415 - few SLOs state series

    found = proving.statements(node, report)
    return None if found is None else budgets(found, Grouping(tuple(slo.group_by), slo.each_series), report)


def _is_grouped_once(slo: written.Slo, node: Node, report: Report) -> bool:
    if not (slo.each_series and slo.group_by):
        return True
    report.report(
        codes.UNKNOWN_KEY,
        node.key_at("group_by"),
        "the SLO has both `each_series` and `group_by`",
        also=(Label(node.key_at("each_series"), "every series is kept apart already"),),
        help="keep one of them",
    )
    return False


def _manifest(metadata: written.Metadata) -> Manifest:
    return Manifest(
        name=metadata.name or "",
        namespace=metadata.namespace,
        labels=metadata.labels,
        annotations=metadata.annotations,
    )


def _draft(
    service: written.Service,
    manifest: Manifest,
    slo: written.Slo,
    sli: Sli,
    adjustments: tuple[Adjustment, ...],
    tiers: tuple[Tier, ...],
    proof: tuple[Synthetic, ...],
    where: Where,
) -> Draft:
    alert_windows = slo.alert_windows or service.alert_windows
    return Draft(
        service=service.service,
        name=slo.name,
        objective=slo.objective,
        sli=sli,
        spec=API_VERSION,
        manifest=manifest,
        where=where,
        window=slo.window or service.window,
        group_by=tuple(slo.group_by),
        each_series=slo.each_series,
        description=" ".join(slo.description.split()),
        owner=slo.owner or service.owner,
        runbook=slo.runbook or service.runbook,
        dashboard=slo.dashboard or service.dashboard,
        labels=shapes.merged(service.labels, slo.labels),
        annotations=shapes.merged(service.annotations, slo.annotations),
        alerting=_alerting(slo.alerting),
        alert_windows=alert_windows if isinstance(alert_windows, str) else None,
        tiers=() if isinstance(alert_windows, str) else tiers,
        profile=slo.profile or service.profile,
        adjustments=adjustments,
        partial_response_strategy=slo.partial_response_strategy or "",
        proof=proof,
    )


def _alerting(said: written.Alerting) -> AlertingDraft:
    return AlertingDraft(
        name=said.name,
        labels=said.labels,
        annotations=said.annotations,
        page=_alert(said.page),
        ticket=_alert(said.ticket),
        absent=_alert(said.absent),
    )


def _alert(said: written.BurnAlert | written.AbsenceAlert) -> AlertDraft:
    severity = said.severity
    return AlertDraft(
        severity=severity if isinstance(severity, str) else None,
        severities=tuple(severity) if isinstance(severity, list) else (),
        name=said.name,
        labels=said.labels,
        annotations=said.annotations,
        for_=said.for_,
        disable=said.disable,
    )


_PARTS_OF_THE_SERVICE = ("service", "window", "owner", "labels", "alert_windows")
_PARTS = (
    *("name", "objective", "window", "group_by", "each_series", "alert_windows", "labels", "sli"),
    *("alerting", "owner", "adjustments", "partial_response_strategy"),
)
_PARTS_OF_ALERTING = ("name", "page", "ticket", "absent", "labels")


def _where(node: Node, slo_node: Node) -> Where:
    parts: dict[str, Span] = {}
    windows_node = slo_node.get("alert_windows") or node.get("spec", "alert_windows")
    if windows_node is not None:
        parts.update(windows.places(windows_node))
    for name in _PARTS_OF_THE_SERVICE:
        found = node.get("spec", name)
        if found is not None:
            parts[name] = found.span
    metadata = node.get("metadata", "name")
    if metadata is not None:
        parts["manifest"] = metadata.span
    for name in _PARTS:
        found = slo_node.get(name)
        if found is not None:
            parts[name] = found.span
    parts.update(_finer_places(slo_node))
    for name in _PARTS_OF_ALERTING:
        found = slo_node.get("alerting", name)
        if found is not None:
            parts[f"alerting.{name}"] = found.span
            severity = found.get("severity")
            if severity is not None:
                parts[f"alerting.{name}.severity"] = severity.span
    # The key, since what is below it may be long.
    parts.update((key, at) for key, at in slo_node.keys.items() if key == "proof")
    parts.update(_labels_of_the_service(node, slo_node))
    parts.update(adjusting.places(slo_node.get("adjustments")))
    return Where(parts.get("name", slo_node.span), parts)


def _finer_places(slo_node: Node) -> Iterator[tuple[str, Span]]:
    """Each label of `group_by`, and what an indicator compares with: `sli.threshold`, `sli.good_when`."""
    grouped = slo_node.get("group_by")
    for label in grouped.value if grouped is not None and isinstance(grouped.value, list) else ():
        yield f"group_by.{label.value}", label.span
    for path in (("latency", "threshold"), ("condition", "good_when")):
        for sli in (slo_node.get("sli"), slo_node.get("sli", "timeslice", "of")):
            found = sli.get(*path) if sli is not None else None
            if found is not None:
                yield f"sli.{path[-1]}", found.span


def _labels_of_the_service(node: Node, slo_node: Node) -> dict[str, Span]:
    """Where the labels are that an SLO with labels of its own has from its service."""
    shared, own = node.get("spec", "labels"), slo_node.get("labels")
    if shared is None or own is None:
        return {}
    return {f"labels.{name}": shared.span for name in shared.keys if own.get(name) is None}
