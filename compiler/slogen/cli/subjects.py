"""What there is to test: the alerts of a program, and the scenarios of its proofs, and which a user names."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from slogen.diagnostics import nearest
from slogen.ir import Labels, Program, Rule, RuleGroup, RuleSet, Slo
from slogen.layout import file_names
from slogen.proofs import AlertId, Proof, Scenario
from slogen.targets import prometheus_rule_files

Object = tuple[str | None, str]
"""The namespace and the name of the object that rules are in."""


@dataclass(frozen=True, slots=True, eq=False)
class AlertRule:
    """An alerting rule, where it stands, and the SLO that it was generated from, if any.

    `place` is its group's number in the rule set, and its own in the group.
    """

    rule: Rule
    slo: Slo | None
    rules: RuleSet
    place: tuple[int, int]

    @property
    def group(self) -> RuleGroup:
        """The group of the rule."""
        return self.rules.groups[self.place[0]]

    @property
    def labels(self) -> Labels:
        """The labels that the alert has whenever it fires, but for those that are templates."""
        labels = {**self.group.labels, **self.rule.labels}
        return {name: value for name, value in labels.items() if value and "{{" not in value}

    @property
    def names(self) -> tuple[str, ...]:
        """What users call it: its name, the SLO's id and the service."""
        return (self.rule.alert, *((self.slo.id, self.slo.service) if self.slo else ()))

    @property
    def written_at(self) -> str:
        """The path and the line of the SLO, or of the hand-written rule."""
        where = self.slo.where if self.slo else self.rule.where or self.rules.where
        return f"{where.whole.source.path}:{where.whole.line}"


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """An SLO, or a hand-written alert, with all of its proofs; `alerts` are those that they prove."""

    name: str
    rules: RuleSet
    slo: Slo | None
    proofs: tuple[Proof, ...]
    alerts: tuple[AlertRule, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """What users call it, and its alerts."""
        alerts = (name for alert in self.alerts for name in alert.names)
        return tuple(dict.fromkeys((self.name, *((self.slo.service,) if self.slo else ()), *alerts)))

    @property
    def written_at(self) -> str:
        """The path and the line of the SLO, or of the hand-written alert."""
        if self.slo is None and self.alerts:
            return self.alerts[0].written_at
        where = self.slo.where if self.slo else self.rules.where
        return f"{where.whole.source.path}:{where.whole.line}"


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """One scenario of a subject, to be run against the rules."""

    subject: Subject
    proof: Proof
    scenario: Scenario


class Atlas:
    """The rules of a program by where they stand."""

    def __init__(self, program: Program) -> None:
        self.alerts: tuple[AlertRule, ...] = tuple(_alerts(program))
        self._by_object = {_object(rules): rules for rules in program.rule_sets}
        self._by_id = {(_object(alert.rules), *_place(alert)): alert for alert in self.alerts}
        self._slos = {slo.id: slo for slo in program.slos}
        self._files = {
            id(rules): f"{prometheus_rule_files.FOLDER}/{name}.yaml"
            for name, rules in zip(file_names(program.rule_sets), program.rule_sets, strict=True)
        }

    def subjects(self, proofs: Iterable[Proof]) -> tuple[Subject, ...]:
        """The subjects of proofs, in the order of the first proof of each."""
        gathered: dict[tuple[Object, str], list[Proof]] = {}
        for proof in proofs:
            gathered.setdefault((proof.object, proof.subject), []).append(proof)
        return tuple(self._subject(members) for members in gathered.values())

    def rule_file(self, rules: RuleSet) -> str:
        """The path of the rule file of a rule set, below the output folder."""
        return self._files[id(rules)]

    def proven(self, proof: Proof, alert: AlertId) -> AlertRule:
        """The rule that a proof is about."""
        return self._by_id[(proof.object, alert.group, alert.index)]

    def _subject(self, proofs: Sequence[Proof]) -> Subject:
        alerts = {
            id(rule): rule
            for proof in proofs
            for alert in proof.alerts
            if (rule := self.proven(proof, alert))
        }
        first = proofs[0]
        rules = self._by_object[first.object]
        slo = self._slos.get(first.subject) if rules.slos else None
        return Subject(first.subject, rules, slo, tuple(proofs), tuple(alerts.values()))


def trials(subjects: Iterable[Subject]) -> Iterator[Trial]:
    """All scenarios, in order."""
    for subject in subjects:
        for proof in subject.proofs:
            for scenario in proof.scenarios:
                yield Trial(subject, proof, scenario)


@dataclass(frozen=True, slots=True)
class Choice:
    """The names or globs that a user asks for; none of them asks for all."""

    patterns: tuple[str, ...] = ()

    def takes(self, names: Iterable[str]) -> bool:
        """Whether something that is called by these names is asked for."""
        return not self.patterns or any(_fits(name, pattern) for name in names for pattern in self.patterns)

    def unknown(self, names: Sequence[str]) -> str:
        """What to say about the first pattern that fits none of the names; empty if there is none."""
        for pattern in self.patterns:
            if not any(_fits(name, pattern) for name in names):
                guess = nearest(pattern, names)
                hint = f"; did you mean `{guess}`?" if guess else "; `slogen test --coverage` lists them"
                return f"there is no SLO, service or alert `{pattern}`{hint}"
        return ""


def _fits(name: str, pattern: str) -> bool:
    return name == pattern or fnmatch.fnmatchcase(name, pattern)


def _alerts(program: Program) -> Iterator[AlertRule]:
    for rules in program.rule_sets:
        by_place = {id(slo.where): slo for slo in rules.slos}
        for i, group in enumerate(rules.groups):
            for j, rule in enumerate(group.rules):
                if rule.alert:
                    yield AlertRule(rule, by_place.get(id(rule.where)), rules, (i, j))


def _object(rules: RuleSet) -> Object:
    return rules.manifest.namespace, rules.manifest.name


def _place(alert: AlertRule) -> tuple[str, int]:
    return alert.group.name, alert.place[1]
