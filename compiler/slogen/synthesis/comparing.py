"""Comparisons backwards: values that meet them, or barely do not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from slogen.synthesis.drafts import Draft
from slogen.synthesis.flow import choices, common
from slogen.synthesis.goals import Found, Goal, Search
from slogen.synthesis.leaves import Level
from slogen.synthesis.lines import compares, constant_of, timely
from slogen.synthesis.matching import matching
from slogen.synthesis.nodes import Binary, Node
from slogen.synthesis.styles import is_exact, style_of
from slogen.synthesis.thresholds import MIRRORED, Mode, asked, targets
from slogen.synthesis.wording import described


def of_comparison(search: Search, node: Binary, goal: Goal, draft: Draft, era: int) -> Iterator[Found]:
    left, right, op = node.left, node.right, node.op
    if constant_of(left) is not None or (timely(left) and not timely(right)):
        left, right, op = right, left, MIRRORED[op]
    default: Mode = "hold" if node in search.guards else "just"
    mode = search.plan.get(node, default)
    if node.returns_bool and goal.level is not None and node not in search.plan:
        mode = default if goal.level.value else "miss"
    bound = constant_of(right)
    if bound is not None:
        found = _compared(search, node, (left, op), bound, mode, goal, draft, era)
    else:
        found = _sides(search, node, (left, right, op), mode, goal, draft, era)
    for each in found:
        if node.returns_bool:
            value = 0.0 if mode in ("miss", "calm") else 1.0
            yield replace(each, level=Level(value))
        else:
            yield each


def _compared(
    search: Search,
    node: Binary,
    side: tuple[Node, str],
    bound: Level,
    mode: Mode,
    goal: Goal,
    draft: Draft,
    era: int,
) -> Iterator[Found]:
    left, op = side
    wanted = [
        Level(each, bound.per_time)
        for each in targets(op, bound.value, mode, style_of(left), exact=is_exact(left))
    ]
    tries: list[Level | None] = [*wanted]
    if goal.level is not None and not node.returns_bool and mode not in ("miss", "calm", "edge"):
        tries = [goal.level]
    elif mode == "edge":
        tries = [*wanted]
    elif mode == "hold":
        tries = [None, *wanted]
    else:
        # A condition within may demand more than this one.
        tries = [*wanted, None]
    relation = asked(op, mode)
    for level in tries:
        for found in search.exists(left, Goal(level, goal.labels, bound.value, goal.apart), draft, era):
            if compares(relation, found.level, bound):
                words = described(left, found.level.value, op, bound.value, mode)
                yield replace(found, draft=found.draft.noted(node, words))


def _sides(
    search: Search,
    node: Binary,
    sides: tuple[Node, Node, str],
    mode: Mode,
    goal: Goal,
    draft: Draft,
    era: int,
) -> Iterator[Found]:
    """Two vectors: one gets a natural value, the other one beyond it."""
    left, right, op = sides
    relation = asked(op, mode)
    for labels in choices(common(node), goal.labels):
        for first, second, swapped in ((right, left, False), (left, right, True)):
            toward = MIRRORED[op] if swapped else op
            own = replace(goal, labels=labels) if swapped else Goal(labels=labels, apart=node.on is not None)
            for one in search.exists(first, own, draft, era):
                matched = matching(node, one.labels, labels)
                near = targets(toward, one.level.value, mode, style_of(second), exact=is_exact(node))
                for value in (None, *near) if mode == "hold" else (*near, None):
                    level = None if value is None else replace(one.level, value=value)
                    for other in search.exists(second, Goal(level, matched), one.draft, era):
                        a, b = (one.level, other.level) if swapped else (other.level, one.level)
                        if compares(relation, a, b):
                            words = described(left, a.value, op, b.value, mode)
                            result = one if swapped else other
                            yield Found(other.draft.noted(node, words), a, result.labels)
