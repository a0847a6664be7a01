"""How far evaluations and samples are apart: as few as show what matters, for promtool's time is theirs."""

from __future__ import annotations

from dataclasses import dataclass

from slogen.ir import Millis
from slogen.prove.alerts.book import spans

_SECOND = 1_000
_MINUTE = 60 * _SECOND
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR

# Few different ones: all tests of one step are one file, for which promtool reads the rules once.
_STEPS = (_MINUTE, 5 * _MINUTE, 30 * _MINUTE, 2 * _HOUR, 12 * _HOUR, _DAY)
_SPACINGS = tuple(seconds * _SECOND for seconds in (3600, 1800, 900, 300, 60, 30, 15, 10, 5, 1))
_MOST_STEPS = 60
# promtool loads at most 10,000 samples of a series for a query.
_MOST_SAMPLES = 9_000
# Instant selectors see samples of the last 5 minutes.
_SEEN_FOR = 5 * _MINUTE


@dataclass(frozen=True, slots=True)
class Pace:
    """The distances of evaluations and of samples, and how far the expression looks back."""

    step: Millis
    spacing: Millis
    reach: Millis

    def up(self, time: int) -> Millis:
        """The first evaluation at this time or later."""
        return Millis(-(-time // self.step) * self.step)

    @property
    def calm(self) -> Millis:
        """How long all is well before something happens: two evaluations, or all that the expression sees."""
        return Millis(max(self.up(self.reach), 2 * self.step))


def every_minute(expr: str, reach: Millis, for_: Millis, keep: Millis) -> Pace:
    """The pace for an alert to which it matters how old the result of the last evaluation is."""
    return Pace(Millis(_MINUTE), _spacing(expr, _MINUTE, reach, 2 * reach + for_ + keep), reach)


def fine(expr: str, reach: Millis, for_: Millis, keep: Millis) -> Pace:
    """The pace for an expression that looks back so far, of an alert with these durations."""
    step = _step(expr, reach, for_, keep)
    return Pace(step, _spacing(expr, step, reach, 2 * reach + for_ + keep), reach)


def coarse(expr: str, reach: Millis, for_: Millis, keep: Millis) -> Pace:
    """A pace at which very few evaluations show that an alert fires in the end, or that it does not.

    Subqueries without a step of their own take that of the evaluations, so theirs is fine.
    """
    places = [place for place, _ in spans(expr)]
    if places.count("subquery") > places.count("step"):
        return fine(expr, reach, for_, keep)
    step = next((step for step in _STEPS[1:] if max(reach, for_, keep) <= step), _DAY)
    return Pace(Millis(step), _spacing(expr, step, reach, reach + for_ + keep), reach)


def _step(expr: str, reach: int, for_: int, keep: int) -> Millis:
    """Half of `for` and of every range or finer, so that they are seen; coarse where there is much to do."""
    waits = [wait for wait in (for_, keep) if wait]
    finest = max((2 * reach + for_ + keep) // _MOST_STEPS, _MINUTE)
    if waits and min(waits) < 2 * _MINUTE and finest == _MINUTE:
        return Millis(30 * _SECOND)
    ranges = [span for place, span in spans(expr) if place == "range"]
    coarsest = min([*waits, *ranges]) // 2 if waits else reach // 5
    fitting = [step for step in _STEPS if step <= coarsest and all(wait % step == 0 for wait in waits)]
    chosen = max(fitting, default=_MINUTE)
    return Millis(next((step for step in _STEPS if step >= max(finest, chosen)), _DAY))


def _spacing(expr: str, step: int, reach: int, whole: int) -> Millis:
    ranges = [span for place, span in spans(expr) if place == "range"]
    # Two samples in a step: then ranges that are open and closed to the left mostly see the same.
    wanted = min(
        [
            step // 2 if ranges else step,
            _MINUTE if whole <= _DAY else _SEEN_FOR,
            *(span // 4 for span in ranges if span),
        ]
    )
    least = max(ranges, default=0) // _MOST_SAMPLES
    fitting = [spacing for spacing in _SPACINGS if step % spacing == 0 and spacing >= least]
    return Millis(next((spacing for spacing in fitting if spacing <= wanted), min(fitting, default=step)))
