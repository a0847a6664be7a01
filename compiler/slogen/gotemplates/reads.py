"""What the templates of alerts read: labels, values, fields of the data, and the results of queries."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from slogen.gotemplates.alerts import DIALECT
from slogen.gotemplates.building import built
from slogen.gotemplates.grammar import DATA
from slogen.gotemplates.problem import Place
from slogen.gotemplates.steps import Body, Choice, Loop, Show, Text
from slogen.gotemplates.tree import (
    Command,
    Constant,
    Dot,
    Fields,
    Function,
    Group,
    Operand,
    Pipeline,
    Variable,
)

LABELS, EXTERNAL, VALUE = "Labels", "ExternalLabels", "Value"
FIELDS: Final = (LABELS, EXTERNAL, "ExternalURL", VALUE)
"""The fields of the data. Prometheus, template/template.go, `AlertTemplateData`."""

_VARIABLES = {"$labels": LABELS, "$externalLabels": EXTERNAL, "$value": VALUE}
_CHOOSING = frozenset(("or", "and", "not"))


class Query(NamedTuple):
    """A query that is written out in a template: its text, and the place of the literal."""

    text: str
    place: Place


class Read(NamedTuple):
    """Something that a template reads: a label of the alert or (`external`) of the server, the value, or a
    field that the data does not have, by its name.

    `query` is the query whose result has the label; None if it is one of the alert. A read that is `guarded`
    only happens, or only counts, where there is something to read.
    """

    kind: Literal["label", "external", "value", "field"]
    name: str
    place: Place
    query: Query | None = None
    guarded: bool = False


class Print(NamedTuple):
    """The alert's value as it is printed: the functions and formats it goes through, and the place of the
    action with the space that it trims."""

    functions: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Contents:
    """What a template reads and prints. `shown` are the reads whose value becomes a part of the text, `plain`
    the places of what stands outside of its actions, `literals` texts that it prints as they are."""

    reads: tuple[Read, ...] = ()
    shown: tuple[Read, ...] = ()
    prints: tuple[Print, ...] = ()
    queries: tuple[Query, ...] = ()
    plain: tuple[Place, ...] = ()
    literals: tuple[tuple[str, Place], ...] = ()


@lru_cache(maxsize=4096)
def contents(text: str) -> Contents:
    """What a template reads; nothing for one that cannot be read (`slogen.gotemplates.problem`).

    Templates with a name of their own count as reading nothing: nobody knows their data.
    """
    if "{{" not in text:
        return Contents(plain=((0, len(text)),))
    found = built(text, DIALECT)
    if found.problems or found.repeated:
        return Contents()
    reader = _Reader()
    reader.body(found.body, "data")
    guarded = {(read.kind, read.name) for read in reader.reads if read.guarded}
    return Contents(
        tuple(r._replace(guarded=r.guarded or (r.kind, r.name) in guarded) for r in reader.reads),
        tuple(reader.shown),
        tuple(reader.prints),
        tuple(reader.queries),
        tuple(reader.plain),
        tuple(reader.literals),
    )


_Dot = Query | Literal["data", "unknown"]


class _Reader:
    """Walks the steps of a template."""

    def __init__(self) -> None:
        self.reads: list[Read] = []
        self.shown: list[Read] = []
        self.prints: list[Print] = []
        self.queries: list[Query] = []
        self.plain: list[Place] = []
        self.literals: list[tuple[str, Place]] = []

    def body(self, body: Body, dot: _Dot) -> None:
        for step in body:
            if isinstance(step, Text):
                self.plain.append((step.start, step.end))
            elif isinstance(step, Show):
                self._show(step, dot)
            elif isinstance(step, Choice):
                for arm in step.arms:
                    moved = dot
                    if arm.condition is not None:
                        source = self._pipeline(arm.condition, dot, guarded=True)
                        moved = source if step.moves_dot else dot
                    self.body(arm.body, moved)
            elif isinstance(step, Loop):
                source = self._pipeline(step.over, dot, guarded=False)
                self.body(step.body, source)
                self.body(step.otherwise, dot)

    def _show(self, step: Show, dot: _Dot) -> None:
        before = len(self.reads)
        self._pipeline(step.pipeline, dot, guarded=False)
        if step.pipeline.variables:
            return
        self.shown += self.reads[before:]
        first, *others = step.pipeline.commands
        printed = _printed(first, dot)
        if printed is not None:
            self.prints.append(Print((*printed, *(_form(one) for one in others)), step.outer))
        alone = first.operands[0]
        if isinstance(alone, Constant) and isinstance(alone.value, str) and not others:
            self.literals.append((alone.value, alone.place))

    def _pipeline(self, pipeline: Pipeline, dot: _Dot, *, guarded: bool) -> _Dot:
        """Reads a pipeline. Gives what its value is: one of the samples of a query, or unknown."""
        value: _Dot = "unknown"
        for command in pipeline.commands:
            value = self._command(command, value, dot, guarded=guarded)
        return value

    def _command(self, command: Command, before: _Dot, dot: _Dot, *, guarded: bool) -> _Dot:
        head, *arguments = command.operands
        if isinstance(head, Function):
            if head.name == "query" and len(arguments) == 1 and _is_text(arguments[0]):
                return self._query(arguments[0])
            values = [self._operand(one, dot, guarded=guarded or head.name in _CHOOSING) for one in arguments]
            of = values[-1] if values and values[-1] != "unknown" else before
            if head.name == "label" and arguments and _is_text(arguments[0]) and isinstance(of, Query):
                self._label(arguments[0], of, guarded=guarded)
                return "unknown"
            if head.name == "index" and len(arguments) == 2 and _is_text(arguments[1]):
                self._index(arguments[0], arguments[1], dot, guarded=guarded)
            return of if head.name in ("first", "sortByLabel") else "unknown"
        return self._operand(head, dot, guarded=guarded)

    def _query(self, literal: Operand) -> _Dot:
        assert isinstance(literal, Constant)
        query = Query(str(literal.value), literal.place)
        self.queries.append(query)
        return query

    def _label(self, name: Operand, of: Query | None, *, guarded: bool) -> None:
        assert isinstance(name, Constant)
        self.reads.append(Read("label", str(name.value), name.place, of, guarded))

    def _index(self, of: Operand, name: Operand, dot: _Dot, *, guarded: bool) -> None:
        path = _path(of, dot)
        if path is not None and path[1] == (LABELS,):
            self._label(name, path[0], guarded=guarded)

    def _operand(self, operand: Operand, dot: _Dot, *, guarded: bool) -> _Dot:
        if isinstance(operand, Group):
            return self._pipeline(operand.pipeline, dot, guarded=guarded)
        if isinstance(operand, Dot):
            return dot if dot != "data" else "unknown"
        path = _path(operand, dot)
        if path is None:
            if isinstance(operand, Fields) and isinstance(operand.of, Group):
                of = self._pipeline(operand.of.pipeline, dot, guarded=guarded)
                if isinstance(of, Query):
                    self._fields(of, operand.names, operand.place, guarded=guarded)
            return "unknown"
        self._fields(path[0], path[1], operand.place, guarded=guarded)
        return "unknown"

    def _fields(self, of: Query | None, names: tuple[str, ...], place: Place, *, guarded: bool) -> None:
        if not names:
            return
        if names[0] == LABELS and len(names) == 2:
            self.reads.append(Read("label", names[1], place, of, guarded))
        elif of is None and names[0] == EXTERNAL and len(names) == 2:
            self.reads.append(Read("external", names[1], place, None, guarded))
        elif of is None and names[0] == VALUE:
            self.reads.append(Read("value", VALUE, place, None, guarded))
        elif of is None and names[0] not in FIELDS:
            self.reads.append(Read("field", names[0], place, None, guarded))


def _path(operand: Operand, dot: _Dot) -> tuple[Query | None, tuple[str, ...]] | None:
    """The fields that lead from the alert's data (None) or a sample of a query to an operand."""
    of, names = (operand.of, operand.names) if isinstance(operand, Fields) else (operand, ())
    if isinstance(of, Variable):
        if of.name == DATA:
            return None, names
        return (None, (_VARIABLES[of.name], *names)) if of.name in _VARIABLES else None
    if isinstance(of, Dot) and dot != "unknown":
        return (None if dot == "data" else dot), names
    return None


def _is_text(operand: Operand) -> bool:
    return isinstance(operand, Constant) and isinstance(operand.value, str)


def _printed(first: Command, dot: _Dot) -> tuple[str, ...] | None:
    """The functions that a command applies to the alert's value; None for anything else."""
    head, *arguments = first.operands
    if isinstance(head, Function):
        if arguments and _is_value(arguments[-1], dot):
            return (_form(first),)
        return None
    return () if not arguments and _is_value(head, dot) else None


def _is_value(operand: Operand, dot: _Dot) -> bool:
    return _path(operand, dot) == (None, (VALUE,))


def _form(command: Command) -> str:
    """A function with the text that it takes first, such as `printf %.2f`."""
    head, *arguments = command.operands
    if not isinstance(head, Function):
        return ""
    formats = [str(one.value) for one in arguments[:1] if isinstance(one, Constant)]
    return " ".join((head.name, *formats))
