"""Routes of a file as they are written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from slogen.alertmanager.configuration import Newer
from slogen.alertmanager.routes import BY_ALL_LABELS, Route
from slogen.alertmanagerspec import matching, scalars
from slogen.alertmanagerspec.deprecation import warn_of_match
from slogen.alertmanagerspec.fields import Reader
from slogen.alertmanagerspec.placing import places
from slogen.diagnostics import Label
from slogen.source import Node, Span
from slogen.units import Millis

_CONDITIONS = ("match", "match_re", "matchers")
_INTERVALS = ("mute_time_intervals", "active_time_intervals")
_TIMINGS = ("group_wait", "group_interval", "repeat_interval")
_KEYS = ("receiver", "group_by", *_CONDITIONS, *_INTERVALS, "continue", *_TIMINGS, "labels", "routes")
_PLACES = {
    **{key: key for key in _KEYS if key != "routes"},
    **dict.fromkeys(_CONDITIONS, "matchers"),
}
_LABELS_SINCE = "0.34"


@dataclass(slots=True)
class Tree:
    """A tree of routes: its root, the places of the names that it refers to, and what is newer."""

    root: Route
    receivers: list[tuple[str, Span]] = field(default_factory=list)
    intervals: list[tuple[str, Span]] = field(default_factory=list)
    newer: list[Newer] = field(default_factory=list)


def read_tree(node: Node, reader: Reader) -> Tree:
    """The tree below a root route; findings go to the report."""
    tree = Tree(Route())
    tree.root = _route(node, reader, tree) or Route(where=node.span)
    if isinstance(node.value, dict):
        _check_root(node, tree.root, reader)
    return tree


def _route(node: Node, reader: Reader, tree: Tree) -> Route | None:
    if not isinstance(node.value, dict):
        reader.refuse(node.span, "this is no route", "write `receiver:` and `matchers:`")
        return None
    for key, at in node.keys.items():
        if key not in _KEYS:
            reader.unknown_key(key, at, _KEYS, node.keys, "a route")
    if "labels" in node.keys:
        tree.newer.append(Newer("`labels` of a route", _LABELS_SINCE, node.keys["labels"]))
        reader.texts_of(node, "labels")
    receiver = _receiver(node.get("receiver"), reader, tree)
    listed = matching.matcher_list(node.get("matchers"), reader.report)
    tree.newer += listed.newer
    exact = tuple(matching.match(node.get("match"), reader.report, "match_re"))
    patterns = tuple(matching.match_re(node.get("match_re"), reader.report))
    warn_of_match(node, "", reader.report)
    muted, active = (tuple(_names(node, key, reader, tree)) for key in _INTERVALS)
    waits = {key: _duration(node.get(key), key, reader) for key in _TIMINGS}
    return Route(
        receiver=receiver,
        matchers=(*exact, *patterns, *listed.matchers),
        continue_=_flag(node.get("continue"), reader),
        routes=_routes(node.get("routes"), reader, tree),
        group_by=_group_by(node.get("group_by"), reader, tree),
        group_wait=waits["group_wait"],
        group_interval=waits["group_interval"],
        repeat_interval=waits["repeat_interval"],
        mute=muted,
        active=active,
        where=next(iter(node.keys.values()), node.span),
        places=places(node, _PLACES),
    )


def _routes(node: Node | None, reader: Reader, tree: Tree) -> tuple[Route, ...]:
    if node is None:
        return ()
    found = (_route(item, reader, tree) for item in reader.items(node, "routes"))
    return tuple(route for route in found if route is not None)


def _receiver(node: Node | None, reader: Reader, tree: Tree) -> str | None:
    name = _text(node, reader)
    if node is not None and name:
        tree.receivers.append((name, node.span))
    return name or None


def _text(node: Node | None, reader: Reader) -> str:
    if node is None:
        return ""
    try:
        return scalars.text(node)
    except scalars.UnfitError as unfit:
        reader.refuse(node.span, f"this {unfit.problem}", unfit.remedy)
        return ""


def _flag(node: Node | None, reader: Reader) -> bool:
    if node is None or scalars.is_filled_in_later(node):
        return False
    try:
        return scalars.flag(node) or False
    except scalars.UnfitError as unfit:
        reader.refuse(node.span, f"`{scalars.shown(node)}` {unfit.problem}", unfit.remedy)
        return False


def _names(node: Node, key: str, reader: Reader, tree: Tree) -> Iterator[str]:
    listed = node.get(key)
    for item in reader.items(listed, key) if listed is not None else ():
        name = _text(item, reader)
        tree.intervals.append((name, item.span))
        yield name


def _duration(node: Node | None, key: str, reader: Reader) -> Millis | None:
    if node is None or scalars.is_filled_in_later(node):
        return None
    try:
        found = scalars.duration(node)
    except scalars.UnfitError as unfit:
        subject = "this" if isinstance(node.value, (list, dict)) else f"`{scalars.shown(node)}`"
        reader.refuse(node.span, f"{subject} {unfit.problem}", unfit.remedy)
        return None
    if found == 0 and key != "group_wait":
        reader.refuse(node.span, f"`{key}` cannot be zero", "write at least `1s`")
        return None
    return found


def _group_by(node: Node | None, reader: Reader, tree: Tree) -> tuple[str, ...] | None:
    if node is None or node.value is None:
        return None
    first: dict[str, Span] = {}
    for item in reader.items(node, "group_by"):
        name = _text(item, reader)
        if not name:
            reader.refuse(item.span, "this cannot be the name of a label", "write a name")
        elif name in first and name != BY_ALL_LABELS:
            also = (Label(first[name], "the first one"),)
            reader.refuse(item.span, f"the label `{name}` is there twice", "delete one of them", also)
        elif name != BY_ALL_LABELS and not matching.LABEL_NAME.fullmatch(name):
            tree.newer.append(Newer(f"the label name `{name}`", matching.UTF8_SINCE, item.span))
        first.setdefault(name, item.span)
    if BY_ALL_LABELS in first and len(first) > 1:
        message = f"`{BY_ALL_LABELS}` means all labels, and stands beside others"
        reader.refuse(first[BY_ALL_LABELS], message, f"write `['{BY_ALL_LABELS}']`, or delete it")
    # An empty list says as little as none: what the parent has is taken over.
    return tuple(first) or None


# the root ---------------------------------------------------------------------------------------------


def _check_root(node: Node, root: Route, reader: Reader) -> None:
    """The root takes all alerts, always."""
    head = next(iter(node.keys.values()), node.span)
    if root.receiver is None:
        named = node.get("receiver")
        at = head if named is None or named.value is None else named.span
        if named is None or not isinstance(named.value, (list, dict)):
            reader.refuse(at, "the root route has no receiver", "add `receiver:`")
    for key in _CONDITIONS:
        if _holds_something(node.get(key)):
            remedy = "move it to a route below `routes`"
            reader.refuse(node.keys[key], f"the root route takes all alerts and has `{key}`", remedy)
    for key in _INTERVALS:
        if _holds_something(node.get(key)):
            remedy = "move it to a route below `routes`"
            reader.refuse(node.keys[key], f"the root route cannot have `{key}`", remedy)
    if root.continue_:
        reader.refuse(node.keys["continue"], "the root route cannot have `continue`", "delete it")


def _holds_something(node: Node | None) -> bool:
    value = node.value if node is not None else None
    return bool(value) and isinstance(value, (list, Mapping))
