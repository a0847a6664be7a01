"""slogen's own format, `slogen.dev/v1`: ServiceLevels, Settings and AlertWindows.

The shapes are the single source of the JSON Schema that editors use (`slogen schema`).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any, Literal

from pydantic import Field, create_model

from slogen import codes, plugins, shapes
from slogen.diagnostics import Report, nearest
from slogen.ir import (
    AlertDraft,
    AlertingDraft,
    AlertWindows,
    Draft,
    Extensions,
    Manifest,
    Millis,
    Paces,
    Profile,
    RuleDefaults,
    Settings,
    Sli,
    Tier,
    Urgency,
    Where,
)
from slogen.source import Node, Span

NAME = "slogen.dev/v1"
API_VERSION = "slogen.dev/v1"
KINDS = ("ServiceLevels", "Settings", "AlertWindows")

Item = Draft | Settings | AlertWindows


# what is written --------------------------------------------------------------------------------------


class Metadata(shapes.Shape):
    """The PrometheusRule object that the rules go into."""

    name: shapes.ObjectName | None = Field(None, description="Name of the object and of the files in out/.")
    namespace: shapes.Namespace | None = None
    labels: shapes.KubernetesLabels = Field(
        default_factory=dict, description="The operator selects rules by them."
    )
    annotations: shapes.KubernetesAnnotations = Field(default_factory=dict)


def _shared(default: Any) -> Any:
    """A default that is one frozen value for all; pydantic would copy it for each."""
    return Field(default_factory=lambda: default)


class AlertShape(shapes.Shape):
    """One of the alerts of an SLO."""

    severity: shapes.Text | None = Field(None, description="Value of the label `severity`.")
    labels: shapes.LabelMap = Field(default_factory=dict)
    annotations: shapes.LabelMap = Field(default_factory=dict)
    for_: shapes.Duration | None = Field(
        None, alias="for", description="How long it is pending, such as `2m`."
    )
    disable: bool = False


class AlertingShape(shapes.Shape):
    """The alerts of an SLO: the page and the ticket, and the alert that there is no data."""

    name: shapes.Name | None = Field(
        None, description="Name of the alerts; made from service and SLO if not given."
    )
    labels: shapes.LabelMap = Field(default_factory=dict, description="On all alerts.")
    annotations: shapes.LabelMap = Field(default_factory=dict, description="On all alerts.")
    page: AlertShape = _shared(AlertShape())
    ticket: AlertShape = _shared(AlertShape())
    absent: AlertShape = _shared(AlertShape())


class _Described(shapes.Shape):
    """What a service says for all its SLOs, and an SLO for itself."""

    owner: shapes.Text | None = Field(None, description="The team that gets the alerts: label `owner`.")
    runbook: shapes.Url | None = Field(None, description="Annotation `runbook_url` of the alerts.")
    dashboard: shapes.Url | None = Field(None, description="Annotation `dashboard` of the alerts.")
    labels: shapes.LabelMap = Field(
        default_factory=dict, description="On the recorded ratios and the alerts."
    )
    annotations: shapes.LabelMap = Field(default_factory=dict, description="On the alerts.")
    window: shapes.PositiveDuration | None = Field(
        None, description="The period of the objective, such as `28d`."
    )
    alert_windows: shapes.Text | None = Field(None, description="Name of an AlertWindows document.")
    profile: Profile | None = Field(None, description="How long windows are recorded.", strict=False)


class _SloShape(_Described):
    name: shapes.Name
    objective: shapes.Number = Field(description="Percent of good events, above 0 and below 100.")
    description: shapes.Text = ""
    group_by: list[shapes.LabelName] = Field(
        default_factory=list, description="One budget and one alert per value of these labels."
    )
    alerting: AlertingShape = _shared(AlertingShape())


class _WrittenSlo(_SloShape):
    """An SLO as it is read: the indicator is read apart, so that its findings come in the same run."""

    sli: Any


class _WrittenService(_Described):
    service: shapes.Name
    slos: list[Any] = Field(min_length=1)


class _WrittenServiceLevels(shapes.Shape):
    apiVersion: Literal["slogen.dev/v1"]  # noqa: N815 - Kubernetes' name
    kind: Literal["ServiceLevels"]
    metadata: Metadata = Metadata()
    spec: _WrittenService


class Severities(shapes.Shape):
    """The values of the label `severity`."""

    page: shapes.Text = "critical"
    ticket: shapes.Text = "warning"
    absent: shapes.Text = "warning"


class Intervals(shapes.Shape):
    """Evaluation intervals of the generated rule groups."""

    fast: shapes.PositiveDuration = Field(Paces().fast, description="Windows below 2h, and the alerts.")
    slow: shapes.PositiveDuration = Field(Paces().slow, description="Windows below 1d, and the budget.")
    long: shapes.PositiveDuration = Field(Paces().long, description="Windows of a day and more.")


class ManifestShape(shapes.Shape):
    """Defaults of every PrometheusRule object."""

    namespace: shapes.Namespace | None = None
    labels: shapes.KubernetesLabels = Field(default_factory=dict)
    annotations: shapes.KubernetesAnnotations = Field(default_factory=dict)


class RulesShape(shapes.Shape):
    """Owner and labels of hand-written rules, by path."""

    paths: list[shapes.Text] = Field(min_length=1, description="Patterns such as `rules/checkout/**`.")
    owner: shapes.Text | None = None
    labels: shapes.LabelMap = Field(default_factory=dict)
    annotations: shapes.LabelMap = Field(default_factory=dict)


class SettingsSpec(shapes.Shape):
    """Defaults of a project."""

    window: shapes.PositiveDuration | None = None
    owner: shapes.Text | None = None
    runbook: shapes.Url | None = Field(None, description="May hold {service} and {slo}.")
    dashboard: shapes.Url | None = Field(None, description="May hold {service} and {slo}.")
    labels: shapes.LabelMap = Field(default_factory=dict)
    annotations: shapes.LabelMap = Field(default_factory=dict)
    severities: Severities = Severities()
    alert_windows: shapes.Text | None = None
    profile: Profile = Field(Profile.EXACT, strict=False)
    intervals: Intervals = Intervals()
    manifest: ManifestShape = ManifestShape()
    rules: list[RulesShape] = Field(default_factory=list)


class SettingsShape(shapes.Shape):
    """Defaults of a project, usually in slos/settings.yaml."""

    apiVersion: Literal["slogen.dev/v1"]  # noqa: N815 - Kubernetes' name
    kind: Literal["Settings"]
    metadata: Metadata = Metadata()
    spec: SettingsSpec


class TierShape(shapes.Shape):
    """A pair of windows: fires when `budget` percent of the error budget are spent within `long`."""

    budget: shapes.Number = Field(description="Percent of the period's error budget.")
    long: shapes.PositiveDuration
    short: shapes.PositiveDuration


class AlertWindowsSpec(shapes.Shape):
    """The tiers that replace the default ones."""

    window: shapes.PositiveDuration | None = Field(None, description="For all SLOs over this window.")
    page: list[TierShape] = Field(default_factory=list)
    ticket: list[TierShape] = Field(default_factory=list)


class WindowsMetadata(shapes.Shape):
    """The name that SLOs refer to."""

    name: shapes.Name


class AlertWindowsShape(shapes.Shape):
    """Burn-rate windows instead of the default ones."""

    apiVersion: Literal["slogen.dev/v1"]  # noqa: N815 - Kubernetes' name
    kind: Literal["AlertWindows"]
    metadata: WindowsMetadata
    spec: AlertWindowsSpec


@cache
def _kinds_of_indicators() -> dict[str, Any]:
    modules = plugins.load("slogen.slis", "Shape", "mean")
    return {module.__name__.rpartition(".")[2]: module for module in modules}


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of all documents of the format."""
    from pydantic.json_schema import models_json_schema  # noqa: PLC0415 - only this command needs it

    kinds = {name: (module.Shape | None, None) for name, module in _kinds_of_indicators().items()}
    fields: Any = kinds
    indicator: Any = create_model("Indicator", __base__=shapes.Shape, __doc__="Exactly one kind.", **fields)
    indicator.model_config["json_schema_extra"] = {"minProperties": 1, "maxProperties": 1}
    slo: Any = create_model("Slo", __base__=_SloShape, __doc__="An objective.", sli=(indicator, ...))
    service: Any = create_model(
        "Service",
        __base__=_Described,
        __doc__="A service.",
        service=(shapes.Name, ...),
        slos=(list[slo], ...),
    )
    levels: Any = create_model(
        "ServiceLevels",
        __base__=_WrittenServiceLevels,
        __doc__="The SLOs of a service.",
        spec=(service, ...),
    )
    models = [(model, "validation") for model in (levels, SettingsShape, AlertWindowsShape)]
    refs, definitions = models_json_schema(models, by_alias=True)  # type: ignore[arg-type]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "slogen.dev/v1",
        "oneOf": list(refs.values()),
        **definitions,
    }


