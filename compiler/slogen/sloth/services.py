"""From the SLOs of a service, as either format writes them, to drafts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from slogen import codes
from slogen.diagnostics import Report
from slogen.ir import (
    AlertDraft,
    AlertingDraft,
    Draft,
    Extensions,
    Labels,
    Manifest,
    Sli,
    SliPlugin,
    Where,
)
from slogen.sloth import chain, indicators, scalars
from slogen.sloth.table import Table
from slogen.source import Node, Span

FIELDS = ("service", "labels", "slo_plugins", "slos")
"""What a service has."""

_SLO = ("name", "description", "objective", "labels", "sli", "alerting", "plugins")
_ALERT = ("disable", "labels", "annotations")
_ALERTING = ("name", "labels", "annotations", "page_alert", "ticket_alert")
_URGENCIES = ("page", "ticket")

_WINDOW = "Sloth has no window for one SLO: set `window` in slogen's Settings, or `--default-window`"
_HINTS: Mapping[str, str] = dict.fromkeys(
    ("window", "windows", "timewindow", "timewindows", "period", "sloperiod"), _WINDOW
)


@dataclass(frozen=True, slots=True)
class _Service:
    name: str
    labels: Labels
    plugins: chain.Chain
    spec: str
    manifest: Manifest
    parts: Mapping[str, Span]


def drafts(
    service: Table,
    manifest: Manifest,
    parts: Mapping[str, Span],
    extensions: Extensions,
    report: Report,
    *,
    sound: bool = True,
) -> Iterator[Draft]:
    """The drafts of a service: of every SLO without findings, if the service has none.

    `parts` are places that the format knows. Unless `sound`, there are no drafts, only findings.
    """
    own = Report()
    service.report = own
    found = _Service(
        name=service.name("service"),
        labels=service.labels("labels"),
        plugins=chain.read(service, "slo_plugins"),
        spec=service.dialect.name,
        manifest=manifest,
        parts={**parts, **_places(service, ("service", "labels"))},
    )
    listed = service.required("slos", "a list of SLOs")
    slos = service.items("slos")
    if listed is not None and listed.value == []:
        own.report(codes.BAD_VALUE, listed.span, "`slos` is empty", help="add at least one item")
    report.extend(own.diagnostics)
    for node in slos:
        draft = _draft(node, found, service, extensions, report)
        if draft is not None and sound and not own.failed:
            yield draft


def _draft(
    node: Node, service: _Service, owner: Table, extensions: Extensions, report: Report
) -> Draft | None:
    """An SLO; None after findings."""
    own = Report()
    at = next(iter(node.keys.values()), node.span)
    slo = Table(node, _SLO, owner.dialect, own, "an SLO", at, hints=_HINTS)
    name = slo.name("name")
    objective = slo.number("objective") if slo.required("objective", "percent, such as `99.9`") else None
    labels = {**service.labels, **slo.labels("labels")}
    alerting = _alerting(slo)
    description = slo.text("description")
    plugins = chain.read(slo, "plugins")
    subject = indicators.Subject(service.name, name, float(objective or 0), service.labels)
    sli = _indicator(slo, subject, service.plugins, plugins, extensions)
    grouping = indicators.grouping(sli) if sli is not None else None
    report.extend(own.diagnostics)
    if own.failed or sli is None or objective is None:
        return None
    parts = _parts(slo, service, sli)
    return Draft(
        service=service.name,
        name=name,
        objective=objective,
        sli=sli,
        spec=service.spec,
        manifest=service.manifest,
        where=Where(parts["name"], parts),
        group_by=_group_by(grouping, labels, alerting, sli) if grouping else (),
        each_series=grouping is None,
        description=" ".join(description.split()),
        labels=labels,
        alerting=alerting,
        adjustments=chain.adjustments_of(chain.effective(service.plugins, plugins)),
    )


def _group_by(grouping: frozenset[str], labels: Labels, alerting: AlertingDraft, sli: Sli) -> tuple[str, ...]:
    """The labels that keep budgets apart.

    A label of the SLO replaces that of its series. One that is fixed on an alert may stay only where the
    series do have several values, which is an error for a check to find.
    """
    on_alerts = alerting.labels.keys() | alerting.page.labels.keys() | alerting.ticket.labels.keys()
    fixed = grouping & on_alerts
    dropped = labels.keys() | (indicators.constant(sli, fixed) if fixed else frozenset())
    return tuple(sorted(grouping - dropped))


def _indicator(
    slo: Table, subject: indicators.Subject, of_service: chain.Chain, own: chain.Chain, extensions: Extensions
) -> Sli | None:
    if slo.required("sli", "a mapping with `events`, `raw` or `plugin`") is None:
        return None
    sli = slo.table("sli", indicators.KINDS)
    if sli.is_broken:
        return None
    kind = indicators.kind(sli)
    chain.check(of_service, own, events=kind in ("events", None), report=slo.report)
    if kind is None:
        return None
    return indicators.read(
        sli,
        kind,
        subject,
        metricsql=chain.takes_metricsql(chain.effective(of_service, own)),
        plugins=lambda: _sli_plugins(extensions),
    )


def _sli_plugins(extensions: Extensions) -> Mapping[str, SliPlugin]:
    """The SLI plugins by id; the user's own win."""
    from slogen import sli_plugins  # noqa: PLC0415 - few specs have one

    return {**sli_plugins.catalogue(), **extensions.sli_plugins}


