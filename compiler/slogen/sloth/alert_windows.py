"""Sloth's AlertWindows: the burn-rate windows for all SLOs over one period."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from slogen import codes, durations
from slogen.diagnostics import Report
from slogen.ir import AlertWindows, Millis, Tier, Urgency, Where
from slogen.sloth.table import Table

_ALERTS = ("page", "ticket")
_TIERS = ("quick", "slow")
_TIER = ("error_budget_percent", "short_window", "long_window")


def read(document: Table, report: Report) -> Iterator[AlertWindows]:
    """The alert windows of a document. Broken ones have no tiers, if their period is known."""
    own = Report()
    document.report = own
    if document.required("spec", "a mapping with `sloPeriod`, `page` and `ticket`") is None:
        report.extend(own.diagnostics)
        return
    spec = document.table("spec", ("slo_period", *_ALERTS))
    spec.required("slo_period", "a duration such as `30d`")
    period = spec.duration("slo_period")
    tiers = [tier for urgency in _ALERTS for tier in _of_alert(spec, urgency, period)]
    report.extend(own.diagnostics)
    if period is None:
        return
    yield AlertWindows(
        name=f"sloth {durations.render(period)}",
        window=period,
        tiers=() if own.failed else tuple(tiers),
        where=Where(spec.written("slo_period") or spec.at),
    )


def _of_alert(spec: Table, urgency: str, period: Millis | None) -> Iterator[Tier]:
    if spec.required(urgency, "a mapping with `quick` and `slow`") is None:
        return
    alert = spec.table(urgency, _TIERS)
    for name in _TIERS:
        if alert.required(name, "a mapping with `errorBudgetPercent`, `shortWindow` and `longWindow`"):
            yield from _tier(alert.table(name, _TIER), Urgency(urgency), period)


def _tier(tier: Table, urgency: Urgency, period: Millis | None) -> Iterator[Tier]:
    if tier.is_broken:
        return
    for field, wanted in zip(_TIER, ("percent, such as `2`", "such as `5m`", "such as `1h`"), strict=True):
        tier.required(field, wanted)
    percent = tier.number("error_budget_percent")
    short, long = tier.duration("short_window"), tier.duration("long_window")
    if percent is not None and not 0 < percent <= 100:
        _refuse(
            tier,
            "error_budget_percent",
            f"`{_written(tier, 'error_budget_percent')}` is no share of the error budget",
            "write percent, above 0 and at most 100",
        )
    if short is not None and long is not None and short >= long:
        _refuse(
            tier,
            "short_window",
            "the short window is not shorter than the long one",
            f"write a duration below `{_written(tier, 'long_window')}`; Sloth's own take one twelfth of it",
        )
    if long is not None and period is not None and long > period:
        _refuse(
            tier,
            "long_window",
            "the long window is longer than `sloPeriod`",
            f"write at most `{durations.render(period)}`",
        )
    if percent is not None and short is not None and long is not None:
        yield Tier(urgency, long, short, Fraction(percent) / 100)


def _refuse(tier: Table, field: str, message: str, fix: str) -> None:
    tier.report.report(codes.BAD_VALUE, tier.written(field) or tier.at, message, help=fix)


def _written(tier: Table, field: str) -> str:
    span = tier.written(field)
    return span.text if span is not None else ""
