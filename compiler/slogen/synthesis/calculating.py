"""Arithmetic backwards: from the result to the operands."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from slogen.synthesis.drafts import Draft
from slogen.synthesis.flow import choices, common
from slogen.synthesis.goals import Found, Goal, Search
from slogen.synthesis.leaves import Level
from slogen.synthesis.lines import constant_of, done, undone
from slogen.synthesis.matching import flow_of_match, matching
from slogen.synthesis.nodes import Binary, Call, Node
from slogen.synthesis.styles import style_of
from slogen.synthesis.thresholds import Style
from slogen.units import Labels


def of_arithmetic(search: Search, node: Binary, goal: Goal, draft: Draft, era: int) -> Iterator[Found]:
    left, right = constant_of(node.left), constant_of(node.right)
    if right is not None:
        yield from _with_constant(search, node, node.left, right, False, goal, draft, era)
    elif left is not None:
        yield from _with_constant(search, node, node.right, left, True, goal, draft, era)
    else:
        for labels in choices(common(node), goal.labels):
            yield from _two_vectors(search, node, replace(goal, labels=labels), draft, era)


def _with_constant(
    search: Search,
    node: Binary,
    inner: Node,
    constant: Level,
    first: bool,
    goal: Goal,
    draft: Draft,
    era: int,
) -> Iterator[Found]:
    tries: list[Level | None] = [None]
    if goal.level is not None:
        level = undone(node.op, goal.level, constant, first)
        if level is None:
            return
        tries = [level]
        if node.op == "%" and constant.value:
            tries.append(replace(level, value=level.value + abs(constant.value)))
    anchor = None
    if goal.anchor is not None:
        before = undone(node.op, Level(goal.anchor), constant, first)
        anchor = None if before is None else before.value
    for level in tries:
        for found in search.exists(inner, Goal(level, goal.labels, anchor, goal.apart), draft, era):
            after = done(node.op, constant, found.level) if first else done(node.op, found.level, constant)
            if after is not None:
                yield replace(found, level=after)


def _two_vectors(search: Search, node: Binary, goal: Goal, draft: Draft, era: int) -> Iterator[Found]:
    for first, second, swapped in ((node.right, node.left, False), (node.left, node.right, True)):
        for level in _first_levels(search, node, first, goal.level):
            for one in search.exists(first, _side_goal(node, first, level, goal, goal.labels), draft, era):
                matched = matching(node, one.labels, goal.labels)
                for wanted in _second_levels(node.op, goal.level, one.level, swapped, style_of(second)):
                    own = _side_goal(node, second, wanted, goal, matched)
                    for other in search.exists(second, own, one.draft, era):
                        a, b = (one, other) if swapped else (other, one)
                        value = done(node.op, a.level, b.level)
                        if value is not None:
                            yield Found(other.draft, value, _result_labels(node, a.labels, b.labels))


def _first_levels(search: Search, node: Binary, first: Node, wanted: Level | None) -> list[Level | None]:
    """What the side that is placed first may be: as it is already, or natural, or what makes it easy."""
    levels: list[Level | None] = [None]
    if style_of(first) == "whole":
        levels += [Level(float(each)) for each in (10, 2, 3, 4, 5, 20)]
    elif wanted is not None and node.op == "+":
        levels += [Level(wanted.value / 2), Level(0.0), wanted]
    elif node.op == "*":
        levels += [Level(1.0)]
    else:
        levels += [Level(1.0), Level(1000.0), Level(0.0)]
    return levels


def _side_goal(node: Binary, side: Node, level: Level | None, goal: Goal, labels: Labels) -> Goal:
    """What is wanted of one side of an operation on two vectors.

    With `group_left` the labels that it lists come from the right side only, and whatever else the left one
    has is the result's.
    """
    if isinstance(side, Call) and side.name == "scalar":
        return Goal(level, apart=True)
    if not node.group:
        return Goal(level, labels, apart=goal.apart or node.on is not None)
    many = (side is node.left) == (node.group == "left")
    included = {label: value for label, value in goal.labels.items() if label in node.include and value}
    if many:
        own = {
            label: value for label, value in {**goal.labels, **labels}.items() if label not in node.include
        }
        return Goal(level, own, apart=goal.apart)
    shared = {label: value for label, value in labels.items() if label in flow_of_match(node, labels)}
    return Goal(level, {**shared, **included}, apart=goal.apart or node.on is not None)


def _result_labels(node: Binary, left: Labels, right: Labels) -> Labels:
    if node.group:
        many, one = (left, right) if node.group == "left" else (right, left)
        return {**many, **{label: one[label] for label in node.include if label in one}}
    return {label: value for label, value in left.items() if label in flow_of_match(node, left)}


def _second_levels(
    op: str, wanted: Level | None, one: Level, swapped: bool, style: Style
) -> Iterator[Level | None]:
    """What the other side has to be, once one side is known."""
    if wanted is None:
        yield None
        return
    level = _other_side(op, wanted, one, swapped)
    if level is None:
        if op in ("*", "/") and not wanted.value:
            yield None
        return
    if style == "whole":
        yield from (Level(float(each)) for each in (math.ceil(level.value), math.floor(level.value)))
        return
    yield level


def _other_side(op: str, wanted: Level, one: Level, swapped: bool) -> Level | None:
    if op in ("+", "-", "*"):
        return undone(op, wanted, one, swapped)
    if op == "/" and not one.per_time:
        if not swapped:
            return Level(wanted.value * one.value, wanted.per_time * one.value) if one.value else None
        return Level(one.value / wanted.value) if wanted.value and not wanted.per_time else None
    return None
