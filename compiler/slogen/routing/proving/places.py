"""Where somebody must edit to change a label of an alert: the smallest text that gives it its value.

A label may come from the alert, from its SLO or its service, or from Settings. What counts is found by its
value; the text is looked at only when there is something to say about it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from slogen.ir import RoutedAlert, Settings, Slo, Where
from slogen.names import SERVICE, SEVERITY
from slogen.source import Node, Source, Span, documents


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a label of an alert comes from.

    `is_written` says that its value stands at the place; else this is where it belongs: the name of the SLO,
    or of the hand-written alert.
    """

    at: Span
    is_written: bool


def origin_of(alert: RoutedAlert, label: str, settings: Settings) -> Origin:
    """Where the value of a label of an alert is written, that it has from its rule.

    For a label that it does not have, or that only the command line gives, it is where it belongs.
    """
    value = alert.rule.labels.get(label) or alert.firing.known.get(label, "")
    candidates = _of_slo(alert.slo, alert, label, settings) if alert.slo else _of_rule(alert, label, settings)
    for node in candidates if value else ():
        if _text(node) == value:
            return Origin(node.span, is_written=True)
    return Origin(place_of(alert), is_written=False)


def place_of(alert: RoutedAlert) -> Span:
    """The name of the SLO or of the hand-written alert."""
    if alert.slo is not None:
        return alert.slo.where.whole
    return (alert.rule.where or alert.rules.where).whole


def _of_slo(slo: Slo, alert: RoutedAlert, label: str, settings: Settings) -> Iterator[Node]:
    where = slo.where
    own, shared = f"alerting.{alert.kind}", "alerting.labels"
    yield from _below(where, own, "labels", label)
    yield from _below(where, shared, label)
    # Below the key of the format: `severity` of an alert may be one for each pair of windows.
    yield from _items(where, f"{own}.severity" if label == SEVERITY else "")
    if "labels" in where:
        yield from _child(where.of_label(label), label)
        yield from _child(where["labels"], label)
    yield from _items(where, "owner" if label == settings.owner_label else "")
    yield from _items(where, label if label == SERVICE else "")
    if label == SEVERITY and slo.spec.startswith("pyrra."):
        yield from _items(where, "alerting.page")
    yield from _of_settings(label, settings)


def _of_rule(alert: RoutedAlert, label: str, settings: Settings) -> Iterator[Node]:
    if alert.rule.where is not None:
        yield from _items(alert.rule.where, f"labels.{label}")
    for group in alert.rules.groups:
        is_its = any(rule is alert.rule for rule in group.rules)
        if is_its and label in group.labels and group.where is not None:
            yield from _child(group.where["labels"], label)
    path = alert.rules.where.whole.source.path
    # The last one that matches counts; which do is known by what their patterns begin with.
    matching = [rule for rule in settings.rules if any(_may_match(p, path) for p in rule.paths)]
    for defaults in reversed(matching):
        if label == settings.owner_label:
            yield from _child(defaults.where.whole, "owner")
        yield from _child(defaults.where.whole, "labels", label)
    yield from _of_settings(label, settings)


def _of_settings(label: str, settings: Settings) -> Iterator[Node]:
    where = settings.where
    if where is None:
        return
    yield from _below(where, "labels", label)
    if label == settings.owner_label:
        yield from _items(where, "owner")
    if label == SEVERITY and "severities" in where:
        for urgency in ("page", "ticket", "absent"):
            yield from _child(where["severities"], urgency)


def _may_match(pattern: str, path: str) -> bool:
    return pattern.removeprefix("./").partition("*")[0] in path


# the text of a place ----------------------------------------------------------------------------------


def _below(where: Where, part: str, *keys: str) -> Iterator[Node]:
    """The value below keys of a part, if the part is written."""
    if part in where:
        yield from _child(where[part], *keys)


def _child(at: Span, *keys: str) -> Iterator[Node]:
    """The value below keys of the mapping at a place, or of the value of the key that stands there."""
    node = _node(at)
    for key in keys:
        node = _get(node, key)
    if node is not None:
        yield node


def _get(node: Node | None, key: str) -> Node | None:
    """The value of a key; Pyrra and Kubernetes have prefixes, such as `pyrra.dev/owner`."""
    if node is None or not isinstance(node.value, dict):
        return None
    found = node.value.get(key)
    return found or next((its for name, its in node.value.items() if name.endswith(f"/{key}")), None)


def _items(where: Where, part: str) -> Iterator[Node]:
    """The value of a part, if it is written; each item of a list or a mapping."""
    node = _node(where[part]) if part in where else None
    if node is None:
        return
    if isinstance(node.value, list):
        yield from node.value
    elif isinstance(node.value, dict):
        yield from node.value.values()
    else:
        yield node


def _text(node: Node) -> str | None:
    """The text of a value as labels have it; of a list with one item that of the item."""
    if isinstance(node.value, list):
        return _text(node.value[0]) if len(node.value) == 1 else None
    return None if isinstance(node.value, dict) or node.value is None else str(node.value)


def _node(at: Span) -> Node | None:
    """The node at a place, or the value of the key at a place; None within texts that are YAML themselves."""
    return _nodes(at.source).get((at.start, at.end))


@lru_cache(maxsize=8)
def _nodes(source: Source) -> Mapping[tuple[int, int], Node]:
    """All nodes of a source by their places, and those below a key also by that of the key."""
    found: dict[tuple[int, int], Node] = {}
    waiting = list(documents(source).nodes)
    while waiting:
        node = waiting.pop()
        found.setdefault((node.span.start, node.span.end), node)
        if isinstance(node.value, dict):
            for key, child in node.value.items():
                at = node.keys.get(key)
                if at is not None:
                    found.setdefault((at.start, at.end), child)
                waiting.append(child)
        elif isinstance(node.value, list):
            waiting.extend(node.value)
    return found
