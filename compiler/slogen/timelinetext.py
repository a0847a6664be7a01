"""What an SLO promises and when its alerts fire and resolve, as text for a terminal of 100 columns.

The figures are those of errors at a constant ratio, from none, in constant traffic (see `burn`), with the
evaluation intervals and the `for` of the alerts in them: each is the longest time that it can take.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from slogen import burn, durations
from slogen.burn import decimal_text
from slogen.ir import Alert, Slo, Tier, Urgency
from slogen.names import SEVERITY

_DIGITS = 4
_SECOND, _MINUTE = 1000, 60_000
_MILLION = 1_000_000
_NEVER = "never"
_WIDTH = 98


def text(slo: Slo, *, ascii_only: bool = False) -> str:
    """The page about an SLO, its parts behind empty lines; without blocks of Unicode if `ascii_only`."""
    marks = _ASCII if ascii_only else _BLOCKS
    parts = [list(_promise(slo))]
    if slo.alerts:
        parts += [_tiers(slo), _ratios(slo), _picture(slo, marks)]
    parts.append(_remarks(slo))
    return "\n".join("".join(f"{line.rstrip()}\n" for line in part) for part in parts if part)


# numbers ----------------------------------------------------------------------------------------------

_UNITS = ((burn.DAY, "d"), (burn.HOUR, "h"), (_MINUTE, "m"), (_SECOND, "s"), (1, "ms"))


def time_text(millis: Fraction | int, *, up: bool = True) -> str:
    """A time in its two largest units, such as `8m 38s`; rounded up, or to the nearest if not `up`."""
    step = next((finer for unit, finer in _STEPS if millis >= unit), 1)
    steps = Fraction(millis) / step
    whole = (math.ceil(steps) if up else math.floor(steps + Fraction(1, 2))) * step
    parts: list[str] = []
    for unit, name in _UNITS:
        count, whole = divmod(whole, unit)
        if count or parts:
            parts.append(f"{count}{name}" if count else "")
    return " ".join(filter(None, parts[:2])) or "0s"


_STEPS = ((burn.DAY, burn.HOUR), (burn.HOUR, _MINUTE), (_SECOND, _SECOND))


def _percent(ratio: Fraction | Decimal) -> str:
    return f"{decimal_text(Fraction(ratio) * 100, _DIGITS)}%"


def _count(number: Fraction) -> str:
    """A number of events, in groups of three digits, with a fraction only where it is small."""
    return f"{round(number):,}" if number >= 100 or number.denominator == 1 else decimal_text(number, _DIGITS)


def _table(rows: Sequence[Sequence[str]], *, right: int = 0) -> list[str]:
    """Rows of equal length below their heads; the first `right` columns end flush, the others begin so."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  "
        + "  ".join(
            cell.rjust(width) if i < right else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]


# times ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Firing:
    """When an alert fires after errors begin, and resolves after they end, at most; in milliseconds."""

    after: Fraction
    until: Fraction


def times(slo: Slo, alert: Alert, tier: Tier, ratio: Fraction) -> Firing | None:
    """What one tier does at a constant error ratio; None for one that stays silent."""
    if ratio <= burn.threshold(tier, slo.window, slo.budget):
        return None
    filled = burn.detection(tier, slo.window, slo.budget, ratio)
    emptied = burn.reset(tier, slo.window, slo.budget, ratio)
    return Firing(
        filled + burn.delay(slo, tier.long) + burn.pending(slo, alert.for_),
        emptied + burn.delay(slo, tier.short),
    )


def first(slo: Slo, urgency: Urgency, ratio: Fraction) -> Firing | None:
    """When the first tier of an urgency fires, and the last one resolves after a long time of errors."""
    found = [
        firing
        for alert in slo.alerts
        if alert.urgency is urgency
        for tier in alert.tiers
        for firing in (times(slo, alert, tier, ratio),)
        if firing is not None
    ]
    if not found:
        return None
    return Firing(min(firing.after for firing in found), max(firing.until for firing in found))


