"""The metadata of a PrometheusServiceLevel: what is carried over to the object with its rules."""

from __future__ import annotations

from pydantic import Field

from slogen import shapes
from slogen.diagnostics import Report
from slogen.ir import Manifest
from slogen.source import Node, Span

NOTHING = Manifest("")


class MetadataShape(shapes.Shape):
    """The metadata that counts; the rest is Kubernetes' own."""

    name: shapes.ObjectName | None = None
    namespace: shapes.Namespace | None = None
    labels: shapes.KubernetesLabels | None = Field(default_factory=dict)
    annotations: shapes.KubernetesAnnotations | None = Field(default_factory=dict)


def manifest(metadata: Node | None, report: Report) -> Manifest:
    """The object for the rules; without a name where the spec has none."""
    if metadata is None or metadata.value is None:
        return NOTHING
    written = shapes.read(_known(metadata), MetadataShape, report, "`metadata`")
    if written is None:
        return NOTHING
    return Manifest(
        name=written.name or "",
        namespace=written.namespace,
        labels=written.labels or {},
        annotations=written.annotations or {},
    )


def _known(metadata: Node) -> Node:
    """The metadata without what slogen does not carry over."""
    value = metadata.value
    if not isinstance(value, dict):
        return metadata
    known = {key: node for key, node in value.items() if key in MetadataShape.model_fields}
    keys: dict[str, Span] = {key: metadata.keys[key] for key in known}
    return Node(known, metadata.span, keys)
