"""A label is dropped: a static one of a rule, or one of a list behind `by`, `on` and the like."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from slogen.ir import Rule, RuleGroup
from slogen.mutants.constant_labels import constant
from slogen.mutants.editing import Edit, by_edits
from slogen.mutants.mutant import Mutant, Subject, with_rule
from slogen.mutants.pieces import LabelList, all_pieces

KIND = "label"


def changes(group: RuleGroup, subject: Subject) -> Iterator[Mutant]:
    """The mutants of a group."""
    for index, rule in enumerate(group.rules):
        for name in rule.labels:
            yield _without(group, index, name, subject)
    yield from by_edits(KIND, group, subject, _edits)


def _without(group: RuleGroup, index: int, name: str, subject: Subject) -> Mutant:
    rule = group.rules[index]
    value = rule.labels[name]
    rest = {key: kept for key, kept in rule.labels.items() if key != name}
    equal = ""
    if group.labels.get(name) == value:
        equal = f'the group sets `{name}="{value}"` on every rule'
    elif constant(rule.expr, name, subject.besides(rule)) == value:
        equal = f'what the rule reads has `{name}="{value}"` on every series, and the expression keeps it'
    changed = with_rule(group, index, replace(rule, labels=rest))
    return Mutant(group.name, index, KIND, f'the label `{name}="{value}"` is dropped', changed, equal=equal)


def _edits(rule: Rule, _: Subject) -> Iterator[Edit]:
    for piece in all_pieces(rule.expr):
        if piece.labels:
            yield from _shortened(piece.labels)


def _shortened(labels: LabelList) -> Iterator[Edit]:
    keyword = labels.keyword.text
    for gone in labels.names:
        rest = ", ".join(name.text for name in labels.names if name is not gone)
        what = f"`{gone.text}` is dropped behind `{keyword}`"
        yield Edit(what, (labels.keyword.start, labels.closes), f"{keyword} ({rest})")
