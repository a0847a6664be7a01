"""The objects of all files, each read by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from slogen import codes, shapes
from slogen.diagnostics import Report, nearest
from slogen.openslo import V1, V1ALPHA, written
from slogen.source import Node, Span

SHAPES: Mapping[str, Mapping[str, type[shapes.Shape]]] = {
    V1: {
        "SLO": written.Slo,
        "SLI": written.Sli,
        "Service": written.Service,
        "DataSource": written.DataSource,
        "AlertPolicy": written.AlertPolicy,
        "AlertCondition": written.AlertCondition,
        "AlertNotificationTarget": written.AlertNotificationTarget,
    },
    V1ALPHA: {"SLO": written.AlphaSlo, "Service": written.Service},
}


@dataclass(frozen=True, slots=True)
class Object:
    """One object. `shape` is what it says, None after findings: it is declared, and of no use."""

    version: str
    kind: str
    name: str
    at: Span
    node: Node
    shape: Any


def read(node: Node, report: Report) -> Iterator[Object]:
    """The object that a document holds; nothing where not even its kind and name can be made out."""
    version, kind = scalar(node, "apiVersion"), scalar(node, "kind")
    kinds = SHAPES.get(version) if isinstance(version, str) else None
    if kinds is None:
        return
    if kind is None:
        report.report(
            codes.MISSING_KEY,
            node.key_at("apiVersion"),
            "`kind` is missing in the document",
            help="add `kind: SLO`",
        )
        return
    if not isinstance(kind, str) or kind not in kinds:
        _report_kind(str(kind), kinds, node, report)
        return
    shape = shapes.read(node, kinds[kind], report, "the document")
    name = scalar(node, "metadata", "name")
    if isinstance(name, str):
        yield Object(str(version), kind, name, node.span_at("metadata", "name"), node, shape)


def scalar(node: Node, *path: str) -> object:
    """The value at a path; None without one."""
    found = node.get(*path)
    return found.value if found is not None else None


def _report_kind(kind: str, kinds: Mapping[str, object], node: Node, report: Report) -> None:
    version = str(scalar(node, "apiVersion"))
    meant = nearest(kind, kinds)
    text = f"did you mean `{meant}`?" if meant else f"the kinds are {', '.join(kinds)}"
    if version == V1ALPHA and kind in SHAPES[V1]:
        text = f"write `apiVersion: {V1}`, which has it"
    at = node.span_at("kind")
    is_scalar = isinstance(scalar(node, "kind"), str | int | Decimal)
    message = f"`{at.text.strip()}` is no kind of {version}" if is_scalar else f"this is no kind of {version}"
    report.report(codes.UNKNOWN_FORMAT, at, message, help=text)