# alerts -----------------------------------------------------------------------------------------------


def _alerting(slo: Table) -> AlertingDraft:
    alerting = slo.table("alerting", _ALERTING)
    return AlertingDraft(
        name=alerting.text("name") or None,
        labels=alerting.labels("labels"),
        annotations=alerting.labels("annotations"),
        page=_alert(alerting, "page_alert"),
        ticket=_alert(alerting, "ticket_alert"),
    )


def _alert(alerting: Table, field: str) -> AlertDraft:
    alert = alerting.table(field, _ALERT)
    return AlertDraft(
        labels=alert.labels("labels", but=_misplaced_flag(alert)),
        annotations=alert.labels("annotations"),
        disable=alert.flag("disable"),
    )


def _misplaced_flag(alert: Table) -> str | None:
    """Report a flag among the labels, which disables nothing. Gives its key where it cannot be a label."""
    labels = alert.get("labels")
    node = labels.get("disable") if labels is not None else None
    if labels is None or node is None or isinstance(node.value, dict | list):
        return None
    if not isinstance(scalars.read(node), bool):
        return None
    alert.report.report(
        codes.NO_EFFECT if alert.dialect.coerces else codes.UNKNOWN_KEY,
        labels.key_at("disable"),
        "`disable` among the labels disables nothing",
        help="write it beside `labels`, not below",
    )
    return None if alert.dialect.coerces else "disable"


# places -----------------------------------------------------------------------------------------------


def _places(table: Table, fields: tuple[str, ...]) -> dict[str, Span]:
    spans = ((field, table.written(field)) for field in fields)
    return {field: span for field, span in spans if span is not None}


def _parts(slo: Table, service: _Service, sli: Sli) -> dict[str, Span]:
    """The places of an SLO's parts, by the names that drafts have for them."""
    parts = {**service.parts, **_places(slo, ("name", "objective", "labels", "sli", "alerting"))}
    parts.setdefault("name", slo.at)
    own = slo.get("labels")
    if own is not None and service.labels:
        parts |= {
            f"labels.{name}": service.parts["labels"] for name in service.labels if own.get(name) is None
        }
    parts["group_by"] = sli.queries[0].at
    alerting = slo.get("alerting")
    if alerting is None:
        return parts
    keys = {"name": "name", "labels": "labels", **{urgency: f"{urgency}_alert" for urgency in _URGENCIES}}
    for part, field in keys.items():
        found = alerting.get(slo.dialect.key(field))
        if found is not None:
            parts[f"alerting.{part}"] = found.span
    return parts
