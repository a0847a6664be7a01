"""Kubernetes objects: whether a document is one, and how near it is to one that a format reads."""

from __future__ import annotations

import difflib
import re
from functools import lru_cache

from slogen.diagnostics import nearest
from slogen.resemblance import Resemblance
from slogen.source import Node, Span

_NAME = r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"
_API_VERSION = re.compile(rf"(?:{_NAME}(?:\.{_NAME})*/{_NAME}|v[0-9][a-z0-9]*)")
_LONGEST = 253 + 1 + 63
_KIND = re.compile(r"[A-Za-z][-A-Za-z0-9]*")
# The kinds without a group that come near to a kind of some format, or are that word for word.
_CORE_KINDS = frozenset(
    (
        *("Binding", "ComponentStatus", "ConfigMap", "Endpoints", "Event", "LimitRange", "List"),
        *("Namespace", "Node", "PersistentVolume", "PersistentVolumeClaim", "Pod", "PodTemplate"),
        *("ReplicationController", "ResourceQuota", "Secret", "Service", "ServiceAccount"),
    )
)
_PROMETHEUS_OPERATOR_KINDS = frozenset(
    (
        *("Alertmanager", "AlertmanagerConfig", "PodMonitor", "Probe", "Prometheus"),
        *("PrometheusAgent", "ScrapeConfig", "ServiceMonitor", "ThanosRuler"),
    )
)
_OTHER_KINDS = {"": _CORE_KINDS, "monitoring.coreos.com": _PROMETHEUS_OPERATOR_KINDS}
_SIMILAR = 0.8


def text_at(node: Node, key: str) -> str | None:
    """The text below a key of a document; None for anything else."""
    found = node.get(key)
    return found.value if found is not None and isinstance(found.value, str) else None


def is_object(node: Node) -> bool:
    """Whether a document has an apiVersion and a kind as Kubernetes spells them."""
    api, kind = text_at(node, "apiVersion"), text_at(node, "kind")
    return bool(api and kind and _is_api_version(api) and _KIND.fullmatch(kind))


def _is_api_version(text: str) -> bool:
    return len(text) <= _LONGEST and _API_VERSION.fullmatch(text) is not None


def shown(span: Span) -> str:
    """What was written, short enough for a message."""
    line = span.text.strip().partition("\n")[0]
    return line if len(line) <= 60 else f"{line[:57]}..."


def resemblance(node: Node, api_version: str, kinds: tuple[str, ...]) -> Resemblance | None:
    """How near a document is to the objects of an apiVersion that are of some kinds, if it is none.

    An object of another group is another thing, whatever its kind is called: both must be near.
    """
    kind_node = node.get("kind")
    kind = text_at(node, "kind") or ""
    meant = _nearest(kind, kinds) if kind else None
    like = _likeness(kind, meant) if meant else 0.0
    if "apiVersion" not in node.keys:
        return _without_version(node, api_version, meant, like) if meant and like >= _SIMILAR else None
    if "kind" not in node.keys and not _names_a_group(node):
        return None
    near = _group_likeness(node, api_version, kind)
    group = api_version.partition("/")[0]
    is_only_ours = near == 1 and group not in _OTHER_KINDS
    if near < _SIMILAR or (kind and like < _SIMILAR and not is_only_ours):
        return None
    api = node.span_at("apiVersion")
    nearness = (near + like) / 2
    if text_at(node, "apiVersion") != api_version:
        written = shown(api)
        message = f"`{written}` is no version of {group} that slogen reads"
        if not written:
            message = "`apiVersion` has no value"
        kind_too = f" and `kind: {meant or kinds[0]}`" if kind != meant else ""
        return Resemblance(nearness, api, message, f"write `apiVersion: {api_version}`{kind_too}")
    if kind_node is None:
        at = node.key_at("apiVersion")
        return Resemblance(nearness, at, "`kind` is missing", f"add `kind: {kinds[0]}`")
    message = f"`{shown(kind_node.span)}` is no kind of {api_version} that slogen reads"
    return Resemblance(nearness, kind_node.span, message, f"write `kind: {meant or kinds[0]}`")


def _without_version(node: Node, api_version: str, meant: str, like: float) -> Resemblance:
    help_ = f"write `apiVersion: {api_version}`"
    if meant != text_at(node, "kind"):
        help_ = f"did you mean `{meant}`, with `apiVersion: {api_version}`?"
    return Resemblance(like * 0.9, node.key_at("kind"), "`apiVersion` is missing", help_)


def _names_a_group(node: Node) -> bool:
    """Whether an apiVersion says whose it is; `v2` alone says nothing."""
    return not re.fullmatch(r"v?[0-9][a-z0-9.]*", node.span_at("apiVersion").text.strip())


def _group_likeness(node: Node, api_version: str, kind: str) -> float:
    """How near the group is to the one that is meant, 0 to 1; 0 for what is known to be another thing."""
    written = text_at(node, "apiVersion")
    if written is None:
        return _SIMILAR  # `apiVersion: 1` says nothing about the group
    group = written.rpartition("/")[0] if _is_api_version(written) else written.partition("/")[0]
    if kind in _OTHER_KINDS.get(group, ()):
        return 0.0
    meant = api_version.partition("/")[0]
    if not group or _owner(meant) in group.split("."):
        return max(_SIMILAR, _likeness(group, meant))
    return _likeness(group, meant)


def _owner(group: str) -> str:
    """The part of a group that names whose it is: `pyrra` in `pyrra.dev`."""
    return group.split(".")[-2:][0]


@lru_cache(maxsize=1024)
def _nearest(kind: str, kinds: tuple[str, ...]) -> str | None:
    return nearest(kind, kinds)


@lru_cache(maxsize=1024)
def _likeness(word: str, other: str) -> float:
    return difflib.SequenceMatcher(None, word.casefold(), other.casefold()).ratio()
