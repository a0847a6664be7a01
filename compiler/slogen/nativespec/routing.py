"""Routing documents: the teams, and how alerts reach them.

What other documents may declare, such as an owner or a receiver that is referred to, is no business of one
document (see `slogen.routing.merging`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from slogen import codes, shapes
from slogen.alertmanager.configuration import Receiver
from slogen.alertmanager.routes import BY_ALL_LABELS
from slogen.alertmanager.times import NamedTimes
from slogen.alertmanagerspec.globals import written_globals
from slogen.alertmanagerspec.inhibitions import inhibitions
from slogen.alertmanagerspec.intervals import read_times
from slogen.alertmanagerspec.receivers import read_integrations
from slogen.diagnostics import Label, Report
from slogen.nativespec import written_routing as written
from slogen.source import Node, Span
from slogen.teams import Escalation, Means, Owner, Routing, Timing, Urgency

_PARTS = ("fallback", "base", "defaults", "severities", "global")
_DISPENSABLE = ("defaults", "inhibit_rules", "global")
_TIMINGS = ("group_by", "group_wait", "group_interval", "repeat_interval")


def routing(node: Node, report: Report) -> Iterator[Routing]:
    """What a document states; not sound after errors, of which all go to the report."""
    own = Report()
    found = _routing(node, own)
    report.extend(own.diagnostics)
    if found is None:
        yield Routing(name="", where=(node.span_at("kind"),), is_sound=False, is_read=False)
    else:
        yield replace(found, is_sound=not own.failed)


def _routing(node: Node, report: Report) -> Routing | None:
    document = shapes.read(node, written.Routing, report, "the document") or _salvaged(node)
    owners = [_owner(name, inner, at, report) for name, inner, at in _named(node, "owners", report)]
    receivers = [_receiver(name, inner, at, report) for name, inner, at in _named(node, "receivers", report)]
    times = [_times(name, inner, at, report) for name, inner, at in _named(node, "time_intervals", report)]
    rules, global_ = node.get("spec", "inhibit_rules"), node.get("spec", "global")
    inhibited = inhibitions(rules if rules is not None and rules.is_sequence else None, report)
    above = written_globals(
        global_ if global_ is not None and global_.is_mapping else None, report, references=True
    )
    spec = node.get("spec")
    if document is None or spec is None:
        return None
    _check_grouping(document.spec.defaults, spec.get("defaults"), report)
    return Routing(
        name=document.metadata.name or "",
        where=(node.span_at("kind"),),
        namespace=document.metadata.namespace,
        labels=document.metadata.labels,
        owners=tuple(owners),
        receivers=tuple(receivers),
        times=tuple(times),
        inhibitions=inhibited.rules,
        defaults=_timing(document.spec.defaults),
        globals=above.values,
        fallback=document.spec.fallback or "",
        severities=_severities(document.spec.severities, spec.get("severities"), report),
        base=document.spec.base or "",
        newer=inhibited.newer,
        places={**above.places, **_places(spec), **_places_of_the_object(node)},
    )


def _salvaged(node: Node) -> written.Routing | None:
    """A document with errors in parts on which no name depends, without these parts; None after others."""
    spec = node.get("spec")
    if spec is None or not isinstance(spec.value, dict) or not isinstance(node.value, dict):
        return None
    kept = {part: child for part, child in spec.value.items() if part not in _DISPENSABLE}
    rest = {part: child for part, child in node.value.items() if part != "metadata"}
    rest["spec"] = Node(kept, spec.span, spec.keys)
    return shapes.read(Node(rest, node.span, node.keys), written.Routing, Report())


def _named(node: Node, part: str, report: Report) -> Iterator[tuple[str, Node, Span]]:
    """What is declared by name in a part of the spec: the name, what is below it, and the name's place."""
    found = node.get("spec", part)
    if found is None or not isinstance(found.value, dict):
        return
    for name, inner in found.value.items():
        at = found.keys[name]
        if name.strip():
            yield name, inner, at
        else:
            report.report(codes.BAD_VALUE, at, f"a name in `{part}` is empty", help="write a name")


def _places(spec: Node) -> dict[str, Span]:
    found = {part: spec.key_at(part) for part in _PARTS if spec.get(part) is not None}
    for part in ("fallback", "base"):
        if part in found:
            found[part] = spec.span_at(part)
    return found | {f"defaults.{part}": at for part, at in _places_of_timing(spec.get("defaults")).items()}


def _places_of_the_object(node: Node) -> dict[str, Span]:
    parts = ("name", "namespace", "labels")
    return {part: node.span_at("metadata", part) for part in parts if node.get("metadata", part) is not None}


# severities -------------------------------------------------------------------------------------------


def _severities(
    said: written.SeveritiesShape | None, node: Node | None, report: Report
) -> Mapping[str, Urgency]:
    if said is None or node is None:
        return {}
    found: dict[str, tuple[Urgency, Span]] = {}
    for urgency, values in ((Urgency.PAGE, said.page), (Urgency.TICKET, said.ticket)):
        for i, value in enumerate(values):
            at = node.span_at(urgency.value, i)
            first = found.setdefault(value, (urgency, at))
            if first[1] is not at:
                _report_twice(value, at, *first, urgency, report)
    return {value: urgency for value, (urgency, _) in found.items()}


def _report_twice(
    value: str, at: Span, first: Urgency, where: Span, urgency: Urgency, report: Report
) -> None:
    meanings = {Urgency.PAGE: "pages", Urgency.TICKET: "makes tickets"}
    is_the_same = first is urgency
    report.report(
        codes.BAD_VALUE,
        at,
        f"the severity `{value}` is listed twice"
        if is_the_same
        else f"the severity `{value}` both pages and makes tickets",
        also=(Label(where, "first listed here" if is_the_same else f"here it {meanings[first]}"),),
        help="delete one of the two",
    )


