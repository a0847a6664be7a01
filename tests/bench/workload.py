"""Synthetic request counters whose true counts are known exactly at every time.

A scenario is a stretch of time with its own pods. Requests are drawn at random per small step (the grid) and
are spread evenly within a step: that is the truth. The counters are what a scrape every 30 s sees of it, with
restarts, missing series and times at which Prometheus was down.
"""

from __future__ import annotations

import math
import random
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from promserver import STALE, Labels, double, encode_samples, write_request

SCRAPE_MS = 30_000
POISSON_EXACT_BELOW = 30.0

Span = tuple[int, int]
Shape = Callable[[int], float]


@dataclass(frozen=True, slots=True)
class Pod:
    """One pod's life, and the times at which its counters start again from 0."""

    name: str
    life: Span
    restarts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Model:
    """What happens in a scenario. `rate` is requests per second of one pod, `error_share` is 0..1.

    `down` are the times at which Prometheus does not run. With `lazy_errors` a pod's error counter does not
    exist before its first error.
    """

    name: str
    start_ms: int
    end_ms: int
    grid_ms: int
    pods: tuple[Pod, ...]
    rate: Shape
    error_share: Shape
    down: tuple[Span, ...] = ()
    lazy_errors: bool = False


@dataclass(frozen=True, slots=True)
class Counter:
    """The true running count of one series, at start, start + grid, ..., and the pod that exports it."""

    pod: Pod
    is_error: bool
    counts: array[float]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A model with its random draws made."""

    model: Model
    counters: tuple[Counter, ...]

    def counted(self, window_ms: int, at_ms: int) -> tuple[float, float]:
        """True number of errors and of requests in the window that ends at `at_ms`."""
        errors = sum(self._between(c, at_ms - window_ms, at_ms) for c in self.counters if c.is_error)
        good = sum(self._between(c, at_ms - window_ms, at_ms) for c in self.counters if not c.is_error)
        return errors, errors + good

    def error_ratio(self, window_ms: int, at_ms: int) -> float | None:
        """True error ratio of the window that ends at `at_ms`; None without requests."""
        errors, total = self.counted(window_ms, at_ms)
        return errors / total if total else None

    def payloads(self) -> Iterator[bytes]:
        """What the scrapes saw, as remote-write requests."""
        for counter in self.counters:
            times, values = self._scrapes(counter)
            if times:
                yield write_request([(_labels(counter), encode_samples(times, values))])

    def _between(self, counter: Counter, from_ms: int, to_ms: int) -> float:
        return self._count_at(counter, to_ms) - self._count_at(counter, from_ms)

    def _count_at(self, counter: Counter, at_ms: int) -> float:
        return _interpolate(counter.counts, (at_ms - self.model.start_ms) / self.model.grid_ms)

    def _scrapes(self, counter: Counter) -> tuple[list[int], list[bytes]]:
        model, pod = self.model, counter.pod
        steps = SCRAPE_MS // model.grid_ms
        phase = sum(pod.name.encode()) % steps
        times: list[int] = []
        values: list[bytes] = []
        exported = False
        for index in range(phase, len(counter.counts), steps):
            when = model.start_ms + index * model.grid_ms
            if any(begin <= when < end for begin, end in model.down):
                continue
            if pod.life[0] <= when < pod.life[1] and not (
                model.lazy_errors and counter.is_error and counter.counts[index] == 0
            ):
                times.append(when)
                values.append(double(counter.counts[index] - self._base(counter, when)))
                exported = True
            elif exported:
                # A scrape that no longer finds a series marks its end.
                times.append(when)
                values.append(STALE)
                exported = False
        return times, values

    def _base(self, counter: Counter, when: int) -> float:
        """The true count at the last restart: the exported counter counts from there."""
        passed = bisect_right(counter.pod.restarts, when)
        return 0.0 if passed == 0 else float(int(self._count_at(counter, counter.pod.restarts[passed - 1])))


def draw(model: Model, seed: int) -> Scenario:
    """Draws the requests of every pod; the same seed gives the same scenario."""
    chance = random.Random(seed)
    steps = (model.end_ms - model.start_ms) // model.grid_ms
    middles = [model.start_ms + round((step + 0.5) * model.grid_ms) for step in range(steps)]
    totals = [model.rate(middle) * model.grid_ms / 1000 for middle in middles]
    shares = [model.error_share(middle) for middle in middles]
    bad = [total * share for total, share in zip(totals, shares, strict=True)]
    good = [total - part for total, part in zip(totals, bad, strict=True)]
    counters = [
        Counter(pod, is_error, _running_count(model, pod, expected, chance))
        for pod in model.pods
        for is_error, expected in ((False, good), (True, bad))
    ]
    return Scenario(model, tuple(counters))


def _running_count(model: Model, pod: Pod, expected: Sequence[float], chance: random.Random) -> array[float]:
    first = max(0, -(-(pod.life[0] - model.start_ms) // model.grid_ms))
    last = min(len(expected), (pod.life[1] - model.start_ms) // model.grid_ms)
    counts = array("d", [0.0]) * (first + 1)
    count = 0
    for mean in expected[first:last]:
        count += _poisson(mean, chance)
        counts.append(float(count))
    counts.extend([float(count)] * (len(expected) + 1 - len(counts)))
    return counts


def _poisson(mean: float, chance: random.Random) -> int:
    if mean >= POISSON_EXACT_BELOW:
        return max(0, round(chance.gauss(mean, math.sqrt(mean))))
    if mean <= 0:
        return 0
    limit, product, count = math.exp(-mean), chance.random(), 0
    while product > limit:
        product *= chance.random()
        count += 1
    return count


def _interpolate(counts: Sequence[float], position: float) -> float:
    if position <= 0:
        return counts[0]
    index = int(position)
    if index >= len(counts) - 1:
        return counts[-1]
    return counts[index] + (position - index) * (counts[index + 1] - counts[index])


def _labels(counter: Counter) -> Labels:
    return (
        ("__name__", "http_requests_total"),
        ("code", "500" if counter.is_error else "200"),
        ("handler", "/items"),
        ("job", "api"),
        ("namespace", "shop"),
        ("pod", counter.pod.name),
    )
