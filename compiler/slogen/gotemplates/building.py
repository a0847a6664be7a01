"""From the text of a template to the steps that running it takes."""

from __future__ import annotations

from typing import NamedTuple

from slogen.gotemplates.grammar import Dialect, Reader
from slogen.gotemplates.problem import Broken, Problem, quoted
from slogen.gotemplates.steps import Arm, Body, Call, Choice, Comment, Leave, Loop, Show, Step, Text
from slogen.gotemplates.tokens import Braces, Plain, parts
from slogen.gotemplates.tree import Action, Pipeline

_DEEPEST = 50
_NAMED = frozenset(("define", "block", "template"))


class Built(NamedTuple):
    """The steps of a text and of the templates that it names, and everything that is wrong with it.

    `repeated` are the templates whose name another one has, which Go refuses.
    """

    body: Body
    named: dict[str, Body]
    problems: tuple[Problem, ...]
    repeated: tuple[Problem, ...]


def built(text: str, dialect: Dialect, no_names: str = "") -> Built:
    """What a text consists of. It is read to its end, whatever is wrong with it.

    `no_names` says why templates with a name are refused: the end of a sentence.
    """
    builder = _Builder(text, dialect, no_names)
    builder.build()
    return Built(builder.body, builder.named, tuple(builder.problems), tuple(builder.repeated))


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
        if self.action.keyword == "block":
            return Call(self.action.name, self.action.pipeline, self.action.place)
        if self.action.keyword != "range":
            return Choice(tuple(self.arms), self.action.keyword == "with")
        otherwise = self.arms[1].body if len(self.arms) > 1 else ()
        return Loop(self.action.pipeline, self.arms[0].body, otherwise)


class _Builder:
    """Reads a text to its end."""

    def __init__(self, text: str, dialect: Dialect, no_names: str) -> None:
        self._text = text
        self._parts = parts(text)
        self._reader = Reader(dialect)
        self._no_names = no_names
        self._blocks = [_Block()]
        self.named: dict[str, Body] = {}
        self.problems: list[Problem] = []
        self.repeated: list[Problem] = []

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
            block = self._blocks.pop()
            step = block.ended()
            if block.action is not None and block.action.keyword in _NAMED:
                self._name(block.action, block.arms[0].body)
            if step:
                self._blocks[-1].steps.append(step)

    def _name(self, action: Action, body: Body) -> None:
        """Of two templates with a name, one must be empty; it gives way to the other."""
        known = self.named.get(action.name)
        if known is None or self._is_empty(known):
            self.named[action.name] = body
        elif not self._is_empty(body):
            message = f"the template {quoted(action.name)} is defined twice"
            self.repeated.append(Problem(message, "give one of them another name", action.place))

    def _is_empty(self, body: Body) -> bool:
        return all(
            isinstance(step, Comment)
            or (isinstance(step, Text) and not self._text[step.start : step.end].strip())
            for step in body
        )

    def _take(self, action: Action, braces: Braces) -> None:
        if action.keyword in _NAMED and self._no_names:
            message = f"`{action.keyword}` {self._no_names}"
            raise Broken(message, "write its text where it is needed", action.place)
        if action.keyword == "else":
            self._blocks[-1].next_arm(action.pipeline)
        elif action.keyword in {"break", "continue"}:
            self._blocks[-1].steps.append(Leave(action.keyword == "break"))
        elif action.keyword == "template":
            self._blocks[-1].steps.append(Call(action.name, action.pipeline, action.place))
        elif action.keyword:
            if action.keyword != "end":
                self._blocks.append(_Block(action))
        elif action.pipeline is not None:
            self._blocks[-1].steps.append(Show(action.pipeline, braces.outer))
