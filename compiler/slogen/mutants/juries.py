"""Which proofs judge which mutants, the cheapest scenario first, and the files that promtool needs for it.

Proofs that share a group judge the mutants of all their groups together: a change of what several alerts read
is noticed by any of them.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from slogen.ir import Program, Rule, RuleGroup, RuleSet
from slogen.mutants import Mutant, applied, mutants
from slogen.promql import selectors
from slogen.proofs import AlertCheck, AlertId, Proof, Scenario
from slogen.ruletext import group_texts
from slogen.testtext import document

_RULES = "rules.yaml"
Object = tuple[str | None, str]
_OF_ALERTS = frozenset(("ALERTS", "ALERTS_FOR_STATE"))


@dataclass(frozen=True, eq=False)
class Exam:
    """One scenario of a proof, by itself."""

    proof: Proof
    scenario: Scenario

    @property
    def name(self) -> str:
        """The proof's subject and the scenario."""
        return f"{self.proof.subject}: {self.title}"

    @property
    def title(self) -> str:
        """The scenario, by a name that it has for other subjects, too."""
        return self.scenario.name.removeprefix(f"{self.proof.subject}: ")

    @cached_property
    def steps(self) -> int:
        """How often the rules are evaluated."""
        last = max((check.at for check in self.scenario.checks), default=0)
        return last // max(1, self.proof.step) + 1

    @cached_property
    def looks_at(self) -> frozenset[str]:
        """The series and alerts that the checks name; an empty name for a query that may read any series."""
        found: set[str] = set()
        for check in self.scenario.checks:
            if isinstance(check, AlertCheck):
                found.add(check.alert)
            else:
                found.update(_names_read(check.expr))
        return frozenset(found)

    @cached_property
    def _text(self) -> str:
        return document(_RULES, [replace(self.proof, scenarios=(self.scenario,))])

    def document(self, rule_file: str) -> str:
        """The test file, about the rules of a file beside it."""
        return self._text.replace(_RULES, rule_file, 1)

    @property
    def needs_native_histograms(self) -> bool:
        """Whether promtool before 2.47 cannot read the series."""
        return any("{{" in run for series in self.scenario.inputs for run in series.values)


@lru_cache(maxsize=8192)
def _names_read(expr: str) -> frozenset[str]:
    """The series that an expression reads; of the series of alerts, the alerts."""
    found: set[str] = set()
    for used in selectors(expr):
        name = used.selector.name
        if name in _OF_ALERTS:
            alerts = [m.value for m in used.selector.matchers if m.name == "alertname" and m.op == "="]
            name = alerts[0] if alerts else ""
        found.add(name)
    return frozenset(found)


@dataclass(frozen=True, eq=False)
class Jury:
    """The rules of proofs that share groups, and all exams that judge their mutants.

    `rules` are the rule set that they are a part of. `places` are the rules to change, by group and place.
    `elsewhere` are the series that other rules of the program record.
    """

    rules: RuleSet
    groups: tuple[RuleGroup, ...]
    exams: tuple[Exam, ...]
    places: frozenset[tuple[str, int]]
    elsewhere: frozenset[str] = frozenset()

    def mutants(self) -> Iterator[Mutant]:
        """The mutants of the rules to change."""
        for mutant in mutants(self.groups, self.elsewhere):
            if (mutant.group, mutant.rule) in self.places:
                yield mutant

    def original(self, mutant: Mutant) -> Rule:
        """The rule that a mutant changes."""
        return self._by_name[mutant.group].rules[mutant.rule]

    @cached_property
    def _by_name(self) -> dict[str, RuleGroup]:
        return {group.name: group for group in self.groups}

    def exams_of(self, mutant: Mutant) -> tuple[list[Exam], list[Exam]]:
        """The exams that may notice a mutant, the cheapest first.

        Those whose checks the changed rule feeds, and the others, in which it is evaluated all the same: they
        fail where it cannot be.
        """
        kept = {id(rule) for rule in mutant.changed.rules}
        group = self._by_name[mutant.group].rules
        changed = {id(rule) for rule in group} - kept or {id(rule) for rule in group}
        fed: list[Exam] = []
        others: list[Exam] = []
        for exam in self.exams:
            if any(id(rule) in changed for rule in self._read_by(exam)):
                fed.append(exam)
            elif mutant.group in exam.proof.groups:
                others.append(exam)
        return fed, others

    def _read_by(self, exam: Exam) -> tuple[Rule, ...]:
        found = self._reads.get(exam)
        if found is None:
            found = self._reads[exam] = tuple(_reached(exam.looks_at, self._of(exam, None)))
        return found

    @cached_property
    def _reads(self) -> dict[Exam, tuple[Rule, ...]]:
        return {}

    def _of(self, exam: Exam, mutant: Mutant | None) -> list[RuleGroup]:
        groups = applied(mutant, self.groups) if mutant else self.groups
        return [group for group in groups if group.name in exam.proof.groups]

    @staticmethod
    def _with_its_sources(rule: Rule, groups: Sequence[RuleGroup]) -> set[int]:
        return {id(rule), *(id(source) for source in _reached(_names_read(rule.expr), groups))}

    def cost(self, exam: Exam) -> int:
        """How much work an exam is: so many rules are evaluated, one by one."""
        return exam.steps * (len(self._read_by(exam)) + 1)

    def rule_file(self, mutant: Mutant | None, exam: Exam) -> str:
        """The rules that an exam needs, with a mutant's change if there is one; others are left out."""
        groups = self._of(exam, mutant)
        needed = {id(rule) for rule in _reached(exam.looks_at, groups)}
        if mutant and mutant.rule < len(mutant.changed.rules):
            needed |= self._with_its_sources(mutant.changed.rules[mutant.rule], groups)
        kept = [
            replace(group, rules=tuple(rule for rule in group.rules if id(rule) in needed))
            for group in groups
        ]
        text = "".join(_text(self.rules, group) for group in kept if group.rules)
        return f"groups:\n{text}" if text else "groups: []\n"


