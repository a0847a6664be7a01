"""A rule is deleted."""

from __future__ import annotations

from collections.abc import Iterator

from slogen.ir import RuleGroup
from slogen.mutants.mutant import Mutant, Subject, with_rule

KIND = "deletion"


def changes(group: RuleGroup, _: Subject) -> Iterator[Mutant]:
    """The mutants of a group."""
    for index, rule in enumerate(group.rules):
        what = f"the {'alert' if rule.alert else 'rule'} `{rule.name}` is deleted"
        changed = with_rule(group, index, None)
        yield Mutant(group.name, index, KIND, what, changed, silences=bool(rule.alert))