# what it means ----------------------------------------------------------------------------------------


def recognises(node: Node) -> bool:
    """Whether a document is one of this format's: by its apiVersion, or by a kind that only it has."""
    return _scalar(node, "apiVersion") == API_VERSION


def parse(node: Node, report: Report, extensions: Extensions) -> Iterator[Item]:
    """The drafts, settings or alert windows of a document."""
    kind = _scalar(node, "kind")
    if kind == "ServiceLevels":
        yield from _service_levels(node, report)
    elif kind == "Settings":
        yield from _settings(node, report)
    elif kind == "AlertWindows":
        yield from _alert_windows(node, report)
    elif node.get("kind") is None:
        report.report(
            codes.MISSING_KEY,
            node.key_at("apiVersion"),
            "`kind` is missing in the document",
            help=f"add `kind: {KINDS[0]}`",
        )
    else:
        meant = nearest(str(kind), KINDS)
        report.report(
            codes.UNKNOWN_FORMAT,
            node.span_at("kind"),
            f"`{kind}` is no kind of {API_VERSION}",
            help=f"did you mean `{meant}`?" if meant else f"the kinds are {', '.join(KINDS)}",
        )


def _scalar(node: Node, key: str) -> object:
    found = node.get(key)
    return found.value if found is not None else None


