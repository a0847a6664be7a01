"""How long an alert waits (`for`) or goes on (`keep_firing_for`) is halved, doubled or left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from slogen import durations
from slogen.ir import Millis, Rule, RuleGroup
from slogen.mutants.editing import replaced
from slogen.mutants.mutant import Mutant, Subject, with_rule

KIND = "patience"


def changes(group: RuleGroup, _: Subject) -> Iterator[Mutant]:
    """The mutants of a group."""
    for index, rule in enumerate(group.rules):
        for what, changed in _changed(rule):
            yield Mutant(group.name, index, KIND, what, with_rule(group, index, changed))


def _changed(rule: Rule) -> Iterator[tuple[str, Rule]]:
    for new in _others(rule.for_):
        yield _words("for", rule.for_, new), replace(rule, for_=new)
    for new in _others(rule.keep_firing_for):
        yield _words("keep_firing_for", rule.keep_firing_for, new), replace(rule, keep_firing_for=new)


def _words(field: str, old: str, new: str) -> str:
    return replaced(f"{field}: {old}", f"{field}: {new}") if new else f"`{field}: {old}` is left out"


def _others(text: str) -> Iterator[str]:
    try:
        length = durations.parse(text) if text else 0
    except ValueError:
        return
    if length:
        yield ""
        yield durations.render(Millis(length // 2))
        yield durations.render(Millis(length * 2))
