"""What running a template consists of: its actions, with the blocks put together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from slogen.gotemplates.problem import Place
from slogen.gotemplates.tree import Fields, Group, Operand, Pipeline


class Text(NamedTuple):
    """Characters that stand for themselves."""

    start: int
    end: int


class Comment(NamedTuple):
    """Nothing; `outer` is its place with the space that it trims."""

    outer: Place


class Show(NamedTuple):
    """The value of a pipeline as text; `outer` is the place of the action with the space that it trims."""

    pipeline: Pipeline
    outer: Place


class Arm(NamedTuple):
    """Steps, to be run where the condition holds; without a condition in all other cases."""

    condition: Pipeline | None
    body: Body


class Choice(NamedTuple):
    """The first arm that holds. With `moves_dot` the value of its condition takes the place of the data."""

    arms: tuple[Arm, ...]
    moves_dot: bool


class Loop(NamedTuple):
    """The body for each element, or `otherwise` where there is none."""

    over: Pipeline
    body: Body
    otherwise: Body


class Leave(NamedTuple):
    """The end of a loop (`for_good`), or of one round of it."""

    for_good: bool


class Call(NamedTuple):
    """The template of a name, with the value of the pipeline, if any, as its data."""

    name: str
    data: Pipeline | None
    place: Place


Step = Text | Comment | Show | Choice | Loop | Leave | Call
Body = tuple[Step, ...]


def pipelines(body: Body) -> Iterator[Pipeline]:
    """All pipelines, in the order in which they are written."""
    for step in body:
        if isinstance(step, Show):
            yield step.pipeline
        elif isinstance(step, Choice):
            for arm in step.arms:
                if arm.condition:
                    yield arm.condition
                yield from pipelines(arm.body)
        elif isinstance(step, Loop):
            yield step.over
            yield from pipelines(step.body)
            yield from pipelines(step.otherwise)
        elif isinstance(step, Call) and step.data:
            yield step.data


def operands(pipeline: Pipeline) -> Iterator[Operand]:
    """All operands of a pipeline, those in parentheses included."""
    for command in pipeline.commands:
        for operand in command.operands:
            yield operand
            inner = operand.of if isinstance(operand, Fields) else operand
            if isinstance(inner, Group):
                yield from operands(inner.pipeline)
