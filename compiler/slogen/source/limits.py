"""How large a document may become, so that a small file cannot take all memory."""

from __future__ import annotations

from typing import Final

from slogen.source.problems import Problem
from slogen.source.span import Span

MAX_DEPTH: Final = 128
"""Levels of nesting that a document may have, counted through its aliases."""

MAX_ALIASED: Final = 250_000
"""Values that the aliases of a document may stand for, counted as if each were written out."""


class Stop(Exception):  # noqa: N818 - it ends the reading of a source, and never leaves this package
    """The rest of the source is not read, because of a problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem


def too_deep(span: Span) -> Problem:
    """The problem of the value that is one level too deep."""
    message = f"more than {MAX_DEPTH} levels of nesting"
    return Problem("limit", span, message, "too deep", help="nest fewer mappings and lists")


def too_many_aliased(span: Span) -> Problem:
    """The problem of the alias that stands for one value too many."""
    message = f"the aliases up to here stand for more than {MAX_ALIASED:,} values"
    return Problem("limit", span, message, "too many values", help="use fewer aliases of aliases")
