"""From a source to its documents."""

from __future__ import annotations

from dataclasses import dataclass

from slogen.source.building import Builder
from slogen.source.complaints import unreadable_character
from slogen.source.node import Node
from slogen.source.problems import Problem
from slogen.source.text import Source


@dataclass(frozen=True, slots=True)
class Documents:
    """The documents of a source that are not empty, and what is wrong with it.

    A document with a problem is left out, except that of a key written twice the first one counts. Nothing
    is read behind a syntax error or a limit; the documents before it are there.
    """

    nodes: tuple[Node, ...]
    problems: tuple[Problem, ...]


def documents(source: Source) -> Documents:
    """Read all YAML documents of a source. Whatever the text, this raises nothing."""
    builder = Builder(source)
    unreadable = builder.read(source.text)
    if unreadable is None:
        return Documents(tuple(builder.nodes), tuple(builder.problems))
    return _before_unreadable(source, unreadable)


def _before_unreadable(source: Source, offset: int) -> Documents:
    """What stands before a character that YAML cannot have: the parser reads ahead, so it gave nothing."""
    builder = Builder(source)
    builder.read(source.text[:offset])
    problems = [problem for problem in builder.problems if problem.kind != "syntax"]
    problems.append(unreadable_character(source, offset))
    return Documents(tuple(builder.nodes[: builder.ended]), tuple(problems))
