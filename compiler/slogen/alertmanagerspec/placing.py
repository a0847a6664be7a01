"""Where the fields of a route or of an inhibit rule are written."""

from __future__ import annotations

from collections.abc import Mapping

from slogen.source import Node, Span


def places(node: Node, names: Mapping[str, str]) -> dict[str, Span]:
    """The places of the values of a mapping; `names` are those that fields have in files, by the own keys.

    A list on one line stands for itself, one of a single item for the item, and a longer one is pointed at by
    its key. The items are there, too, as `equal.0`. Of two keys for one field the first that is there counts.
    """
    found: dict[str, Span] = {}
    for key, name in names.items():
        child = node.get(key)
        if child is None or child.value is None or name in found:
            continue
        found[name] = _place(node, key, child)
        if isinstance(child.value, list):
            found |= {f"{name}.{i}": item.span for i, item in enumerate(child.value)}
    return found


def _place(node: Node, key: str, child: Node) -> Span:
    value = child.value
    if isinstance(value, list) and len(value) == 1 and not value[0].is_mapping:
        return value[0].span
    is_short = "\n" not in child.span.text.strip()
    return child.span if is_short else node.key_at(key)
