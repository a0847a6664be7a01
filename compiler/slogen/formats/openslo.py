"""OpenSLO, `openslo/v1` and `openslo/v1alpha` (see slogen.openslo)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from slogen import kubernetes
from slogen.diagnostics import Report, nearest
from slogen.ir import Draft, Extensions
from slogen.openslo import V1, V1ALPHA
from slogen.resemblance import Resemblance
from slogen.source import Node

if TYPE_CHECKING:
    from slogen.openslo.objects import Object

NAME = "openslo/v1, openslo/v1alpha"
_VERSIONS = (V1, V1ALPHA)


def recognises(node: Node) -> bool:
    """Whether a document is an object of one of the versions that are read."""
    return kubernetes.text_at(node, "apiVersion") in _VERSIONS


def parse(node: Node, report: Report, extensions: Extensions) -> Iterator[Object]:
    """The object of a document; `link` makes drafts of the objects of all files."""
    from slogen.openslo import objects  # noqa: PLC0415 - it loads what only such specs need

    yield from objects.read(node, report)


def link(items: Sequence[Object], report: Report) -> Iterator[Draft]:
    """The drafts of all SLOs, with what they refer to in any file."""
    from slogen.openslo import v1, v1alpha  # noqa: PLC0415 - as above
    from slogen.openslo.references import References  # noqa: PLC0415

    references = References(items, report)
    for item in items:
        if item.kind == "SLO" and item.shape is not None:
            drafts: Any = v1.drafts if item.version == V1 else v1alpha.drafts
            yield from drafts(item, references, report)


def resembles(node: Node) -> Resemblance | None:
    """Another version of OpenSLO, a misspelt one, or none where the kind is OpenSLO's."""
    api = node.get("apiVersion")
    if "apiVersion" not in node.keys and "kind" in node.keys and _has_own_kind(node):
        at = node.key_at("kind")
        fix = f"write `apiVersion: {V1}`"
        return Resemblance(0.9, at, "`apiVersion` is missing", fix)
    if api is None or not isinstance(api.value, str):
        return None
    group, _, version = api.value.casefold().partition("/")
    is_own = re.fullmatch(r"open-?slo(\..+)?", group) is not None
    if not is_own and not (nearest(group, ("openslo",)) and _has_own_kind(node)):
        return None
    written = f"openslo/{version}"
    fix = f"write `apiVersion: {written}`" if written in _VERSIONS else f"write the spec in {V1}"
    return Resemblance(
        nearness=0.9 if is_own else 0.7,
        at=api.span,
        message=f"`{api.value}` is no version of OpenSLO that slogen reads",
        help=f"{fix}; slogen reads {' and '.join(_VERSIONS)}",
    )


def _has_own_kind(node: Node) -> bool:
    """Whether the kind is one that no other format has."""
    from slogen.openslo import objects  # noqa: PLC0415 - as above

    kind = kubernetes.text_at(node, "kind")
    return kind is not None and kind != "Service" and kind in objects.SHAPES[V1]
