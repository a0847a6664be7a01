"""Hand-written rules: Prometheus' own rule files, and PrometheusRule manifests.

Expressions are kept byte for byte. What Prometheus or the operator would refuse is reported here, at its
place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any

from pydantic import Field

from slogen import codes, expressions, names, shapes
from slogen.diagnostics import Label, Report
from slogen.ir import Manifest, Rule, RuleGroup, RuleSet, Where
from slogen.source import Node, Span

NAME = "Prometheus rules"
API_VERSION = "monitoring.coreos.com/v1"


class RuleShape(shapes.Shape):
    """A recording or alerting rule."""

    record: shapes.Text | None = None
    alert: shapes.Text | None = None
    expr: Any
    for_: Any = Field(None, alias="for")
    keep_firing_for: Any = None
    labels: shapes.LabelMap | None = None
    annotations: shapes.LabelMap | None = None


class GroupShape(shapes.Shape):
    """A group of rules."""

    name: shapes.Text = Field(min_length=1)
    interval: Any = None
    limit: int | None = None
    query_offset: Any = None
    partial_response_strategy: shapes.Text | None = None
    labels: shapes.LabelMap | None = None
    rules: list[Any] | None = None


class FileShape(shapes.Shape):
    """A rule file of Prometheus."""

    groups: list[Any] | None


class ManifestShape(shapes.Shape):
    """A PrometheusRule manifest."""

    apiVersion: shapes.Text  # noqa: N815 - Kubernetes' name
    kind: shapes.Text
    metadata: dict[str, Any]
    spec: FileShape
    status: Any = None


class MetadataShape(shapes.Shape):
    """The part of an object's metadata that is carried over."""

    name: shapes.ObjectName
    namespace: shapes.Namespace | None = None
    labels: shapes.KubernetesMap | None = None
    annotations: shapes.KubernetesMap | None = None


def recognises(node: Node) -> bool:
    """Whether a document has rule groups, plain or in a PrometheusRule."""
    if not isinstance(node.value, dict):
        return False
    kind = node.get("kind")
    if kind is not None:
        return kind.value == "PrometheusRule"
    return "groups" in node.value and "apiVersion" not in node.value


def parse(node: Node, report: Report) -> Iterator[RuleSet]:
    """The rule set of a document."""
    if node.get("kind") is not None:
        yield from _manifest(node, report)
        return
    written = shapes.read(node, FileShape, report, "the rule file")
    groups_node = node.get("groups")
    if written is None or groups_node is None:
        return
    manifest = Manifest(_name_from_path(node.span.source.path))
    yield from _rule_set(groups_node, manifest, node.key_at("groups"), report)


def _name_from_path(path: str) -> str:
    """rules/checkout/alerts.yaml is the object checkout-alerts."""
    parts = PurePosixPath(path).with_suffix("").parts
    below = parts[len(parts) - parts[::-1].index("rules") :] if "rules" in parts[:-1] else parts[-1:]
    return names.object_name("-".join(below)) or "rules"


_CARRIED = ("name", "namespace", "labels", "annotations")


def _manifest(node: Node, report: Report) -> Iterator[RuleSet]:
    api = node.get("apiVersion")
    if api is None or api.value != API_VERSION:
        report.report(
            codes.BAD_VALUE,
            node.span_at("apiVersion") if api else node.key_at("kind"),
            f"a PrometheusRule is of `{API_VERSION}`",
            help=f"write `apiVersion: {API_VERSION}`",
        )
        return
    written = shapes.read(node, ManifestShape, report, "the PrometheusRule")
    metadata_node = node.get("metadata")
    groups_node = node.get("spec", "groups")
    metadata = _metadata(metadata_node, report)
    if written is None or metadata is None or groups_node is None:
        return
    manifest = Manifest(metadata.name, metadata.namespace, metadata.labels or {}, metadata.annotations or {})
    yield from _rule_set(groups_node, manifest, node.span_at("metadata", "name"), report)


def _metadata(node: Node | None, report: Report) -> MetadataShape | None:
    """The name, namespace, labels and annotations; an object from a cluster has much more."""
    if node is None or not isinstance(node.value, dict):
        return None
    kept = {key: child for key, child in node.value.items() if key in _CARRIED}
    carried = Node(kept, node.span, {key: node.keys[key] for key in kept})
    return shapes.read(carried, MetadataShape, report, "`metadata`")


