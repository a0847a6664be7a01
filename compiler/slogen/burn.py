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

from slogen.adjustments import Intervals
from slogen.ir import Millis, Profile, Slo, Tier, Urgency

HOUR = 3_600_000
DAY = 24 * HOUR
# Windows below it are recorded along with the alerts.
FAST_BELOW = Millis(2 * HOUR)

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


def budget_spent(period: Millis, budget: Decimal, error_ratio: Fraction, elapsed: Fraction) -> Fraction:
    """The share of the period's error budget that a constant error ratio spends in `elapsed` milliseconds.

    SRE workbook, chapter 5, "Alert on Burn Rate": the burn rate (error ratio over budget) times the share of
    the period that has passed. At the instant of `detection` it is the budget share of the tier, whatever the
    ratio is.
    """
    return error_ratio / Fraction(budget) * elapsed / period


def exhaustion(period: Millis, budget: Decimal, error_ratio: Fraction) -> Fraction:
    """Milliseconds until a constant `error_ratio` has spent the budget of the period: period / burn rate.

    Longer than the period for a ratio that the objective allows. Source: as for `budget_spent`.
    Raises ValueError for a ratio of zero, which spends nothing.
    """
    if not error_ratio:
        raise ValueError("no errors spend no budget")
    return period * Fraction(budget) / error_ratio


def reset(tier: Tier, period: Millis, budget: Decimal, error_ratio: Fraction) -> Fraction:
    """Milliseconds until the tier is silent again after errors at a constant `error_ratio` end.

    What is left of the errors in the short window falls to the threshold: short * (1 - threshold / ratio).
    That holds for errors of any length that raised the alert, since the long window forgets them no sooner.
    SRE workbook, chapter 5, "Alerting Considerations" (reset time) and "Multiwindow, Multi-Burn-Rate Alerts".
    Raises ValueError when that ratio never reaches the threshold.
    """
    limit = threshold(tier, period, budget)
    if error_ratio <= limit:
        raise ValueError(f"an error ratio of {float(error_ratio)} stays below the threshold {float(limit)}")
    return tier.short * (1 - limit / error_ratio)


# Prometheus' own evaluation interval, for groups that have none.
GLOBAL_PACE = Millis(60_000)


def pace_of_alerts(slo: Slo) -> Millis:
    """How far evaluations of the burn-rate alerts are apart."""
    if slo.compat is None:
        return slo.paces.fast
    asked = _intervals(slo)
    return (asked.alerts or asked.default) if asked else GLOBAL_PACE


def has_global_pace(slo: Slo) -> bool:
    """Whether the rules state no intervals, so that Prometheus' own counts (usually `GLOBAL_PACE`)."""
    return slo.compat is not None and _intervals(slo) is None


def delay(slo: Slo, window: Millis) -> Fraction:
    """How many milliseconds it takes at most until the alert sees that a ratio has crossed its threshold.

    The window is recorded, then the alert is evaluated, each when its turn comes; what is recorded in the
    group of the alert is as recent as the alert. An average over recorded rates trails by half their window.
    How often the service is scraped is not known, and not in it.
    """
    pace = pace_of_alerts(slo)
    if slo.compat is not None:
        asked = _intervals(slo)
        return Fraction(pace + ((asked.ratios or asked.default) if asked else GLOBAL_PACE))
    if window < FAST_BELOW:
        return Fraction(pace)
    blur = Fraction(slo.windows[0], 2) if slo.profile is Profile.CHEAP and slo.sli.additive else Fraction(0)
    return pace + slo.paces.slow + (slo.paces.long if window >= DAY else 0) + blur


def _intervals(slo: Slo) -> Intervals | None:
    return next((each for each in reversed(slo.adjustments) if isinstance(each, Intervals)), None)


def pending(slo: Slo, for_: Millis) -> Millis:
    """How long an alert with this `for` waits once its condition holds: a whole number of evaluations."""
    pace = pace_of_alerts(slo)
    return Millis(-(-for_ // pace) * pace)


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
