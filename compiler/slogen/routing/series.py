"""What labels the results of alerts' expressions have, before the rule adds its own.

Said as a `Firing`, whose words fit: labels with known values, labels that are there, and labels that may be.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import TYPE_CHECKING

from slogen import examined, names
from slogen.adjustments import BudgetAlert
from slogen.alertmanager.firing import Firing
from slogen.durations import render
from slogen.examined import Examination, Project
from slogen.ir import HOLE, Compat, Labels, Rule, RuleGroup, RuleSet, Slo

if TYPE_CHECKING:
    from slogen.promql.meaning import LabelSet

_ANYTHING = Firing({}, is_open=True)
_NOTHING = Firing({})
ABSENT, BUDGET = "absent", "budget"
"""The kinds of alerts of an SLO besides those of its urgencies, as the label `sloth_severity` has them."""


# generated rules --------------------------------------------------------------------------------------


class Recorded:
    """The recorded series of a rule set's SLOs, as their alerts read them."""

    def __init__(self, rules: RuleSet, project: Project) -> None:
        self._project = project
        self._of_indicators: dict[str, Firing] = {}
        self._of_sloth = _ratios(rules) if any(slo.compat for slo in rules.slos) else {}

    def of(self, slo: Slo, kind: str) -> Firing:
        """The labels of the results of an SLO's alert of this kind."""
        known = self._of_sloth.get(slo.id, ())
        if kind == ABSENT:
            # One alert that all groups are gone has none of their labels, one that a group is gone has them.
            return Firing({}, unknown=frozenset(slo.grouping.labels)) if slo.grouping.labels else _NOTHING
        found = _with_recorded(self._measured(slo), known)
        return _of_budget(found, slo) if kind == BUDGET else found

    def _measured(self, slo: Slo) -> Firing:
        """The labels that the indicator gives. Sloth takes an error ratio as it is, not aggregated."""
        keeps_all = slo.grouping.each or (slo.compat and slo.sli.plain(HOLE, slo.grouping).ratio)
        if keeps_all:
            if slo.id not in self._of_indicators:
                self._of_indicators[slo.id] = _of_indicator(slo, self._project)
            return self._of_indicators[slo.id]
        return Firing({}, present=frozenset(slo.grouping.labels)) if slo.grouping.labels else _NOTHING


def _ratios(rules: RuleSet) -> Mapping[str, Sequence[Labels]]:
    """The labels of the error ratios that are recorded as Sloth does it, by the SLO: alerts inherit them.

    slogen's own alerts state all labels of their SLO themselves.
    """
    found: dict[str, list[Labels]] = {}
    sloth = {slo.id for slo in rules.slos if slo.compat is Compat.SLOTH}
    for group in rules.groups:
        for rule in group.rules:
            id_ = rule.labels.get(names.ID_LABEL, "")
            if id_ in sloth and rule.record.startswith(names.error_ratio("")):
                found.setdefault(id_, []).append(rule.labels)
    return found


def _with_recorded(series: Firing, recorded: Sequence[Labels]) -> Firing:
    """Series with the labels that their recording adds; those of only some windows may be missing."""
    if not recorded:
        return series
    first, *others = recorded
    alike = {name: value for name, value in first.items() if all(one.get(name) == value for one in others)}
    alike.pop(names.WINDOW_LABEL, None)
    uneven = {name for one in recorded for name in one} - alike.keys() - {names.WINDOW_LABEL}
    return Firing(
        {**series.known, **alike},
        frozenset(series.present - alike.keys()),
        frozenset((series.unknown | uneven) - alike.keys()),
        series.is_open,
    )


def _of_budget(series: Firing, slo: Slo) -> Firing:
    """The series of the budget left, that alerts on it read: over the period, with the labels they select."""
    wanted = {
        label
        for adjustment in slo.adjustments
        if isinstance(adjustment, BudgetAlert)
        for label in adjustment.selector
    }
    return Firing(
        {**series.known, names.WINDOW_LABEL: render(slo.window)},
        frozenset(series.present - wanted),
        frozenset(series.unknown | (wanted - series.known.keys())),
        series.is_open,
    )


def _of_indicator(slo: Slo, project: Project) -> Firing:
    """The labels of an SLO that keeps every series of its queries."""
    found = [_labels(examination) for examination in examined.of_slo(slo, project)]
    known = [labels for labels in found if labels is not None]
    if not known or len(known) < len(found):
        return _ANYTHING
    return _as_firing(reduce(_either, known))


def _either(left: LabelSet, right: LabelSet) -> LabelSet:
    return left.or_else(right)


# hand-written rules -----------------------------------------------------------------------------------


def of_hand_written(rule: Rule, group: RuleGroup, rules: RuleSet, project: Project) -> Firing:
    """The labels of the results of a hand-written alert's expression."""
    at = rules.where.whole
    labels = _labels(Examination(rule.expr, at, project, None, rule=rule, group=group, rules=rules))
    return _ANYTHING if labels is None else _as_firing(labels)


def _labels(examination: Examination) -> LabelSet | None:
    """The labels of an expression's results; None where only Prometheus can read it."""
    found = examination.examined(places=False)
    return None if found is None else found.meaning.labels


def _as_firing(labels: LabelSet) -> Firing:
    from slogen.promql.meaning import Presence  # noqa: PLC0415 - it loads promql_parser

    known: dict[str, str] = {}
    present, unknown = set[str](), set[str]()
    for name, fact in labels.named.items():
        if name == "__name__":
            continue
        if fact.presence is Presence.NEVER:
            known[name] = ""
        elif fact.presence is not Presence.CERTAIN:
            # What an author only expects may be missing all the same.
            unknown.add(name)
        elif fact.value is None:
            present.add(name)
        else:
            known[name] = fact.value
    return Firing(known, frozenset(present), frozenset(unknown), not labels.is_closed)