def _service_levels(node: Node, report: Report) -> Iterator[Draft]:
    written = shapes.read(node, _WrittenServiceLevels, report, "the document")
    slos = node.get("spec", "slos")
    if slos is None or not isinstance(slos.value, list):
        return
    service = written.spec if written else None
    manifest = _manifest(written) if written else None
    for slo_node in slos.value:
        slo = shapes.read(slo_node, _WrittenSlo, report, "an SLO")
        sli = _indicator(slo_node.get("sli"), report)
        if service and manifest and slo and sli:
            yield _draft(service, manifest, slo, sli, node, slo_node)


def _manifest(written: _WrittenServiceLevels) -> Manifest:
    metadata = written.metadata
    return Manifest(
        name=metadata.name or "",
        namespace=metadata.namespace,
        labels=metadata.labels,
        annotations=metadata.annotations,
    )


def _indicator(node: Node | None, report: Report) -> Sli | None:
    if node is None:
        return None
    kinds = _kinds_of_indicators()
    if not isinstance(node.value, dict):
        report.report(
            codes.WRONG_TYPE,
            node.span,
            "`sli` is not a mapping",
            help=f"write one of {', '.join(f'`{kind}:`' for kind in kinds)} below it",
        )
        return None
    unknown = [key for key in node.value if key not in kinds]
    for key in unknown:
        meant = nearest(key, kinds)
        report.report(
            codes.UNKNOWN_KEY,
            node.key_at(key),
            f"`{key}` is no kind of indicator",
            help=f"did you mean `{meant}`?" if meant else f"the kinds are {', '.join(kinds)}",
        )
    if unknown:
        return None
    kind = shapes.exactly_one(node, tuple(kinds), "`sli`", report)
    if kind is None:
        return None
    module = kinds[kind]
    inner = node.get(kind)
    shape = shapes.read(inner, module.Shape, report, f"the `{kind}` indicator")
    if shape is None:
        return None
    found: Sli | None = module.mean(inner, shape, report)
    return found


_PARTS = ("name", "objective", "window", "group_by", "alert_windows", "labels", "sli", "alerting", "owner")


def _draft(
    service: _WrittenService, manifest: Manifest, slo: _WrittenSlo, sli: Sli, node: Node, slo_node: Node
) -> Draft:
    return Draft(
        service=service.service,
        name=slo.name,
        objective=slo.objective,
        sli=sli,
        spec=API_VERSION,
        manifest=manifest,
        where=_where(node, slo_node),
        window=slo.window or service.window,
        group_by=tuple(slo.group_by),
        description=" ".join(slo.description.split()),
        owner=slo.owner or service.owner,
        runbook=slo.runbook or service.runbook,
        dashboard=slo.dashboard or service.dashboard,
        labels=shapes.merged(service.labels, slo.labels),
        annotations=shapes.merged(service.annotations, slo.annotations),
        alerting=_alerting(slo.alerting),
        alert_windows=slo.alert_windows or service.alert_windows,
        profile=slo.profile or service.profile,
    )


def _where(node: Node, slo_node: Node) -> Where:
    parts: dict[str, Span] = {}
    for name in ("service", "window", "owner", "labels", "alert_windows"):
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
    for name in ("name", "page", "ticket", "absent", "labels"):
        found = slo_node.get("alerting", name)
        if found is not None:
            parts[f"alerting.{name}"] = found.span
    return Where(parts.get("name", slo_node.span), parts)


def _alerting(written: AlertingShape) -> AlertingDraft:
    return AlertingDraft(
        name=written.name,
        labels=written.labels,
        annotations=written.annotations,
        page=_alert(written.page),
        ticket=_alert(written.ticket),
        absent=_alert(written.absent),
    )