# owners -----------------------------------------------------------------------------------------------


def _owner(name: str, node: Node, at: Span, report: Report) -> Owner:
    """A team; after errors one by its name alone."""
    if node.value is None:
        report.report(
            codes.WRONG_TYPE,
            at,
            f"nothing is said of the owner `{name}`",
            help="add `page:` and `ticket:` below it, each with a receiver",
        )
        return _unread(name, at)
    said = shapes.read(node, written.OwnerShape, report, f"the owner `{name}`")
    if said is None:
        return _unread(name, at)
    page = _means(said.page, node, "page", report)
    ticket = _ticket(said, page, node, report)
    escalation = said.escalation
    where = node.span_at("escalation", "to")
    return Owner(
        name=name,
        page=page,
        ticket=ticket,
        where=at,
        escalation=Escalation(escalation.to, escalation.after, where) if escalation else None,
    )


def _unread(name: str, at: Span) -> Owner:
    unknown = Means("", at)
    return Owner(name, page=unknown, ticket=unknown, where=at)


def _ticket(said: written.OwnerShape, page: Means, node: Node, report: Report) -> Means:
    """How tickets reach a team: as pages do where nothing is said, but for the hours."""
    ticket = page if said.ticket is None else _means(said.ticket, node, "ticket", report)
    if said.hours is None:
        return ticket
    if isinstance(said.ticket, written.MeansShape) and said.ticket.active is not None:
        report.report(
            codes.BAD_VALUE,
            node.key_at("hours"),
            "the hours of tickets are stated twice",
            also=(Label(node.key_at("ticket", "active"), "first stated here"),),
            help="delete `hours`, which is short for `active` of `ticket`",
        )
    places = dict(ticket.places) | _places_of_names(node, "hours", "active")
    return Means(ticket.receiver, ticket.where, ticket.timing, _listed(said.hours), ticket.mute, places)


def _means(said: str | written.MeansShape, node: Node, part: str, report: Report) -> Means:
    if isinstance(said, str):
        return Means(said, node.span_at(part))
    inner = node.get(part)
    assert inner is not None  # the shape was read from it
    _check_grouping(said, inner, report)
    return Means(
        receiver=said.receiver,
        where=inner.span_at("receiver"),
        timing=_timing(said),
        active=_listed(said.active),
        mute=_listed(said.mute),
        places={
            **_places_of_timing(inner),
            **_places_of_names(inner, "active", "active"),
            **_places_of_names(inner, "mute", "mute"),
        },
    )


def _listed(names: str | list[str] | None) -> tuple[str, ...]:
    if names is None:
        return ()
    return (names,) if isinstance(names, str) else tuple(dict.fromkeys(names))


def _places_of_names(node: Node, key: str, part: str) -> dict[str, Span]:
    """Where each of some names is written, as `active.0`; they are one or a list."""
    found = node.get(key)
    if found is None:
        return {}
    if not isinstance(found.value, list):
        return {part: node.key_at(key), f"{part}.0": found.span}
    places: dict[object, Span] = {}
    for item in found.value:
        places.setdefault(item.value, item.span)
    return {part: node.key_at(key), **{f"{part}.{i}": at for i, at in enumerate(places.values())}}


# timings ----------------------------------------------------------------------------------------------


def _timing(said: written.TimingShape) -> Timing:
    grouped = None if said.group_by is None else tuple(said.group_by)
    return Timing(grouped, said.group_wait, said.group_interval, said.repeat_interval)


def _places_of_timing(node: Node | None) -> dict[str, Span]:
    if node is None:
        return {}
    found = {part: node.span_at(part) for part in _TIMINGS if node.get(part) is not None}
    labels = node.get("group_by")
    listed = labels.value if labels is not None and isinstance(labels.value, list) else []
    return found | {f"group_by.{i}": item.span for i, item in enumerate(listed)}


def _check_grouping(said: written.TimingShape, node: Node | None, report: Report) -> None:
    """What Alertmanager refuses of `group_by`."""
    labels: Sequence[str] = said.group_by or ()
    if node is None:
        return
    first: dict[str, int] = {}
    for i, label in enumerate(labels):
        if first.setdefault(label, i) != i:
            report.report(
                codes.BAD_VALUE,
                node.span_at("group_by", i),
                f"`{label}` is listed twice in `group_by`",
                also=(Label(node.span_at("group_by", first[label]), "first listed here"),),
                help="delete one of the two",
            )
    if BY_ALL_LABELS in first and len(first) > 1:
        report.report(
            codes.BAD_VALUE,
            node.span_at("group_by", first[BY_ALL_LABELS]),
            f"`{BY_ALL_LABELS}` groups by all labels, and others stand beside it",
            help=f"write `group_by: ['{BY_ALL_LABELS}']`, or delete it",
        )


# receivers and times ----------------------------------------------------------------------------------


def _receiver(name: str, node: Node, at: Span, report: Report) -> Receiver:
    own = Report()
    integrations = read_integrations(node, own, references=True) if node.value is not None else ()
    report.extend(own.diagnostics)
    if not integrations and not own.failed:
        report.report(
            codes.WITHOUT_TARGET,
            at,
            f"the receiver `{name}` notifies nobody",
            help="add where to, such as `slack: {channel: '#alerts', api_url: {secret: slack, key: url}}`",
        )
    return Receiver(name, integrations, at)


def _times(name: str, node: Node, at: Span, report: Report) -> NamedTimes:
    if node.value in (None, []):
        report.report(
            codes.BAD_VALUE,
            at,
            f"no time lies in the time interval `{name}`",
            help="add at least one item, such as `{weekdays: ['monday:friday']}`",
        )
    return read_times(name, node, report, at)
