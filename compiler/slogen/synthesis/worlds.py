"""Worlds: series by which an alert's expression gives a result, and by which it barely gives none.

Every world has been judged by evaluating the expression, with ranges that are open and closed to the left.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from slogen import promql
from slogen.source import Source, Span
from slogen.synthesis.exploring import explore
from slogen.synthesis.goals import Goal
from slogen.synthesis.judging import steady
from slogen.synthesis.leaves import Level
from slogen.synthesis.motions import Motion, Motions, World
from slogen.synthesis.nodes import BeyondError, reach, read, spacing
from slogen.synthesis.solving import Solver
from slogen.synthetic import Gap
from slogen.units import Labels, Millis

__all__ = ["Motion", "World", "Worlds", "with_value", "worlds"]

_MOST_DRAFTS = 40


@dataclass(frozen=True, slots=True)
class Worlds:
    """The worlds of one expression.

    In `firing` ones it has a result: the first is just beyond the threshold of the first alternative. In
    `silent` ones one condition is missed barely while all others hold. `reach` is how far it looks back, by
    ranges, subqueries and offsets, without the lookback of 5 minutes. `spacing` is how far samples are apart
    for which all this was judged.
    """

    calm: World
    firing: tuple[World, ...]
    silent: tuple[World, ...]
    reach: Millis
    spacing: Millis = Millis(60_000)


def worlds(expr: str, at: Span | None = None) -> Worlds | Gap:
    """The worlds of an expression; a Gap where it fires in none that is found, or in all.

    `at` is the place of the expression in its source.
    """
    found = _worlds(expr)
    if isinstance(found, Worlds):
        return found
    return Gap(found.reason, _place(expr, at, found.word))


def _place(expr: str, at: Span | None, word: str) -> Span:
    where = at if at is not None else Span(Source("", expr), 0, len(expr))
    for token in promql.tokens(expr) if word else ():
        if token.text == word:
            return where.slice(token.start, token.end)
    return where


@lru_cache(maxsize=1024)
def _worlds(expr: str) -> Worlds | BeyondError:
    try:
        node = read(expr)
        found = explore(expr, node)
    except BeyondError as beyond:
        return beyond
    except RecursionError:
        return BeyondError("is nested too deeply")
    return Worlds(found.calm, found.firing, found.silent, reach(node), spacing(node))


def with_value(expr: str, value: float, labels: Labels) -> Motions | str:
    """Series by which an instant vector has exactly one element, with this value.

    It has the `labels`, where the expression lets them through. A str says why there are none: the end of a
    sentence that begins with "this query".
    """
    found = _with_value(expr, value, tuple(sorted(labels.items())))
    return found.reason if isinstance(found, BeyondError) else found


@lru_cache(maxsize=4096)
def _with_value(expr: str, value: float, labels: tuple[tuple[str, str], ...]) -> Motions | BeyondError:
    try:
        node = read(expr)
        solver = Solver(node, {})
        wanted = dict(labels)
        for found in islice(solver.drafts(Goal(Level(value), wanted, value)), _MOST_DRAFTS):
            motions = {series: motion for (era, series), motion in found.draft.motions.items()}
            if all(_is_exactly(each, value) for each in steady(node, motions)):
                return motions
    except BeyondError as beyond:
        return beyond
    except RecursionError:
        return BeyondError("is nested too deeply")
    return solver.beyond or BeyondError(f"is {value:g} for no series that were tried")


def _is_exactly(result: Mapping[frozenset[tuple[str, str]], float], value: float) -> bool:
    return len(result) == 1 and math.isclose(next(iter(result.values())), value, rel_tol=1e-9, abs_tol=1e-12)
