"""Runs the steps of a template, and remembers where each piece of the text comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from slogen.diagnostics import nearest
from slogen.gotemplates.functions import FUNCTIONS, NO_ORDER, Signature
from slogen.gotemplates.grammar import DATA
from slogen.gotemplates.problem import Broken, Place, quoted
from slogen.gotemplates.steps import Body, Call, Choice, Comment, Loop, Show, Step, Text
from slogen.gotemplates.tree import (
    Command,
    Constant,
    Dot,
    Fields,
    Function,
    Group,
    Operand,
    Pipeline,
    Samples,
    Value,
    Variable,
)
from slogen.gotemplates.values import Unfit, in_order, is_true, kind, printed

_MOST_STEPS = 10_000
_LONGEST = 100_000
_GREATEST = 2**63
_DEEPEST_CALLS = 20
_TOO_LONG = "this gives an endless text, or almost"


class Piece(NamedTuple):
    """A part of the text: its characters, where they come from, and whether they stand there as they are."""

    text: str
    place: Place
    is_verbatim: bool


class Engine(NamedTuple):
    """Who runs the templates: the functions, and what a field or method of a value is (`member`).

    `member` gets the value, the name, and the arguments if any; it raises Unfit, or Broken for an operand
    that it has more to say about. `counts` is whether `range` goes over a number, as since Go 1.22.
    """

    functions: Mapping[str, Signature]
    member: Callable[[Value, str, tuple[Value, ...], Fields], Value]
    counts: bool = True


def run(
    text: str,
    body: Body,
    data: Value,
    engine: Engine | None = None,
    variables: tuple[tuple[str, Value], ...] = (),
    named: Mapping[str, Body] = MappingProxyType({}),
) -> tuple[Piece, ...]:
    """The text that a template gives for some data. Raises Broken where Go would give up.

    `variables` are there from the start; `named` are the templates with a name.
    """
    runner = _Runner(text, engine or QUERIES, named, [(DATA, data), *variables])
    runner.run(body, data)
    return tuple(runner.pieces)


class _Left(Exception):  # noqa: N818 - how a loop is left
    def __init__(self, *, for_good: bool) -> None:
        super().__init__()
        self.for_good = for_good


class _Runner:
    """The variables, the newest last, and the text so far."""

    def __init__(
        self, text: str, engine: Engine, named: Mapping[str, Body], variables: list[tuple[str, Value]]
    ) -> None:
        self._text = text
        self._engine = engine
        self._named = named
        self._variables = variables
        self._steps = 0
        self._length = 0
        self._depth = 0
        self.pieces: list[Piece] = []

    def run(self, body: Body, dot: Value) -> None:
        """Every step, with `dot` as the data."""
        for step in body:
            self._step(step, dot)

    def _step(self, step: Step, dot: Value) -> None:
        if isinstance(step, Text):
            self._put(self._text[step.start : step.end], (step.start, step.end), is_verbatim=True)
        elif isinstance(step, Show):
            value = self._value(step.pipeline, dot)
            self._put(self._shown(step.pipeline, value), step.outer, is_verbatim=False)
        elif isinstance(step, Comment):
            self._put("", step.outer, is_verbatim=False)
        elif isinstance(step, Choice):
            self._choose(step, dot)
        elif isinstance(step, Loop):
            self._repeat(step, dot)
        elif isinstance(step, Call):
            self._call(step, dot)
        else:
            raise _Left(for_good=step.for_good)

    def _shown(self, pipeline: Pipeline, value: Value) -> str:
        try:
            return "" if pipeline.variables else printed(value)
        except Unfit as unfit:
            raise Broken(unfit.message, unfit.help, pipeline.place) from None

    def _call(self, call: Call, dot: Value) -> None:
        body = self._named.get(call.name)
        if body is None:
            message = f"there is no template {quoted(call.name)}"
            raise Broken(message, "define it, or write its text", call.place)
        self._put("", call.place, is_verbatim=False)
        if self._depth == _DEEPEST_CALLS:
            raise Broken(_TOO_LONG, "write a shorter one", call.place)
        data = self._value(call.data, dot) if call.data else None
        outside, self._variables = self._variables, [(DATA, data)]
        self._depth += 1
        self.run(body, data)
        self._depth -= 1
        self._variables = outside

    def _put(self, text: str, place: Place, *, is_verbatim: bool) -> None:
        self._steps += 1
        self._length += len(text)
        if self._steps > _MOST_STEPS or self._length > _LONGEST:
            raise Broken(_TOO_LONG, "write a shorter one", place)
        self.pieces.append(Piece(text, place, is_verbatim))

    def _choose(self, choice: Choice, dot: Value) -> None:
        declared = len(self._variables)
        for arm in choice.arms:
            value = self._value(arm.condition, dot) if arm.condition else True
            if is_true(value):
                self.run(arm.body, value if choice.moves_dot and arm.condition else dot)
                break
        del self._variables[declared:]

    def _repeat(self, loop: Loop, dot: Value) -> None:
        declared = len(self._variables)
        elements = self._elements(loop.over, self._value(loop.over, dot))
        within = len(self._variables)
        names = loop.over.variables
        for key, element in elements:
            for name, value in zip(names, (key, element)[-len(names) :], strict=False):
                self._assign(name, value, loop.over.place)
            self._put("", loop.over.place, is_verbatim=False)
            try:
                self.run(loop.body, element)
            except _Left as left:
                if left.for_good:
                    break
            finally:
                del self._variables[within:]
        if not elements:
            self.run(loop.otherwise, dot)
        del self._variables[declared:]

    def _elements(self, pipeline: Pipeline, value: Value) -> list[tuple[Value, Value]]:
        if value is None:
            return []
        if isinstance(value, dict):
            return [(key, value[key]) for key in in_order(value)]
        if isinstance(value, Samples):
            return self._samples(pipeline, value)
        counts = self._engine.counts and len(pipeline.variables) < 2
        if counts and isinstance(value, int) and not isinstance(value, bool):
            if value > _MOST_STEPS:
                raise Broken(_TOO_LONG, "count to a smaller number", pipeline.place)
            return [(None, number) for number in range(value)]
        raise Broken(f"`range` does not go over {kind(value)}", "write `if` or `with`", pipeline.place)

    def _samples(self, pipeline: Pipeline, value: Samples) -> list[tuple[Value, Value]]:
        if not value.is_ordered:
            raise Broken(NO_ORDER, "sort them: `sortByLabel` does it", pipeline.place)
        return list(enumerate(value.items))

    # values -----------------------------------------------------------------------------------------------

    def _value(self, pipeline: Pipeline, dot: Value) -> Value:
        value = self._command(pipeline.commands[0], dot, ())
        for command in pipeline.commands[1:]:
            value = self._command(command, dot, (value,))
        for name in pipeline.variables:
            if pipeline.assigns:
                self._assign(name, value, pipeline.place)
            else:
                self._variables.append((name, value))
        return value

    def _command(self, command: Command, dot: Value, piped: tuple[Value, ...]) -> Value:
        first, *arguments = command.operands
        if isinstance(first, Function):
            return self._called(first, tuple(arguments), dot, piped)
        if isinstance(first, Constant) and first.value is None:
            raise Broken("`nil` gives nothing", "delete it, or write a value", first.place)
        if isinstance(first, Fields) and (arguments or piped):
            *names, method = first.names
            value = self._member(self._operand(first.of, dot), names, first)
            values = (*(self._operand(argument, dot) for argument in arguments), *piped)
            return self._member_of(value, method, values, first)
        if arguments or piped:
            written = quoted(self._text[slice(*first.place)])
            help_ = "begin with a function such as `print`, or delete what is given to it"
            raise Broken(f"{written} is no function and takes no arguments", help_, first.place)
        return self._operand(first, dot)

    def _operand(self, operand: Operand, dot: Value) -> Value:
        if isinstance(operand, Constant):
            return _constant(operand, self._text)
        if isinstance(operand, Dot):
            return dot
        if isinstance(operand, Variable):
            return self._variable(operand)
        if isinstance(operand, Function):
            return self._called(operand, (), dot, ())
        if isinstance(operand, Group):
            return self._value(operand.pipeline, dot)
        return self._member(self._operand(operand.of, dot), operand.names, operand)

    def _member(self, value: Value, names: Iterable[str], fields: Fields) -> Value:
        for name in names:
            value = self._member_of(value, name, (), fields)
        return value

    def _member_of(self, value: Value, name: str, arguments: tuple[Value, ...], fields: Fields) -> Value:
        try:
            return self._engine.member(value, name, arguments, fields)
        except Unfit as unfit:
            raise Broken(unfit.message, unfit.help, fields.place) from None

    def _variable(self, variable: Variable) -> Value:
        for name, value in reversed(self._variables):
            if name == variable.name:
                return value
        message = f"the variable {quoted(variable.name)} is declared in another branch only"
        raise Broken(message, "declare it before the `if`", variable.place)

    def _assign(self, name: str, value: Value, place: Place) -> None:
        for index in reversed(range(len(self._variables))):
            if self._variables[index][0] == name:
                self._variables[index] = (name, value)
                return
        raise Broken(f"the variable {quoted(name)} is not declared", f"declare it: write `{name} :=`", place)

    def _called(
        self, function: Function, arguments: tuple[Operand, ...], dot: Value, piped: tuple[Value, ...]
    ) -> Value:
        if function.name in {"and", "or"}:
            return self._decided(function, arguments, dot, piped)
        signature = self._engine.functions[function.name]
        count = len(arguments) + len(piped)
        if count < signature.fewest or (signature.most is not None and count > signature.most):
            raise Broken(f"{_does_not_take(function.name, count)}", _takes(signature), function.place)
        values = (*(self._operand(argument, dot) for argument in arguments), *piped)
        try:
            value = signature.call(*values)
        except Unfit as unfit:
            raise Broken(unfit.message, unfit.help, _extent(function, arguments)) from None
        if isinstance(value, str) and len(value) > _LONGEST:
            raise Broken(_TOO_LONG, "write a shorter one", _extent(function, arguments))
        return value

    def _decided(
        self, function: Function, arguments: tuple[Operand, ...], dot: Value, piped: tuple[Value, ...]
    ) -> Value:
        """`and` and `or`: the first argument that decides, else the last; what is behind it is not run."""
        if not arguments and not piped:
            raise Broken(_does_not_take(function.name, 0), "give it at least one value", function.place)
        value: Value = None
        for argument in arguments:
            value = self._operand(argument, dot)
            if is_true(value) == (function.name == "or"):
                return value
        return piped[0] if piped else value


def _constant(constant: Constant, text: str) -> Value:
    value = constant.value
    if isinstance(value, complex):
        raise Broken(
            f"{quoted(text[slice(*constant.place)])} is a complex number", "delete the `i`", constant.place
        )
    if isinstance(value, int) and not -_GREATEST <= value < _GREATEST:
        message = f"{quoted(text[slice(*constant.place)])} is too large for a number"
        raise Broken(message, "write it in quotes", constant.place)
    return value


def _field(value: Value, name: str, arguments: tuple[Value, ...], fields: Fields) -> Value:
    if arguments:
        message = f"`.{name}` is no function and takes no arguments"
        help_ = "begin with a function such as `print`, or delete what is given to it"
        raise Broken(message, help_, fields.place)
    if isinstance(value, dict) and name in value:
        return value[name]
    if isinstance(value, dict):
        raise unknown_field(fields)
    raise Unfit(f"{kind(value)} has no field {quoted(name)}", f"delete `.{name}`")


QUERIES: Final = Engine(FUNCTIONS, _field)
"""The templates of queries: Go's own functions, and data in which a missing key is an error."""


def unknown_field(fields: Fields) -> Broken:
    """What to say of a key that the data does not have, or of what is looked for below its only key."""
    written = "".join(f".{name}" for name in fields.names)
    help_ = "did you mean `.window`?" if nearest(written[1:], ["window"]) else "write `.window`"
    return Broken(f"{quoted(written)} is unknown: the only field is `.window`", help_, fields.place)


def _does_not_take(name: str, count: int) -> str:
    return f"`{name}` does not take {count} argument{'s' * (count != 1)}"


def _takes(signature: Signature) -> str:
    if signature.fewest == signature.most:
        return f"give it {signature.fewest}"
    return (
        f"give it at least {signature.fewest}"
        if signature.most is None
        else f"give it at most {signature.most}"
    )


def _extent(function: Function, arguments: tuple[Operand, ...]) -> Place:
    return (function.place[0], arguments[-1].place[1] if arguments else function.place[1])
