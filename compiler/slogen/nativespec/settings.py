"""What a Settings document means."""

from __future__ import annotations

from collections.abc import Iterator

from slogen import codes, shapes
from slogen.burn import LONGEST_LONG_PACE, LOOKBACK
from slogen.diagnostics import Report
from slogen.ir import Allowance, CompatPaths, Paces, RuleDefaults, Settings, Where
from slogen.nativespec import surroundings, written
from slogen.panels import DashboardSettings
from slogen.source import Node


def settings(node: Node, report: Report) -> Iterator[Settings]:
    """The settings of a document; nothing after findings about its shape."""
    document = shapes.read(node, written.Settings, report, "the document")
    if document is None:
        return
    spec = document.spec
    paces = Paces(spec.intervals.fast, spec.intervals.slow, spec.intervals.long)
    _check_paces(paces, node, report)
    parts = {key: child.span for key, child in _children(node, "spec")}
    yield Settings(
        window=spec.window or Settings().window,
        owner=spec.owner,
        owner_label=spec.owner_label,
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
        compat=tuple(CompatPaths(tuple(compat.paths), compat.rules) for compat in spec.compat),
        prometheus=surroundings.prometheus(spec.prometheus, node.get("spec", "prometheus")),
        ruler=surroundings.ruler(spec.ruler, node.get("spec", "ruler"), report),
        conventions=surroundings.conventions(spec.conventions, node.get("spec", "conventions"), report),
        alertmanager=surroundings.alertmanager(spec.alertmanager, node.get("spec", "alertmanager")),
        allowances=tuple(
            Allowance(tuple(entry.paths), entry.code, entry.reason, _where(node, "spec", "allow", i))
            for i, entry in enumerate(spec.allow)
        ),
        runbook_pages=spec.runbook_pages,
        dashboards=DashboardSettings(
            tuple(dict.fromkeys(spec.dashboards.forms)),
            spec.dashboards.folder,
            spec.dashboards.labels,
            spec.dashboards.files or "",
        ),
        where=Where(node.span_at("kind"), parts),
    )


def _check_paces(paces: Paces, node: Node, report: Report) -> None:
    """What is recorded less often than Prometheus looks back vanishes in between."""
    for name in ("fast", "slow"):
        if getattr(paces, name) >= LOOKBACK:
            report.report(
                codes.BAD_VALUE,
                node.span_at("spec", "intervals", name),
                f"`{name}` is not shorter than the 5 minutes that Prometheus looks back",
                help="write at most `4m`: samples further apart are taken for missing data",
            )
    if paces.long > LONGEST_LONG_PACE:
        report.report(
            codes.BAD_VALUE,
            node.span_at("spec", "intervals", "long"),
            "`long` is too long for windows of a day",
            help="write at most `6h`",
        )


def _where(node: Node, *path: str | int) -> Where:
    """The place of an entry of a list, with its parts by their keys."""
    return Where(node.span_at(*path), {key: child.span for key, child in _children(node, *path)})


def _children(node: Node, *path: str | int) -> list[tuple[str, Node]]:
    found = node.get(*path)
    return list(found.value.items()) if found is not None and isinstance(found.value, dict) else []
