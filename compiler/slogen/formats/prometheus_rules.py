"""Hand-written rules: Prometheus' own rule files, and PrometheusRule manifests.

Expressions are kept byte for byte. What Prometheus or the operator would refuse is reported here, at its
place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any

from pydantic import Field

from slogen import codes, expressions, kubernetes, names, shapes
from slogen.diagnostics import Label, Report
from slogen.ir import Extensions, Manifest, Rule, RuleGroup, RuleSet, Where
from slogen.resemblance import Resemblance
from slogen.source import Node, Span

NAME = "Prometheus rules"
API_VERSION = "monitoring.coreos.com/v1"
KIND = "PrometheusRule"
_IN_A_GROUP = "put it below a group:\ngroups:\n  - name: my-rules\n    rules:"


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
    labels: shapes.KubernetesLabels | None = None
    annotations: shapes.KubernetesAnnotations | None = None


class ObjectShape(shapes.Shape):
    """An object, as far as it is carried over."""

    metadata: MetadataShape


def recognises(node: Node) -> bool:
    """Whether a document has rule groups, plain or in a PrometheusRule."""
    if not isinstance(node.value, dict):
        return False
    kind = node.get("kind")
    if kind is not None:
        return kind.value == KIND and not _is_of_another_group(node)
    return "groups" in node.value and "apiVersion" not in node.value


def _is_of_another_group(node: Node) -> bool:
    """Whether a PrometheusRule is somebody else's, who has a kind of that name as well."""
    if kubernetes.text_at(node, "apiVersion") == API_VERSION:
        return False
    return kubernetes.resemblance(node, API_VERSION, (KIND,)) is None


def is_certain(node: Node) -> bool:
    """Whether a document within a ConfigMap holds rules: other things have groups as well."""
    groups = node.get("spec", "groups") if node.get("kind") else node.get("groups")
    listed = groups.value if groups is not None and isinstance(groups.value, list) else []
    return any(_looks_like_a_group(group) and _has_a_rule(group) for group in listed)


def _has_a_rule(group: Node) -> bool:
    rules = group.get("rules")
    listed = rules.value if rules is not None and isinstance(rules.value, list) else []
    return any(map(_looks_like_a_rule, listed))


def _looks_like_a_group(node: Node) -> bool:
    rules = node.get("rules")
    return rules is not None and isinstance(rules.value, list)


def _looks_like_a_rule(node: Node) -> bool:
    return node.get("expr") is not None and bool({"alert", "record"} & node.keys.keys())


def resembles(node: Node) -> Resemblance | None:
    """A PrometheusRule of another version, rule groups below another key than `groups`, or rules alone."""
    if not isinstance(node.value, dict) or "apiVersion" in node.keys or "kind" in node.keys:
        return kubernetes.resemblance(node, API_VERSION, (KIND,))
    for key, child in node.value.items():
        items = child.value if isinstance(child.value, list) else []
        if any(map(_looks_like_a_group, items)):
            return Resemblance(
                0.9, node.keys[key], f"rule groups stand below `{key}`", "write `groups:` instead"
            )
        if any(map(_looks_like_a_rule, items)):
            return Resemblance(0.9, node.keys[key], "these rules are in no group", _IN_A_GROUP)
    if _looks_like_a_rule(node):
        first = next(iter(node.keys.values()))
        return Resemblance(0.9, first, "this rule is in no group", _IN_A_GROUP)
    return None


def parse(node: Node, report: Report, extensions: Extensions) -> Iterator[RuleSet]:
    """The rule set of a document."""
    if node.get("kind") is not None:
        yield from _manifest(node, report)
        return
    written = shapes.read(node, FileShape, report, "the rule file")
    groups_node = node.get("groups")
    if written is None or groups_node is None:
        return
    manifest = Manifest(_name_from_path(node.span.source.path))
    yield from _rule_set(groups_node, manifest, Where(node.key_at("groups")), report)


def gather(rule_sets: Sequence[RuleSet], report: Report) -> Iterator[RuleSet]:
    """The rule sets of one file: its plain documents are one, because their object is named after the file.

    Prometheus itself reads the first document of a file, and drops the others without a word.
    """
    plain = [rules for rules in rule_sets if "manifest" not in rules.where]
    if plain:
        groups = tuple(group for rules in plain for group in rules.groups)
        _check_names(groups, report)
        yield replace(plain[0], groups=groups)
    for rules in rule_sets:
        if "manifest" in rules.where:
            _check_names(rules.groups, report)
            yield rules


