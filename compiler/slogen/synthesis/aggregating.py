"""Aggregations backwards: from the value of a group to the series in it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from slogen.promql import Matcher
from slogen.promql.witnesses import satisfies
from slogen.synthesis.drafts import Draft
from slogen.synthesis.flow import KEEPS_ALL_LABELS, choices, flow
from slogen.synthesis.goals import Found, Goal, Search
from slogen.synthesis.identities import identity
from slogen.synthesis.leaves import Level, leaf
from slogen.synthesis.nodes import Aggregate, BeyondError, Binary, Node, selects, walk
from slogen.synthesis.placing import of_sum, parts_of
from slogen.units import Labels

_REPLICAS = ("instance", "pod", "replica", "series")
_MOST_COPIES = 30


def of_aggregate(search: Search, node: Aggregate, goal: Goal, draft: Draft, era: int) -> Iterator[Found]:
    for labels in _inner_labels(search, node, goal.labels):
        inner = replace(goal, labels=labels, apart=goal.apart or node.op not in KEEPS_ALL_LABELS)
        for found in _aggregated(search, node, inner, draft, era):
            yield replace(found, labels=_kept(node, found.labels))


def _inner_labels(search: Search, node: Aggregate, labels: Labels) -> Iterator[Labels]:
    if node.op in KEEPS_ALL_LABELS:
        yield from choices(
            {} if node.without else {label: flow(node)[label] for label in node.labels}, labels
        )
    elif node.without:
        yield {label: value for label, value in labels.items() if label not in node.labels}
    else:
        kept = {label: value for label, value in labels.items() if label in node.labels}
        yield from choices(flow(node), kept)


def _aggregated(search: Search, node: Aggregate, goal: Goal, draft: Draft, era: int) -> Iterator[Found]:
    if node.op in ("count", "count_values"):
        yield from _count(search, node, goal, draft, era)
    elif node.op == "group":
        for found in search.exists(node.inner, replace(goal, level=None), draft, era):
            yield replace(found, level=Level(1.0))
    elif node.op in ("stddev", "stdvar"):
        yield from _spread(search, node, goal, draft, era)
    elif node.op == "sum":
        parts = parts_of(search, node.inner)
        if parts:
            yield from of_sum(search, parts, goal, draft, era)
        else:
            yield from search.exists(node.inner, goal, draft, era)
    else:
        yield from search.exists(node.inner, goal, draft, era)


def _count(search: Search, node: Aggregate, goal: Goal, draft: Draft, era: int) -> Iterator[Found]:
    wanted = 1.0 if goal.level is None else goal.level.value
    if goal.level is None:
        there = _counted(search, node.inner, goal.labels, draft, era)
        wanted = float(there) if there else 1.0
    if wanted == 0:
        raise BeyondError(
            f"compares `{node.op}` with 0, which it never gives: without series it gives nothing", node.op
        )
    if wanted != int(wanted) or not 1 <= wanted <= _MOST_COPIES:
        return
    inner, counts_values = node.inner, False
    if isinstance(inner, Aggregate) and inner.op == "count_values":
        inner, counts_values = inner.inner, True
    label = _telling(search, node)
    each = replace(goal, level=None, anchor=None)
    states = [Found(draft, Level(wanted), goal.labels)]
    for i in range(int(wanted)):
        apart = each
        if wanted > 1 and label not in goal.labels:
            apart = replace(
                each, labels={**goal.labels, label: value_of(label, flow(inner).get(label, ()), i)}
            )
        if counts_values:
            apart = replace(apart, level=Level(i + 1.0))
        state = states[-1]
        found = next(iter(search.exists(inner, apart, state.draft, era)), None)
        if found is None:
            return
        states.append(replace(found, level=Level(wanted)))
    yield states[-1]


def _counted(search: Search, node: Node, labels: Labels, draft: Draft, era: int) -> int:
    simple = leaf(node, search.sampled)
    if simple is None:
        return 0
    return len(list(draft.matching(search.era_of(simple.origin, era), simple.select, labels)))


def _telling(search: Search, node: Aggregate) -> str:
    """A label by which the series of one group differ."""
    fixed = {each.name for select in selects(node.inner) for each in select.matchers if each.op == "="}
    if node.without:
        return next((label for label in node.labels if label not in fixed), "series")
    shared = fixed | set(node.labels)
    asked = [label for label in (*_matched(search.root), *flow(node.inner)) if label not in shared]
    return next(iter([*asked, *(label for label in _REPLICAS if label not in shared)]), "series")


def _spread(search: Search, node: Aggregate, goal: Goal, draft: Draft, era: int) -> Iterator[Found]:
    wanted = 1.0 if goal.level is None else goal.level.value
    if wanted < 0:
        return
    deviation = math.sqrt(wanted) if node.op == "stdvar" else wanted
    label = _telling(search, node)
    base = 10.0 ** math.ceil(math.log10(deviation)) if deviation else 1.0
    first = replace(
        goal,
        level=Level(base + deviation),
        labels={**goal.labels, label: value_of(label, flow(node.inner).get(label, ()), 0)},
    )
    second = replace(
        goal,
        level=Level(base - deviation),
        labels={**goal.labels, label: value_of(label, flow(node.inner).get(label, ()), 1)},
    )
    for one in search.exists(node.inner, first, draft, era):
        for other in search.exists(node.inner, second, one.draft, era):
            yield replace(other, level=Level(wanted))


def value_of(label: str, matchers: tuple[Matcher, ...], number: int) -> str:
    """A value of a label that the matchers take, another one for each number."""
    letter = chr(ord("a") + number) if number < 26 else f"z{number - 25}"
    plain = f"{label}-{letter}"
    if all(satisfies(each, plain) for each in matchers):
        return plain
    return identity(label, tuple((each.op, each.value) for each in matchers), number) or plain


def _kept(node: Aggregate, labels: Labels) -> Labels:
    if node.op in KEEPS_ALL_LABELS:
        return labels
    if node.without:
        return {label: value for label, value in labels.items() if label not in node.labels}
    return {label: value for label, value in labels.items() if label in node.labels}


def _matched(root: Node) -> tuple[str, ...]:
    """The labels by which operations and aggregations of an expression tell elements apart."""
    found: list[str] = []
    for node in walk(root):
        if isinstance(node, Binary):
            found += [*(node.on or ()), *(node.ignoring or ())]
        if isinstance(node, Aggregate) and not node.without:
            found += node.labels
    return tuple(dict.fromkeys(found))
