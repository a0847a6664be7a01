"""What rules must have recorded at an instant, from what happened: series with all their labels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache

from slogen import names, promql
from slogen.adjustments import MetadataRecordings, RatioRecordings
from slogen.burn import DAY, decimal_text
from slogen.durations import render
from slogen.ir import HOLE, Compat, Labels, Slo
from slogen.lower.recordings import slice_of_period
from slogen.proofs import ValueCheck
from slogen.prove import expected
from slogen.prove.timeline import Timeline
from slogen.synthetic import Series
from slogen.units import Millis

Budget = tuple[Labels, float]
"""The labels of a budget, and its error ratio over all windows."""


def records_ratios(slo: Slo) -> bool:
    """Whether the rules record error ratios; else they are recorded elsewhere."""
    return any(isinstance(adjustment, RatioRecordings) for adjustment in slo.adjustments)


def records_metadata(slo: Slo) -> bool:
    """Whether the rules record objective, budget and burn rates."""
    return any(isinstance(adjustment, MetadataRecordings) for adjustment in slo.adjustments)


def gives_ratio(slo: Slo) -> bool:
    """Whether the indicator is an error ratio that is computed elsewhere: there are no events to count."""
    return bool(slo.sli.plain(HOLE, slo.grouping).ratio)


def period_ratio(slo: Slo, timeline: Timeline, step: Millis, at: int) -> float | None:
    """The share of bad events in the period as it is recorded; None where versions differ."""
    if slo.compat is Compat.SLOTH:
        return _mean_of_ratios(slo, timeline, step, at)
    if slo.window in slo.windows:
        return timeline.ratio(slo.window, at)
    slice_ = slice_of_period(slo.windows[0], slo.window)
    if gives_ratio(slo):
        # Without events to count, all time weighs the same.
        timeline = replace(timeline, phases=tuple(replace(phase, traffic=1.0) for phase in timeline.phases))
    return timeline.counted(slice_, slo.window, step, at)


def _mean_of_ratios(slo: Slo, timeline: Timeline, step: Millis, at: int) -> float | None:
    """Sloth's: the mean of what the shortest window had at every evaluation."""
    plain = [adjustment for adjustment in slo.adjustments if isinstance(adjustment, RatioRecordings)]
    if len(plain) != 1 or plain[0].plain_period or slo.window in slo.windows or slo.window <= at:
        return None
    seen = [timeline.ratio(slo.windows[0], then) for then in range(step, at + 1, step)]
    return sum(seen) / len(seen)


def budget_left(slo: Slo, ratio: float) -> float:
    """The share of the error budget that is left at an error ratio of the period; negative when overspent."""
    return 1 - ratio / float(slo.budget)


def same_over_windows(
    slo: Slo, at: int, budgets: Sequence[Budget], windows: tuple[Millis, ...]
) -> Iterator[ValueCheck]:
    """That each budget has one and the same error ratio over all these windows."""
    for group, ratio in budgets:
        value = expected.number(ratio)
        difference = f"{{{_over(windows)},{_of(slo, group)}}} - {value}"
        yield ValueCheck(
            Millis(at),
            f"count(abs({difference}) < {expected.number(expected.tolerance(ratio))})",
            ((Series(""), float(len(windows))),),
            f"the error ratio{_named(group)} is {value} over {len(windows)} windows",
        )


def _named(group: Labels) -> str:
    return "".join(f" of {name} {value}" for name, value in group.items())


@lru_cache(maxsize=256)
def _over(windows: tuple[Millis, ...]) -> str:
    texts = "|".join(render(window) for window in windows)
    return f'__name__=~"slo:sli_error:ratio_rate({texts})"'


def _of(slo: Slo, group: Labels) -> str:
    return _matchers(((names.ID_LABEL, slo.id), *group.items()))


@lru_cache(maxsize=256)
def _matchers(labels: tuple[tuple[str, str], ...]) -> str:
    return ",".join(f"{name}={promql.quote(value)}" for name, value in labels)


def every_ratio(slo: Slo, at: int, budgets: Sequence[Budget], windows: tuple[Millis, ...]) -> ValueCheck:
    """The recorded error ratios with all their labels, where they are whole numbers."""
    found = tuple(
        (Series("", expected.ratio_series(slo, group, window).labels), ratio)
        for group, ratio in budgets
        for window in windows
    )
    matchers = f"{_over(windows)},{_of(slo, {})}"
    return ValueCheck(Millis(at), f"round({{{matchers}}}, 0.000001)", found, "all of them, with their labels")


def ratio_of(slo: Slo, at: int, group: Labels, window: Millis, ratio: float) -> ValueCheck:
    """The recorded error ratio of a budget over one window, with all its labels, where it is 0 or 1."""
    series = expected.ratio_series(slo, group, window)
    expr = f"round({series.name}{{{_of(slo, group)}}}, 0.000001)"
    return ValueCheck(Millis(at), expr, ((Series("", series.labels), ratio),))


def no_errors(slo: Slo, at: int, groups: Sequence[Labels]) -> Iterator[ValueCheck]:
    """That the errors of every window are recorded as zero: a counter of errors may begin with the first."""
    rates = [names.errors_rate(render(window)) for window in slo.windows]
    slices = [] if slo.window in slo.windows else [slice_of_period(slo.windows[0], slo.window), slo.window]
    recorded = dict.fromkeys((*rates, *(names.errors_increase(render(length)) for length in slices)))
    for group in groups:
        errors = f'{{__name__=~"{"|".join(recorded)}",{_of(slo, group)}}}'
        expected_ = ((Series(""), float(len(recorded))),)
        yield ValueCheck(Millis(at), f"count({errors} == 0)", expected_, f"no errors{_named(group)} are none")


