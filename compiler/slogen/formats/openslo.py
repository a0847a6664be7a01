"""OpenSLO, `openslo/v1` and `openslo/v1alpha` (see slogen.openslo)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from slogen.diagnostics import Report, nearest
from slogen.ir import Draft, Extensions
from slogen.openslo import objects, v1, v1alpha
from slogen.openslo.references import References
from slogen.resemblance import Resemblance
from slogen.source import Node

NAME = "openslo/v1, openslo/v1alpha"
_VERSIONS = tuple(objects.SHAPES)


def recognises(node: Node) -> bool:
    """Whether a document is an object of one of the versions that are read."""
    return objects.scalar(node, "apiVersion") in _VERSIONS


def parse(node: Node, report: Report, extensions: Extensions) -> Iterator[objects.Object]:
    """The object of a document; `link` makes drafts of the objects of all files."""
    yield from objects.read(node, report)


def link(items: Sequence[objects.Object], report: Report) -> Iterator[Draft]:
    """The drafts of all SLOs, with what they refer to in any file."""
    references = References(items, report)
    for item in items:
        if item.kind == "SLO" and item.shape is not None:
            drafts: Any = v1.drafts if item.version == objects.V1 else v1alpha.drafts
            yield from drafts(item, references, report)


def resembles(node: Node) -> Resemblance | None:
    """Another version of OpenSLO, or a misspelt one."""
    api = node.get("apiVersion")
    if api is None or not isinstance(api.value, str):
        return None
    group, _, version = api.value.casefold().partition("/")
    is_own = re.fullmatch(r"open-?slo(\..+)?", group) is not None
    if not is_own and not (_has_own_kind(node) and nearest(group, ("openslo",))):
        return None
    written = f"openslo/{version}"
    fix = f"write `apiVersion: {written}`" if written in _VERSIONS else f"write the spec in {objects.V1}"
    return Resemblance(
        nearness=0.9 if is_own else 0.7,
        at=api.span,
        message=f"`{api.value}` is no version of OpenSLO that slogen reads",
        help=f"{fix}; slogen reads {' and '.join(_VERSIONS)}",
    )


def _has_own_kind(node: Node) -> bool:
    """Whether the kind is one that no other format has."""
    kind = objects.scalar(node, "kind")
    return isinstance(kind, str) and kind != "Service" and kind in objects.SHAPES[objects.V1]
