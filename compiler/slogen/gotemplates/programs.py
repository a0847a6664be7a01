"""Templates of queries: texts that depend on the window by more than `{{.window}}` alone.

They are run as Sloth runs them: by Go's text/template, with a map as data that holds `window` and nothing
else, and with the functions that Go itself has. A key that does not exist is an error. Templates with a name
(`define`, `block`, `template`) are refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

from slogen.diagnostics import nearest
from slogen.gotemplates.building import built
from slogen.gotemplates.functions import FUNCTIONS
from slogen.gotemplates.grammar import DATA, Dialect, meant
from slogen.gotemplates.problem import Broken, Place, Problem
from slogen.gotemplates.running import Piece, run, unknown_field
from slogen.gotemplates.steps import Body, Choice, Loop, Show, Text, operands, pipelines
from slogen.gotemplates.tree import (
    Constant,
    Dot,
    Fields,
    Function,
    Group,
    Operand,
    Pipeline,
    Variable,
)

KEY: Final = "window"
"""The only key of the data."""

_PLAIN_VERBS = ("%s", "%v")
_NAMED = "is not supported in a query"


def _help_with_function(name: str) -> str:
    if nearest(name, [KEY]):
        return f"write `.{KEY}`"
    return meant(name, _FUNCTIONS) or f"the window is `.{KEY}`"


_FUNCTIONS = frozenset((*FUNCTIONS, "and", "or"))
_DIALECT = Dialect(_FUNCTIONS, (DATA,), _help_with_function, f"declare it, as in `{{{{ $x := .{KEY} }}}}`")


class Outcome(NamedTuple):
    """What a program gives for one window, piece by piece, or the problem that ends it."""

    pieces: tuple[Piece, ...]
    problem: Problem | None

    @property
    def text(self) -> str:
        """The text; empty where there is a problem."""
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Program:
    """A template that was read. Two are equal where their texts are."""

    text: str
    body: Body = field(compare=False, repr=False)

    def over(self, window: str) -> str:
        """The text for a window; empty, which no query is, where the program fails for it. Never raises."""
        return self.outcome(window).text

    def outcome(self, window: str) -> Outcome:
        """The text for a window with the places it comes from, or what is wrong. Never raises."""
        return _outcome(self, window)

    @property
    def texts(self) -> frozenset[str]:
        """The texts that stand in its actions, among them those that the window is compared with."""
        found = (operand for pipeline in pipelines(self.body) for operand in operands(pipeline))
        values = (operand.value for operand in found if isinstance(operand, Constant))
        return frozenset(value for value in values if isinstance(value, str))

    @property
    def holes(self) -> tuple[Place, ...] | None:
        """The ranges that stand for the window; None where there is more to the program than that."""
        found: list[Place] = []
        for step in self.body:
            if isinstance(step, Show) and _is_window(step.pipeline):
                found.append(step.outer)
            elif not isinstance(step, Text):
                return None
        return tuple(found)


@lru_cache(maxsize=4096)
def _outcome(program: Program, window: str) -> Outcome:
    try:
        return Outcome(run(program.text, program.body, {KEY: window}), None)
    except Broken as broken:
        return Outcome((), broken.problem)


@lru_cache(maxsize=2048)
def read(text: str) -> Program | tuple[Problem, ...]:
    """The program that a text is, or everything that keeps it from being one."""
    found = built(text, _DIALECT, _NAMED)
    problems = {*found.problems, *_unknown_fields(found.body)}
    if problems:
        return tuple(sorted(problems, key=lambda problem: problem.place))
    return Program(text, found.body)


# what can be said without running it -------------------------------------------------------------------


def _unknown_fields(body: Body, *, dot_is_data: bool = True) -> Iterator[Problem]:
    """The keys that do not exist, also where no window leads to them."""
    for step in body:
        if isinstance(step, Show):
            yield from _unknown_fields_of(step.pipeline, dot_is_data=dot_is_data)
        elif isinstance(step, Choice):
            for arm in step.arms:
                if arm.condition:
                    yield from _unknown_fields_of(arm.condition, dot_is_data=dot_is_data)
                stays = dot_is_data and not (step.moves_dot and arm.condition)
                yield from _unknown_fields(arm.body, dot_is_data=stays)
        elif isinstance(step, Loop):
            yield from _unknown_fields_of(step.over, dot_is_data=dot_is_data)
            yield from _unknown_fields(step.body, dot_is_data=False)
            yield from _unknown_fields(step.otherwise, dot_is_data=dot_is_data)


def _unknown_fields_of(pipeline: Pipeline, *, dot_is_data: bool) -> Iterator[Problem]:
    for operand in operands(pipeline):
        if not isinstance(operand, Fields) or operand.names == (KEY,):
            continue
        of = operand.of
        if (isinstance(of, Dot) and dot_is_data) or (isinstance(of, Variable) and of.name == DATA):
            yield unknown_field(operand).problem


def _is_window(pipeline: Pipeline) -> bool:
    """Whether the value is the window, in a roundabout way perhaps."""
    first, *others = (command.operands for command in pipeline.commands)
    return (
        not pipeline.variables
        and _names_window(first[-1])
        and all(_passes_on(function) for function in (first[:-1], *others) if function)
    )


def _names_window(operand: Operand) -> bool:
    if isinstance(operand, Group):
        return _is_window(operand.pipeline)
    if not isinstance(operand, Fields) or operand.names != (KEY,):
        return False
    return isinstance(operand.of, Dot) or operand.of[0] == DATA


def _passes_on(function: tuple[Operand, ...]) -> bool:
    """Whether a function with all arguments but the last gives back the last, if that is a window."""
    name, *arguments = function
    if not isinstance(name, Function):
        return False
    if name.name == "printf":
        return (
            len(arguments) == 1 and isinstance(arguments[0], Constant) and arguments[0].value in _PLAIN_VERBS
        )
    return name.name in {"print", "html", "js", "urlquery"} and not arguments
