"""From a ServiceLevelObjective to the draft of an SLO."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from slogen import burn, codes, names, shapes
from slogen.diagnostics import Report
from slogen.ir import AlertDraft, AlertingDraft, Draft, Manifest, Millis, Profile, Urgency, Where
from slogen.pyrra import API_VERSION, written
from slogen.pyrra.indicators import Indicator, indicator
from slogen.source import Node, Span

PREFIX = "pyrra.dev/"
"""Labels and annotations that Pyrra hands on to its rules, and this is not a part of their names."""

OF_ALERTS = (names.SLO, names.SEVERITY)
"""Labels that each alert has itself, also in Pyrra, whatever is handed on."""

NO_NAMESPACE = "default"
"""The service of an objective that names no namespace: the one that `kubectl` would create it in."""

_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_PERCENT = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]{1,2})?")


def objective(node: Node, report: Report) -> Draft | None:
    """The draft that a document means; None after findings."""
    document = shapes.read(node, written.Document, report, "the document")
    metadata = _metadata(node.get("metadata"), report)
    measured = indicator(node.get("spec", "indicator"), report)
    target = _target(node.get("spec", "target"), report)
    _report_without_effect(node.get("spec", "ruleOutput"), report)
    is_alertable = document is None or _is_alertable(document.spec.window, node.get("spec", "window"), report)
    if document is None or metadata is None or measured is None or target is None or not is_alertable:
        return None
    return _draft(document.spec, metadata, measured, target, _where(node))


def _draft(
    spec: written.Spec,
    metadata: tuple[written.Metadata, written.Propagated],
    measured: Indicator,
    target: Decimal,
    where: Where,
) -> Draft:
    own, propagated = metadata
    return Draft(
        service=own.namespace or NO_NAMESPACE,
        name=own.name,
        objective=target,
        sli=measured.sli,
        spec=API_VERSION,
        manifest=_manifest(own),
        where=where,
        window=spec.window,
        group_by=measured.group_by,
        description=" ".join((spec.description or "").split()),
        labels={
            **measured.labels,
            **{name: text for name, text in propagated.labels.items() if name not in OF_ALERTS},
        },
        annotations=propagated.annotations,
        alerting=_alerting(spec.alerting or written.Alerting(), spec.window),
        profile=Profile.CHEAP if spec.performanceOverAccuracy else None,
        fit_tiers=True,
        partial_response_strategy=spec.partial_response_strategy or "",
    )


def _where(node: Node) -> Where:
    written_at = {
        "name": ("metadata", "name"),
        "manifest": ("metadata", "name"),
        "service": ("metadata", "namespace"),
        "labels": ("metadata", "labels"),
        "objective": ("spec", "target"),
        "window": ("spec", "window"),
        "sli": ("spec", "indicator"),
        "alerting": ("spec", "alerting"),
        "alerting.name": ("spec", "alerting", "name"),
        "alerting.page": ("spec", "alerting", "severities"),
        "alerting.ticket": ("spec", "alerting", "severities"),
        "alerting.absent": ("spec", "alerting", "absentName"),
    }
    found = {part: node.get(*path) for part, path in written_at.items()}
    kinds = node.get("spec", "indicator")
    children = kinds.value.values() if kinds is not None and isinstance(kinds.value, dict) else ()
    found["group_by"] = next((kind.get("grouping") for kind in children if kind.get("grouping")), None)
    parts: dict[str, Span] = {part: child.span for part, child in found.items() if child is not None}
    return Where(parts.get("name", node.span), parts)


# metadata ---------------------------------------------------------------------------------------------


def _metadata(node: Node | None, report: Report) -> tuple[written.Metadata, written.Propagated] | None:
    """The object's own metadata, and what is handed on to the rules; None after findings."""
    if node is None:
        return None
    own, handed_on = _divided(node)
    metadata = shapes.read(own, written.Metadata, report, "`metadata`")
    propagated = shapes.read(handed_on, written.Propagated, report, "`metadata`")
    _report_own_labels(handed_on.get("labels"), report)
    return (metadata, propagated) if metadata and propagated else None


def _report_own_labels(labels: Node | None, report: Report) -> None:
    for name in OF_ALERTS if labels is not None else ():
        if labels is not None and name in labels.keys:
            report.report(
                codes.NO_EFFECT,
                labels.key_at(name),
                f"`{name}` has no effect: each alert has its own",
                help="delete it; severities are in `spec.alerting.severities`"
                if name == names.SEVERITY
                else "delete it: it is the name of the SLO",
            )


