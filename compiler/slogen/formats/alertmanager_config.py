"""AlertmanagerConfig objects of the Prometheus Operator, written by hand."""

from __future__ import annotations

from collections.abc import Iterator

from slogen import kubernetes
from slogen.alertmanager.configuration import Configuration
from slogen.diagnostics import Report
from slogen.ir import Extensions
from slogen.resemblance import Resemblance
from slogen.source import Node

NAME = "AlertmanagerConfig"
_KIND = "AlertmanagerConfig"
_GROUP = "monitoring.coreos.com"
_API_VERSIONS = {f"{_GROUP}/{version}": version for version in ("v1alpha1", "v1beta1")}


def recognises(node: Node) -> bool:
    """Whether a document is an AlertmanagerConfig of a version that the operator has."""
    return (
        kubernetes.text_at(node, "kind") == _KIND and kubernetes.text_at(node, "apiVersion") in _API_VERSIONS
    )


def resembles(node: Node) -> Resemblance | None:
    """An AlertmanagerConfig of another version."""
    if "kind" not in node.keys and kubernetes.text_at(node, "apiVersion") not in _API_VERSIONS:
        return None  # of this group, rules are more likely
    near = kubernetes.resemblance(node, f"{_GROUP}/v1alpha1", (_KIND,))
    if near is not None or kubernetes.text_at(node, "kind") != _KIND:
        return near
    api = kubernetes.text_at(node, "apiVersion") or ""
    if not api.startswith(f"{_GROUP}/"):
        return None
    return Resemblance(
        1.0,
        node.span_at("apiVersion"),
        f"`{api}` is no version of an AlertmanagerConfig",
        f"write `apiVersion: {_GROUP}/v1alpha1`",
    )


def parse(node: Node, report: Report, extensions: Extensions) -> Iterator[Configuration]:
    """The configuration that an object states."""
    from slogen.alertmanagerspec.objects import read_object  # noqa: PLC0415 - not for those who have none
    from slogen.alertmanagerspec.soundness import judged  # noqa: PLC0415 - as above

    version = _API_VERSIONS[kubernetes.text_at(node, "apiVersion") or ""]
    own = report.part()
    found = read_object(node, version, own)
    report.extend(own)
    if found is not None:
        yield judged(found, node.get("spec", "route"), node.get("spec", "inhibitRules"), list(own))