def _check_names(groups: Sequence[RuleGroup], report: Report) -> None:
    first: dict[str, RuleGroup] = {}
    for group in groups:
        other = first.setdefault(group.name, group)
        if other is not group and group.where and other.where:
            report.report(
                codes.BAD_VALUE,
                group.where.whole,
                f"the group `{group.name}` is there twice",
                also=(Label(other.where.whole, "the first one"),),
                help="Prometheus refuses the file; rename one of the groups",
            )


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
    groups_node = node.get("spec", "groups")
    metadata = _metadata(node, report)
    if written is None or metadata is None or groups_node is None:
        return
    manifest = Manifest(metadata.name, metadata.namespace, metadata.labels or {}, metadata.annotations or {})
    at = node.span_at("metadata", "name")
    yield from _rule_set(groups_node, manifest, Where(at, {"manifest": at}), report)


def _metadata(node: Node, report: Report) -> MetadataShape | None:
    """The name, namespace, labels and annotations; an object from a cluster has much more."""
    written = node.get("metadata")
    if written is None or not isinstance(written.value, dict):
        return None
    kept = {key: child for key, child in written.value.items() if key in _CARRIED}
    carried = Node(kept, written.span, {key: written.keys[key] for key in kept})
    whole = Node({"metadata": carried}, node.span, {"metadata": node.key_at("metadata")})
    read = shapes.read(whole, ObjectShape, report)
    return read.metadata if read else None


def _rule_set(groups_node: Node, manifest: Manifest, where: Where, report: Report) -> Iterator[RuleSet]:
    listed = groups_node.value if groups_node.value is not None else []
    if isinstance(listed, list):
        groups = [_group(node, report) for node in listed]
        yield RuleSet(manifest, tuple(group for group in groups if group), where)


def _group(node: Node, report: Report) -> RuleGroup | None:
    written = shapes.read(node, GroupShape, report, "the group")
    rules_node = node.get("rules")
    rules = []
    if rules_node is not None and isinstance(rules_node.value, list):
        rules = [_rule(rule_node, report) for rule_node in rules_node.value]
    if written is None or not _is_sound(written, node, report):
        return None
    return RuleGroup(
        name=written.name,
        rules=tuple(rule for rule in rules if rule),
        interval=_duration(node.get("interval"), report),
        limit=written.limit,
        query_offset=_duration(node.get("query_offset"), report),
        partial_response_strategy=written.partial_response_strategy or "",
        labels=written.labels or {},
        where=Where(node.span_at("name"), _keys(node, _GROUP_FIELDS)),
    )


_GROUP_FIELDS = ("interval", "limit", "query_offset", "partial_response_strategy", "labels")
_RULE_FIELDS = ("for", "keep_firing_for")


def _keys(node: Node, names: Sequence[str]) -> dict[str, Span]:
    """Where the keys are that not everything which evaluates rules knows."""
    return {name: node.keys[name] for name in names if name in node.keys}


# Prometheus counts in 64 bits.
_MOST = 2**63 - 1


def _is_sound(written: GroupShape, node: Node, report: Report) -> bool:
    if written.limit is not None and written.limit > _MOST:
        report.report(
            codes.BAD_VALUE,
            node.span_at("limit"),
            f"`{written.limit}` is more than Prometheus can count",
            help="delete `limit`: without it there is none",
        )
        return False
    strategy = written.partial_response_strategy
    if strategy and strategy.lower() not in {"abort", "warn"}:
        report.report(
            codes.BAD_VALUE,
            node.span_at("partial_response_strategy"),
            f"`{strategy}` is no strategy",
            help="write `abort` or `warn`",
        )
        return False
    return True


def _rule(node: Node, report: Report) -> Rule | None:
    written = shapes.read(node, RuleShape, report, "the rule")
    expr = _expression(node, report)
    for_ = _duration(node.get("for"), report)
    keep_firing_for = _duration(node.get("keep_firing_for"), report)
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
        for_=for_,
        keep_firing_for=keep_firing_for,
        labels=written.labels or {},
        annotations=written.annotations or {},
        where=_where(node, kind),
    )


def _where(node: Node, kind: str) -> Where:
    """The place of a rule's name, of its expression, labels and annotations, and of its other keys."""
    parts = {"expr": node.span_at("expr"), **_keys(node, _RULE_FIELDS)}
    for what in ("labels", "annotations"):
        found = node.get(what)
        if found is not None and isinstance(found.value, dict):
            parts |= {f"{what}.{name}": child.span for name, child in found.value.items()}
    return Where(node.span_at(kind), parts)


def _is_named(node: Node, kind: str, report: Report) -> bool:
    named = node.get(kind)
    name = named.value if named else None
    if not isinstance(name, str):
        report.report(codes.WRONG_TYPE, node.span_at(kind), f"`{kind}` has no value", help="write a text")
        return False
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
    text = expr.value if isinstance(expr.value, str) else expr.span.text.strip()
    return text if expressions.is_evaluable(Node(text, expr.span), report) else None


def _duration(node: Node | None, report: Report) -> str:
    """A duration as it was written; empty when there is none, or after a finding."""
    if node is None or node.value is None or (type(node.value) is int and node.value == 0):
        return ""
    if shapes.duration(node, report) is None:
        return ""
    return str(node.value)
