"""What a routing refers to by name: receivers, time intervals, and owners."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from slogen import codes, names
from slogen.alertmanager.configuration import Configuration, Receiver
from slogen.alertmanagerspec.receivers import check_inherited
from slogen.diagnostics import Fix, Label, Report, is_clear, nearest, respelt
from slogen.ir import Settings
from slogen.source import Span
from slogen.teams import Means, Owner, Routing, Timing

_MOST_LABELS = 2


def linked(routing: Routing, base: Configuration | None, settings: Settings, report: Report) -> Routing:
    """The routing in which every name leads to something, and which has a fallback if it is no base's.

    What leads nowhere is a finding, and then left out or replaced, so that the rest can be judged.
    """
    if base is not None or not routing.base:
        # What a base that was not read declares, nobody knows.
        check_inherited(routing.receivers, routing.globals if base is None else base.globals, report)
        routing = _with_receivers(_with_times(routing, base, report), base, report)
    routing = _without_circles(_with_owners(routing, report), report)
    if not routing.base:
        fallback = _fallback(routing, settings, report)
        return replace(routing, fallback=fallback, defaults=_with_groups(routing.defaults))
    for part, why in _OF_THE_BASE.items():
        if part in routing.places:
            report.report(
                codes.NO_EFFECT,
                routing.at(part),
                f"`{part}` has no effect beside a base, whose own {why}",
                help="delete it",
            )
    return replace(routing, fallback="", globals={}, defaults=_with_groups(routing.defaults))


def _with_groups(timing: Timing) -> Timing:
    """Alertmanager would send all alerts of a team as one, and the next outage would not be a new one."""
    return timing if timing.group_by is not None else replace(timing, group_by=_GROUP_BY)


_GROUP_BY = ("alertname", names.SERVICE, names.SLO)
_OF_THE_BASE = {
    "fallback": "routes take what names no owner",
    "global": "`global` is for all receivers",
}
"""What a base says itself, and in what way."""


# names ------------------------------------------------------------------------------------------------


def _means(routing: Routing) -> Iterator[Means]:
    """How the alerts of all owners reach them, once each, as far as it was read."""
    for owner in routing.owners:
        if not owner.page.receiver:
            continue
        yield owner.page
        if owner.ticket is not owner.page:
            yield owner.ticket


def _with_receivers(routing: Routing, base: Configuration | None, report: Report) -> Routing:
    known = [receiver.name for receiver in (*routing.receivers, *(base.receivers if base else ()))]
    used = ((means.receiver, means.where) for means in _means(routing))
    owners = {owner.name for owner in routing.owners}
    missing = _report_missing("receiver", used, known, owners, report)
    if not missing:
        return routing
    # A name with nothing behind it, so that the owner has somebody.
    made = tuple(Receiver(name, (), at) for name, at in missing.items() if nearest(name, known) is None)
    return replace(
        routing,
        receivers=(*routing.receivers, *made),
        owners=tuple(
            replace(owner, page=_renamed(owner.page, known), ticket=_renamed(owner.ticket, known))
            for owner in routing.owners
        ),
    )


def _renamed(means: Means, known: Sequence[str]) -> Means:
    if means.receiver in known:
        return means
    return replace(means, receiver=nearest(means.receiver, known) or means.receiver)


def _with_times(routing: Routing, base: Configuration | None, report: Report) -> Routing:
    known = [named.name for named in (*routing.times, *(base.times if base else ()))]
    used = (
        (name, means.at(f"{part}.{i}"))
        for means in _means(routing)
        for part, listed in (("active", means.active), ("mute", means.mute))
        for i, name in enumerate(listed)
    )
    if not _report_missing("time interval", used, known, (), report):
        return routing
    return replace(
        routing,
        owners=tuple(
            replace(owner, page=_at_known(owner.page, known), ticket=_at_known(owner.ticket, known))
            for owner in routing.owners
        ),
    )


def _at_known(means: Means, known: Sequence[str]) -> Means:
    active, mute = (
        tuple(meant for name in listed if (meant := nearest(name, known)))
        for listed in (means.active, means.mute)
    )
    return replace(means, active=active, mute=mute)


def _with_owners(routing: Routing, report: Report) -> Routing:
    known = [owner.name for owner in routing.owners]
    receivers = {receiver.name for receiver in routing.receivers}
    used = [(owner.escalation.to, owner.escalation.where) for owner in routing.owners if owner.escalation]
    if routing.fallback:
        used.append((routing.fallback, routing.at("fallback")))
    if not _report_missing("owner", used, known, receivers, report):
        return routing
    owners = (
        replace(owner, escalation=None)
        if owner.escalation is not None and owner.escalation.to not in known
        else owner
        for owner in routing.owners
    )
    fallback = routing.fallback if routing.fallback in known else known[0]
    return replace(routing, owners=tuple(owners), fallback=fallback if routing.fallback else "")


def _report_missing(
    what: str,
    used: Iterable[tuple[str, Span]],
    known: Sequence[str],
    others: Iterable[str],
    report: Report,
) -> dict[str, Span]:
    """Report names that lead nowhere, each once; they are given with their first place.

    `others` are names of another kind, which an author may take for one of this kind.
    """
    places: dict[str, list[Span]] = {}
    present = frozenset(known)
    for name, at in used:
        # Tickets that reach a team as pages do are written once.
        if name not in present and at not in places.setdefault(name, []):
            places[name].append(at)
    taken = frozenset(others)
    for name, (first, *rest) in places.items():
        report.report(
            codes.UNKNOWN_REFERENCE,
            first,
            f"no document declares the {what} `{name}`",
            also=[Label(at, "also named here") for at in rest[:_MOST_LABELS]],
            help=_remedy(what, name, known, name in taken),
            fixes=_fixes(name, (first, *rest), known),
        )
    return {name: listed[0] for name, listed in places.items()}


def _remedy(what: str, name: str, known: Sequence[str], is_of_another_kind: bool) -> str:
    section = {"owner": "owners", "receiver": "receivers", "time interval": "time_intervals"}[what]
    if is_of_another_kind:
        kind = {"owner": "a receiver", "receiver": "an owner"}[what]
        listed = f" such as `{known[0]}`" if known else ""
        return f"`{name}` is {kind}; name {_article(what)}{listed}"
    meant = nearest(name, known)
    return f"did you mean `{meant}`?" if meant else f"add `{name}:` to `{section}` of a Routing document"


def _article(what: str) -> str:
    return f"an {what}" if what[0] in "aeiou" else f"a {what}"


def _fixes(name: str, places: Sequence[Span], known: Sequence[str]) -> tuple[Fix, ...]:
    meant = nearest(name, known)
    if meant is None or not is_clear(name, known):
        return ()
    return tuple(fix for at in places for fix in respelt(at, name, meant))


# escalation -------------------------------------------------------------------------------------------


def _without_circles(routing: Routing, report: Report) -> Routing:
    by_name = {owner.name: owner for owner in routing.owners}
    in_circle: set[str] = set()
    for owner in routing.owners:
        circle = _circle_of(owner, by_name)
        if owner.name not in in_circle and circle:
            _report_circle(circle, report)
            in_circle.update(member.name for member in circle)
    if not in_circle:
        return routing
    return replace(
        routing,
        owners=tuple(
            replace(owner, escalation=None) if owner.name in in_circle else owner for owner in routing.owners
        ),
    )


def _circle_of(owner: Owner, by_name: dict[str, Owner]) -> list[Owner]:
    """The owners from one back to itself; empty if its escalation does not come back."""
    path = [owner]
    while (step := path[-1].escalation) is not None:
        following = by_name[step.to]
        if following is owner:
            return path
        if following in path:
            return []
        path.append(following)
    return []


def _report_circle(circle: Sequence[Owner], report: Report) -> None:
    places = [owner.escalation.where for owner in circle if owner.escalation is not None]
    first = circle[0].name
    way = " to ".join(f"`{owner.name}`" for owner in (*circle, circle[0]))
    report.report(
        codes.CIRCULAR_ESCALATION,
        places[0],
        f"the escalation of `{first}` leads back to it: {way}"
        if len(circle) > 1
        else f"the escalation of `{first}` leads to itself",
        also=[Label(at, "and goes on from here") for at in places[1 : 1 + _MOST_LABELS]],
        help="delete the `escalation` of the owner who is to be the last",
    )


# the fallback -----------------------------------------------------------------------------------------


def _fallback(routing: Routing, settings: Settings, report: Report) -> str:
    """Who gets what names no owner: as written, or else the owner in Settings, or the only one there is."""
    known = [owner.name for owner in routing.owners]
    if routing.fallback:
        return routing.fallback
    if settings.owner in known:
        return settings.owner or ""
    if len(known) == 1:
        return known[0]
    also: tuple[Label, ...] = ()
    if settings.owner and settings.where is not None:
        also = (Label(settings.where["owner"], "no owner of a Routing document"),)
    report.report(
        codes.MISSING_KEY,
        routing.where[0],
        "nobody gets the alerts that name no owner",
        also=also,
        help=f"add `fallback:` to the `spec`, with an owner such as `{known[0]}`",
    )
    return known[0]