def _divided(node: Node) -> tuple[Node, Node]:
    """The metadata without the labels and annotations that are handed on, and those without their prefix."""
    if not isinstance(node.value, dict):
        return node, Node({}, node.span)
    own = dict(node.value)
    handed_on: dict[str, Node] = {}
    for part in ("labels", "annotations"):
        found = own.get(part)
        if found is None or not isinstance(found.value, dict):
            continue
        kept = {k: v for k, v in found.value.items() if not _is_handed_on(k) and k != _APPLIED}
        own[part] = Node(kept, found.span, found.keys)
        keys = {k: found.keys[k] for k in found.value if _is_handed_on(k)}
        handed_on[part] = Node(
            {k.removeprefix(PREFIX): found.value[k] for k in keys},
            found.span,
            {k.removeprefix(PREFIX): at.slice(len(PREFIX), len(k)) for k, at in keys.items()},
        )
    return Node(own, node.span, node.keys), Node(handed_on, node.span, node.keys)


def _is_handed_on(key: str) -> bool:
    # Without a name behind it, the prefix is a key that Kubernetes refuses.
    return key.startswith(PREFIX) and key != PREFIX


def _manifest(own: written.Metadata) -> Manifest:
    return Manifest(
        name=names.object_name(own.name),
        namespace=own.namespace,
        labels=own.labels or {},
        annotations=own.annotations or {},
    )


# objective and alerts ---------------------------------------------------------------------------------


def _target(node: Node | None, report: Report) -> Decimal | None:
    """The objective in percent, from a text or a number."""
    if node is None:
        return None
    value = node.value
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Decimal(value)
    if not isinstance(value, str):
        report.report(
            codes.WRONG_TYPE, node.span, "`target` is no percentage", help='write percent, such as `"99.9"`'
        )
        return None
    if _PERCENT.fullmatch(value) and len(value) <= 40:
        return Decimal(value)
    bare = value.replace("%", "").strip()
    report.report(
        codes.BAD_VALUE,
        node.span,
        f"`{value}` is no percentage",
        help=f'write `"{bare if _PERCENT.fullmatch(bare) else "99.9"}"`',
    )
    return None


def _is_alertable(window: Millis, node: Node | None, report: Report) -> bool:
    """Whether an alert fits into the window."""
    if window >= burn.HOUR or node is None:
        return True
    report.report(
        codes.BAD_VALUE,
        node.span,
        f"a window of `{node.value}` is shorter than every alert window",
        help="write a window of at least `1h`, such as `4w`",
    )
    return False


def _alerting(said: written.Alerting, window: Millis) -> AlertingDraft:
    severities = said.severities or written.Severities()
    silent = bool(said.disabled) or said.burnrates is False
    page = (severities.fastBurn or "critical", severities.mediumBurn or "critical")
    ticket = (severities.slowBurn or "warning", severities.longTermBurn or "warning")
    return AlertingDraft(
        name=said.name or None,
        page=_alert(Urgency.PAGE, page, window, silent=silent),
        ticket=_alert(Urgency.TICKET, ticket, window, silent=silent),
        absent=AlertDraft(
            severity=severities.absent or "critical",
            name=said.absentName or None,
            disable=said.absent is False,
        ),
    )


def _alert(urgency: Urgency, severities: tuple[str, str], window: Millis, *, silent: bool) -> AlertDraft:
    """Pyrra has two alerts of each urgency for every window; for a short one slogen has only the faster."""
    tiers = sum(tier.urgency is urgency for tier in burn.default_tiers(window))
    if tiers < 2 or len(set(severities)) == 1:
        return AlertDraft(severity=severities[0], disable=silent)
    return AlertDraft(severities=severities, disable=silent)


_WITHOUT_EFFECT: Mapping[str, tuple[str, str]] = {
    "shortRulesLabels": (
        "all rules of an SLO are in one object",
        "delete it, and put labels of the object into `metadata.labels`",
    ),
    "longRulesLabels": (
        "all rules of an SLO are in one object",
        "delete it, and put labels of the object into `metadata.labels`",
    ),
    "enableDescriptionAsLabel": (
        "slogen has no generic rules",
        "delete it; the description is in the annotations of the alerts",
    ),
}


def _report_without_effect(node: Node | None, report: Report) -> None:
    if node is None:
        return
    for key, (reason, fix) in _WITHOUT_EFFECT.items():
        found = node.get(key)
        if found is not None and found.value:
            report.report(codes.NO_EFFECT, node.key_at(key), f"`{key}` has no effect: {reason}", help=fix)
