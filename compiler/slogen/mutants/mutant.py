"""What a mutant is, and the rules that it is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from slogen.ir import Rule, RuleGroup


class Recording(NamedTuple):
    """A recording rule, with its group and its place in there, from 0."""

    group: str
    place: int
    rule: Rule


@dataclass(frozen=True)
class Subject:
    """The groups that one SLO or one hand-written alert consists of, unchanged.

    `elsewhere` are the names of the series that other subjects of the same program record, too; `unknown` are
    those about which nothing may be concluded, because their rule is the one that changes.
    """

    groups: tuple[RuleGroup, ...]
    elsewhere: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()

    def besides(self, rule: Rule) -> Subject:
        """What remains certain when a rule changes."""
        if not rule.record:
            return self
        found = self._besides.get(rule.record)
        if found is None:
            found = self._besides[rule.record] = replace(self, unknown=frozenset((rule.record,)))
        return found

    @cached_property
    def _besides(self) -> dict[str, Subject]:
        return {}

    @cached_property
    def covered(self) -> dict[tuple[str, str], bool]:
        """What was found out about pairs of series: whether the first is there wherever the second is."""
        return {}

    @cached_property
    def recordings(self) -> dict[str, tuple[Recording, ...]]:
        """The recording rules by the name of their series."""
        found: dict[str, tuple[Recording, ...]] = {}
        for group in self.groups:
            for index, rule in enumerate(group.rules):
                if rule.record and rule.record not in self.unknown:
                    found[rule.record] = (*found.get(rule.record, ()), Recording(group.name, index, rule))
        return found


@dataclass(frozen=True, slots=True)
class Mutant:
    """One small change of the rules of a subject.

    `group` and `rule` are the changed rule: the name of its group, and its place in there before the change,
    from 0. `what` says the change for people, such as "`>` became `<`"; `at` is its place in the expression,
    if it has one. `changed` is the whole group afterwards. `silences` says that an alert can no longer fire
    as it should when everything fails. `equal` argues why no series and no alert can tell the mutant from
    the original; empty where that is possible.
    """

    group: str
    rule: int
    kind: str
    what: str
    changed: RuleGroup
    at: tuple[int, int] | None = None
    silences: bool = False
    equal: str = ""


def with_rule(group: RuleGroup, index: int, rule: Rule | None) -> RuleGroup:
    """The group with another rule in a place, or without the one that is there."""
    changed = () if rule is None else (rule,)
    return replace(group, rules=(*group.rules[:index], *changed, *group.rules[index + 1 :]))


def applied(mutant: Mutant, groups: Sequence[RuleGroup]) -> tuple[RuleGroup, ...]:
    """The groups after the change."""
    return tuple(mutant.changed if group.name == mutant.group else group for group in groups)
