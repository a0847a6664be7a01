"""To which team of the Routing documents each alert belongs, and why some belong to none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from slogen.alertmanager.firing import ways
from slogen.diagnostics import Fix, is_clear, nearest, respelt
from slogen.ir import Program, RoutedAlert
from slogen.names import SEVERITY
from slogen.routing.proving.places import origin_of, place_of
from slogen.routing.severities import urgencies
from slogen.source import Span
from slogen.teams import Owner, Routing


@dataclass(frozen=True, slots=True, eq=False)
class Cause:
    """One thing to edit, and the alerts that it concerns.

    `value` is that of the label, empty where it is missing; `meant` what it is probably a misspelling of.
    With `is_written` the value stands at the place, which else is the name of the SLO or of the alert. `more`
    are the other places where the same is written.
    """

    at: Span
    value: str
    alerts: tuple[RoutedAlert, ...]
    is_written: bool
    meant: str | None = None
    more: tuple[Span, ...] = ()

    @property
    def whose(self) -> str:
        """The alerts, for a message: the first by its name, the others by their number."""
        return names_of(self.alerts)

    @property
    def are_several(self) -> bool:
        """Whether they are more than one by their names, so that a message speaks of them in the plural."""
        return are_several(self.alerts)

    def elsewhere(self, verb: str) -> str:
        """How many other places there are, as the end of a message; `verb` is what was done there."""
        others = len(self.more)
        return f" ({verb} at {others} other place{'s' if others > 1 else ''}, too)" if others else ""

    @property
    def fixes(self) -> tuple[Fix, ...]:
        """The change to what was meant; none where it is not clear."""
        return respelt(self.at, self.value, self.meant) if self.meant and self.is_written else ()


def are_several(alerts: Iterable[RoutedAlert]) -> bool:
    """Whether alerts are more than one by their names."""
    return len({alert.name for alert in alerts}) > 1


def names_of(alerts: Iterable[RoutedAlert]) -> str:
    """Alerts for a message: the first by its name, the others by their number."""
    first, *others = dict.fromkeys(alert.name for alert in alerts)
    if not others:
        return f"`{first}`"
    return f"`{first}` and {len(others)} more alert{'s' if len(others) > 1 else ''}"


def routed(program: Program) -> tuple[Routing, Sequence[RoutedAlert]] | None:
    """What the Routing documents say, and the alerts that they must know how to route; None without
    documents that were read. What the routes of a base take is no business of theirs."""
    notifying = program.notifying
    routing = notifying.routing
    if routing is None or not routing.owners:
        return None
    if not routing.base:
        return routing, notifying.alerts
    if notifying.configuration is None:
        return None
    own = {owner.name for owner in routing.owners}
    root = notifying.configuration.route
    label = program.settings.owner_label
    return routing, [
        alert
        for alert in notifying.alerts
        if alert.firing.known.get(label) in own
        or any(len(way.delivery.path) == 1 or not way.is_certain for way in ways(root, alert.firing))
    ]


def unknown_owners(program: Program) -> Iterator[Cause]:
    """The owners that alerts have and no Routing document declares."""
    found = routed(program)
    if found is None:
        return
    routing, alerts = found
    label = program.settings.owner_label
    known = [owner.name for owner in routing.owners]
    strange = [alert for alert in alerts if alert.firing.known.get(label, known[0]) not in known]
    unknown = [alert for alert in strange if alert.firing.known[label]]
    yield from causes_of_values(unknown, label, known, program)


def ownerless(program: Program) -> Iterator[Cause]:
    """The alerts that name no owner."""
    found = routed(program)
    if found is not None:
        label = program.settings.owner_label
        yield from _by_document(found[1], lambda alert: _is_missing(alert, label))


def late_owners(program: Program) -> Iterator[Cause]:
    """The alerts whose owner is known only when they fire, by the text that says so."""
    found = routed(program)
    if found is None:
        return
    label = program.settings.owner_label
    late = [alert for alert in found[1] if _is_late(alert, label)]
    yield from _by_place(late, label, lambda alert: alert.rule.labels.get(label, ""), program)


def unknown_severities(program: Program) -> Iterator[Cause]:
    """The severities that alerts have and that are neither of pages nor of tickets."""
    found = routed(program)
    if found is None:
        return
    known = urgencies(found[0], program.settings)
    unknown = [
        alert
        for alert in found[1]
        if (severity := alert.firing.known.get(SEVERITY, "")) and severity not in known
    ]
    yield from causes_of_values(unknown, SEVERITY, list(known), program)


def is_of_all(cause: Cause, program: Program) -> bool:
    """Whether an unknown severity is that of all SLOs' alerts of its kind, none of which states it: what
    Settings, or nobody, says of all of them does not fit the Routing document, which has its own."""
    routing = program.notifying.routing
    if cause.is_written or cause.meant or routing is None or "severities" not in routing.places:
        return False
    settings = program.settings
    usual = {
        "page": settings.page_severity,
        "ticket": settings.ticket_severity,
        "absent": settings.absent_severity,
    }
    # Pyrra has severities of its own.
    if any(usual.get(alert.kind) != cause.value or dialect(alert) == "pyrra" for alert in cause.alerts):
        return False
    kinds = {alert.kind for alert in cause.alerts}
    of_kinds = [alert for alert in program.notifying.alerts if alert.slo and alert.kind in kinds]
    return len(of_kinds) == len(cause.alerts)


def without_severity(program: Program) -> Iterator[Cause]:
    """The alerts that have no severity."""
    found = routed(program)
    if found is not None:
        yield from _by_document(found[1], lambda alert: _is_missing(alert, SEVERITY))


def other_owner_label(alerts: Iterable[RoutedAlert], owners: Sequence[str], program: Program) -> str:
    """The label, if it is none that Settings state, in which all of some alerts name one of these owners."""
    named = [alert.firing.known for alert in alerts]
    for label in _OF_OWNERS:
        if named and label != program.settings.owner_label and all(one.get(label) in owners for one in named):
            return label
    return ""


def naming(owner: Owner, program: Program) -> str:
    """The label in which alerts name an owner, if it is another than that of owners; empty if none does."""
    for label in _OF_OWNERS:
        if any(alert.firing.known.get(label) == owner.name for alert in program.notifying.alerts):
            return label if label != program.settings.owner_label else ""
    return ""


_OF_OWNERS = ("team", "owner", "squad")


def idle_owners(program: Program) -> Iterator[Owner]:
    """The owners that no alert has and nobody falls back on or escalates to.

    None is known where there are no alerts at all: they are made somewhere else.
    """
    routing = program.notifying.routing
    if routing is None or not routing.is_sound or not program.notifying.alerts:
        return
    label = program.settings.owner_label
    firings = [alert.firing for alert in program.notifying.alerts]
    if any(firing.value(label) is None for firing in firings) or any(unknown_owners(program)):
        return
    if any(ownerless(program)):
        return
    named = {firing.value(label) for firing in firings}
    named |= {owner.escalation.to for owner in routing.owners if owner.escalation is not None}
    named |= {routing.fallback, program.settings.owner}
    yield from (owner for owner in routing.owners if owner.name not in named)


def _is_missing(alert: RoutedAlert, label: str) -> bool:
    """Whether an alert has no label of its rule's or of its expression's: that a series of which nobody knows
    anything happens to have it is nothing to rely on."""
    firing = alert.firing
    return not firing.known.get(label) and not _is_late(alert, label)


def _is_late(alert: RoutedAlert, label: str) -> bool:
    return label in alert.firing.present or label in alert.firing.unknown


# one finding for each cause ---------------------------------------------------------------------------


def causes_of_missing(alerts: Sequence[RoutedAlert], label: str, program: Program) -> Iterator[Cause]:
    """What to edit where alerts lack a label that others may have, of SLOs and of hand-written rules apart:
    they have their labels from different places."""
    lacking = {id(alert) for alert in alerts}
    having = [alert for alert in program.notifying.alerts if alert.firing.known.get(label)]
    for is_of_slo in (True, False):
        its = [alert for alert in (*alerts, *having) if (alert.slo is not None) is is_of_slo]
        yield from _by_document(its, lambda alert: id(alert) in lacking)


def causes_of_values(
    alerts: Sequence[RoutedAlert], label: str, known: Sequence[str], program: Program
) -> Iterator[Cause]:
    """What to edit where alerts have a value of a label that none of those known is: every place of a
    misspelt one, else the first place of each value."""
    found: dict[str, list[Cause]] = {}
    for cause in _by_place(alerts, label, lambda alert: alert.firing.known[label], program):
        found.setdefault(cause.value, []).append(cause)
    for value, causes in found.items():
        meant = nearest(value, known)
        if meant is not None and is_clear(value, known):
            for one in causes:
                yield Cause(one.at, value, one.alerts, one.is_written, meant)
            continue
        first, *others = sorted(causes, key=lambda cause: not cause.is_written)
        whole = tuple(alert for cause in (first, *others) for alert in cause.alerts)
        more = tuple(cause.at for cause in others)
        yield Cause(first.at, value, whole, first.is_written, meant, more)


def _by_place(
    alerts: Iterable[RoutedAlert], label: str, value_of: Callable[[RoutedAlert], str], program: Program
) -> Iterator[Cause]:
    found: dict[tuple[Span, str, bool], list[RoutedAlert]] = {}
    for alert in alerts:
        origin = origin_of(alert, label, program.settings)
        found.setdefault((origin.at, value_of(alert), origin.is_written), []).append(alert)
    for (at, value, is_written), its in found.items():
        yield Cause(at, value, tuple(its), is_written)


def _by_document(alerts: Sequence[RoutedAlert], lacks: Callable[[RoutedAlert], bool]) -> Iterator[Cause]:
    """The causes of labels that are missing: all documents at once, or one, where none of the alerts has the
    label, and else each SLO and each hand-written alert."""
    lacking = [alert for alert in alerts if lacks(alert)]
    if lacking and len(lacking) == len(alerts):
        yield Cause(place_of(lacking[0]), "", tuple(lacking), is_written=False)
        return
    documents: dict[tuple[str, str], list[RoutedAlert]] = {}
    for alert in alerts:
        documents.setdefault(_document(alert), []).append(alert)
    for its in documents.values():
        lacking = [alert for alert in its if lacks(alert)]
        if lacking and len(lacking) == len(its):
            yield Cause(place_of(lacking[0]), "", tuple(lacking), is_written=False)
            continue
        subjects: dict[Span, list[RoutedAlert]] = {}
        for alert in lacking:
            subjects.setdefault(place_of(alert), []).append(alert)
        for at, concerned in subjects.items():
            yield Cause(at, "", tuple(concerned), is_written=False)


def _document(alert: RoutedAlert) -> tuple[str, str]:
    """What is written together: the SLOs of a service in a file, or the rules of an object."""
    if alert.slo is not None:
        return alert.slo.where.whole.source.path, alert.slo.service
    return alert.rules.where.whole.source.path, ""


def dialect(alert: RoutedAlert) -> str:
    """How the author of an alert writes labels: `native`, `sloth`, `openslo`, `pyrra` or `prometheus`."""
    if alert.slo is None:
        return "prometheus"
    spec = alert.slo.spec
    by_prefix = {"prometheus/": "sloth", "sloth.": "sloth", "openslo": "openslo", "pyrra.": "pyrra"}
    return next((name for prefix, name in by_prefix.items() if spec.startswith(prefix)), "native")
