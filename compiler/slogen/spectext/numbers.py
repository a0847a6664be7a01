"""Numbers as authors write them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from slogen import burn, durations
from slogen.ir import Millis

# Thresholds are printed to nine digits: these are enough for the same ones.
_DIGITS = 15


def duration(millis: Millis) -> str:
    """A duration in whole days where it has only such, never in weeks or years."""
    days, rest = divmod(millis, burn.DAY)
    return f"{days}d" if days and not rest else durations.render(millis)


def percent(share: Fraction) -> Decimal:
    """A share of a budget as percent: exact where that takes few digits, else so that thresholds agree."""
    exact = share * 100
    quotient = Decimal(exact.numerator) / Decimal(exact.denominator)
    return quotient if Fraction(quotient) == exact else Decimal(burn.decimal_text(exact, digits=_DIGITS))
