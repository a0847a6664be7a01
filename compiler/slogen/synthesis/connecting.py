"""`and`, `or` and `unless` backwards: which side has a result, and which has none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from slogen.synthesis.drafts import Draft
from slogen.synthesis.flow import choices, common
from slogen.synthesis.goals import Found, Goal, Search
from slogen.synthesis.matching import flow_of_match, matching
from slogen.synthesis.nodes import Binary
from slogen.synthesis.wording import thing
from slogen.units import Labels


def of_set_operation(search: Search, node: Binary, goal: Goal, draft: Draft, era: int) -> Iterator[Found]:
    if node.op == "or":
        yield from _or(search, node, goal, draft, era)
        return
    for labels in choices(common(node), goal.labels):
        if search.way.backward and node.op == "and" and search.plan.get(node) != "alone":
            yield from _backward_and(search, node, replace(goal, labels=labels), draft, era)
            continue
        for found in search.exists(node.left, replace(goal, labels=labels), draft, era):
            matched = matching(node, found.labels, labels)
            if node.op == "and":
                yield from _and(search, node, found, matched, era)
            else:
                yield from _unless(search, node, found, matched, era)


def _or(search: Search, node: Binary, goal: Goal, draft: Draft, era: int) -> Iterator[Found]:
    mode = search.plan.get(node)
    if mode == "calm":
        # Nothing may be left over of either side.
        for found in search.exists(node.left, goal, draft, era):
            for other in search.exists(node.right, goal, found.draft, era):
                yield replace(found, draft=other.draft)
        return
    if mode != "right":
        yield from search.exists(node.left, goal, draft, era)
    if mode != "left":
        yield from search.exists(node.right, goal, draft, era)


def _and(search: Search, node: Binary, found: Found, matched: Labels, era: int) -> Iterator[Found]:
    if search.plan.get(node) == "alone":
        yield replace(found, draft=found.draft.noted(node, f"{thing(node.right)} is missing"))
        return
    for other in search.exists(node.right, Goal(labels=matched, apart=node.on is not None), found.draft, era):
        yield replace(found, draft=other.draft.noted(node, ""))


def _backward_and(search: Search, node: Binary, goal: Goal, draft: Draft, era: int) -> Iterator[Found]:
    shared = {label: goal.labels[label] for label in flow_of_match(node, goal.labels) if label in goal.labels}
    for other in search.exists(node.right, Goal(labels=shared, apart=node.on is not None), draft, era):
        for found in search.exists(node.left, goal, other.draft, era):
            yield replace(found, draft=found.draft.noted(node, ""))


def _unless(search: Search, node: Binary, found: Found, matched: Labels, era: int) -> Iterator[Found]:
    mode = search.plan.get(node)
    if mode in ("miss", "calm", "near"):
        words = "" if mode == "near" else f"{thing(node.right)} is there"
        for other in search.exists(
            node.right, Goal(labels=matched, apart=node.on is not None), found.draft, era
        ):
            yield replace(found, draft=other.draft.noted(node, words))
        return
    yield replace(found, draft=found.draft.noted(node, f"{thing(node.right)} is not there"))
