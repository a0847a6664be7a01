"""Series for a condition on an instant vector: gauges that are barely good, and barely not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from slogen import promql
from slogen.ir import Grouping
from slogen.source import Span
from slogen.synthesis.flow import flow
from slogen.synthesis.identities import identity
from slogen.synthesis.judging import steady
from slogen.synthesis.motions import Motion, Motions
from slogen.synthesis.nodes import BeyondError, Node, read
from slogen.synthesis.styles import is_exact, style_of
from slogen.synthesis.thresholds import holds, targets
from slogen.synthesis.worlds import with_value
from slogen.synthetic import ABSENT, Gap, Gauge, Series, Synthetic
from slogen.units import Labels

_APART = "instance"


def of_condition(metric: str, comparison: str, grouping: Grouping, number: int, at: Span) -> Synthetic | Gap:
    """Gauges by which `metric` is just good, where `comparison` (such as `<= 50`) holds, and just not.

    All series of a budget are good or bad together, so nothing is in between. `at` is where the metric is
    written.
    """
    found = _of_condition(metric, comparison, grouping, number)
    if isinstance(found, Synthetic):
        return found
    token = next((each for each in promql.tokens(metric) if found.word and each.text == found.word), None)
    return Gap(found.reason, at.slice(token.start, token.end) if token else at)


@lru_cache(maxsize=4096)
def _of_condition(metric: str, comparison: str, grouping: Grouping, number: int) -> Synthetic | BeyondError:
    try:
        node = read(metric)
        op, bound = comparison.split()
        for labels in _labels(node, grouping, number):
            good = _gauges(metric, node, (op, float(bound)), labels, good=True)
            bad = _gauges(metric, node, (op, float(bound)), labels, good=False)
            if isinstance(good, BeyondError):
                return good
            if isinstance(bad, BeyondError):
                return bad
            own = _by_its_own(node, good, bad, (op, float(bound)), labels)
            return _joined(node, good, own, grouping, labels)
    except BeyondError as beyond:
        return beyond
    except RecursionError:
        return BeyondError("is nested too deeply")
    return BeyondError("has no labels by which budgets could be told apart")


def _labels(node: Node, grouping: Grouping, number: int) -> Iterator[Labels]:
    """The labels of the budget of a number."""
    asked = flow(node)
    names = tuple(asked) if grouping.each else grouping.labels
    found: dict[str, str] = {}
    apart = False
    for name in names:
        conditions = tuple((matcher.op, matcher.value) for matcher in asked.get(name, ()))
        value = identity(name, conditions, number)
        if value is None:
            value = identity(name, conditions, 0)
        apart = apart or identity(name, conditions, 1) is not None
        if value is None:
            raise BeyondError(f"has no value of the label `{name}` that its matchers take", name)
        found[name] = value
    if grouping.each and not apart:
        found[_APART] = identity(_APART, (), number) or ""
    yield found


def _gauges(
    metric: str, node: Node, condition: tuple[str, float], labels: Labels, *, good: bool
) -> dict[Series, float] | BeyondError:
    """Values of gauges by which the metric is good, or bad."""
    op, bound = condition
    reason = "has no value on this side of the threshold"
    for value in targets(op, bound, "just" if good else "miss", style_of(node), exact=is_exact(node)):
        motions = with_value(metric, value, labels)
        if isinstance(motions, str):
            reason = motions
            continue
        moving = next((series for series, motion in motions.items() if motion.per_second), None)
        if moving is not None:
            return BeyondError(f"reads `{moving.name}` as it moves, not as it is", moving.name)
        if all(
            holds(op, each, bound) == good for result in steady(node, motions) for each in result.values()
        ):
            return {series: motion.value for series, motion in motions.items()}
    return BeyondError(reason)


def _by_its_own(
    node: Node,
    good: Mapping[Series, float],
    bad: Mapping[Series, float],
    condition: tuple[str, float],
    labels: Labels,
) -> Mapping[Series, float]:
    """Bad by the series of this budget alone, if possible: all budgets have those without its labels."""
    op, bound = condition
    shared = [series for series in bad if not labels.items() <= series.labels.items()]
    if all(bad[series] == good.get(series) for series in shared):
        return bad
    difference = _value(node, bad) - _value(node, good)
    for series in (series for series in good if labels.items() <= series.labels.items()):
        for change in (difference, -difference):
            changed = {**good, series: good[series] + change}
            motions: Motions = {each: Motion(value) for each, value in changed.items()}
            values = [value for result in steady(node, motions) for value in result.values()]
            if values and not any(holds(op, value, bound) for value in values):
                return changed
    return bad


def _value(node: Node, values: Mapping[Series, float]) -> float:
    motions: Motions = {series: Motion(value) for series, value in values.items()}
    return next(iter(steady(node, motions)[0].values()))


def _joined(
    node: Node, good: Mapping[Series, float], bad: Mapping[Series, float], grouping: Grouping, labels: Labels
) -> Synthetic | BeyondError:
    gauges = tuple(
        Gauge(series, good.get(series, ABSENT), bad.get(series, ABSENT))
        for series in dict.fromkeys((*good, *bad))
    )
    shown = [_shown(node, values) for values in (good, bad)]
    if shown[0] != shown[1]:
        return BeyondError("has other labels where it is good than where it is not")
    if not grouping.each and any(shown[0].get(label) != value for label, value in labels.items()):
        lost = next(label for label, value in labels.items() if shown[0].get(label) != value)
        return BeyondError(f"does not keep the label `{lost}`, by which the SLO is kept apart")
    return Synthetic(shown[0] if grouping.each else dict(labels), (), gauges, mixes=False)


def _shown(node: Node, values: Mapping[Series, float]) -> Labels:
    """The labels of the element that there is, without its name."""
    motions: Motions = {series: Motion(value) for series, value in values.items()}
    element = next(iter(steady(node, motions)[0]))
    return {label: value for label, value in sorted(element) if label != "__name__"}
