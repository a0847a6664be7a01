"""Pyrra's ServiceLevelObjective, `pyrra.dev/v1alpha1`: the custom resource, and the same as a file.

The SLI and the budget are Pyrra's, the rules and the alerts slogen's.
"""

from __future__ import annotations

from collections.abc import Iterator

from slogen import codes, kubernetes
from slogen.diagnostics import Report
from slogen.ir import Draft, Extensions
from slogen.pyrra import API_VERSION, KIND
from slogen.resemblance import Resemblance
from slogen.source import Node

NAME = API_VERSION


def recognises(node: Node) -> bool:
    """Whether a document is one of this format's, by its apiVersion."""
    return kubernetes.text_at(node, "apiVersion") == API_VERSION


def parse(node: Node, report: Report, extensions: Extensions) -> Iterator[Draft]:
    """The draft of an objective."""
    kind = node.get("kind")
    if kind is None:
        report.report(
            codes.MISSING_KEY,
            node.key_at("apiVersion"),
            "`kind` is missing in the document",
            help=f"add `kind: {KIND}`",
        )
        return
    if kind.value != KIND:
        report.report(
            codes.UNKNOWN_FORMAT,
            kind.span,
            f"`{kubernetes.shown(kind.span)}` is no kind of {API_VERSION}",
            help=f"write `kind: {KIND}`",
        )
        return
    from slogen.pyrra.objectives import objective  # noqa: PLC0415 - it loads what only such specs need

    draft = objective(node, report)
    if draft:
        yield draft


def resembles(node: Node) -> Resemblance | None:
    """How near a document of another version, or without one, is to an objective."""
    return kubernetes.resemblance(node, API_VERSION, (KIND,))
