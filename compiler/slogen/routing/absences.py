"""What follows from the absence of a whole service: its tickets, and alerts that its data is missing.

The alert that says so is written by hand, such as `absent(up{job="shop"})`. It belongs to the service in its
label `service` and to its owner, and silences of this service and this owner the tickets of SLOs and those
alerts that say of missing data and nothing else. Other tickets may tell why the service is gone. Nothing that
pages is silenced.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from slogen import names, promql
from slogen.alertmanager.firing import Firing, mutes
from slogen.alertmanager.inhibition import Inhibition
from slogen.alertmanager.matchers import Matcher, one_of
from slogen.handwritten.absence import Conditions, asked_of_labels, gone_targets, only_says_missing
from slogen.ir import RoutedAlert, Settings, Slo
from slogen.promql.overlap import conditions_of, never_meet
from slogen.routing.equal_labels import labels_of_places
from slogen.teams import Routing, Urgency

_UP, _ABSENT = re.compile(r"\bup\b"), re.compile(r"\babsent(?:_over_time)?\b", re.IGNORECASE)
_KINDS = ("absent", Urgency.TICKET.value)
_REMARKS = {
    True: "A service that is gone says so once, not in the tickets of each SLO.",
    False: "Nor does anything else say that its data is missing.",
}
_ANY = ".+"


@dataclass(frozen=True, slots=True, eq=False)
class _Gone:
    """The alert that all targets of a service are gone, and what follows from it."""

    alert: RoutedAlert
    targets: Conditions
    symptoms: tuple[RoutedAlert, ...] = ()


_Key = tuple[str, str]
"""A service and its owner."""


def by_absence(
    routing: Routing,
    alerts: Sequence[RoutedAlert],
    pages: frozenset[str],
    settings: Settings,
) -> Iterator[Inhibition]:
    """The inhibitions of services that are gone, those of SLOs first."""
    label = settings.owner_label
    gone = [one for one in map(_gone, alerts) if one and routing.owner(one.alert.firing.known.get(label, ""))]
    if not gone:
        return
    services: dict[_Key, list[_Gone]] = {}
    for one in gone:
        services.setdefault(_key(one.alert, label), []).append(one)
    by_key: dict[_Key, list[RoutedAlert]] = {key: [] for key in services}
    sources = {id(one.alert) for one in gone}
    for alert in alerts:
        key = _key(alert, label)
        if key in by_key and id(alert) not in sources and _is_ticket(alert, pages):
            by_key[key].append(alert)
    judged = _Judged(alerts, settings)
    for is_of_slo in (True, False):
        listed = {key: _with_symptoms(own, by_key[key], is_of_slo=is_of_slo) for key, own in services.items()}
        yield from judged.inhibitions({key: own for key, own in listed.items() if own})


def _key(alert: RoutedAlert, owner_label: str) -> _Key:
    known = alert.firing.known
    return known.get(names.SERVICE, ""), known.get(owner_label, "")


def _is_ticket(alert: RoutedAlert, pages: frozenset[str]) -> bool:
    severity = alert.firing.value(names.SEVERITY)
    return bool(severity) and severity not in pages


# what is gone, and what follows -----------------------------------------------------------------------


def _gone(alert: RoutedAlert) -> _Gone | None:
    """The alert as one of total absence. Only one that fires once, for all there is, can be."""
    firing = alert.firing
    if alert.slo is not None or not _UP.search(alert.rule.expr) or not firing.known.get(names.SERVICE):
        return None
    if firing.is_open or firing.present or firing.unknown:
        return None
    from slogen.promql.meaning import meaning_of  # noqa: PLC0415 - it loads promql_parser

    meaning = meaning_of(alert.rule.expr, places=False)
    targets = gone_targets(meaning) if meaning is not None else None
    return _Gone(alert, targets) if targets is not None else None


def _with_symptoms(
    gone: Sequence[_Gone], tickets: Sequence[RoutedAlert], *, is_of_slo: bool
) -> tuple[_Gone, ...]:
    """The alerts of one service with what follows from each: alerts of SLOs, or those written by hand."""
    parts = {one.targets for one in gone}
    judged = [(alert, _asked(alert, is_of_slo=is_of_slo)) for alert in tickets]
    chosen = [(alert, asked) for alert, asked in judged if asked is not None]
    found: list[_Gone] = []
    for one in gone:
        about = [alert for alert, asked in chosen if _is_about(asked, one.targets, len(parts))]
        if about:
            found.append(replace(one, symptoms=tuple(about)))
    return tuple(found)


def _asked(alert: RoutedAlert, *, is_of_slo: bool) -> tuple[Conditions, ...] | None:
    """What the selectors of a symptom ask of labels; None for an alert that is none."""
    if (alert.slo is not None) != is_of_slo:
        return None
    if alert.slo is not None:
        return _asked_by_slo(alert.slo) if alert.kind in _KINDS else None
    if not _ABSENT.search(alert.rule.expr):
        return None
    from slogen.promql.meaning import meaning_of  # noqa: PLC0415 - it loads promql_parser

    meaning = meaning_of(alert.rule.expr, places=False)
    if meaning is None or not only_says_missing(meaning):
        return None
    return tuple(asked_of_labels(meaning))


def _asked_by_slo(slo: Slo) -> tuple[Conditions, ...]:
    if any(query.opaque for query in slo.sli.queries):
        return ((),)
    return tuple(
        tuple((label, one) for label, each in conditions_of(used.selector.matchers).items() for one in each)
        for query in slo.sli.queries
        for used in promql.selectors(query.over("5m"))
    )


def _is_about(asked: Sequence[Conditions], targets: Conditions, parts: int) -> bool:
    """Whether what selectors ask for comes from those targets.

    A job is taken for the whole service if no other alert of the service tells of another one, and the
    selectors ask for no other. All else that narrows the targets must be asked for.
    """
    needed = {one for one in targets if one[0] != "job" or parts > 1}
    return all(needed <= set(selector) and not _exclude(selector, targets) for selector in asked)


def _exclude(one: Conditions, other: Conditions) -> bool:
    labels = dict.fromkeys(label for label, _ in one)
    both = (*one, *other)
    return any(never_meet(tuple(dict.fromkeys(c for label, c in both if label == name))) for name in labels)


# the inhibitions --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Judged:
    """Makes inhibitions that silence nothing else of all `alerts`."""

    alerts: Sequence[RoutedAlert]
    settings: Settings

    def inhibitions(self, services: Mapping[_Key, tuple[_Gone, ...]]) -> Iterator[Inhibition]:
        """One for all services, if that silences nothing else, or else one for each where it can be."""
        if not services:
            return
        every = [one for own in services.values() for one in own]
        names_anyone = (Matcher(names.SERVICE, "=~", _ANY), Matcher(self.settings.owner_label, "=~", _ANY))
        together = self._inhibition(every, names_anyone, is_exact=False)
        if self._hides_only(together, every):
            yield together
            return
        for (service, owner), own in services.items():
            pinned = (Matcher(names.SERVICE, "=", service), Matcher(self.settings.owner_label, "=", owner))
            # Different parts of a service have different symptoms.
            tries = [self._inhibition(own, pinned, is_exact=exact) for exact in (False, True)]
            whole = next((one for one in tries if self._hides_only(one, own)), None)
            if whole is not None:
                yield whole
                continue
            for one in own:
                single = self._inhibition((one,), pinned, is_exact=True)
                if self._hides_only(single, (one,)):
                    yield single

    def _inhibition(self, gone: Sequence[_Gone], of: Sequence[Matcher], *, is_exact: bool) -> Inhibition:
        symptoms = list(dict.fromkeys(alert for one in gone for alert in one.symptoms))
        source = one_of("alertname", sorted({one.alert.name for one in gone}))
        severity = one_of(names.SEVERITY, sorted({alert.firing.known[names.SEVERITY] for alert in symptoms}))
        pairs = [(one.alert, alert) for one in gone for alert in one.symptoms]
        equal = (names.SERVICE, self.settings.owner_label, *labels_of_places(self.settings, pairs))
        remark = _REMARKS[symptoms[0].slo is not None]
        target = (*_of_symptoms(symptoms, is_exact=is_exact), severity)
        return Inhibition((source, *of), target, tuple(dict.fromkeys(equal)), remark=remark)

    def _hides_only(self, inhibition: Inhibition, gone: Sequence[_Gone]) -> bool:
        """Whether it can silence nothing but the symptoms of what is gone."""
        wanted = {id(one.alert): set(map(id, one.symptoms)) for one in gone}
        sources = [alert for alert in self.alerts if _may_pass(alert.firing, inhibition.source)]
        if any(id(source) not in wanted for source in sources):
            return False
        targets: dict[str | None, list[RoutedAlert]] = {}
        for alert in self.alerts:
            if _may_pass(alert.firing, inhibition.target):
                targets.setdefault(alert.firing.value(names.SERVICE), []).append(alert)
        return not any(
            id(target) not in wanted[id(source)]
            and mutes(inhibition, source.firing, _closed(target.firing)) is not False
            for source in sources
            for service in (None, source.firing.value(names.SERVICE))
            for target in targets.get(service, ())
        )


def _of_symptoms(symptoms: Sequence[RoutedAlert], *, is_exact: bool) -> Iterator[Matcher]:
    if symptoms[0].slo is None:
        yield one_of("alertname", sorted({alert.name for alert in symptoms}))
        return
    if is_exact:
        yield one_of(names.ID_LABEL, sorted({alert.slo.id for alert in symptoms if alert.slo}))
    yield one_of(names.SEVERITY_LABEL, sorted({alert.kind for alert in symptoms}))


def _may_pass(firing: Firing, matchers: Sequence[Matcher]) -> bool:
    return _closed(firing).passes_all(tuple(matchers)) is not False


def _closed(firing: Firing) -> Firing:
    """The alert without what nobody knows of, as far as slogen's own labels are concerned: no series of
    others has them."""
    if not firing.is_open:
        return firing
    missing = {name: "" for name in names.IDENTITY_LABELS if name not in firing.present | firing.unknown}
    return replace(firing, known={**missing, **firing.known})