def _thresholds(slo: Slo) -> list[Fraction]:
    """The error ratios above which the alerts fire, without those that no error ratio exceeds."""
    found = {burn.threshold(tier, slo.window, slo.budget) for alert in slo.alerts for tier in alert.tiers}
    return sorted(limit for limit in found if limit < 1)


# the promise ------------------------------------------------------------------------------------------


def _promise(slo: Slo) -> Iterator[str]:
    budget, unit = Fraction(slo.budget), slo.sli.unit
    period = durations.words(slo.window)
    at = slo.where.whole
    yield f"{slo.service} {slo.name}"
    yield f"  {slo.id}, written at {at.source.path}:{at.line}"
    yield from textwrap.wrap(slo.description, _WIDTH, initial_indent="  ", subsequent_indent="  ")
    yield ""
    yield f"  Objective  {decimal_text(slo.objective)}% of the {unit} are good over {period}"
    if slo.grouping.labels:
        yield f"             for each {', '.join(slo.grouping.labels)} by itself"
    elif slo.grouping.each:
        yield "             for each series by itself"
    outage = time_text(budget * slo.window, up=False)
    bad = _count(budget * _MILLION)
    yield f"  Budget     {_percent(budget)} of the {unit} may be bad: {bad} of every 1,000,000"
    yield f"             or {outage} of total outage"


# tiers ------------------------------------------------------------------------------------------------


def tier_rows(slo: Slo) -> list[list[str]]:
    """When each pair of windows fires and resolves: the head of a table, and a row for each."""
    samples = [Fraction(1)]
    if 10 * slo.budget < 1:
        samples.append(Fraction(10 * slo.budget))
    head = ["alert", "windows", "burn rate", "fires above"]
    head += [f"at {_percent(ratio)} bad" for ratio in samples]
    rows = [[*head, "budget spent", "resolves"]]
    for alert in slo.alerts:
        rows += [_tier(slo, alert, tier, samples) for tier in alert.tiers]
    return rows


def _tiers(slo: Slo) -> list[str]:
    return [
        "When the alerts fire: after errors begin, from none, at a constant ratio, at most",
        *_table(tier_rows(slo)),
    ]


def _tier(slo: Slo, alert: Alert, tier: Tier, samples: Sequence[Fraction]) -> list[str]:
    firings = [times(slo, alert, tier, ratio) for ratio in samples]
    longest = firings[0]
    return [
        _title(slo, alert),
        f"{durations.render(tier.long)} / {durations.render(tier.short)}",
        decimal_text(burn.factor(tier, slo.window), _DIGITS),
        _percent(burn.threshold(tier, slo.window, slo.budget)),
        *(_NEVER if firing is None else time_text(firing.after) for firing in firings),
        _percent(tier.budget_share),
        "" if longest is None else time_text(longest.until),
    ]


def _title(slo: Slo, alert: Alert) -> str:
    """The urgency of an alert, with its severity where there are several of that urgency."""
    alike = [other for other in slo.alerts if other.urgency is alert.urgency]
    severity = alert.labels.get(SEVERITY, "")
    return f"{alert.urgency} {severity}".strip() if len(alike) > 1 else str(alert.urgency)


# error ratios -----------------------------------------------------------------------------------------


def _ratios(slo: Slo) -> list[str]:
    urgencies = _urgencies(slo)
    head = ["bad", "burn rate"]
    head += [cell for urgency in urgencies for cell in (str(urgency), "spent")]
    head += ["budget gone", *(f"{urgency} ends" for urgency in urgencies)]
    rows = [_ratio(slo, ratio, is_limit=is_limit) for ratio, is_limit in _interesting(slo)]
    return [
        f"By the share of {slo.sli.unit} that are bad: when each fires, the budget spent by then, when it",
        "resolves after the errors end; all at most",
        *_table([head, *rows], right=2),
    ]


def _urgencies(slo: Slo) -> list[Urgency]:
    return [urgency for urgency in Urgency if any(alert.urgency is urgency for alert in slo.alerts)]


