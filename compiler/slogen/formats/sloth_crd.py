"""Sloth's Kubernetes format, `sloth.slok.dev/v1`: PrometheusServiceLevel and AlertWindows, in camelCase.

A label value is text here, as Kubernetes has it: numbers and booleans are errors.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from slogen import kubernetes
from slogen.diagnostics import Report
from slogen.ir import AlertWindows, Draft, Extensions
from slogen.resemblance import Resemblance
from slogen.source import Node

NAME = "sloth.slok.dev/v1"
KINDS = ("PrometheusServiceLevel", "AlertWindows")
EMPTIES_COMMENTS = True
"""Lines that begin with `#` in the first column are empty, even within a text."""


def recognises(node: Node) -> bool:
    """Whether a document is in this format, by its apiVersion and kind."""
    return kubernetes.text_at(node, "apiVersion") == NAME and kubernetes.text_at(node, "kind") in KINDS


def parse(node: Node, report: Report, extensions: Extensions) -> Iterator[Draft | AlertWindows]:
    """The drafts of a service, or the alert windows for a period."""
    from slogen.sloth import alert_windows, objects, services, table  # noqa: PLC0415 - as in formats.sloth
    from slogen.sloth.dialect import KUBERNETES  # noqa: PLC0415

    document = table.document(node, ("apiVersion", "kind", "metadata", "spec", "status"), KUBERNETES, report)
    if kubernetes.text_at(node, "kind") == "AlertWindows":
        yield from alert_windows.read(document, report)
        return
    own = Report()
    manifest = objects.manifest(node.get("metadata"), own)
    report.extend(own.diagnostics)
    if document.required("spec", "a mapping with `service` and `slos`") is None:
        return
    spec = document.table("spec", services.FIELDS)
    if spec.is_broken:
        return
    name = node.get("metadata", "name")
    parts = {"manifest": name.span} if name is not None else {}
    yield from services.drafts(spec, manifest, parts, extensions, report, sound=not own.failed)


def link(items: Sequence[Draft | AlertWindows], report: Report) -> Iterator[Draft | AlertWindows]:
    """All items but alert windows that say the same as earlier ones, which Sloth bears with."""
    windows: set[AlertWindows] = set()
    for item in items:
        if isinstance(item, AlertWindows):
            if item in windows:
                continue
            windows.add(item)
        yield item


def resembles(node: Node) -> Resemblance | None:
    """How near a document of another version or kind is to this format."""
    found = kubernetes.resemblance(node, NAME, KINDS)
    api = node.get("apiVersion")
    if found is not None or api is None or kubernetes.text_at(node, "kind") != KINDS[0]:
        return found
    # Nobody else has this kind, whatever the group.
    message = f"`{KINDS[0]}` is a kind of {NAME}"
    return Resemblance(0.8, api.span, message, f"write `apiVersion: {NAME}`")
