"""Worlds one after another, as samples: promtool's notation of them, and the same samples to evaluate."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from slogen.promql.evaluation import Sample
from slogen.proofs import Input
from slogen.synthesis.worlds import Motion
from slogen.synthetic import Series
from slogen.units import Millis

_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Phase:
    """How series move for a while; those that are missing are absent."""

    motions: Mapping[Series, Motion]
    lasts: Millis


@dataclass(frozen=True, slots=True)
class Run:
    """Samples in a row: `count` values, each `each` more than the one before.

    Without a value they are missing; the first of `stale` ones says that the series has ended.
    """

    count: int
    value: float | None = None
    each: float = 0.0
    stale: bool = False

    @property
    def next(self) -> float | None:
        """The value that would come next, added up as promtool does."""
        return None if self.value is None else self._added(self.count)

    def _added(self, times: int) -> float:
        assert self.value is not None
        value = self.value
        for _ in range(times):
            value += self.each
        return value

    def text(self) -> str:
        """The run in promtool's notation."""
        if self.value is None:
            gone = ["stale"] if self.stale else []
            missing = self.count - len(gone)
            return " ".join([*gone, *(["_" if missing == 1 else f"_x{missing}"] if missing else [])])
        first = number(self.value)
        if self.count == 1:
            return first
        if not self.each:
            return f"{first}x{self.count - 1}"
        sign = "-" if self.each < 0 else "+"
        return f"{first}{sign}{number(abs(self.each))}x{self.count - 1}"

    def samples(self) -> Iterator[tuple[bool, float | None]]:
        """Whether there is a sample, and its value; None for a staleness marker."""
        if self.value is None:
            for i in range(self.count):
                yield self.stale and not i, None
            return
        value = self.value
        for _ in range(self.count):
            yield True, value
            value += self.each


@dataclass(frozen=True, slots=True)
class Moving:
    """A series and its samples, from time 0 on."""

    series: Series
    runs: tuple[Run, ...]

    @property
    def written(self) -> Input:
        """The series as an input of a scenario."""
        return Input(self.series, tuple(run.text() for run in self.runs))

    def samples(self, spacing: Millis) -> list[Sample]:
        """The samples, `spacing` apart."""
        told = (one for run in self.runs for one in run.samples())
        return [(i * spacing, value) for i, (there, value) in enumerate(told) if there]


def moving(phases: Sequence[Phase], spacing: Millis) -> tuple[Moving, ...]:
    """The series of phases, in the order in which they are named, with a sample at either end of the whole.

    What lasts a whole number of spacings ends just before the first sample of the next phase.
    """
    every = dict.fromkeys(series for phase in phases for series in phase.motions)
    return tuple(Moving(series, tuple(_runs(series, phases, spacing))) for series in every)


def _runs(series: Series, phases: Sequence[Phase], spacing: Millis) -> Iterator[Run]:
    return _merged(_unmerged(series, phases, spacing))


def _unmerged(series: Series, phases: Sequence[Phase], spacing: Millis) -> Iterator[Run]:
    begin = 0
    before: Run | None = None
    for i, phase in enumerate(phases):
        count = phase.lasts // spacing + (i == len(phases) - 1)
        if not count:
            continue
        before = _run(phase.motions.get(series), count, begin / 1000, spacing, before)
        begin += count * spacing
        yield before


def _run(motion: Motion | None, count: int, begin: float, spacing: Millis, before: Run | None) -> Run:
    if motion is None:
        return Run(count, stale=before is not None and before.value is not None)
    start = motion.start(begin, before.next if before else None)
    return Run(count, _rounded(start), _rounded(motion.per_second * spacing / 1000))


def _rounded(value: float) -> float:
    """Without the dust of binary fractions, so that the notation is short."""
    return float(f"{value:.{_DIGITS}g}") + 0.0 if math.isfinite(value) else value


def _merged(runs: Iterable[Run]) -> Iterator[Run]:
    """Runs that go on as the one before are one run."""
    last: Run | None = None
    for run in runs:
        if last and _goes_on(last, run):
            last = replace(last, count=last.count + run.count)
            continue
        if last:
            yield last
        last = run
    if last:
        yield last


def _goes_on(last: Run, run: Run) -> bool:
    if run.value is None or last.value is None:
        return run.value is last.value and not run.stale
    return run.each == last.each and run.value == last.next


def number(value: float) -> str:
    """A number in promtool's notation."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Inf" if value > 0 else "-Inf"
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
