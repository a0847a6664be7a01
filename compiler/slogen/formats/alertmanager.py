"""Configurations of Alertmanager that are written by hand: `alertmanager.yml`.

They are read as strictly as Alertmanager reads them, which says no more than one mistake and no line.
"""

from __future__ import annotations

from collections.abc import Iterator

from slogen.alertmanager.configuration import Configuration
from slogen.diagnostics import Report, nearest
from slogen.ir import Extensions
from slogen.resemblance import Resemblance
from slogen.source import Node

NAME = "Alertmanager"


def recognises(node: Node) -> bool:
    """Whether a document has a tree of routes and receivers."""
    return _has(node, "route", dict) and _has(node, "receivers", list) and not _is_object(node)


def resembles(node: Node) -> Resemblance | None:
    """A tree of routes without receivers, or receivers without a tree, beside what only Alertmanager has."""
    if not isinstance(node.value, dict) or _is_object(node):
        return None
    for key, other, kind in (("route", "receivers", dict), ("receivers", "route", list)):
        if _has(node, key, kind) and _is_certainly_its_own(node, key):
            meant = nearest(other, [name for name in node.keys if name not in _SECTIONS])
            at = node.keys[meant or key]
            message = f"a configuration of Alertmanager needs `{other}`"
            return Resemblance(0.85, at, message, f"write `{other}:`" + (" instead" if meant else " too"))
    return None


_SECTIONS = ("route", "receivers", "global", "inhibit_rules", "templates", "time_intervals")


def _is_certainly_its_own(node: Node, key: str) -> bool:
    if key == "route":
        return any(node.get("route", part) for part in ("group_by", "routes", "group_wait", "receiver"))
    receivers = node.get("receivers")
    items = receivers.value if receivers is not None and isinstance(receivers.value, list) else []
    return any(key.endswith("_configs") for item in items for key in item.keys)


def is_certain(node: Node) -> bool:
    """Whether a document within a ConfigMap is Alertmanager's: a route and receivers are nobody else's."""
    return recognises(node)


def parse(node: Node, report: Report, extensions: Extensions) -> Iterator[Configuration]:
    """What a document tells an Alertmanager."""
    from slogen.alertmanagerspec.file import read_file  # noqa: PLC0415 - not for projects without one
    from slogen.alertmanagerspec.soundness import judged  # noqa: PLC0415 - as above

    own = report.part()
    found = read_file(node, own)
    report.extend(own)
    if found is not None:
        yield judged(found, node.get("route"), node.get("inhibit_rules"), list(own))


def _is_object(node: Node) -> bool:
    return bool({"apiVersion", "kind"} & node.keys.keys())


def _has(node: Node, key: str, kind: type) -> bool:
    found = node.get(key)
    return found is not None and isinstance(found.value, kind)
