"""The pictures of an SLO: how fast its alerts fire by the share of bad events, and when they resolve.

Both axes are logarithmic: shares and times span many powers of ten. The figures are those of
`slogen.timelinetext`: the longest time that it can take, at a constant share, from none.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from slogen import burn
from slogen.burn import decimal_text
from slogen.ir import Alert, Slo, Tier, Urgency
from slogen.report.elements import Element, element
from slogen.timelinetext import first, time_text, times

_SECOND, _MINUTE = 1000, 60_000
_TICKS = (
    *(10 * _SECOND, _MINUTE, 10 * _MINUTE, burn.HOUR, 6 * burn.HOUR),
    *(burn.DAY, 3 * burn.DAY, 7 * burn.DAY, 28 * burn.DAY, 90 * burn.DAY),
)
_WIDTH, _HEIGHT = 380, 232
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 22, 14, 36
_STEPS = 72
# As near to a threshold as makes no difference to the eye.
_JUST_ABOVE = 1 + Fraction(1, 10**6)


@dataclass(frozen=True, slots=True)
class _Scale:
    """A logarithmic scale: `low` is drawn at `start`, `high` at `end`."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Where a value is drawn; what lies outside is drawn at the edge."""
        within = min(max(value, self.low), self.high)
        share = math.log(within / self.low) / math.log(self.high / self.low)
        return self.start + share * (self.end - self.start)


def detection(slo: Slo) -> Element:
    """When the alerts fire, by the share of bad events; and when the budget is gone."""
    across = _shares(slo)
    down = _Scale(10 * _SECOND, float(max(slo.window, burn.DAY)), _HEIGHT - _BOTTOM, _TOP)
    drawn = [*_time_lines(down), *_share_lines(across)]
    drawn.append(_curve(_exhaustion(slo, across), across, down, "gone"))
    for urgency in (Urgency.TICKET, Urgency.PAGE):
        drawn += [
            _curve(points, across, down, str(urgency))
            for points in _firings(slo, urgency, across)
            if len(points) > 1
        ]
    title = f"How long until the alerts of {slo.service} {slo.name} fire, by the share of bad {slo.sli.unit}"
    return _drawing(title, drawn, _HEIGHT)


def _shares(slo: Slo) -> _Scale:
    """From all events being bad, at the left, to what the objective bears."""
    lowest = min([float(slo.budget), *(float(limit) for limit in _limits(slo))])
    return _Scale(lowest, 1.0, _WIDTH - _RIGHT, _LEFT) if lowest < 1 else _Scale(0.1, 1.0, 0, 1)


def _limits(slo: Slo) -> list[Fraction]:
    found = (burn.threshold(tier, slo.window, slo.budget) for alert in slo.alerts for tier in alert.tiers)
    return sorted({limit for limit in found if limit < 1})


_Point = tuple[float, float]
"""A share of bad events, and a time in milliseconds."""


def _sampled(across: _Scale, limits: Sequence[Fraction]) -> list[Fraction]:
    """Shares from the highest to the lowest, with those just above each threshold among them."""
    spread = [Fraction(across.low * (across.high / across.low) ** (i / _STEPS)) for i in range(_STEPS + 1)]
    return sorted({*spread, *(limit * _JUST_ABOVE for limit in limits)}, reverse=True)


def _exhaustion(slo: Slo, across: _Scale) -> list[_Point]:
    found = ((share, burn.exhaustion(slo.window, slo.budget, share)) for share in _sampled(across, ()))
    return [(float(share), float(gone)) for share, gone in found if gone <= slo.window]


def _firings(slo: Slo, urgency: Urgency, across: _Scale) -> Iterator[list[_Point]]:
    """When an urgency fires: stretches of shares without a gap."""
    stretch: list[_Point] = []
    for share in _sampled(across, _limits(slo)):
        firing = first(slo, urgency, min(share, Fraction(1)))
        if firing is not None:
            stretch.append((float(share), float(firing.after)))
            continue
        yield stretch
        stretch = []
    yield stretch


def _curve(points: Sequence[_Point], across: _Scale, down: _Scale, kind: str) -> Element:
    path = " ".join(f"{across.at(share):.1f},{down.at(time):.1f}" for share, time in points)
    return element("polyline", points=path, class_=f"curve {kind}")


