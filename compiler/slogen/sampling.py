"""Whether ranges hold enough samples: how far the samples of a series are apart, as far as that is stated.

`rate()` and its kin need two samples. A range of `r` holds two at all times only if it is twice as long as
the samples are apart, and it is best to have four: one scrape may fail, and the others are not exactly on
time. Prometheus 3 leaves out a sample at the very start of the range. Sources:
https://prometheus.io/docs/prometheus/latest/querying/basics/#range-vector-selectors and
https://prometheus.io/docs/prometheus/3.0/migration/.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from slogen import durations
from slogen.examined import Examined, once
from slogen.ir import Millis
from slogen.slis.timeslice import Timeslice
from slogen.source import Span

if TYPE_CHECKING:
    from slogen.promql.meaning import Meaning

_NEED_TWO = frozenset(
    (
        "rate",
        "irate",
        "increase",
        "delta",
        "idelta",
        "deriv",
        "predict_linear",
        "double_exponential_smoothing",
    )
)
ENOUGH = 4
_OF_EACH_TARGET = frozenset(
    ("up", "scrape_duration_seconds", "scrape_samples_scraped", "scrape_samples_post_metric_relabeling")
)
"""What Prometheus records with each scrape: some targets are scraped more often than others."""


@dataclass(frozen=True, slots=True)
class Sparse:
    """A call whose range of `range` holds less than `ENOUGH` samples, which are `interval` apart, and why.

    `is_window` says that it is the shortest window of the SLO.
    """

    call: Meaning
    selector: Meaning
    range: Millis
    interval: Millis
    why: str
    is_window: bool

    @property
    def too_few(self) -> bool:
        """Whether two samples are never in the range, or not at all times."""
        return self.range < 2 * self.interval

    @property
    def never(self) -> bool:
        """Whether two samples are never in the range."""
        return self.range <= self.interval

    @property
    def enough(self) -> str:
        """The shortest range that will do."""
        return durations.render(Millis(ENOUGH * self.interval))


@once
def sparse(expression: Examined) -> Iterator[Sparse]:
    """The calls of an expression that need two samples, over ranges with less than `ENOUGH`."""
    for call in expression.calls:
        selector = call.parts[0].bare if call.parts else call
        if call.name not in _NEED_TWO or not selector.is_selector or selector.range is None:
            continue
        length = _length(selector, expression)
        interval, why = _interval(selector, expression)
        if length is not None and interval and length < ENOUGH * interval:
            yield Sparse(call, selector, length, interval, why, selector.follows_window)


def sparse_ranges(expression: Examined, *, too_few: bool) -> Iterator[Sparse]:
    """The ranges of an expression that hold too few samples, or (not `too_few`) hardly enough; not those
    that are the window. The sides of a ratio are nearly always over the same range: each is there once."""
    seen: set[tuple[int, int]] = set()
    for found in sparse(expression):
        key = (found.range, found.interval)
        if found.too_few == too_few and not found.is_window and key not in seen:
            seen.add(key)
            yield found


def sparse_window(expressions: Iterable[Examined], *, too_few: bool) -> tuple[Sparse, Examined] | None:
    """The shortest window of an SLO, if it holds too few samples, or (not `too_few`) hardly enough."""
    listed = ((found, expression) for expression in expressions for found in sparse(expression))
    first = next((one for one in listed if one[0].is_window), None)
    return first if first is not None and first[0].too_few == too_few else None


def _length(selector: Meaning, expression: Examined) -> Millis | None:
    if not selector.follows_window:
        return Millis(round((selector.range or 0) * 1000))
    slo = expression.slo
    if slo is None:
        return None
    return shortest_window(expression)


def shortest_window(expression: Examined) -> Millis | None:
    """The shortest window that the expression of an SLO is evaluated over."""
    slo = expression.slo
    if slo is None:
        return None
    if isinstance(slo.sli, Timeslice):
        return slo.sli.length
    return slo.windows[0] if slo.windows else None


def _interval(selector: Meaning, expression: Examined) -> tuple[Millis | None, str]:
    """How far the samples are apart, and who says so; the shortest interval where several are in use."""
    settings = expression.project.settings.prometheus
    if selector.recorded is not None:
        return _of_rules(selector.name, expression)
    scrapes = selector.sample.scrapes if selector.sample is not None else ()
    known = [scrape.interval for scrape in scrapes if scrape.is_prometheus]
    stated = [interval for interval in known if interval is not None]
    if stated and len(stated) == len(known):
        shortest = min(stated)
        return shortest, f"`{selector.name}` is scraped every {durations.render(shortest)}"
    if settings.scrape_interval is None or selector.name in _OF_EACH_TARGET:
        return None, ""
    return settings.scrape_interval, f"the scrape interval is {durations.render(settings.scrape_interval)}"


def _of_rules(name: str, expression: Examined) -> tuple[Millis | None, str]:
    """How often a series is recorded."""
    found: list[Millis] = []
    for _, group, _ in expression.project.recordings.get(name, ()):
        interval = _read(group.interval) or expression.project.settings.prometheus.evaluation_interval
        if interval is None:
            return None, ""
        found.append(interval)
    if not found:
        return None, ""
    return min(found), f"`{name}` is recorded every {durations.render(min(found))}"


def _read(text: str) -> Millis | None:
    try:
        return Millis(durations.parse(text)) if text else None
    except ValueError:
        return None


def range_at(found: Sparse, expression: Examined) -> Span:
    """The range that is too short; of a window the function, since nobody wrote down how long it is."""
    if found.is_window:
        return expression.at(found.call.name_at)
    return expression.at(range_place(found.selector, expression))


def range_place(part: Meaning, expression: Examined) -> tuple[int, int]:
    """The characters between the brackets of a range or a subquery; the whole where they cannot be told."""
    start, end = part.at
    if part.at == (0, 0):
        return part.at
    # A subquery is where what it looks at is.
    opened = expression.text.find("[", end) if part.is_subquery else expression.text.rfind("[", start, end)
    closed = expression.text.find("]", opened)
    return (opened + 1, closed) if 0 <= opened < closed else part.at


def step_of(part: Meaning) -> Millis | None:
    """The step of a subquery; None where it is that of the evaluation."""
    step = getattr(part.tree, "step", None)
    return Millis(round(step.total_seconds() * 1000)) if isinstance(step, timedelta) else None
