"""What a team asks of its hand-written rules, in the conventions of Settings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from slogen.diagnostics import Code, Label, Report
from slogen.ir import Program, Rule, RuleConventions, RuleGroup
from slogen.promql.patterns import matches


def hand_written(program: Program) -> Iterator[tuple[Rule, RuleGroup]]:
    """The rules that were written by hand, with their groups."""
    for rules in program.rule_sets:
        if not rules.slos:
            for group in rules.groups:
                for rule in group.rules:
                    yield rule, group


def agreed(conventions: RuleConventions) -> tuple[Label, ...]:
    """The place of the conventions, as a second place of a finding."""
    return (Label(conventions.where.whole, "the conventions"),) if conventions.where else ()


def fits(text: str, pattern: str) -> bool:
    """Whether a text matches a regular expression of RE2 as a whole; an empty one takes any text."""
    return not pattern or matches(pattern, text)


def check_texts(kind: Literal["label", "annotation"], program: Program, code: Code, report: Report) -> None:
    """Warn of alerts without the labels or annotations that must be there, or with values of another form."""
    conventions = program.settings.conventions
    asked = conventions.labels if kind == "label" else conventions.annotations
    if not asked:
        return
    for rule, group in hand_written(program):
        if not rule.alert or rule.where is None:
            continue
        written = {**group.labels, **rule.labels} if kind == "label" else rule.annotations
        for name, pattern in asked.items():
            value = written.get(name, "")
            if not value:
                report.report(
                    code,
                    rule.where.whole,
                    f"`{rule.name}` has no {kind} `{name}`",
                    also=agreed(conventions),
                    help=f"write `{name}:` below `{kind}s`",
                )
            elif "{{" not in value and not fits(value, pattern):
                report.report(
                    code,
                    rule.where[f"{kind}s.{name}"],
                    f"the {kind} `{name}` of `{rule.name}` does not match `{pattern}`",
                    also=agreed(conventions),
                    help="change the value, or the conventions",
                )
