"""Mutants that change the text of an expression, and nothing else of the rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from slogen.ir import Rule, RuleGroup
from slogen.mutants.mutant import Mutant, Subject, with_rule
from slogen.mutants.pieces import Form, Piece
from slogen.promql.problem import Place


@dataclass(frozen=True, slots=True)
class Edit:
    """Puts `text` in the place of the characters at `at`, once or several times. The rest as in Mutant."""

    what: str
    at: Place
    text: str
    silences: bool = False
    equal: str = ""


def mutant_of(kind: str, group: RuleGroup, index: int, edit: Edit) -> Mutant:
    """The mutant that an edit of the rule's expression makes."""
    rule = group.rules[index]
    start, end = edit.at
    expr = rule.expr[:start] + edit.text + rule.expr[end:]
    return Mutant(
        group.name,
        index,
        kind,
        edit.what,
        with_rule(group, index, replace(rule, expr=expr)),
        edit.at,
        edit.silences,
        edit.equal,
    )


def replaced(old: str, new: str) -> str:
    """What happened to a part, for people; long parts are cut short."""
    return f"`{short(old)}` became `{short(new)}`"


def short(text: str, most: int = 60) -> str:
    """A text on one line that is not too long to read."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 12]} ... {line[-7:]}"


def operand(piece: Piece, text: str) -> str:
    """The text of a piece so that it may stand in the place of any operand."""
    written = text[piece.start : piece.end]
    return f"({written})" if piece.form in (Form.BINARY, Form.SIGNED) else written


def by_edits(
    kind: str, group: RuleGroup, subject: Subject, edits: Callable[[Rule, Subject], Iterable[Edit]]
) -> Iterator[Mutant]:
    """The mutants of all rules of a group, by the edits of each."""
    for index, rule in enumerate(group.rules):
        for edit in edits(rule, subject):
            yield mutant_of(kind, group, index, edit)
