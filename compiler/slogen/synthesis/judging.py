"""The judge of worlds: what an expression gives on their series, evaluated as Prometheus 2 and 3 do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from slogen.promql.evaluation import Failed, Storage, Unknown, evaluate
from slogen.synthesis.motions import Motions
from slogen.synthesis.nodes import BeyondError, Node, reach, spacing, text
from slogen.synthetic import Series
from slogen.units import Millis

Verdict = Literal["fires", "silent", "neither"]

_MINUTE = 60_000
_MOST_INSTANTS = 6


def samples(
    phases: Iterable[tuple[Motions, int]], spacing: int
) -> dict[Series, list[tuple[int, float | None]]]:
    """The samples of worlds that follow each other, each so many milliseconds long (a multiple of `spacing`).

    Where a series is missing in the next world it gets a staleness marker.
    """
    found: dict[Series, list[tuple[int, float | None]]] = {}
    last: dict[Series, float] = {}
    begin = 0
    for motions, length in phases:
        for series in last.keys() - motions.keys():
            found[series].append((begin, None))
        after: dict[Series, float] = {}
        for series, motion in motions.items():
            value = motion.start(begin / 1000, last.get(series))
            run = found.setdefault(series, [])
            run += ((begin + t, value + motion.per_second * t / 1000) for t in range(0, length, spacing))
            after[series] = value + motion.per_second * length / 1000
        last = after
        begin += length
    return found


def storage(phases: Iterable[tuple[Motions, int]], spacing: int) -> Storage:
    """The samples of worlds that follow each other, to be queried."""
    return Storage(
        ({"__name__": series.name, **series.labels}, run) for series, run in samples(phases, spacing).items()
    )


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges worlds of one expression."""

    expression: str
    node: Node
    past: Millis
    """How far it looks at the past: what it reads there differs from what it reads now."""

    near: Millis
    """How far it looks back otherwise."""

    @property
    def spacing(self) -> Millis:
        """How far samples are apart."""
        return spacing(self.node)

    def verdict(self, now: Motions, before: Motions | None = None) -> Verdict:
        """What holds for both kinds of ranges: it fires, it is silent, or neither, as where it fails.

        A world without `before` is judged when it has lasted for longer than the expression looks back;
        another one also from its beginning on, as long as the past still shows.
        """
        if before is None:
            return self._steady(now)
        return self._after(now, before)

    def differs(self, other: Judge, now: Motions, before: Motions | None = None) -> bool:
        """Whether two expressions that look back equally far have results at different times."""
        try:
            own, others = (
                judge._steady_results(now) if before is None else judge._results_after(now, before)
                for judge in (self, other)
            )
        except Failed:
            return False
        return all(one != two for one, two in zip(own, others, strict=True))

    def _steady(self, now: Motions) -> Verdict:
        try:
            fires = {fired for each in self._steady_results(now) for fired in each}
        except Failed:
            return "neither"
        return "neither" if len(fires) > 1 else "fires" if True in fires else "silent"

    def _steady_results(self, now: Motions) -> list[list[bool]]:
        looks_back = self._rounded(reach(self.node))
        first = looks_back + 6 * _MINUTE
        second = first + max(looks_back, 10 * _MINUTE)
        place = storage([(now, second + self.spacing)], self.spacing)
        return [[self._fires(place, at, left_open) for at in (first, second)] for left_open in (True, False)]

    def _after(self, now: Motions, before: Motions) -> Verdict:
        try:
            earlier, *fires = zip(*self._results_after(now, before), strict=True)
        except Failed:
            return "neither"
        if any(earlier):
            return "neither"
        if not any(map(any, fires)):
            return "silent"
        return "fires" if all(map(any, zip(*fires, strict=True))) else "neither"

    def _results_after(self, now: Motions, before: Motions) -> list[list[bool]]:
        """At the end of the past, and for as long as it shows."""
        past, near = self._rounded(self.past), self._rounded(self.near) + self.spacing
        begin = self._rounded(reach(self.node)) + 6 * _MINUTE
        place = storage([(before, begin), (now, past + self.spacing)], self.spacing)
        stride = self._rounded(max(past // _MOST_INSTANTS, 1))
        soon = (each for each in (near, 2 * near) if each <= past)
        instants = (-self.spacing, *sorted({*range(stride, past + 1, stride), *soon}))
        return [[self._fires(place, begin + at, left_open) for at in instants] for left_open in (True, False)]

    def _rounded(self, millis: int) -> int:
        return -(-millis // self.spacing) * self.spacing

    def _fires(self, place: Storage, at: int, left_open: bool) -> bool:
        return bool(results(self.expression, place, at, left_open=left_open))


def results(
    expression: str, place: Storage, at: int, *, left_open: bool
) -> dict[frozenset[tuple[str, str]], float]:
    """The elements of an instant vector. Raises BeyondError, and Failed where Prometheus refuses."""
    try:
        found = evaluate(expression, place, at, left_open=left_open)
    except Unknown as unknown:
        raise BeyondError(str(unknown)) from None
    if isinstance(found, float):
        raise BeyondError("gives a number, not an instant vector")
    return found


def steady(node: Node, now: Motions) -> list[dict[frozenset[tuple[str, str]], float]]:
    """The elements of an expression in a world that lasts, with ranges of both kinds; none where it fails.

    Raises BeyondError.
    """
    apart = spacing(node)
    at = -(-(reach(node) + 6 * _MINUTE) // apart) * apart
    place = storage([(now, at + apart)], apart)
    try:
        return [results(text(node), place, at, left_open=left_open) for left_open in (True, False)]
    except Failed:
        return [{}, {}]
