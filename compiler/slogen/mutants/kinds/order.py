"""The rules of a group are evaluated the other way round: each reads what the others recorded last time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from slogen.ir import RuleGroup
from slogen.mutants.mutant import Mutant, Subject
from slogen.promql import selectors

KIND = "order"


def changes(group: RuleGroup, _: Subject) -> Iterator[Mutant]:
    """The mutants of a group."""
    reader = _first_reader(group)
    if reader is None:
        return
    changed = replace(group, rules=group.rules[::-1])
    yield Mutant(group.name, reader, KIND, "the rules of the group are in reverse order", changed)


def _first_reader(group: RuleGroup) -> int | None:
    """The first rule that reads what an earlier one of the group records."""
    recorded: set[str] = set()
    for index, rule in enumerate(group.rules):
        if any(used.selector.name in recorded for used in selectors(rule.expr)):
            return index
        recorded.add(rule.record)
    return None
