"""What labels each alert has before anybody knows their values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from slogen import names
from slogen.alertmanager.firing import Firing
from slogen.examined import Project
from slogen.ir import RoutedAlert, RuleSet, Urgency


def routed_alerts(rule_sets: Sequence[RuleSet], project: Project) -> Iterator[RoutedAlert]:
    """All alerts of the rule sets, in their order, with the labels that Alertmanager sees."""
    for rules in rule_sets:
        by_id = {slo.id: slo for slo in rules.slos}
        for group in rules.groups:
            for rule in group.rules:
                if not rule.alert:
                    continue
                known = {
                    **project.settings.prometheus.external_labels,
                    **group.labels,
                    **rule.labels,
                    "alertname": rule.alert,
                }
                slo = by_id.get(rule.labels.get(names.ID_LABEL, ""))
                kind = rule.labels.get(names.SEVERITY_LABEL, "") if slo else ""
                urgency = Urgency(kind) if kind in {"page", "ticket"} else None
                yield RoutedAlert(Firing(known), rule, rules, slo, urgency, kind)
