"""Functions backwards: from their value to that of their argument."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from slogen.synthesis.drafts import BEFORE, Draft
from slogen.synthesis.flow import flow, of_absent
from slogen.synthesis.goals import Found, Goal, Search
from slogen.synthesis.histograms import buckets
from slogen.synthesis.inverses import INVERSES
from slogen.synthesis.leaves import Level
from slogen.synthesis.lines import constant_of
from slogen.synthesis.nodes import Aggregate, BeyondError, Call, Select, Subquery, Text, selects
from slogen.synthesis.relabelling import sources
from slogen.synthesis.wording import missed_words, said
from slogen.units import Labels, Millis

_OF_NATIVE_HISTOGRAMS = frozenset(
    ("histogram_count", "histogram_sum", "histogram_avg", "histogram_fraction", "histogram_stddev")
)
_OF_THE_CLOCK = frozenset(
    ["hour", "minute", "day_of_week", "day_of_month", "day_of_year", "days_in_month", "month", "year"]
)


def of_call(search: Search, node: Call, goal: Goal, draft: Draft, era: int) -> Iterator[Found]:
    if node.name in INVERSES:
        yield from _mapped(search, node, goal, draft, era)
    elif node.name in ("absent", "absent_over_time"):
        yield from _absent(search, node, goal, draft, era)
    elif node.name in ("label_replace", "label_join"):
        yield from _relabelled(search, node, goal, draft, era)
    elif node.name == "histogram_quantile":
        yield from _quantile(search, node, goal, draft, era)
    elif node.name == "timestamp":
        for found in search.exists(node.arguments[0], replace(goal, level=None), draft, era):
            yield replace(found, level=Level(0.0, 1.0))
    elif node.arguments and isinstance(node.arguments[-1], Subquery):
        yield from _over_time(search, node, node.arguments[-1], goal, draft, era)
    elif node.name in _OF_NATIVE_HISTOGRAMS:
        raise BeyondError(f"reads native histograms by `{node.name}`", node.name)
    elif node.name in _OF_THE_CLOCK:
        raise BeyondError(f"depends on the time of day by `{node.name}`", node.name)
    else:
        raise BeyondError(f"calls `{node.name}`, for which no values are known", node.name)


def _mapped(search: Search, node: Call, goal: Goal, draft: Draft, era: int) -> Iterator[Found]:
    inverse = INVERSES[node.name]
    parameters = [constant_of(each) for each in node.arguments[1:]]
    if any(each is None or each.per_time for each in parameters):
        raise BeyondError(f"calls `{node.name}` with a value that moves", node.name)
    numbers = [each.value for each in parameters if each is not None]
    wanted: list[Level | None] = [None]
    if goal.level is not None:
        wanted = [replace(goal.level, value=value) for value in inverse.back(goal.level.value, *numbers)]
    for level in wanted:
        for found in search.exists(node.arguments[0], replace(goal, level=level), draft, era):
            yield replace(found, level=replace(found.level, value=inverse.there(found.level.value, *numbers)))


def _absent(search: Search, node: Call, goal: Goal, draft: Draft, era: int) -> Iterator[Found]:
    argument = node.arguments[0]
    if goal.level is not None and goal.level.value != 1:
        return
    if search.plan.get(node) in ("miss", "calm"):
        inner = argument
        if isinstance(argument, Select) and argument.length:
            inner = replace(argument, length=Millis(0))
        if isinstance(argument, Subquery):
            inner = argument.inner
        wanted = {label: value for label, value in goal.labels.items() if label in flow(inner)}
        for found in search.exists(inner, Goal(labels=wanted), draft, era):
            yield Found(found.draft.noted(node, missed_words(node)), Level(1.0), of_absent(node))
        return
    closed = draft
    for select in selects(argument):
        closed = closed.close(search.era_of(select, era), Select(select.name, select.matchers), {})
    yield Found(closed.noted(node, f"{said(argument)} is missing"), Level(1.0), of_absent(node))


def _relabelled(search: Search, node: Call, goal: Goal, draft: Draft, era: int) -> Iterator[Found]:
    texts = [each.value for each in node.arguments[1:] if isinstance(each, Text)]
    if len(texts) != len(node.arguments) - 1:
        return
    target = texts[0]
    value = goal.labels.get(target)
    for labels in sources(node.name, texts, value, goal.labels):
        for found in search.exists(node.arguments[0], replace(goal, labels=labels), draft, era):
            kept = {**found.labels, **({target: value} if value else {})}
            yield replace(found, labels=kept)


def _quantile(search: Search, node: Call, goal: Goal, draft: Draft, era: int) -> Iterator[Found]:
    share = constant_of(node.arguments[0])
    wanted = goal.level.value if goal.level is not None else goal.anchor or 1.0
    if share is None:
        raise BeyondError("asks for a quantile that moves", node.name)
    anchor = goal.anchor or 10.0 ** round(math.log10(wanted)) if wanted > 0 else 1.0
    for bounds in buckets(share.value, wanted, anchor):
        states = [draft]
        labels: Labels = {}
        for le, per_second in bounds:
            inner = Goal(Level(per_second), {**goal.labels, "le": le})
            found = next(iter(search.exists(node.arguments[1], inner, states[-1], era)), None)
            if found is None:
                break
            states.append(found.draft)
            labels = {label: value for label, value in found.labels.items() if label != "le"}
        else:
            yield Found(states[-1], Level(wanted), labels)


def _over_time(
    search: Search, node: Call, argument: Subquery, goal: Goal, draft: Draft, era: int
) -> Iterator[Found]:
    """A range of an expression that stands still."""
    era = BEFORE if argument in search.eras.ranges else era
    if node.name in (
        "avg_over_time",
        "max_over_time",
        "min_over_time",
        "last_over_time",
        "quantile_over_time",
    ):
        yield from search.exists(argument.inner, goal, draft, era)
        return
    count = argument.length / (argument.step or 60_000)
    if node.name == "sum_over_time":
        inner = goal if goal.level is None else replace(goal, level=Level(goal.level.value / count))
        for found in search.exists(argument.inner, inner, draft, era):
            yield replace(found, level=Level(found.level.value * count))
    elif node.name in ("count_over_time", "present_over_time"):
        value = Level(count if node.name == "count_over_time" else 1.0)
        for found in search.exists(argument.inner, replace(goal, level=None), draft, era):
            yield replace(found, level=value)
    elif node.name in ("stddev_over_time", "stdvar_over_time"):
        for found in search.exists(argument.inner, replace(goal, level=None), draft, era):
            yield replace(found, level=Level(0.0))
    elif node.name in ("delta", "deriv", "rate", "increase", "changes", "resets", "idelta", "irate"):
        yield from _moving(search, node, argument, goal, draft, era)
    else:
        raise BeyondError(f"calls `{node.name}` of a subquery", node.name)


def _moving(
    search: Search, node: Call, argument: Subquery, goal: Goal, draft: Draft, era: int
) -> Iterator[Found]:
    """A range of an aggregation of a gauge: as if the function stood within the aggregation."""
    inner = argument.inner
    if not isinstance(inner, Aggregate) or not isinstance(inner.inner, Select) or inner.inner.length:
        raise BeyondError(f"calls `{node.name}` of a subquery", node.name)
    swapped = Call(node.name, (replace(inner.inner, length=argument.length),))
    yield from search.exists(replace(inner, inner=swapped), goal, draft, era)
