"""A timeline as series: what promtool is to feed through the rules.

Three ways, the first one that an SLO allows: its own series, as its users would see them; the samples that
slogen counts of a gauge; or what is recorded of each window, where the indicator is beyond analysis.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from slogen.proofs import Input
from slogen.prove.timeline import Phase, Timeline
from slogen.synthetic import Counter, Gauge, Series, Synthetic

# Events between two samples, at the usual traffic: as many as it takes to make every part of them whole.
FEWEST_DIGITS = 3
# A label that no query of an author's asks for.
REPLICA = "slogen_replica"
MOST_DIGITS = 9


def raw(synthetic: Synthetic, timeline: Timeline, spacing: int) -> list[Input]:
    """The series of a budget that lives through a timeline."""
    events = 10 ** _digits(timeline.phases)
    counters = (
        Input(counter.series, _counter(*_growth(counter), timeline.phases, spacing, events))
        for counter in synthetic.counters
    )
    gauges = (
        Input(gauge.series, tuple(_gauge(gauge, timeline.phases, spacing))) for gauge in synthetic.gauges
    )
    return [*counters, *gauges]


def twice(inputs: Sequence[Input]) -> Iterator[Input]:
    """Every series as two that are told apart by a label that no query knows.

    The second one spells the bounds of buckets as Prometheus 3 does.
    """
    for series in inputs:
        for replica in ("1", "2"):
            labels = {**series.series.labels, REPLICA: replica}
            bound = labels.get("le", "")
            if replica == "2" and bound.isdecimal():
                labels["le"] = f"{bound}.0"
            yield Input(Series(series.series.name, labels), series.values)


@lru_cache(maxsize=1024)
def _digits(phases: tuple[Phase, ...]) -> int:
    """How many decimals the shares of bad events have."""
    most = max(_decimals(phase.bad) for phase in phases)
    return min(max(most, FEWEST_DIGITS), MOST_DIGITS)


def _decimals(share: float) -> int:
    text = f"{share:.{MOST_DIGITS}f}".rstrip("0")
    return len(text.partition(".")[2])


def _growth(counter: Counter) -> tuple[float, float, float]:
    return counter.good, counter.bad, counter.ignored


# Counters of other SLOs that grow alike have the same runs.
@lru_cache(maxsize=2048)
def _counter(
    by_good: float, by_bad: float, by_ignored: float, phases: tuple[Phase, ...], spacing: int, events: int
) -> tuple[str, ...]:
    """The runs of a counter that starts at 0, and grows by so much with an event of each class."""
    return tuple(_runs(by_good, by_bad, by_ignored, phases, spacing, events))


def _runs(
    by_good: float, by_bad: float, by_ignored: float, phases: Sequence[Phase], spacing: int, events: int
) -> Iterator[str]:
    growths = (_growth_between(by_good, by_bad, by_ignored, phase, events) for phase in phases)
    value = 0.0
    for i, (growth, samples) in enumerate(_merged(zip(growths, _lengths(phases, spacing), strict=True))):
        first = value if i == 0 else value + growth
        more = samples if i == 0 else samples - 1
        yield run(first, growth, more)
        value += growth * samples


def _growth_between(by_good: float, by_bad: float, by_ignored: float, phase: Phase, events: int) -> float:
    """By how much a counter grows between two samples: by whole events."""
    passing = round(events * phase.traffic)
    bad = round(passing * phase.bad)
    return by_good * (passing - bad) + by_bad * bad + by_ignored * events


def _gauge(gauge: Gauge, phases: Sequence[Phase], spacing: int) -> Iterator[str]:
    """The runs of a gauge, which begins with the first phase, not at the instant before it."""
    values = (gauge.value(phase.bad) for phase in phases)
    yield "_"
    yield from _steady(zip(values, _lengths(phases, spacing), strict=True))


def _lengths(phases: Sequence[Phase], spacing: int) -> list[int]:
    """How many samples each phase has."""
    return [phase.lasts // spacing for phase in phases]


def run(first: float, growth: float, more: int) -> str:
    """A run of samples in promtool's notation: `first`, and `more` that grow by `growth` each."""
    if math.isnan(first):
        # A plain gap would leave the last value alive for as long as Prometheus looks back.
        return f"stale _x{more}" if more else "stale"
    if not more:
        return digits(first)
    if not growth:
        return f"{digits(first)}x{more}"
    return f"{digits(first)}{'+' if growth > 0 else '-'}{digits(abs(growth))}x{more}"


def parsed(text: str) -> tuple[float, float]:
    """The first sample of a run, and by how much the following ones grow."""
    start, _, growth = text.partition("x")[0].partition("+")
    return float(start), float(growth or 0)


def digits(value: float) -> str:
    """A number as promtool reads it in samples."""
    if value == int(value) and abs(value) < 1e17:
        return str(int(value))
    text = repr(value)
    # A sign within an exponent would begin an increment.
    return text if "e" not in text else f"{value:.12f}".rstrip("0")


@dataclass(frozen=True, slots=True)
class Recorded:
    """Series that rules record of a total and of its errors."""

    total: Series
    errors: Series


def samples(recorded: Recorded, timeline: Timeline, spacing: int, step: int) -> list[Input]:
    """The samples that an SLO counts at every evaluation, as series that lie in the past already.

    At the evaluations themselves they are stale, so that the rules that count samples find nothing to add.
    """
    scale = 100.0
    pairs = (
        (recorded.total, [rounded(scale * phase.traffic) for phase in timeline.phases]),
        (recorded.errors, [rounded(scale * phase.traffic * phase.bad) for phase in timeline.phases]),
    )
    lengths = _lengths(timeline.phases, spacing)
    return [
        Input(series, ("_", *_until_stale(list(zip(values, lengths, strict=True)), step // spacing)))
        for series, values in pairs
    ]


def _until_stale(values: Sequence[tuple[float, int]], every: int) -> Iterator[str]:
    """Runs of values in which every so many-th sample is stale."""
    before = 0
    for value, count in values:
        left = count
        while left:
            until = every - before % every
            piece = min(left, until)
            plain = piece - 1 if piece == until else piece
            if plain:
                yield run(value, 0, plain - 1)
            if piece == until:
                yield "stale"
            before += piece
            left -= piece


def windows(recorded: Sequence[tuple[int, Series]], timeline: Timeline, step: int) -> list[Input]:
    """The error ratio that is recorded of each window (milliseconds) at every evaluation but at time 0."""
    steps = range(step, timeline.end + 1, step)
    return [
        Input(series, ("_", *_steady([(rounded(timeline.ratio(window, at)), 1) for at in steps])))
        for window, series in recorded
    ]


def _steady(values: Iterable[tuple[float, int]]) -> Iterator[str]:
    """Runs of values, each as often as it says."""
    return (run(value, 0, count - 1) for value, count in _merged(values))


def _merged(values: Iterable[tuple[float, int]]) -> list[tuple[float, int]]:
    """Values and how often, equal ones that follow each other as one; what is not a number equals itself."""
    merged: list[tuple[float, int]] = []
    for value, count in values:
        before = merged[-1][0] if merged else None
        if before is not None and (before == value or (math.isnan(before) and math.isnan(value))):
            merged[-1] = value, merged[-1][1] + count
        else:
            merged.append((value, count))
    return merged


def rounded(value: float) -> float:
    """A value with few digits, for people; far more than a threshold needs."""
    return float(f"{value:.7g}")
