"""Sloth's own format, `prometheus/v1`: the SLOs of a service, in snake_case.

Numbers and booleans stand for the texts that Sloth makes of them, but keys that Sloth would pass over in
silence are errors.
"""

from __future__ import annotations

from collections.abc import Iterator

from slogen import kubernetes
from slogen.diagnostics import Report, nearest
from slogen.ir import Draft, Extensions, Manifest
from slogen.resemblance import Resemblance
from slogen.source import Node

NAME = "prometheus/v1"
_ITS_OWN = ("service", "slos")
EMPTIES_COMMENTS = True
"""Lines that begin with `#` in the first column are empty, even within a text."""


def recognises(node: Node) -> bool:
    """Whether a document is in this format, by its version."""
    return kubernetes.text_at(node, "version") == NAME


def parse(node: Node, report: Report, extensions: Extensions) -> Iterator[Draft]:
    """The drafts of a service."""
    from slogen.sloth import services, table  # noqa: PLC0415 - they load what only such specs need
    from slogen.sloth.dialect import PROMETHEUS  # noqa: PLC0415

    service = table.document(node, ("version", *services.FIELDS), PROMETHEUS, report)
    yield from services.drafts(service, Manifest(""), {}, extensions, report)


def resembles(node: Node) -> Resemblance | None:
    """How near a document with another version, or without one, is to this format."""
    if not node.is_mapping:
        return None
    like = sum(key in node.keys for key in _ITS_OWN) / len(_ITS_OWN)
    version = node.get("version")
    if version is not None:
        written = version.span.text.strip().partition("\n")[0]
        near = _nearness(version)
        if near + like < 1:
            return None
        message = (
            f"`{written}` is no version of Sloth's format that slogen reads"
            if written
            else "`version` is empty"
        )
        return Resemblance((near + like) / 2, version.span, message, f"write `version: {NAME}`")
    api = node.get("apiVersion")
    if api is not None and _nearness(api) == 1:
        message = f"`{NAME}` is a `version`, no `apiVersion`"
        return Resemblance(0.9, node.key_at("apiVersion"), message, f"write `version: {NAME}`")
    if like < 1 or api is not None:
        return None
    at = next(iter(node.keys.values()))
    return Resemblance(0.7, at, "`version` is missing in the document", f"add `version: {NAME}`")


def _nearness(version: Node) -> float:
    """How near a version is to ours: 1 for another number or other capitals."""
    written = version.value
    if not isinstance(written, str):
        return 0.0
    family, slash, _ = written.partition("/")
    if slash and family.casefold() == "prometheus":
        return 1.0
    return 0.8 if nearest(written, (NAME,)) else 0.0