def _interesting(slo: Slo) -> list[tuple[Fraction, bool]]:
    """Error ratios from the highest, and whether each is the threshold of a tier."""
    limits = _thresholds(slo)
    budget = Fraction(slo.budget)
    lowest = min([budget, *limits])
    usual = [Fraction(1), Fraction(1, 2), Fraction(1, 10), Fraction(1, 20), Fraction(1, 100)]
    while usual[-1] > lowest:
        usual.append(usual[-1] / 10)
    found = {ratio for ratio in (*usual, budget) if ratio >= lowest} | set(limits)
    return [(ratio, ratio in limits) for ratio in sorted(found, reverse=True)]


# A ratio that is as good as the threshold, but exceeds it.
_JUST_ABOVE = 1 + Fraction(1, 10**9)


def _ratio(slo: Slo, ratio: Fraction, *, is_limit: bool) -> list[str]:
    shown = f"> {_percent(ratio)}" if is_limit else _percent(ratio)
    exact = ratio * _JUST_ABOVE if is_limit else ratio
    firings = [first(slo, urgency, exact) for urgency in _urgencies(slo)]
    return [
        shown,
        decimal_text(ratio / Fraction(slo.budget), _DIGITS),
        *(cell for firing in firings for cell in _told(slo, firing, ratio)),
        _gone(slo, ratio),
        *("" if firing is None else time_text(round(firing.until)) for firing in firings),
    ]


def _gone(slo: Slo, ratio: Fraction) -> str:
    """When the budget is gone; the objective bears a ratio that does not spend it within the period."""
    spent = burn.exhaustion(slo.window, slo.budget, ratio)
    return time_text(spent, up=False) if spent <= slo.window else _NEVER


def _told(slo: Slo, firing: Firing | None, ratio: Fraction) -> tuple[str, str]:
    if firing is None:
        return _NEVER, ""
    spent = burn.budget_spent(slo.window, slo.budget, ratio, firing.after)
    # What is just above a threshold differs from it by less than a millisecond.
    return time_text(round(firing.after)), f"{decimal_text(spent * 100, 3 if spent >= 1 else 2)}%"


# the picture ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Marks:
    """What the cells of the picture look like."""

    page: str
    ticket: str
    silent: str
    gone: str


_BLOCKS = _Marks(page="█", ticket="▒", silent="·", gone="✕")
_ASCII = _Marks(page="#", ticket="+", silent=".", gone="X")
_EARLIEST = 10 * _SECOND
_TICKS = (
    *(10 * _SECOND, _MINUTE, 10 * _MINUTE, burn.HOUR, 6 * burn.HOUR),
    *(burn.DAY, 3 * burn.DAY, 7 * burn.DAY, 28 * burn.DAY),
)


@dataclass(frozen=True, slots=True)
class _Axis:
    """Time on a logarithmic scale: `width` columns from `_EARLIEST` to `latest`."""

    width: int
    latest: int

    def time(self, column: int) -> float:
        """The time at the middle of a column, in milliseconds."""
        return float(_EARLIEST * (self.latest / _EARLIEST) ** ((column + 0.5) / self.width))

    def column(self, millis: float) -> int:
        """The column that a time is in; one outside of the axis has none of its columns."""
        return math.floor(self.width * math.log(millis / _EARLIEST) / math.log(self.latest / _EARLIEST))

    def ruler(self) -> str:
        """The names of times, each beginning at its column, as far as there is room."""
        line = ""
        for tick in _TICKS:
            column = self.column(tick)
            name = time_text(tick)
            if tick <= self.latest and len(line) < max(column, 1) and column + len(name) <= self.width:
                line = line.ljust(column) + name
        return line.ljust(self.width)


def _picture(slo: Slo, marks: _Marks) -> list[str]:
    begin, end = _Axis(52, max(slo.window, burn.DAY)), _Axis(32, _latest_end(slo))
    labels = [_percent(ratio) for ratio in _steps(slo)]
    indent = max(6, *map(len, labels)) + 2
    return [
        f"How long it takes, by the share of {slo.sli.unit} that are bad; times on a logarithmic scale",
        f"  {_legend(slo, marks)}",
        "",
        f"{'bad':>{indent}}  {'after errors begin':{begin.width}}  after they end",
        *(
            f"{label:>{indent}}  {_row(slo, ratio, begin, end, marks)}"
            for ratio, label in zip(_steps(slo), labels, strict=True)
        ),
        f"{'':{indent}}  {begin.ruler()}  {end.ruler()}",
    ]


