"""Inhibition that hides what must be seen: pages, behind what is less urgent or concerns somebody else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from slogen.alertmanager.firing import Firing
from slogen.alertmanager.inhibition import Inhibition
from slogen.alertmanager.matchers import Matcher
from slogen.ir import Program, RoutedAlert
from slogen.promql.witnesses import meets
from slogen.routing.proving.arriving import as_it_may_arrive
from slogen.routing.proving.conventions import URGENCY_LABELS
from slogen.routing.proving.following import seen_by
from slogen.routing.proving.in_use import in_use
from slogen.routing.severities import pages, urgencies
from slogen.teams import Urgency

_NAME = "alertname"
_URGENT = ("critical", "page", "emergency", "fatal", "disaster", "P1", "p1", "sev1", "SEV1")
_CALM = (
    *("warning", "warn", "info", "informational", "information", "none", "notice", "ticket", "low", "minor"),
    *("debug", "P3", "P4", "P5", "p3", "p4", "p5", "sev3", "sev4", "SEV3", "SEV4"),
)
# By these people tell their outages apart. What also varies, such as pods, says nothing of whose it is.
_SCOPES = (
    *("cluster", "service", "namespace", "team", "owner", "squad", "app", "application", "tenant"),
    *("environment", "env", "region", "zone", "datacenter", "dc", "site", "stage"),
)


@dataclass(frozen=True, slots=True, eq=False)
class Hidden:
    """A rule by which pages are not told, and why that is hardly meant.

    `calm` and `urgent` are matchers: what is less urgent, and what it hides. Or else an alert `source` hides
    `target` although they may differ in `label`.
    """

    rule: Inhibition
    calm: Matcher | None = None
    urgent: Matcher | None = None
    source: RoutedAlert | None = None
    target: RoutedAlert | None = None
    label: str = ""


def hidden_pages(program: Program) -> Iterator[Hidden]:
    """One finding for each rule, of those that somebody wrote."""
    rules = [rule for one in in_use(program) for rule in one.inhibitions if rule.where is not None]
    if not rules:
        return
    urgent, calm = _words(program)
    alerts: list[_Arriving] = []
    paged: list[_Arriving] | None = None
    for rule in dict.fromkeys(rules):
        found = _upside_down(rule, urgent, calm)
        if found is None:
            if paged is None:
                alerts = [_arriving(alert, program) for alert in program.notifying.alerts]
                paged = [one for one in alerts if pages(one.alert, program)]
            found = _of_others(rule, alerts, paged)
        if found is not None:
            yield found


def _words(program: Program) -> tuple[Sequence[str], Sequence[str]]:
    """The severities that page, and those that do not, as far as it is said or goes without saying."""
    stated = urgencies(program.notifying.routing, program.settings)
    urgent = [value for value, urgency in stated.items() if urgency is Urgency.PAGE]
    tickets = [value for value in stated if value not in urgent]
    return (
        [*urgent, *(word for word in _URGENT if word not in stated)],
        [*tickets, *(word for word in _CALM if word not in stated)],
    )


# what is less urgent hides what is more urgent --------------------------------------------------------


def _upside_down(rule: Inhibition, urgent: Sequence[str], calm: Sequence[str]) -> Hidden | None:
    """A rule whose source is any alert that is less urgent than those of its target.

    One whose source is a certain alert, such as that of a maintenance, or of another service, is meant so.
    """
    labels = [one.name for one in rule.source if one.name in URGENCY_LABELS]
    others = [one for one in rule.source if one.name not in URGENCY_LABELS]
    if len(set(labels)) != 1 or any(one not in rule.target for one in others):
        return None
    label = labels[0]
    sources = [one for one in rule.source if one.name == label]
    targets = [one for one in rule.target if one.name == label]
    hidden = [word for word in urgent if targets and _takes(targets, word)]
    # What is only ruled out says nothing of other words for the same.
    is_spelt_out = any(one.op in ("=", "=~") for one in sources)
    if not hidden or _takes_any(sources, urgent if is_spelt_out else hidden) or not _takes_any(sources, calm):
        return None
    return Hidden(rule, calm=sources[0], urgent=targets[0])


def _takes_any(matchers: Sequence[Matcher], words: Sequence[str]) -> bool:
    return any(_takes(matchers, word) for word in words)


def _takes(matchers: Sequence[Matcher], word: str) -> bool:
    return all(meets((one.op, one.value), word) for one in matchers)


# the page of somebody is hidden by what concerns others -----------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class _Arriving:
    """An alert, and its labels as Alertmanager may see them."""

    alert: RoutedAlert
    firing: Firing


def _arriving(alert: RoutedAlert, program: Program) -> _Arriving:
    return _Arriving(alert, as_it_may_arrive(alert.firing, program.settings))


def _of_others(rule: Inhibition, alerts: Sequence[_Arriving], paged: Sequence[_Arriving]) -> Hidden | None:
    """A page that an alert of another scope hides, since no label that must be equal keeps the two apart."""
    is_named = any(one.name == _NAME for one in rule.source)
    targets = _distinct(rule, paged, rule.target, is_named=False)
    sources = _distinct(rule, alerts, rule.source, is_named=is_named) if targets else []
    values = _values(sources, is_named=is_named)
    # Two alerts that both match both sides do not silence each other.
    one_sided = [one for one in sources if one.firing.passes_all(rule.target) is False]
    for target in targets:
        for source in sources if target.firing.passes_all(rule.source) is False else one_sided:
            told = values[source.alert.name if is_named else ""]
            ours, theirs = source.alert, target.alert
            label = next((label for label in _SCOPES if _differ(label, ours, theirs, told)), None)
            if label is not None and ours is not theirs:
                return Hidden(rule, source=ours, target=theirs, label=label)
    return None


def _distinct(
    rule: Inhibition, alerts: Sequence[_Arriving], matchers: tuple[Matcher, ...], *, is_named: bool
) -> list[_Arriving]:
    """The alerts that surely pass the matchers and surely lack all labels that must be equal; one of those
    that the rule cannot tell apart and that are of the same scope, and of the same name if that counts."""
    labels = (*(one.name for one in (*rule.source, *rule.target)), *_SCOPES)
    seen: dict[object, _Arriving] = {}
    for one in alerts:
        if one.firing.passes_all(matchers) and all(one.firing.value(label) == "" for label in rule.equal):
            name = one.alert.name if is_named else ""
            seen.setdefault((name, seen_by(labels, one.alert.firing)), one)
    return list(seen.values())


_Values = Mapping[str, set[str]]


def _values(sources: Sequence[_Arriving], *, is_named: bool) -> Mapping[str, _Values]:
    """The values of the labels of scopes: of the alerts of each name, or of all under an empty name."""
    found: dict[str, dict[str, set[str]]] = {}
    for one in sources:
        own = found.setdefault(one.alert.name if is_named else "", {})
        for label in _SCOPES:
            value = one.firing.known.get(label)
            if value:
                own.setdefault(label, set()).add(value)
    return found


def _differ(label: str, source: RoutedAlert, target: RoutedAlert, told: _Values) -> bool:
    """Whether an alert is there for each value of a label, and hides that of another value.

    An alert of one value alone, such as that of a database, may well be meant to hide those of others.
    """
    own, theirs = source.firing.known.get(label), target.firing.known.get(label)
    if own is None and _varies(label, source):
        return bool(theirs) or (theirs is None and _varies(label, target))
    return bool(own and theirs) and own != theirs and theirs in told.get(label, ())


def _varies(label: str, alert: RoutedAlert) -> bool:
    """Whether an alert is there for each value of a label that somebody asked for."""
    return label in alert.firing.present or label in alert.firing.unknown
