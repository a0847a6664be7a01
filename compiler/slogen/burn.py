"""Burn-rate arithmetic: windows, factors and thresholds, exact until printed.

Source: The Site Reliability Workbook, chapter 5 (Alerting on SLOs), section 6 "Multiwindow, multi-burn-rate
alerts", table 5-8. A burn rate of 1 spends exactly the error budget within the period; spending the share s
of the budget within a window w takes the burn rate s * period / w.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_UP, Decimal
from fractions import Fraction
from functools import cache

from slogen.ir import Millis, Tier, Urgency

HOUR = 3_600_000
DAY = 24 * HOUR

# How far Prometheus looks back for the last sample of a series; one may come late.
LOOKBACK = Millis(5 * 60_000)
LONGEST_PACE = Millis(4 * 60_000)
# A window of a day that is recorded less often is too old to alert on.
LONGEST_LONG_PACE = Millis(6 * HOUR)

# The workbook's table is for 30 days; 28 days is the same month in whole weeks.
WORKBOOK_PERIOD = 28 * DAY


def _tier(urgency: Urgency, percent: int, long: int, short: int) -> Tier:
    return Tier(urgency, Millis(long), Millis(short), Fraction(percent, 100))


WORKBOOK_TIERS: tuple[Tier, ...] = (
    _tier(Urgency.PAGE, 2, HOUR, HOUR // 12),
    _tier(Urgency.PAGE, 5, 6 * HOUR, HOUR // 2),
    _tier(Urgency.TICKET, 10, DAY, 2 * HOUR),
    _tier(Urgency.TICKET, 10, 3 * DAY, 6 * HOUR),
)


@cache
def default_tiers(period: Millis) -> tuple[Tier, ...]:
    """The workbook's tiers for a period: the same windows and budget shares, hence other factors.

    For periods below four weeks two things keep the tiers meaningful: a window longer than the period is left
    out, and the share is at least what a burn rate of 1 spends within the window, because a service that
    burns slower than that meets its objective and must not raise alerts.
    """
    tiers = (tier for tier in WORKBOOK_TIERS if tier.long <= period)
    if period >= WORKBOOK_PERIOD:
        return tuple(tiers)
    return tuple(
        Tier(tier.urgency, tier.long, tier.short, max(tier.budget_share, Fraction(tier.long, period)))
        for tier in tiers
    )


# A tier that is lowered to what an objective allows fires at four bad events out of five.
MOST_ERRORS = Fraction(4, 5)


@cache
def fitted(tiers: tuple[Tier, ...], period: Millis, budget: Decimal) -> tuple[Tier, ...]:
    """The tiers with thresholds that an error ratio can exceed: those above `MOST_ERRORS` are lowered to it.

    A lowered tier spends a smaller share of the budget before it fires, since not even a total outage spends
    the usual share within its window. Where the objective itself allows so many errors, the threshold is half
    way between what it allows and a total outage.
    """
    highest = max(MOST_ERRORS, (1 + Fraction(budget)) / 2)
    return tuple(
        tier
        if threshold(tier, period, budget) <= highest
        else replace(tier, budget_share=highest * tier.long / (period * Fraction(budget)))
        for tier in tiers
    )


@cache
def factor(tier: Tier, period: Millis) -> Fraction:
    """The burn rate at which the tier fires: its budget share of the period, spent within its long window."""
    return tier.budget_share * period / tier.long


@cache
def threshold(tier: Tier, period: Millis, budget: Decimal) -> Fraction:
    """The error ratio above which the tier fires."""
    return factor(tier, period) * Fraction(budget)


def can_fire(tier: Tier, period: Millis, budget: Decimal) -> bool:
    """Whether a total outage exceeds the threshold: an error ratio is never above 1."""
    return threshold(tier, period, budget) < 1


def lowest_objective(tier: Tier, period: Millis) -> Decimal:
    """The objective (percent, rounded up to two decimals) above which the tier can fire."""
    exact = 100 * (1 - 1 / factor(tier, period))
    quotient = Decimal(exact.numerator) / Decimal(exact.denominator)
    return quotient.quantize(Decimal("0.01"), rounding=ROUND_UP)


def detection(tier: Tier, period: Millis, budget: Decimal, error_ratio: Fraction) -> Fraction:
    """Milliseconds until the tier fires after errors start at a constant `error_ratio` from none.

    The long window must fill up to the threshold: long * threshold / error_ratio.
    Raises ValueError when that ratio never reaches the threshold.
    """
    limit = threshold(tier, period, budget)
    if error_ratio <= limit:
        raise ValueError(f"an error ratio of {float(error_ratio)} stays below the threshold {float(limit)}")
    return tier.long * limit / error_ratio


@cache
def bearable_absence(slo_tiers: tuple[Tier, ...], period: Millis, budget: Decimal) -> Millis:
    """How long an SLO may go without data before somebody must look, in milliseconds.

    Missing data may hide a total outage. It is borne for as long as a total outage would need to raise the
    ticket (the slowest tier to react, over its long window), but at least ten minutes, so that a restart of
    Prometheus or of the service stays silent, and at most one hour.
    """
    slowest = max((tier.long * threshold(tier, period, budget) for tier in slo_tiers), default=Fraction(0))
    minutes = -(-slowest // 60_000)
    return Millis(min(max(int(minutes), 10), 60) * 60_000)


@cache
def decimal_text(value: Fraction | Decimal, digits: int = 9) -> str:
    """A number in decimal digits: exact where it has no more than `digits`, else rounded to as many."""
    number = Fraction(value)
    quotient = Decimal(number.numerator) / Decimal(number.denominator)
    rounded = (
        quotient.quantize(Decimal(1).scaleb(quotient.adjusted() + 1 - digits)) if quotient else Decimal(0)
    )
    return format(rounded.normalize(), "f")
