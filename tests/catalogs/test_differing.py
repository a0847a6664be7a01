"""What two descriptions of metrics differ in, and what is no difference."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from slogen.catalog import Catalog, KnownLabel, Metric
from slogen.catalogs.differing import Difference, Side, difference, text

METRIC = Metric(
    "a_seconds",
    "histogram",
    "seconds",
    (KnownLabel("code", ("200", "500"), is_closed=True), KnownLabel("zone", is_optional=True)),
    buckets=(Decimal("0.5"), Decimal(1)),
)


def compared(first: Metric, second: Metric, *, observed: bool = False) -> Difference:
    return difference(
        Side(Catalog("a", metrics=(first,))), Side(Catalog("b", metrics=(second,)), is_observed=observed)
    )


def lines(found: Difference) -> list[str]:
    return [line.strip() for line in text(found)]


CHANGES = [
    (replace(METRIC, type="gauge"), ["type: histogram -> gauge"]),
    (replace(METRIC, unit="bytes"), ["unit: seconds -> bytes"]),
    (replace(METRIC, buckets=(Decimal(1), Decimal("2.50"))), ["buckets: -0.5 +2.5"]),
    (replace(METRIC, labels=(*METRIC.labels, KnownLabel("pod"))), ["labels: +pod"]),
    (
        replace(METRIC, labels=(replace(METRIC.labels[0], values=("200", "404")), METRIC.labels[1])),
        ["values of code: -500 +404"],
    ),
]


@pytest.mark.parametrize("observed", [False, True])
@pytest.mark.parametrize(("other", "told"), CHANGES)
def test_what_is_said_differently(other: Metric, told: list[str], observed: bool) -> None:
    assert lines(compared(METRIC, other, observed=observed)) == ["~ a_seconds", *told]


@pytest.mark.parametrize(
    ("known", "other", "told"),
    [
        (METRIC, replace(METRIC, status="deprecated"), "status: current -> deprecated"),
        (METRIC, replace(METRIC, type="unknown"), "type: histogram -> unknown"),
        (METRIC, replace(METRIC, buckets=None), "buckets: [0.5, 1] -> unknown"),
        (METRIC, replace(METRIC, labels=METRIC.labels[:1]), "labels: -zone"),
    ],
)
def test_what_only_catalogs_say(known: Metric, other: Metric, told: str) -> None:
    assert lines(compared(known, other)) == ["~ a_seconds", told]
    assert not compared(known, other, observed=True)


def test_an_observation_tells_of_what_should_be_gone() -> None:
    removed = replace(METRIC, status="removed")
    assert lines(compared(removed, METRIC, observed=True)) == ["~ a_seconds", "status: removed -> there"]
    nothing = Side(Catalog("b"), is_observed=True)
    assert not difference(Side(Catalog("a", metrics=(removed,))), nothing)
    assert difference(Side(Catalog("a", metrics=(METRIC,))), nothing).only_first == (METRIC,)


def test_metrics_of_others_are_none_of_a_catalog_that_says_what_it_owns() -> None:
    seen = Side(Catalog("s", metrics=(Metric("a_new"), Metric("go_info"))), is_observed=True)
    owner = Side(Catalog("a", owns=("a_*",)))
    for found in (difference(owner, seen), difference(seen, owner)):
        assert [metric.name for metric in (*found.only_first, *found.only_second)] == ["a_new"]
        assert found.others == 1
    assert len(difference(Side(Catalog("a")), seen).only_second) == 2


def test_a_metric_without_series_shows_no_labels() -> None:
    bare = Catalog("b", metrics=(replace(METRIC, labels=(), buckets=None),))
    known = Side(Catalog("a", metrics=(METRIC,)))
    assert not difference(known, Side(bare, True, frozenset({"a_seconds"})))
    assert lines(difference(known, Side(bare, True))) == ["~ a_seconds", "labels: -code -zone"]
