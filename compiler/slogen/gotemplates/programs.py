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
from slogen.gotemplates.functions import FUNCTIONS
from slogen.gotemplates.grammar import DATA, Dialect, Reader, meant
from slogen.gotemplates.problem import Broken, Place, Problem
from slogen.gotemplates.running import Piece, run, unknown_field
from slogen.gotemplates.steps import (
    Arm,
    Body,
    Choice,
    Comment,
    Leave,
    Loop,
    Show,
    Step,
    Text,
    operands,
    pipelines,
)
from slogen.gotemplates.tokens import Braces, Plain, parts
from slogen.gotemplates.tree import (
    Action,
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

_DEEPEST = 50
_PLAIN_VERBS = ("%s", "%v")
_NAMED = frozenset(("define", "block", "template"))


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
    builder = _Builder(text)
    builder.build()
    problems = {*builder.problems, *_unknown_fields(builder.body)}
    if problems:
        return tuple(sorted(problems, key=lambda problem: problem.place))
    return Program(text, builder.body)


# from actions to steps ---------------------------------------------------------------------------------


class _Block:
    """A block that is not ended: its arms so far, and the condition and the steps of the last one.

    Without an action it is the whole text, or a block that could not be read and is left out.
    """

    __slots__ = ("action", "arms", "condition", "steps")

    def __init__(self, action: Action | None = None) -> None:
        self.action = action
        self.condition = action.pipeline if action else None
        self.steps: list[Step] = []
        self.arms: list[Arm] = []

    def next_arm(self, condition: Pipeline | None) -> None:
        self.arms.append(Arm(self.condition, tuple(self.steps)))
        self.condition = condition
        self.steps = []

    def ended(self) -> Step | None:
        self.next_arm(None)
        if self.action is None or self.action.pipeline is None:
            return None
        if self.action.keyword != "range":
            return Choice(tuple(self.arms), self.action.keyword == "with")
        otherwise = self.arms[1].body if len(self.arms) > 1 else ()
        return Loop(self.action.pipeline, self.arms[0].body, otherwise)


class _Builder:
    """Reads a text to its end, whatever is wrong with it."""

    def __init__(self, text: str) -> None:
        self._parts = parts(text)
        self._reader = Reader(_DIALECT)
        self._blocks = [_Block()]
        self.problems: list[Problem] = []

    @property
    def body(self) -> Body:
        """The steps of the whole text."""
        return tuple(self._blocks[0].steps)

    def build(self) -> None:
        """Read all of it."""
        for part in self._parts:
            if isinstance(part, Plain):
                self._blocks[-1].steps.append(Text(*part))
            elif part.is_comment:
                self._blocks[-1].steps.append(Comment(part.outer))
            else:
                self._read(part)
            if len(self._blocks) > _DEEPEST:
                help_ = "join conditions with `and`, or write `else if`"
                self.problems.append(Problem("blocks are nested too deeply", help_, (part.start, part.end)))
                return
        try:
            self._reader.check_end()
        except Broken as broken:
            self.problems.append(broken.problem)
        self._reader.blocks.clear()
        self._level()

    def _read(self, braces: Braces) -> None:
        try:
            self._take(self._reader.read(braces), braces)
        except Broken as broken:
            self.problems.append(broken.problem)
        self._level()

    def _level(self) -> None:
        """Has the blocks open that the reader has: it may have ended one, or opened one that is broken."""
        depth = len(self._reader.blocks) + 1
        while len(self._blocks) < depth:
            self._blocks.append(_Block())
        while len(self._blocks) > depth:
            step = self._blocks.pop().ended()
            if step:
                self._blocks[-1].steps.append(step)

    def _take(self, action: Action, braces: Braces) -> None:
        if action.keyword in _NAMED:
            message = f"`{action.keyword}` is not supported in a query"
            raise Broken(message, "write its text where it is needed", action.place)
        if action.keyword == "else":
            self._blocks[-1].next_arm(action.pipeline)
        elif action.keyword in {"break", "continue"}:
            self._blocks[-1].steps.append(Leave(action.keyword == "break"))
        elif action.keyword:
            if action.keyword != "end":
                self._blocks.append(_Block(action))
        elif action.pipeline is not None:
            self._blocks[-1].steps.append(Show(action.pipeline, braces.outer))


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
