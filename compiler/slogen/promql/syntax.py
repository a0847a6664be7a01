"""The verdict on a query: whether it is PromQL, and of which type."""

from __future__ import annotations

import contextlib
from functools import lru_cache

from slogen.promql.functions import ValueType
from slogen.promql.grammar import type_of
from slogen.promql.lexical import read_soundly
from slogen.promql.library import expression, surely_valid
from slogen.promql.problem import SyntaxProblem
from slogen.promql.templates import SAMPLE_WINDOW, Holes, render


@lru_cache(maxsize=2048)
def check(text: str, holes: Holes = ()) -> tuple[SyntaxProblem, ...]:
    """What keeps `text` from being PromQL to Prometheus 2.42 to 3.x; empty if nothing does.

    Foreign characters are all reported; besides them only the first mistake, since others may follow from it.
    A query with `holes` is judged with a window in each; the problems are located in `text` as it is.
    """
    if holes:
        rendered = render(text, holes, SAMPLE_WINDOW)
        found = check(rendered.text)
        return tuple(problem.moved(rendered.source_place(problem.place)) for problem in found)
    if surely_valid(text):
        return ()
    verdict = _verdict(text)
    return verdict if isinstance(verdict, tuple) else ()


@lru_cache(maxsize=2048)
def value_type(text: str) -> ValueType:
    """The type of the value of a valid query. Raises ValueError for an invalid one."""
    tree = expression(text) if surely_valid(text) else None
    if tree is not None:
        from slogen.promql.trees import type_of_tree  # noqa: PLC0415 - it loads promql_parser

        with contextlib.suppress(RecursionError):
            return type_of_tree(tree)
    verdict = _verdict(text)
    if isinstance(verdict, tuple):
        raise ValueError(verdict[0].message)
    return verdict


def _verdict(text: str) -> ValueType | tuple[SyntaxProblem, ...]:
    return read_soundly(text, lambda: type_of(text))
