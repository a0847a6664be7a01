"""Small changes of compiled rules, to see whether the proofs notice them.

A proof that no change can break proves nothing. Each kind of change is a module of `kinds`: `changes` makes
the mutants of a group, and says of those that nothing can tell from the original why that is so. What a kind
changes is never a matter of style: a mutant that survives its proofs is a mistake that they would not find.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import ModuleType

from slogen import plugins
from slogen.ir import Rule, RuleGroup
from slogen.mutants.mutant import Mutant, Recording, Subject, applied

__all__ = ["Mutant", "Recording", "Subject", "applied", "kinds", "mutants"]


def kinds() -> tuple[str, ...]:
    """The names of all kinds of change, in order."""
    return tuple(module.KIND for module in _modules())


def mutants(groups: Sequence[RuleGroup], elsewhere: frozenset[str] = frozenset()) -> Iterator[Mutant]:
    """Every mutant of a subject's groups, once: by kind, then in the order of the rules.

    `elsewhere` are the names of series that other subjects record.
    """
    subject = Subject(tuple(groups), elsewhere)
    originals = {group.name: group for group in groups}
    # A change leaves most rules as they are: the same objects, which need not be compared by their text.
    seen: set[tuple[str, int, object]] = set()
    for module in _modules():
        for group in groups:
            for mutant in module.changes(group, subject):
                before, after = originals[mutant.group].rules, mutant.changed.rules
                mark = (mutant.group, mutant.rule, _difference(before, after, mutant.rule))
                if after != before and mark not in seen:
                    seen.add(mark)
                    yield mutant


def _difference(before: Sequence[Rule], after: Sequence[Rule], index: int) -> object:
    """What tells two changes of a rule apart: what the rule says, or that it is gone or moved."""
    if len(after) != len(before):
        return "gone"
    if after[:index] == before[:index] and after[index + 1 :] == before[index + 1 :]:
        rule = after[index]
        return (rule.expr, rule.for_, rule.keep_firing_for, tuple(rule.labels.items()))
    return "moved"


def _modules() -> tuple[ModuleType, ...]:
    return plugins.load("slogen.mutants.kinds", "KIND", "changes")