def _alert(written: AlertShape) -> AlertDraft:
    return AlertDraft(
        severity=written.severity,
        labels=written.labels,
        annotations=written.annotations,
        for_=written.for_,
        disable=written.disable,
    )


def _settings(node: Node, report: Report) -> Iterator[Settings]:
    written = shapes.read(node, SettingsShape, report, "the document")
    if written is None:
        return
    spec = written.spec
    paces = Paces(spec.intervals.fast, spec.intervals.slow, spec.intervals.long)
    _check_paces(paces, node, report)
    parts = {key: child.span for key, child in _children(node, "spec")}
    yield Settings(
        window=spec.window or Settings().window,
        owner=spec.owner,
        runbook=spec.runbook,
        dashboard=spec.dashboard,
        labels=spec.labels,
        annotations=spec.annotations,
        page_severity=spec.severities.page,
        ticket_severity=spec.severities.ticket,
        absent_severity=spec.severities.absent,
        alert_windows=spec.alert_windows,
        profile=spec.profile,
        paces=paces,
        namespace=spec.manifest.namespace,
        manifest_labels=spec.manifest.labels,
        manifest_annotations=spec.manifest.annotations,
        rules=tuple(
            RuleDefaults(
                tuple(rule.paths),
                rule.owner,
                rule.labels,
                rule.annotations,
                Where(node.span_at("spec", "rules", i)),
            )
            for i, rule in enumerate(spec.rules)
        ),
        where=Where(node.span_at("kind"), parts),
    )


# Prometheus looks back five minutes for the last sample of a series.
_LOOKBACK = Millis(5 * 60_000)
_LONGEST_PACE = Millis(6 * 3_600_000)


def _check_paces(paces: Paces, node: Node, report: Report) -> None:
    """What is recorded less often than Prometheus looks back vanishes in between."""
    for name in ("fast", "slow"):
        if getattr(paces, name) >= _LOOKBACK:
            report.report(
                codes.BAD_VALUE,
                node.span_at("spec", "intervals", name),
                f"`{name}` is not shorter than the 5 minutes that Prometheus looks back",
                help="write at most `4m`: samples further apart are taken for missing data",
            )
    if paces.long > _LONGEST_PACE:
        report.report(
            codes.BAD_VALUE,
            node.span_at("spec", "intervals", "long"),
            "`long` is too long for windows of a day",
            help="write at most `6h`",
        )


def _children(node: Node, *path: str) -> list[tuple[str, Node]]:
    found = node.get(*path)
    return list(found.value.items()) if found is not None and isinstance(found.value, dict) else []


def _alert_windows(node: Node, report: Report) -> Iterator[AlertWindows]:
    written = shapes.read(node, AlertWindowsShape, report, "the document")
    if written is None:
        yield from _broken_windows(node)
        return
    spec = written.spec
    tiers: list[Tier] = []
    sound = True
    for urgency, listed in ((Urgency.PAGE, spec.page), (Urgency.TICKET, spec.ticket)):
        for i, tier in enumerate(listed):
            sound &= _is_sound(tier, spec, node.get("spec", urgency.value, i) or node, report)
            tiers.append(Tier(urgency, tier.long, tier.short, Fraction(tier.budget) / 100))
    if not tiers:
        report.report(
            codes.MISSING_KEY,
            node.key_at("spec"),
            "these alert windows have no tier",
            help="add at least one item to `page:` or `ticket:`",
        )
    if not tiers or not sound:
        yield from _broken_windows(node)
        return
    yield AlertWindows(
        name=written.metadata.name,
        window=spec.window,
        tiers=tuple(tiers),
        where=Where(node.span_at("metadata", "name")),
    )


def _broken_windows(node: Node) -> Iterator[AlertWindows]:
    """Alert windows without tiers, so that naming them is not a second error."""
    name = node.get("metadata", "name")
    if name is not None and isinstance(name.value, str):
        yield AlertWindows(name.value, None, (), Where(name.span))


def _is_sound(tier: TierShape, spec: AlertWindowsSpec, node: Node, report: Report) -> bool:
    sound = True
    if not Decimal(0) < tier.budget <= Decimal(100):
        report.report(
            codes.BAD_VALUE,
            node.span_at("budget"),
            f"`{tier.budget}` is no share of the budget",
            help="write percent, above 0 and at most 100",
        )
        sound = False
    if tier.short >= tier.long:
        report.report(
            codes.BAD_VALUE,
            node.span_at("short"),
            "the short window is not shorter than the long one",
            help="the workbook takes one twelfth of the long window",
        )
        sound = False
    if spec.window is not None and tier.long > spec.window:
        report.report(
            codes.BAD_VALUE,
            node.span_at("long"),
            "the long window is longer than the window of the objective",
            help="write one that fits into `window`",
        )
        sound = False
    return sound
