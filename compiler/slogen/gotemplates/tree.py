"""What a template consists of, once its text has been read."""

from __future__ import annotations

from typing import NamedTuple, Union

from slogen.gotemplates.problem import Place

Value = Union[str, bool, int, float, complex, dict[str, "Value"], "Record", "Samples", "Moment", None]
"""A value of Go. Texts are Unicode, with bytes that are no UTF-8 as `surrogateescape` has them.

A mapping is one of texts to texts: what it does not have is the empty text.
"""


class Anything(dict[str, Value]):
    """A mapping of texts to values of any type: what it does not have is nothing."""


class Html(str):
    """A text of a type of its own, which no function takes that wants a text."""

    __slots__ = ()


class Record(NamedTuple):
    """A value with fields, or (`is_pointer`) a pointer to one."""

    fields: dict[str, Value]
    is_pointer: bool = False


class Samples(NamedTuple):
    """The result of a query: pointers to samples. Unless `is_ordered` nobody knows which comes first."""

    items: tuple[Record, ...]
    is_ordered: bool


class Moment(NamedTuple):
    """A pointer to a time in UTC: milliseconds since 1970."""

    milliseconds: int


class Constant(NamedTuple):
    """A value that was written down; None for `nil`."""

    value: Value
    place: Place


class Dot(NamedTuple):
    """The data, or what `with` and `range` have put in its place."""

    place: Place


class Variable(NamedTuple):
    """A variable, its name beginning with `$`."""

    name: str
    place: Place


class Function(NamedTuple):
    """The name of a function."""

    name: str
    place: Place


class Group(NamedTuple):
    """A pipeline in parentheses."""

    pipeline: Pipeline
    place: Place


class Fields(NamedTuple):
    """Fields of a value: `.a.b` are those of the dot."""

    of: Dot | Variable | Function | Group
    names: tuple[str, ...]
    place: Place


Operand = Constant | Dot | Variable | Function | Group | Fields


class Command(NamedTuple):
    """An operand, or a function and its arguments."""

    operands: tuple[Operand, ...]
    place: Place


class Pipeline(NamedTuple):
    """Commands, each of which gets the value of the one before as its last argument.

    The value is given to the variables: new ones, or (`assigns`) those that were declared before.
    """

    variables: tuple[str, ...]
    assigns: bool
    commands: tuple[Command, ...]
    place: Place


class Action(NamedTuple):
    """What stands between two pairs of braces. `keyword` is empty for a pipeline alone.

    `again` is the keyword behind `else`; `pipeline` is that of the keyword, or of the one behind `else`.
    `name` is that of a template which is defined or called.
    """

    keyword: str
    pipeline: Pipeline | None
    place: Place
    again: str = ""
    name: str = ""