def _rule_set(groups_node: Node, manifest: Manifest, at: Span, report: Report) -> Iterator[RuleSet]:
    if groups_node.value is None:
        groups_node = Node([], groups_node.span, {})
    if not isinstance(groups_node.value, list):
        return
    seen: dict[str, Span] = {}
    groups = []
    for group_node in groups_node.value:
        group = _group(group_node, report)
        if group is None:
            continue
        place = group_node.span_at("name")
        if group.name in seen:
            report.report(
                codes.BAD_VALUE,
                place,
                f"the group `{group.name}` is there twice",
                also=(Label(seen[group.name], "the first one"),),
                help="Prometheus refuses the file; rename one of the groups",
            )
        seen.setdefault(group.name, place)
        groups.append(group)
    yield RuleSet(manifest, tuple(groups), Where(at, {"manifest": at}))


def _group(node: Node, report: Report) -> RuleGroup | None:
    written = shapes.read(node, GroupShape, report, "the group")
    rules_node = node.get("rules")
    rules = []
    if rules_node is not None and isinstance(rules_node.value, list):
        rules = [_rule(rule_node, report) for rule_node in rules_node.value]
    if written is None:
        return None
    return RuleGroup(
        name=written.name,
        rules=tuple(rule for rule in rules if rule),
        interval=_duration(node.get("interval"), report),
        limit=written.limit,
        query_offset=_duration(node.get("query_offset"), report),
        partial_response_strategy=written.partial_response_strategy or "",
        labels=written.labels or {},
        where=Where(node.span_at("name")),
    )


def _rule(node: Node, report: Report) -> Rule | None:
    written = shapes.read(node, RuleShape, report, "the rule")
    expr = _expression(node, report)
    if written is None or expr is None:
        return None
    kind = shapes.exactly_one(node, ("alert", "record"), "a rule", report)
    if kind is None or not _is_named(node, kind, report):
        return None
    if kind == "record" and not _is_plain_recording(node, report):
        return None
    return Rule(
        expr=expr,
        record=written.record or "",
        alert=written.alert or "",
        for_=_duration(node.get("for"), report),
        keep_firing_for=_duration(node.get("keep_firing_for"), report),
        labels=written.labels or {},
        annotations=written.annotations or {},
        where=Where(node.span_at(kind), {"expr": node.span_at("expr")}),
    )


def _is_named(node: Node, kind: str, report: Report) -> bool:
    named = node.get(kind)
    name = str(named.value) if named else ""
    if kind == "alert" and name:
        return True
    if kind == "record" and re.fullmatch(r"[a-zA-Z_:][a-zA-Z0-9_:]*", name):
        return True
    what = "metric name" if kind == "record" else "name of an alert"
    report.report(
        codes.BAD_VALUE, node.span_at(kind), f"`{name}` is no {what}", help="use letters, digits, `_` and `:`"
    )
    return False


def _is_plain_recording(node: Node, report: Report) -> bool:
    wrong = [key for key in ("for", "keep_firing_for", "annotations") if node.get(key) is not None]
    for key in wrong:
        report.report(
            codes.UNKNOWN_KEY,
            node.key_at(key),
            f"a recording rule has no `{key}`",
            also=(Label(node.key_at("record"), "this makes it a recording rule"),),
            help="delete it; only alerts have it",
        )
    return not wrong


def _expression(node: Node, report: Report) -> str | None:
    expr = node.get("expr")
    if expr is None:
        return None
    if isinstance(expr.value, bool) or not isinstance(expr.value, str | int | Decimal):
        report.report(codes.WRONG_TYPE, expr.span, "this is no expression", help="write PromQL in text")
        return None
    if not isinstance(expr.value, str):
        return expr.span.text.strip()
    return expr.value if expressions.is_promql(expr, report) else None


def _duration(node: Node | None, report: Report) -> str:
    """A duration as it was written; empty when there is none, or after a finding."""
    if node is None or node.value is None or node.value == 0:
        return ""
    if shapes.duration(node, report) is None:
        return ""
    return str(node.value)
