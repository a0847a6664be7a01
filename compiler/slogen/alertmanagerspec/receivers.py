"""Receivers and their integrations as they are written.

A Routing document names an integration by its kind (`slack`), a file by a list (`slack_configs`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from slogen import codes
from slogen.alertmanager.configuration import Fields, Integration, Newer, Receiver
from slogen.alertmanagerspec import integrations, scalars
from slogen.alertmanagerspec.fields import Reader, Written
from slogen.alertmanagerspec.fieldtypes import Kind
from slogen.alertmanagerspec.kinds import KINDS
from slogen.diagnostics import Label, Report
from slogen.source import Node, Span

_CONFIGS = "_configs"
_LABELS_SINCE = "0.33"
_REMOVED = {
    "hipchat": "HipChat is no more: Alertmanager dropped it in 0.16",
}


def read_integrations(node: Node, report: Report, *, references: bool) -> tuple[Integration, ...]:
    """The integrations of a receiver, in the order in which they are written.

    With `references` the keys are kinds, each with a mapping or a list of them, and secrets are references to
    where they are kept. Without, keys are those of files: `slack_configs` and the like, beside `name`.
    What `global` may stand in for is not missed here: see `check_inherited`.
    """
    if node.value is None:
        return ()
    reader = Reader(report, references)
    if not isinstance(node.value, dict):
        reader.refuse(node.span, "this is no receiver", "write `webhook: {url: ...}` or the like")
        return ()
    found: list[Integration] = []
    for key, child in node.value.items():
        kind = _kind(key, node, reader)
        if kind is not None:
            found += _of_kind(kind, key, child, reader)
    return tuple(found)


def _kind(key: str, node: Node, reader: Reader) -> Kind | None:
    """The kind that a key names; None for another key, which is reported unless it belongs there."""
    if reader.references:
        known, name = list(KINDS), key
        if key.removesuffix(_CONFIGS) in KINDS and key not in KINDS:
            meant = key.removesuffix(_CONFIGS)
            reader.unknown_key(key, node.keys[key], known, (), "a receiver", f"write `{meant}:`")
            return None
    else:
        if key in ("name", "labels"):
            return None
        known, name = [f"{name}{_CONFIGS}" for name in KINDS], key.removesuffix(_CONFIGS)
        if not key.endswith(_CONFIGS):
            name = ""
        known.append("name")
    if name in KINDS:
        return KINDS[name]
    hint = _REMOVED.get(key.removesuffix(_CONFIGS), "")
    reader.unknown_key(key, node.keys[key], known, node.keys, "a receiver", hint)
    return None


def _of_kind(kind: Kind, key: str, node: Node, reader: Reader) -> Iterator[Integration]:
    if reader.references:
        items = node.value if isinstance(node.value, list) else [node]
    else:
        items = reader.items(node, key)
    for item in items:
        if item.value is None and not reader.references:
            reader.refuse(item.span, f"an item of `{key}` is empty", "write its fields, or delete it")
            continue
        yield from _integration(kind, key, item, reader)


def _integration(kind: Kind, key: str, node: Node, reader: Reader) -> Iterator[Integration]:
    what = f"`{key}`"
    head = next(iter(node.keys.values()), node.span)
    written = reader.mapping(node, kind.holds, what, integrations.HINTS.get(kind.name))
    if isinstance(node.value, (dict, type(None))):
        own = [names for names in kind.holds.needs if not kind.inherits.keys() & set(names)]
        reader.check_needs(written, own, head, what)
        integrations.check(kind, written, node, reader)
    yield Integration(kind.name, written.values, head, written.places)


def check_inherited(receivers: Iterable[Receiver], globals_: Fields, report: Report) -> None:
    """Reports integrations that lack what neither they nor `global` give."""
    for receiver in receivers:
        for integration in receiver.integrations:
            kind = KINDS.get(integration.kind)
            if kind is not None:
                _check_inherited(integration, kind, globals_, report)


def _check_inherited(integration: Integration, kind: Kind, globals_: Fields, report: Report) -> None:
    own, above = Written(dict(integration.fields)), Written(dict(globals_))
    for names in kind.holds.needs:
        inherited = [kind.inherits[name] for name in names if name in kind.inherits]
        if not inherited or any(map(own.has, names)) or any(map(above.has, inherited)):
            continue
        if integration.where is None or any(map(own.is_refused, names)):
            continue
        if any(map(above.is_refused, inherited)):
            continue
        report.report(
            codes.REFUSED_BY_ALERTMANAGER,
            integration.where,
            f"`{names[0]}` is missing in `{integration.kind}`, and `{inherited[0]}` in `global`",
            help=f"add one of the two: `{names[0]}:` here, or `{inherited[0]}:` below `global`",
        )


# receivers of files -----------------------------------------------------------------------------------


def read_receivers(node: Node | None, report: Report, newer: list[Newer]) -> tuple[Receiver, ...]:
    """The receivers of a file; what only newer versions know of them is added to `newer`."""
    if node is None:
        return ()
    reader = Reader(report, references=False)
    found: dict[str, Receiver] = {}
    for item in reader.items(node, "receivers"):
        receiver = _receiver(item, reader, newer)
        if receiver is None or receiver.where is None:
            continue
        first = found.setdefault(receiver.name, receiver)
        if first is not receiver and first.where is not None:
            _report_twice(receiver.name, receiver.where, first.where, reader)
    return tuple(found.values())


def _report_twice(name: str, at: Span, first: Span, reader: Reader) -> None:
    reader.refuse(
        at, f"there are two receivers `{name}`", "rename one of them", (Label(first, "the first one"),)
    )


def _receiver(node: Node, reader: Reader, newer: list[Newer]) -> Receiver | None:
    if node.value is None:
        return None
    if not isinstance(node.value, dict):
        reader.refuse(node.span, "this is no receiver", "write `name:` and lists such as `slack_configs:`")
        return None
    if "labels" in node.keys:
        newer.append(Newer("`labels` of a receiver", _LABELS_SINCE, node.keys["labels"]))
        reader.texts_of(node, "labels")
    found = read_integrations(node, reader.report, references=False)
    named = node.get("name")
    head = next(iter(node.keys.values()), node.span)
    if named is None or named.value in (None, "") or isinstance(named.value, (list, dict)):
        reader.refuse(named.span if named else head, "this receiver has no name", "add `name:`")
        return None
    return Receiver(scalars.text(named), found, named.span)
