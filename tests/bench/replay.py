"""Rules evaluated over past time, each group at its own ticks, as if the server had run them then.

Only what is asked for is evaluated: from the readings that are wanted, the ticks that each recorded series
needs are worked out backwards through the ranges and offsets with which rules read it. Producers are
evaluated before consumers, and their results written to the server in between. A series that ends gets a
stale marker, as the server's rule manager writes one.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from zlib import crc32

from promserver import STALE, Labels, Server, Track, double, encode_samples, write_request
from rulefile import LOOKBACK_MS, Rule, RuleSet

SAMPLES_PER_WRITE = 50_000

Span = tuple[int, int]


class ReplayError(Exception):
    """A rule cannot be evaluated as a server would; the message says why."""


@dataclass(frozen=True, slots=True)
class Series:
    """One recorded series: times in ms, values; None where it ended (a stale marker)."""

    labels: Labels
    times: list[int] = field(default_factory=list)
    values: list[float | None] = field(default_factory=list)

    def at(self, when_ms: int) -> float | None:
        """What an instant query reads at a time: the last value of the past 5 minutes."""
        index = bisect_right(self.times, when_ms) - 1
        if index < 0 or when_ms - self.times[index] > LOOKBACK_MS:
            return None
        return self.values[index]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Readings wanted of a rule: all times within the spans."""

    rule: Rule
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Replayed:
    """Results per rule: all series that it yielded at its ticks."""

    series: Mapping[Rule, tuple[Series, ...]]

    def reading(self, rule: Rule, when_ms: int) -> float | None:
        """The rule's only series at a time; None when absent."""
        found = [value for series in self.series[rule] if (value := series.at(when_ms)) is not None]
        return found[0] if found else None


def replay(server: Server, rules: RuleSet, wanted: Iterable[Wanted], down: Iterable[Span]) -> Replayed:
    """Evaluates what the readings need. During `down` no rule is evaluated.

    Raises ReplayError when a rule yields the same series twice at one time.
    """
    pauses = sorted(down)
    needs = _needs(rules, wanted, pauses)
    results: dict[Rule, tuple[Series, ...]] = {}
    for level in rules.levels:
        for rule in level:
            if rule in needs:
                results[rule] = _evaluate(server, rule, needs[rule], pauses)
                _write_back(server, rule, results[rule])
    for rule in rules.alerts:
        if rule in needs:
            results[rule] = _evaluate(server, rule, needs[rule], pauses)
    return Replayed(results)


def ticks(rule: Rule, span: Span) -> range:
    """The rule's evaluations within a span. A group's phase depends on its name, as in the server."""
    phase = crc32(rule.group.encode()) % (rule.interval_ms // 1000) * 1000
    first = math.ceil((span[0] - phase) / rule.interval_ms) * rule.interval_ms + phase
    return range(first, span[1] + 1, rule.interval_ms)


def merged(spans: Iterable[Span]) -> list[Span]:
    """The union of spans, in order, as few as possible."""
    out: list[Span] = []
    for begin, end in sorted(spans):
        if out and begin <= out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((begin, end))
    return out


def _needs(rules: RuleSet, wanted: Iterable[Wanted], pauses: list[Span]) -> dict[Rule, list[Span]]:
    """Per rule the spans whose ticks have to be evaluated."""
    spans: dict[Rule, list[Span]] = {}
    for item in wanted:
        spans.setdefault(item.rule, []).extend(_visible(item.rule, span, pauses) for span in item.spans)
    producers: dict[str, list[Rule]] = {}
    for rule in rules.recordings:
        producers.setdefault(rule.name, []).append(rule)
    for consumer in (*rules.alerts, *(rule for level in reversed(rules.levels) for rule in reversed(level))):
        spans[consumer] = merged(spans.get(consumer, ()))
        for read in consumer.reads:
            for producer in producers.get(read.metric, ()):
                spans.setdefault(producer, []).extend(
                    _visible(producer, (begin - read.offset_ms - read.range_ms, end - read.offset_ms), pauses)
                    for begin, end in spans[consumer]
                )
    return {rule: own for rule, own in spans.items() if own}


def _visible(rule: Rule, span: Span, pauses: list[Span]) -> Span:
    """The span, begun early enough to hold the tick that a plain read at its begin finds."""
    begin = span[0] - rule.interval_ms
    if any(begin < end and start < span[0] for start, end in pauses):
        begin = min(begin, span[0] - LOOKBACK_MS)
    return begin, span[1]


def _evaluate(server: Server, rule: Rule, spans: list[Span], pauses: list[Span]) -> tuple[Series, ...]:
    found: dict[Labels, Series] = {}
    for run in _runs(rule, spans, pauses):
        tracks = server.over(rule.expr, run[0], run[-1], rule.interval_ms)
        yielded = _by_recorded_labels(rule, tracks)
        for labels in {*found, *yielded}:
            series = found.setdefault(labels, Series(labels))
            _append(series, run, yielded.get(labels, {}))
    return tuple(found.values())


def _by_recorded_labels(rule: Rule, tracks: Iterable[Track]) -> dict[Labels, dict[int, str]]:
    """Values per time of each recorded series: several tracks may become one series, at different times."""
    out: dict[Labels, dict[int, str]] = {}
    for track in tracks:
        values = out.setdefault(_recorded_labels(rule, track.labels), {})
        for when, value in zip(track.times, track.values, strict=True):
            if when in values:
                raise ReplayError(f"{rule.name} yields two series with the same labels: {rule.expr}")
            values[when] = value
    return out


def _append(series: Series, run: range, values: Mapping[int, str]) -> None:
    alive = bool(series.values) and series.values[-1] is not None and run[0] - series.times[-1] <= LOOKBACK_MS
    for tick in run:
        text = values.get(tick)
        if text is not None:
            series.times.append(tick)
            series.values.append(float(text))
        elif alive:
            series.times.append(tick)
            series.values.append(None)
        alive = text is not None


def _runs(rule: Rule, spans: list[Span], pauses: list[Span]) -> Iterable[range]:
    """The ticks of the spans without those in a pause, as unbroken runs."""
    last = -1
    for span in spans:
        for part in _without(span, pauses):
            run = ticks(rule, (max(part[0], last + 1), part[1]))
            if run:
                last = run[-1]
                yield run


def _without(span: Span, pauses: list[Span]) -> Iterable[Span]:
    edges = [span[0] - 1]
    for begin, end in pauses:
        if begin <= span[1] and end >= span[0]:
            edges += [begin, end]
    edges.append(span[1] + 1)
    return [(left + 1, right - 1) for left, right in list(pairwise(edges))[::2] if left + 1 <= right - 1]


def _recorded_labels(rule: Rule, labels: Labels) -> Labels:
    return tuple(sorted({**dict(labels), **rule.labels, "__name__": rule.name}.items()))


def _write_back(server: Server, rule: Rule, results: Iterable[Series]) -> None:
    for series in results:
        for start in range(0, len(series.times), SAMPLES_PER_WRITE):
            part = slice(start, start + SAMPLES_PER_WRITE)
            values = (STALE if value is None else double(value) for value in series.values[part])
            server.write(write_request([(series.labels, encode_samples(series.times[part], values))]))