def gone(slo: Slo, at: int, groups: Sequence[Labels], left: int) -> Iterator[ValueCheck]:
    """How many windows still have an error ratio some time after the last sample."""
    for group in groups:
        ratios = f"{{{_over(slo.windows)},{_of(slo, group)}}}"
        found = ((Series(""), float(left)),) if left else ()
        yield ValueCheck(Millis(at), f"count({ratios})", found, f"{left} windows still see the past")


def seen(slo: Slo, at: int, group: Labels, windows: Sequence[Millis]) -> ValueCheck:
    """That these windows have an error ratio, and it is 0, and no other window has one."""
    found = tuple((expected.ratio_series(slo, group, window), 0.0) for window in windows)
    matchers = f"{_over(slo.windows)},{_of(slo, group)}"
    return ValueCheck(Millis(at), f"{{{matchers}}}", found, "what has seen nothing has no error ratio")


def last_known(slo: Slo, at: int, group: Labels, window: Millis, ratio: float | None, why: str) -> ValueCheck:
    """The recorded error ratio over a window; None where there must be none."""
    series = expected.ratio_series(slo, group, window)
    found = () if ratio is None else ((series, ratio),)
    return ValueCheck(Millis(at), f"{series.name}{{{_of(slo, group)}}}", found, why)


def about(slo: Slo, at: int, group: Labels, window: Millis, ratio: float, near: float) -> ValueCheck:
    """That the recorded error ratio over a window is `ratio`, give or take the share `near` of it."""
    series, value = expected.ratio_series(slo, group, window), expected.number(float(f"{ratio:.6g}"))
    expr = f"abs({series.name}{{{_of(slo, group)}}} / {value} - 1) < bool {near}"
    return ValueCheck(Millis(at), expr, ((Series("", series.labels), 1.0),))


def burn_series(name: str, slo: Slo, group: Labels) -> Series:
    """A series that is made of a ratio; it keeps the window that it was made of."""
    window = slo.windows[0] if name == names.CURRENT_BURN_RATE else slo.window
    return expected.recorded(name, slo, group, **{names.WINDOW_LABEL: render(window)})


def left(slo: Slo, at: int, group: Labels, ratio: float) -> Iterator[ValueCheck]:
    """The burn rate of the period, and how much of the budget is left."""
    for name, value in (
        (names.PERIOD_BURN_RATE, ratio / float(slo.budget)),
        (names.BUDGET_REMAINING, budget_left(slo, ratio)),
    ):
        yield _close(slo, at, name, group, value)


def current(slo: Slo, at: int, group: Labels, ratio: float) -> ValueCheck:
    """The current burn rate."""
    return _close(slo, at, names.CURRENT_BURN_RATE, group, ratio / float(slo.budget))


def _close(slo: Slo, at: int, name: str, group: Labels, value: float) -> ValueCheck:
    """That a recorded value with its labels is this one, to six digits and no more than six decimals."""
    labels = burn_series(name, slo, group).labels
    difference = f"{'-' if value >= 0 else '+'} {expected.number(abs(value))}"
    near = "0.000001" if abs(value) < 10 else expected.number(10.0 ** (len(str(int(abs(value)))) - 7))
    expr = f"abs({name}{{{_of(slo, group)}}} {difference}) < bool {near}"
    what = f"{name.split(':')[1].replace('_', ' ')}{_named(group)}: {decimal_text(Fraction(value), digits=6)}"
    return ValueCheck(Millis(at), expr, ((Series("", labels), 1.0),), what)


def constants(slo: Slo, at: int) -> Iterator[ValueCheck]:
    """What does not depend on events, with all labels. Sloth computes it in floating point."""
    values = {
        names.OBJECTIVE: decimal_text(slo.objective / 100),
        names.ERROR_BUDGET: decimal_text(slo.budget),
        names.TIME_PERIOD: decimal_text(Fraction(slo.window, DAY)),
    }
    found = [(expected.recorded(name, slo, {}), float(value)) for name, value in values.items()]
    if slo.compat is not None:
        for series, value in found:
            expr = f"abs({series.name}{{{_of(slo, {})}}} / {expected.number(value)} - 1) < bool 0.000001"
            yield ValueCheck(Millis(at), expr, ((Series("", series.labels), 1.0),))
    else:
        info = {
            names.VERSION_LABEL: names.GENERATOR,
            names.MODE_LABEL: names.GENERATOR,
            names.SPEC_LABEL: slo.spec,
            names.OBJECTIVE_LABEL: decimal_text(slo.objective),
        }
        found.append((expected.recorded(names.INFO, slo, {}, **info), 1.0))
        wanted = "|".join(series.name for series, _ in found)
        yield ValueCheck(Millis(at), f'{{__name__=~"{wanted}",{_of(slo, {})}}}', tuple(found))


def identities(slo: Slo, at: int) -> ValueCheck:
    """That no recorded series has only a part of the SLO's identity."""
    slo_id, *others = (f"{name}={promql.quote(value)}" for name, value in expected.identity(slo).items())
    some = f'{{__name__=~"slo:.+",{",".join(others)}}}'
    whole = f'{{__name__=~"slo:.+",{",".join((slo_id, *others))}}}'
    expr = f'count({{__name__=~"slo:.+",{slo_id}}}) + count({some}) - 2 * count({whole})'
    return ValueCheck(
        Millis(at), expr, ((Series(""), 0.0),), "every series has the whole identity of the SLO"
    )
