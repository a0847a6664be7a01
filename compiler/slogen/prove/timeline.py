"""What a service lives through, and what its SLO must make of it: the arithmetic of error budgets alone.

The share of bad events in a window is bad events over all events in it; a tier fires while both of its
windows exceed its threshold (SRE workbook, chapter 5). Nothing here looks at a rule.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from slogen.units import Millis

# A ratio this close to a threshold, relatively, is not asserted upon: which side it is on is left open.
MARGIN = 0.01


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of time in which a share of the events is `bad`, and `traffic` events happen a second."""

    lasts: Millis
    bad: float = 0.0
    traffic: float = 1.0


@dataclass(frozen=True)
class Timeline:
    """Phases one after another, from time 0 on.

    Prometheus 3 leaves out the sample at the beginning of a window, Prometheus 2 takes it in. A counter then
    misses what it counted until the next sample (`missing` milliseconds); of a gauge one sample more is seen
    (`extra`). Windows from `late_from` on are recorded of what was recorded before: they see everything
    `late`.
    """

    phases: tuple[Phase, ...]
    missing: int = 0
    extra: int = 0
    late: int = 0
    late_from: int = 0

    @cached_property
    def ends(self) -> tuple[int, ...]:
        """When each phase ends."""
        ends, at = [], 0
        for phase in self.phases:
            at += phase.lasts
            ends.append(at)
        return tuple(ends)

    @property
    def end(self) -> Millis:
        """When the last phase ends."""
        return Millis(self.ends[-1])

    @cached_property
    def _sums(self) -> tuple[tuple[float, float], ...]:
        """All events and bad events up to the beginning of each phase and up to the end."""
        total = bad = 0.0
        sums = [(0.0, 0.0)]
        for phase in self.phases:
            events = phase.traffic * phase.lasts
            total += events
            bad += phase.bad * events
            sums.append((total, bad))
        return tuple(sums)

    def events(self, until: int) -> tuple[float, float]:
        """All events and bad events from the beginning until a time; none before the beginning."""
        if until <= 0:
            return 0.0, 0.0
        i = min(bisect_right(self.ends, until), len(self.phases) - 1)
        phase, (total, bad) = self.phases[i], self._sums[i]
        more = phase.traffic * (until - (self.ends[i] - phase.lasts))
        return total + more, bad + phase.bad * more

    def ratio(self, window: int, at: int) -> float:
        """The share of bad events in the window that ends at a time; 0 without events."""
        known = self._ratios.get((window, at))
        if known is not None:
            return known
        (total, bad), (total_before, bad_before) = self.events(at), self.events(at - window)
        found = (bad - bad_before) / (total - total_before) if total > total_before else 0.0
        self._ratios[window, at] = found
        return found

    @cached_property
    def _ratios(self) -> dict[tuple[int, int], float]:
        """What has been asked for already: a timeline is the same for many SLOs."""
        return {}

    def ratios(self, window: int, at: int) -> tuple[float, float]:
        """The least and the greatest share that some version of Prometheus may see."""
        then = at - self.late if window >= self.late_from else at
        seen = self.ratio(window, then)
        least = greatest = seen
        for width in (window - self.missing, window + self.extra):
            if width > 0 and width != window:
                seen = self.ratio(width, then)
                least, greatest = min(least, seen), max(greatest, seen)
        return least, greatest

    def counted(self, slice_: int, period: int, step: int, at: int) -> float | None:
        """The share of bad events in a period of which every evaluation counts the last `slice_`.

        None where it depends on the version of Prometheus whether events are within the period.
        """
        edge = at - period
        if edge >= step and edge % step == 0 and self.events(edge)[0] > self.events(edge - slice_)[0]:
            return None
        total = bad = 0.0
        for then in range(step, at + 1, step):
            if then > at - period:
                more, worse = self.events(then)
                less, better = self.events(then - slice_)
                total, bad = total + more - less, bad + worse - better
        return bad / total if total else 0.0


@dataclass(frozen=True, slots=True)
class TierModel:
    """The two windows of a tier (milliseconds) and the error ratio that both must exceed."""

    short: int
    long: int
    threshold: float

    def holds(self, timeline: Timeline, at: int) -> bool | None:
        """Whether the tier fires at a time; None where it is too close to tell."""
        short = self._exceeds(timeline, self.short, at)
        if short is False:
            return False
        long = self._exceeds(timeline, self.long, at)
        return long if short else (False if long is False else None)

    def exceeds(self, timeline: Timeline, at: int) -> tuple[bool | None, bool | None]:
        """Whether the short and the long window exceed the threshold."""
        return self._exceeds(timeline, self.short, at), self._exceeds(timeline, self.long, at)

    def _exceeds(self, timeline: Timeline, window: int, at: int) -> bool | None:
        least, greatest = timeline.ratios(window, at)
        if least > self.threshold * (1 + MARGIN):
            return True
        return False if greatest < self.threshold * (1 - MARGIN) else None


Condition = Callable[[int], bool | None]


def any_tier(tiers: Sequence[TierModel], timeline: Timeline) -> Condition:
    """Whether at least one tier fires at a time."""

    def holds(at: int) -> bool | None:
        found: bool | None = False
        for tier in tiers:
            state = tier.holds(timeline, at)
            if state:
                return True
            found = None if state is None else found
        return found

    return holds


def firing(condition: Condition, for_: int, steps: Sequence[int]) -> tuple[bool | None, ...]:
    """Whether an alert fires at each evaluation: its condition has held for `for_`, without interruption.

    None where that depends on what is too close to tell.
    """
    states: list[bool | None] = []
    surely_since: int | None = None
    maybe_since: int | None = None
    for at in steps:
        holds = condition(at)
        if holds is None:
            surely_since = None
            maybe_since = at if maybe_since is None else maybe_since
        elif holds:
            surely_since = at if surely_since is None else surely_since
            maybe_since = at if maybe_since is None else maybe_since
        else:
            surely_since = maybe_since = None
        sure = surely_since is not None and at - surely_since >= for_
        possible = maybe_since is not None and at - maybe_since >= for_
        states.append(True if sure else None if possible else False)
    return tuple(states)
