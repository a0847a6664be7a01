"""Whether an indicator says of stated series what their author says: all is good, and nothing is.

The indicator is evaluated on them, as Prometheus would, over one hour in which nothing changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from slogen import codes, durations, promql
from slogen.diagnostics import Report
from slogen.ir import Grouping, Over, Sli
from slogen.promql.evaluation import Element, Failed, Storage, Unknown, evaluate
from slogen.source import Span
from slogen.synthetic import Synthetic
from slogen.units import Labels

_WINDOW = Over("1h", "3600")
_MINUTE = 60_000
_MOST_SAMPLES = 50_000
_PRECISION = 1e-6
# What is recorded, under names that no service has.
_TOTAL, _SAMPLES, _ERROR_SAMPLES = "slogen:total", "slogen:samples", "slogen:error_samples"


def judged(
    proof: Sequence[Synthetic], sli: Sli, grouping: Grouping, at: Span, report: Report
) -> tuple[Synthetic, ...] | None:
    """The proof, in which `mixes` says whether a part of the events can be bad; None after findings.

    Where the indicator is beyond the evaluator, the proof remains as it is: the tests will tell.
    """
    found = [_judged(budget, sli, grouping, at, report) for budget in proof]
    sound = [budget for budget in found if budget is not None]
    return tuple(sound) if len(sound) == len(found) else None


def _judged(budget: Synthetic, sli: Sli, grouping: Grouping, at: Span, report: Report) -> Synthetic | None:
    bench = _bench(sli, grouping)
    if bench is None:
        return budget
    try:
        good, bad = bench.ratio(budget, 0.0), bench.ratio(budget, 1.0)
        halfway = bench.ratio(budget, 0.25)
    except (Unknown, Failed):
        return budget
    sound = (
        _is_as_stated(good, 0.0, "all is good", budget, at, report),
        _is_as_stated(bad, 1.0, "nothing is good", budget, at, report),
    )
    return replace(budget, mixes=_is(halfway, 0.25)) if all(sound) else None


def _is_as_stated(
    found: float | None, expected: float, when: str, budget: Synthetic, at: Span, report: Report
) -> bool:
    if _is(found, expected):
        return True
    matchers = ",".join(f"{name}={promql.quote(value)}" for name, value in budget.labels.items())
    which = f" of `{{{matchers}}}`" if matchers else ""
    given = "nothing" if found is None else f"an error ratio of {found:.4g}"
    report.report(
        codes.BAD_VALUE,
        at,
        f"while {when}, the indicator gives {given} on the stated series{which}, not {expected:.0f}",
        help="state all series that its queries select, and how they move",
    )
    return False


def _is(found: float | None, expected: float) -> bool:
    return found is not None and abs(found - expected) <= _PRECISION


@dataclass(frozen=True, slots=True)
class _Bench:
    """An indicator, and the time and the samples that it takes to evaluate it."""

    sli: Sli
    grouping: Grouping
    times: range

    def ratio(self, budget: Synthetic, bad: float) -> float | None:
        """The error ratio when a share of the events is bad; None for none, or for several.

        Raises Unknown or Failed where it cannot be told.
        """
        fed: list[_Fed] = [*budget.sampled(bad, self.times, self.times.step / 1000)]
        if self.sli.samples(self.grouping):
            fed += self._recorded(_SAMPLES, self.sli.samples(self.grouping), fed)
            fed += self._recorded(_ERROR_SAMPLES, self.sli.error_samples(self.grouping, _SAMPLES), fed)
        total = self.sli.total(_WINDOW, self.grouping, _SAMPLES)
        fed += self._recorded(_TOTAL, total, fed)
        totals = self._values(total, fed)
        errors = self._values(self.sli.errors(_WINDOW, self.grouping, _TOTAL, _ERROR_SAMPLES), fed)
        own = frozenset(budget.labels.items())
        found = {
            errors.get(labels, 0.0) / value if value else 0.0
            for labels, value in totals.items()
            if labels >= own
        }
        return found.pop() if len(found) == 1 else None

    def _values(self, expr: str, fed: Sequence[_Fed]) -> Mapping[Element, float]:
        result = evaluate(expr, Storage(fed), self.times[-1])
        return {} if isinstance(result, float) else result

    def _recorded(self, name: str, expr: str, fed: Sequence[_Fed]) -> list[_Fed]:
        """What a rule records as long as nothing changes."""
        return [
            ({**dict(labels), "__name__": name}, [(time, value) for time in self.times])
            for labels, value in sorted(self._values(expr, fed).items(), key=lambda item: sorted(item[0]))
        ]


_Fed = tuple[Labels, list[tuple[int, float | None]]]


def _bench(sli: Sli, grouping: Grouping) -> _Bench | None:
    """Room enough for an indicator; None for one in another dialect, or that looks back too far."""
    if any(query.opaque for query in sli.queries):
        return None
    texts = [sli.samples(grouping), sli.total(_WINDOW, grouping, _SAMPLES)]
    texts.append(sli.errors(_WINDOW, grouping, _TOTAL, _ERROR_SAMPLES))
    lengths = [length for text in texts if text for length in _durations(text)]
    spacing = max(1000, min(_MINUTE, *(length // 4 for length in lengths if length)))
    times = range(0, sum(lengths) + 10 * _MINUTE, spacing)
    return _Bench(sli, grouping, times) if len(times) <= _MOST_SAMPLES else None


def _durations(text: str) -> Iterator[int]:
    for token in promql.tokens(text):
        if token.kind is promql.Kind.DURATION:
            try:
                yield durations.parse(token.text)
            except durations.DurationError:
                continue