def _time_lines(down: _Scale) -> Iterator[Element]:
    last = math.inf
    for tick in _TICKS:
        y = down.at(tick)
        if not down.low <= tick <= down.high or last - y < 14:
            continue
        last = y
        yield element(
            "line", x1=str(_LEFT), x2=str(_WIDTH - _RIGHT), y1=f"{y:.1f}", y2=f"{y:.1f}", class_="grid"
        )
        yield element("text", time_text(tick), x=str(_LEFT - 5), y=f"{y + 3.5:.1f}", class_="tick end")


def _share_lines(across: _Scale) -> Iterator[Element]:
    share, base = 1.0, _HEIGHT - _BOTTOM
    while share >= across.low * 0.999:
        x = across.at(share)
        anchor = "start" if share == 1 else "middle"
        yield element("line", x1=f"{x:.1f}", x2=f"{x:.1f}", y1=str(_TOP), y2=str(base), class_="grid")
        label = f"{decimal_text(Fraction(share).limit_denominator(10**9) * 100, 3)}%"
        yield element("text", label, x=f"{x:.1f}", y=str(base + 13), class_=f"tick {anchor}")
        share /= 10
    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    yield element("text", "share of bad events", x=f"{middle:.1f}", y=str(_HEIGHT - 5), class_="tick middle")


# bars -------------------------------------------------------------------------------------------------

_BAR, _BETWEEN, _PER_TIER = 11, 3, 38
# For the words behind the longest bar.
_ROOM = 116


def tiers(slo: Slo) -> Element:
    """When each pair of windows fires in a total outage, and resolves after it."""
    rows = [(alert, tier) for alert in slo.alerts for tier in alert.tiers]
    height = _TOP + _PER_TIER * len(rows) + _BOTTOM - 12
    across = _Scale(10 * _SECOND, _longest(slo), 78, _WIDTH - _ROOM)
    drawn = list(_ruler(across, height))
    for number, (alert, tier) in enumerate(rows):
        drawn += _bars(slo, alert, tier, across, _TOP + number * _PER_TIER)
    return _drawing(f"When the windows of {slo.service} {slo.name} fire and resolve", drawn, height)


def _longest(slo: Slo) -> float:
    found = [times(slo, alert, tier, Fraction(1)) for alert in slo.alerts for tier in alert.tiers]
    ends = [float(end) for firing in found if firing is not None for end in (firing.after, firing.until)]
    return max([float(burn.HOUR), *ends])


def _bars(slo: Slo, alert: Alert, tier: Tier, across: _Scale, top: float) -> Iterator[Element]:
    firing = times(slo, alert, tier, Fraction(1))
    name = f"{time_text(tier.long)} / {time_text(tier.short)}"
    yield element("text", str(alert.urgency), x="0", y=f"{top + _BAR:.1f}", class_="tick strong")
    yield element("text", name, x="0", y=f"{top + 2 * _BAR + _BETWEEN + 1:.1f}", class_="tick")
    if firing is None:
        yield element("text", "never fires", x=f"{across.start:.1f}", y=f"{top + _BAR:.1f}", class_="tick")
        return
    for line, (time, kind) in enumerate(((firing.after, str(alert.urgency)), (firing.until, "reset"))):
        y = top + line * (_BAR + _BETWEEN)
        end = across.at(float(time))
        yield element(
            "rect", x=f"{across.start:.1f}", y=f"{y:.1f}", width=f"{max(end - across.start, 1):.1f}",
            height=str(_BAR), class_=f"bar {kind}",
        )  # fmt: skip
        word = "fires" if line == 0 else "resolves"
        yield element(
            "text", f"{word} {time_text(time)}", x=f"{end + 4:.1f}", y=f"{y + _BAR - 1:.1f}", class_="tick"
        )


def _ruler(across: _Scale, height: float) -> Iterator[Element]:
    last = -math.inf
    for tick in _TICKS:
        x = across.at(tick)
        if not across.low <= tick <= across.high or x - last < 34:
            continue
        last = x
        yield element(
            "line", x1=f"{x:.1f}", x2=f"{x:.1f}", y1=str(_TOP - 6), y2=f"{height - 20:.1f}", class_="grid"
        )
        yield element("text", time_text(tick), x=f"{x:.1f}", y=f"{height - 7:.1f}", class_="tick middle")


def _drawing(title: str, drawn: Sequence[Element], height: float) -> Element:
    return element(
        "svg",
        element("title", title),
        *drawn,
        viewBox=f"0 0 {_WIDTH} {height:g}",
        role="img",
        xmlns="http://www.w3.org/2000/svg",
    )