def _reached(names: frozenset[str], groups: Sequence[RuleGroup]) -> Iterator[Rule]:
    """The rules that series and alerts of these names depend on, in no order that means anything."""
    by_name: dict[str, list[Rule]] = {}
    for group in groups:
        for rule in group.rules:
            by_name.setdefault(rule.name, []).append(rule)
    if "" in names:
        yield from (rule for group in groups for rule in group.rules)
        return
    pending, seen = sorted(names), set(names)
    while pending:
        for rule in by_name.get(pending.pop(), ()):
            yield rule
            read = set(_names_read(rule.expr))
            texts = (*rule.labels.values(), *rule.annotations.values())
            if any("query" in text for text in texts):
                read.update(name for name in by_name if any(name in text for text in texts))
            if "" in read:
                read = set(by_name)
            pending += sorted(read - seen)
            seen |= read


def _text(rules: RuleSet, group: RuleGroup) -> str:
    # Not through the cache, which would keep every mutant.
    return group_texts.__wrapped__(replace(rules, groups=(group,)))[0]


def juries(program: Program, subjects: Collection[tuple[Object, str]]) -> Iterator[Jury]:
    """The juries of a program in the order of its rules, about the rules that these subjects are made of.

    A subject is the object that its rules are in, and the name that its proofs give it.
    """
    recorded = Counter(
        rule.record
        for rules in program.rule_sets
        for group in rules.groups
        for rule in group.rules
        if rule.record
    )
    by_object: dict[Object, list[Proof]] = {}
    for proof in program.proofs:
        by_object.setdefault(proof.object, []).append(proof)
    for rules in program.rule_sets:
        proofs = by_object.get((rules.manifest.namespace, rules.manifest.name), [])
        for members in _connected([proof for proof in proofs if proof.scenarios]):
            chosen = [proof for proof in members if (proof.object, proof.subject) in subjects]
            if chosen:
                yield _jury(rules, members, chosen, recorded)


def _connected(proofs: Sequence[Proof]) -> list[list[Proof]]:
    """The proofs in sets that have no group in common."""
    sets: list[tuple[set[str], list[Proof]]] = []
    by_group: dict[str, int] = {}
    for proof in proofs:
        touched = sorted({by_group[name] for name in proof.groups if name in by_group})
        home = touched[0] if touched else len(sets)
        if not touched:
            sets.append((set(), []))
        for other in touched[1:]:
            sets[home][0].update(sets[other][0])
            sets[home][1].extend(sets[other][1])
            sets[other] = (set(), [])
        sets[home][0].update(proof.groups)
        sets[home][1].append(proof)
        by_group.update(dict.fromkeys(sets[home][0], home))
    return [members for _, members in sets if members]


def _jury(rules: RuleSet, members: Sequence[Proof], chosen: Sequence[Proof], recorded: Counter[str]) -> Jury:
    names = {name for proof in members for name in proof.groups}
    groups = tuple(group for group in rules.groups if group.name in names)
    own = Counter(rule.record for group in groups for rule in group.rules if rule.record)
    exams = [Exam(proof, scenario) for proof in members for scenario in proof.scenarios]
    return Jury(
        rules,
        groups,
        tuple(sorted(exams, key=lambda exam: exam.steps * len(exam.proof.groups))),
        frozenset(_places(rules, groups, chosen)),
        frozenset(name for name in own if recorded[name] > own[name]),
    )


def _places(
    rules: RuleSet, groups: Sequence[RuleGroup], proofs: Sequence[Proof]
) -> Iterator[tuple[str, int]]:
    """The rules that proofs are about: all of an SLO's; hand-written alerts, and what they read."""
    by_name = {group.name: group for group in groups}
    if rules.slos:
        for name in dict.fromkeys(name for proof in proofs for name in proof.groups):
            yield from ((name, index) for index in range(len(by_name[name].rules)))
        return
    pending = [_place(alert) for proof in proofs for alert in proof.alerts]
    writers: dict[str, list[tuple[str, int]]] = {}
    for group in groups:
        for index, rule in enumerate(group.rules):
            if rule.record:
                writers.setdefault(rule.record, []).append((group.name, index))
    seen: set[tuple[str, int]] = set()
    while pending:
        place = pending.pop()
        if place in seen or place[0] not in by_name:
            continue
        seen.add(place)
        yield place
        expr = by_name[place[0]].rules[place[1]].expr
        pending += [at for used in selectors(expr) for at in writers.get(used.selector.name, ())]


def _place(alert: AlertId) -> tuple[str, int]:
    return (alert.group, alert.index)


def lot(jury: Jury, mutant: Mutant) -> bytes:
    """What decides whether a mutant is in a sample: as good as random, and the same in every run."""
    key = (jury.rules.manifest.name, mutant.group, mutant.rule, mutant.kind, mutant.what, mutant.at)
    return hashlib.blake2b(repr(key).encode(), digest_size=16).digest()
