"""Synthetic series: what a service would export while all is well, and while nothing is.

A kind of indicator says which series it needs; scenarios say how they move. Nothing here knows a rule.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from slogen.source import Span
from slogen.units import Labels, Millis

ABSENT = math.nan
"""The value of a gauge while its series does not exist. Not equal to itself: ask `math.isnan`."""


@dataclass(frozen=True, slots=True)
class Series:
    """The identity of a series: the name of its metric, and its labels without empty values."""

    name: str
    labels: Labels = field(default_factory=dict)

    def labelled(self) -> Labels:
        """All its labels, the name among them."""
        return {"__name__": self.name, **self.labels}

    def __hash__(self) -> int:
        return hash((self.name, *sorted(self.labels.items())))


@dataclass(frozen=True, slots=True)
class Counter:
    """A counter, and by how much one event of each class increments it.

    Good and bad events are those that the indicator counts; `ignored` ones pass the service all the time and
    are none of the SLO's business, because they fail one of its matchers: they must change nothing.
    """

    series: Series
    good: float = 0
    bad: float = 0
    ignored: float = 0

    def growth(self, bad: float) -> float:
        """By how much an event increments it while a share of the events is bad, and one passes by."""
        return (1 - bad) * self.good + bad * self.bad + self.ignored


@dataclass(frozen=True, slots=True)
class Gauge:
    """A gauge: its value while all is well, and while nothing is. Equal where it plays no part."""

    series: Series
    good: float
    bad: float

    def value(self, bad: float) -> float:
        """Its value while a share of the time is bad; ABSENT of a share in between, if one end is absent."""
        if bad in (0, 1):
            return self.bad if bad else self.good
        return self.good + (self.bad - self.good) * bad


@dataclass(frozen=True, slots=True)
class Synthetic:
    """The series of one budget, that is of one combination of the grouping's labels (`labels`).

    `mixes` says that a part of the events (of the time, for gauges) may be bad: then series that move in
    between give the error ratio in between. Otherwise all is good or all is bad. `looks_back` is how far
    (milliseconds) the indicator looks back before a window sees anything of it; 0 for most.
    """

    labels: Labels
    counters: tuple[Counter, ...] = ()
    gauges: tuple[Gauge, ...] = ()
    mixes: bool = True
    looks_back: Millis = Millis(0)

    def sampled(
        self, bad: float, times: range, events: float
    ) -> Iterator[tuple[Labels, list[tuple[int, float | None]]]]:
        """The samples of the series that are there, with their names as labels, at a steady share.

        `bad` is the share of bad events. `events` is how many pass between two of the times (milliseconds),
        which are evenly spaced.
        """
        for counter in self.counters:
            growth = counter.growth(bad) * events
            yield counter.series.labelled(), [(at, growth * i) for i, at in enumerate(times)]
        for gauge in self.gauges:
            value = gauge.value(bad)
            if not math.isnan(value):
                yield gauge.series.labelled(), [(at, value) for at in times]


@dataclass(frozen=True, slots=True)
class Gap:
    """Why an indicator has no synthetic series: the end of a sentence that begins with "this query".

    `at` is the part of the author's text that is beyond analysis; `help` what to do about it, if anything but
    to state the series (`proof: series:`).
    """

    reason: str
    at: Span
    help: str = ""
