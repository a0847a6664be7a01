"""What labels each alert has before anybody knows their values.

An alert has the labels of the series that its expression gives. Those of the rule replace them, and are
templates over them. What sends alerts adds the external labels, mostly where there is no such label yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from slogen import names
from slogen.alertmanager.firing import Firing
from slogen.examined import Project
from slogen.ir import RoutedAlert, Rule, RuleGroup, RulerKind, RuleSet, Settings, Urgency
from slogen.routing import series
from slogen.routing.labeltexts import Unforeseen, expanded

_URGENCIES = {urgency.value: urgency for urgency in Urgency}


def routed_alerts(rule_sets: Sequence[RuleSet], project: Project) -> Iterator[RoutedAlert]:
    """All alerts of the rule sets, in their order, with the labels that Alertmanager sees."""
    sender = _Sender(project.settings)
    for rules in rule_sets:
        found = _generated(rules, project, sender) if rules.slos else _written(rules, project, sender)
        yield from found


def _generated(rules: RuleSet, project: Project, sender: _Sender) -> Iterator[RoutedAlert]:
    recorded = series.Recorded(rules, project)
    # Rules carry the place of their SLO, and Sloth's have no label that names it.
    by_place = {id(slo.where): slo for slo in rules.slos}
    for group, rule in _alerts(rules):
        slo = by_place[id(rule.where)]
        kind = rule.labels.get(names.SEVERITY_LABEL) or series.BUDGET
        firing = sender.sent(recorded.of(slo, kind), rule, group)
        yield RoutedAlert(firing, rule, rules, slo, _URGENCIES.get(kind), kind)


def _written(rules: RuleSet, project: Project, sender: _Sender) -> Iterator[RoutedAlert]:
    for group, rule in _alerts(rules):
        given = series.of_hand_written(rule, group, rules, project)
        yield RoutedAlert(sender.sent(given, rule, group), rule, rules)


def _alerts(rules: RuleSet) -> Iterator[tuple[RuleGroup, Rule]]:
    for group in rules.groups:
        for rule in group.rules:
            if rule.alert:
                yield group, rule


class _Sender:
    """What evaluates the rules and tells Alertmanager."""

    def __init__(self, settings: Settings) -> None:
        self._external = settings.prometheus.external_labels
        ruler = settings.ruler
        self._replaces = ruler.kind is RulerKind.THANOS or ruler.loader == "alloy"
        self._names_groups = ruler.kind is RulerKind.VICTORIAMETRICS

    def sent(self, given: Firing, rule: Rule, group: RuleGroup) -> Firing:
        """The alert of a rule, from the labels that its expression gives."""
        own = {**group.labels, **rule.labels, "alertname": rule.alert}
        if self._names_groups:
            own.setdefault("alertgroup", group.name)
        found = Firing(
            {**given.known, **own},
            given.present - own.keys() if given.present else given.present,
            given.unknown - own.keys() if given.unknown else given.unknown,
            given.is_open,
        )
        templates = [name for name, text in own.items() if "{{" in text and text != rule.alert]
        if templates:
            found = _with_templates(found, templates, given, self._external)
        if self._external:
            found = _with_external(found, self._external, replaces=self._replaces)
        return _without_empty(found)


def _with_templates(
    alert: Firing, templates: Sequence[str], given: Firing, external: Mapping[str, str]
) -> Firing:
    """An alert with what some of its labels come to, that are templates over those of the series."""
    known, present, unknown = dict(alert.known), set(alert.present), set(alert.unknown)
    for name in templates:
        becomes = expanded(known.pop(name), given, external)
        if becomes is Unforeseen.NEVER_EMPTY:
            present.add(name)
        elif becomes is Unforeseen.MAY_BE_EMPTY:
            unknown.add(name)
        else:
            known[name] = becomes
    return Firing(known, frozenset(present), frozenset(unknown), alert.is_open)


def _with_external(alert: Firing, external: Mapping[str, str], *, replaces: bool) -> Firing:
    """An alert with the external labels: they fill gaps, or replace what is there.

    A value with `$` may stand for a variable of the environment.
    """
    known, present, unknown = dict(alert.known), set(alert.present), set(alert.unknown)
    for name, value in external.items():
        before = alert.value(name)
        if not value or (not replaces and (before or name in present)):
            continue
        known.pop(name, None)
        present.discard(name)
        unknown.discard(name)
        if "$" in value:
            unknown.add(name)
        elif before is None and not replaces:
            present.add(name)
        else:
            known[name] = value
    return Firing(known, frozenset(present), frozenset(unknown), alert.is_open)


def _without_empty(alert: Firing) -> Firing:
    """A label without a value is a label that is missing; that is worth saying only where others may be."""
    if alert.is_open or all(alert.known.values()):
        return alert
    known = {name: value for name, value in alert.known.items() if value}
    return Firing(known, alert.present, alert.unknown)
