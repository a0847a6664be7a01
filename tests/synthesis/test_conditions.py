"""Gauges for conditions: just good, and just not, judged by evaluating the condition's own queries."""

from __future__ import annotations

import pytest

from slogen.ir import Grouping, Query
from slogen.promql.evaluation import Storage, evaluate
from slogen.slis.condition import Condition
from slogen.source import Source, Span
from slogen.synthetic import ABSENT, Gap, Gauge, Synthetic

SINGLE = Grouping()
EACH = Grouping(each=True)


def condition(metric: str, comparison: str) -> Condition:
    return Condition(Query(metric, Span(Source("", metric), 0, len(metric))), comparison, bare=False)


@pytest.mark.parametrize(
    ("metric", "comparison", "grouping", "values"),
    [
        ("queue", "<= 50", SINGLE, {"queue": (50, 51)}),
        ("queue", "< 50", SINGLE, {"queue": (49, 50)}),
        ('up{job="x"}', "== 1", Grouping(("instance",)), {"up": (1, 0)}),
        ("max by (x) (m)", "!= 0", Grouping(("x",)), {"m": (1, 0)}),
        ("temperature", "> -0.5", EACH, {"temperature": (-0.49, -0.5)}),
        ("available / wanted", ">= 1", Grouping(("name",)), {"available": (1, 0.98), "wanted": (1, 1)}),
        ("queue > 0", "<= 50", SINGLE, {"queue": (50, 51)}),
        ("sum(ready) or vector(0)", "> 0", SINGLE, {"ready": (1, 0)}),
        ("avg_over_time(load[5m])", "< 0.5", EACH, {"load": (0.49, 0.5)}),
    ],
)
def test_the_condition_is_just_met_and_just_missed(
    metric: str, comparison: str, grouping: Grouping, values: dict[str, tuple[float, float]]
) -> None:
    sli = condition(metric, comparison)
    found = sli.synthetic(grouping, 0)
    assert isinstance(found, Synthetic), found
    assert not found.mixes
    assert {gauge.series.name: (gauge.good, gauge.bad) for gauge in found.gauges} == {
        name: pytest.approx(pair) for name, pair in values.items()
    }
    samples = sli.samples(grouping)
    errors = sli.error_samples(grouping, samples)
    for bad in (False, True):
        place = _storage(found.gauges, bad=bad)
        assert list(_evaluated(samples, place).values()) == [1]
        assert list(_evaluated(errors, place).values()) == [float(bad)]
        ((element, _),) = _evaluated(samples, place).items()
        assert dict(element) == found.labels


def _storage(gauges: tuple[Gauge, ...], *, bad: bool) -> Storage:
    return Storage(
        (
            {"__name__": gauge.series.name, **gauge.series.labels},
            [(minute * 60_000, gauge.bad if bad else gauge.good) for minute in range(11)],
        )
        for gauge in gauges
    )


def _evaluated(text: str, place: Storage) -> dict[frozenset[tuple[str, str]], float]:
    result = evaluate(text, place, 600_000)
    assert isinstance(result, dict)
    return result


@pytest.mark.parametrize("grouping", [Grouping(("pod",)), EACH], ids=str)
def test_budgets_differ(grouping: Grouping) -> None:
    sli = condition('up{job=~"a|b", pod!="x"}', "== 1")
    budgets = [sli.synthetic(grouping, number) for number in range(3)]
    assert all(isinstance(budget, Synthetic) for budget in budgets)
    labels = [dict(budget.labels) for budget in budgets if isinstance(budget, Synthetic)]
    assert all(one not in labels[:i] for i, one in enumerate(labels))


@pytest.mark.parametrize(
    ("metric", "comparison", "grouping", "reason", "place"),
    [
        ("rate(x_total[5m])", "< 5", SINGLE, "as it moves", "x_total"),
        ("time() - seen", "< 3600", SINGLE, "as it moves", "seen"),
        ("avg(m)", "> 0.5", Grouping(("pod",)), "does not keep the label `pod`", "avg"),
        ("count(m)", "> 0", SINGLE, "", "count"),
        ("hour()", "> 8", SINGLE, "time of day", "hour"),
        ("m @ 5", "> 8", SINGLE, "pinned", "@"),
    ],
)
def test_what_is_beyond_analysis_is_named(
    metric: str, comparison: str, grouping: Grouping, reason: str, place: str
) -> None:
    found = condition(metric, comparison).synthetic(grouping, 0)
    assert isinstance(found, Gap)
    assert reason in found.reason
    assert found.at.text.startswith(place)


def test_nothing_is_absent_without_need() -> None:
    found = condition("a or b", "> 1").synthetic(SINGLE, 0)
    assert isinstance(found, Synthetic)
    assert ABSENT not in [value for gauge in found.gauges for value in (gauge.good, gauge.bad)]