def _legend(slo: Slo, marks: _Marks) -> str:
    only = "only " if len(_urgencies(slo)) > 1 else ""
    meanings = {Urgency.PAGE: (marks.page, ""), Urgency.TICKET: (marks.ticket, only)}
    signs = [
        f"{mark} {word}the {urgency} fires"
        for urgency, (mark, word) in meanings.items()
        if urgency in _urgencies(slo)
    ]
    return "   ".join([*signs, f"{marks.gone} the budget is gone"])


def _row(slo: Slo, ratio: Fraction, begin: _Axis, end: _Axis, marks: _Marks) -> str:
    """What happens at an error ratio, after errors begin and after they end."""
    page, ticket = (first(slo, urgency, ratio) for urgency in (Urgency.PAGE, Urgency.TICKET))
    left = [_begun(begin.time(column), page, ticket, marks) for column in range(begin.width)]
    gone = begin.column(float(burn.exhaustion(slo.window, slo.budget, ratio)))
    if 0 <= gone < begin.width:
        left[gone] = marks.gone
    right = [_ended(end.time(column), page, ticket, marks) for column in range(end.width)]
    return f"{''.join(left)}  {''.join(right)}"


def _latest_end(slo: Slo) -> int:
    """A time by which every alert has resolved, a little beyond."""
    return max((2 * tier.short for alert in slo.alerts for tier in alert.tiers), default=burn.HOUR)


def _steps(slo: Slo) -> list[Fraction]:
    """Error ratios in steps of 1, 2 and 5 from 100% to the first that raises nothing."""
    lowest = min([Fraction(slo.budget), *_thresholds(slo)])
    found = [Fraction(1)]
    factors = (Fraction(1, 2), Fraction(2, 5), Fraction(1, 2))
    while found[-1] > lowest:
        found.append(found[-1] * factors[(len(found) - 1) % 3])
    return found


def _begun(time: float, page: Firing | None, ticket: Firing | None, marks: _Marks) -> str:
    if page is not None and time >= page.after:
        return marks.page
    return marks.ticket if ticket is not None and time >= ticket.after else marks.silent


def _ended(time: float, page: Firing | None, ticket: Firing | None, marks: _Marks) -> str:
    if page is not None and time < page.until:
        return marks.page
    return marks.ticket if ticket is not None and time < ticket.until else marks.silent


# remarks ----------------------------------------------------------------------------------------------


def _remarks(slo: Slo) -> list[str]:
    lines = [*_unwatched(slo), *_overspent(slo), *_intervals(slo)]
    if slo.absence is not None:
        waits = durations.words(slo.absence.for_)
        lines.append(f"Missing data is told by {slo.absence.name}, which waits for {waits}.")
    return lines


def _unwatched(slo: Slo) -> Iterator[str]:
    if not slo.alerts:
        yield "It raises no alert on its budget."
        return
    yield from (f"It raises no {urgency}." for urgency in Urgency if urgency not in _urgencies(slo))


def _overspent(slo: Slo) -> Iterator[str]:
    limits = _thresholds(slo)
    if limits and limits[0] > slo.budget:
        yield (
            f"Above {_percent(slo.budget)} and up to {_percent(limits[0])} the budget is spent too fast, and "
            "nobody is told."
        )


def _intervals(slo: Slo) -> Iterator[str]:
    if not slo.alerts:
        return
    pace = time_text(burn.pace_of_alerts(slo))
    usual = ", if Prometheus evaluates as often as it usually does" if burn.has_global_pace(slo) else ""
    yield f"Alerts are evaluated every {pace}{usual}."
    waits = sorted({alert.for_ for alert in slo.alerts if alert.for_})
    pending = f" and `for` ({', '.join(map(durations.render, waits))})" if waits else ""
    yield f"The times include evaluation intervals{pending}, but not the scrape interval."
