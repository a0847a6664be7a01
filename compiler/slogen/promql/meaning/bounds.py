"""Bounds of values."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bounds:
    """All values lie between `lowest` and `highest`, both included unless they are open.

    `is_nonzero` says that no value is 0, also where 0 lies in between. `why` says where the bounds come from.
    """

    lowest: float = -math.inf
    highest: float = math.inf
    lowest_open: bool = False
    highest_open: bool = False
    is_nonzero: bool = False
    why: str = ""

    @property
    def may_be_zero(self) -> bool:
        """Whether a value may be 0."""
        if self.is_nonzero or self.lowest > 0 or self.highest < 0:
            return False
        return not ((self.lowest == 0 and self.lowest_open) or (self.highest == 0 and self.highest_open))

    @property
    def is_known(self) -> bool:
        """Whether there is any bound."""
        return self.lowest > -math.inf or self.highest < math.inf

    @property
    def number(self) -> float | None:
        """The only value, if there is but one."""
        return self.lowest if self.lowest == self.highest else None

    def is_within(self, other: Bounds) -> bool:
        """Whether all values lie between the bounds of another, which are closed."""
        return other.lowest <= self.lowest and self.highest <= other.highest

    def can_be(self, operator: str, number: float) -> bool:
        """Whether a value may compare with a number as an operator (such as `>`) demands."""
        if operator == ">":
            return self.highest > number
        if operator == ">=":
            return self.highest > number or (self.highest == number and not self.highest_open)
        if operator == "<":
            return self.lowest < number
        if operator == "<=":
            return self.lowest < number or (self.lowest == number and not self.lowest_open)
        if operator == "==":
            return self.can_be(">=", number) and self.can_be("<=", number)
        return self.number != number

    def always_is(self, operator: str, number: float) -> bool:
        """Whether all values compare with a number as an operator demands. (NaN does with `!=` only.)"""
        return not self.can_be(_NEGATED[operator], number)

    def __str__(self) -> str:
        """The values in words, such as `0 or more`."""
        low, high = f"{self.lowest:g}", f"{self.highest:g}"
        if self.lowest == self.highest:
            return low
        if self.highest == math.inf:
            return f"more than {low}" if self.lowest_open else f"{low} or more"
        if self.lowest == -math.inf:
            return f"less than {high}" if self.highest_open else f"{high} or less"
        return f"{low} to {high}"

    @property
    def reason(self) -> str:
        """Why no value lies beyond, as a sentence for a message."""
        return self.why or f"the value is {self}, or there is none"

    def narrowed(self, operator: str, number: float) -> Bounds:
        """The bounds of those values that compare with a number as an operator demands."""
        if operator in (">", ">=") and number >= self.lowest:
            return Bounds(number, self.highest, operator == ">", self.highest_open, why=self.why)
        if operator in ("<", "<=") and number <= self.highest:
            return Bounds(self.lowest, number, self.lowest_open, operator == "<", why=self.why)
        if operator == "==":
            return Bounds(number, number, why=self.why)
        if operator == "!=" and number == 0:
            return Bounds(
                self.lowest, self.highest, self.lowest_open, self.highest_open, is_nonzero=True, why=self.why
            )
        return self

    def at_least(self, limit: Bounds) -> Bounds:
        """Of the larger one of a value and a limit."""
        return -(-self).at_most(-limit)

    def at_most(self, limit: Bounds) -> Bounds:
        """Of the smaller one of a value and a limit."""
        low, high = min(self.lowest, limit.lowest), min(self.highest, limit.highest)
        return Bounds(
            low,
            high,
            all(one.lowest_open for one in (self, limit) if one.lowest == low),
            any(one.highest_open for one in (self, limit) if one.highest == high),
            self.is_nonzero and limit.is_nonzero,
            self.why,
        )

    def __neg__(self) -> Bounds:
        return Bounds(
            -self.highest, -self.lowest, self.highest_open, self.lowest_open, self.is_nonzero, self.why
        )

    def __add__(self, other: Bounds) -> Bounds:
        return Bounds(
            _sum(self.lowest, other.lowest, -math.inf),
            _sum(self.highest, other.highest, math.inf),
            self.lowest_open or other.lowest_open,
            self.highest_open or other.highest_open,
            why=self.why or other.why,
        )

    def __mul__(self, other: Bounds) -> Bounds:
        """Products; the bounds are exact where one factor is a finite number, or neither is negative."""
        for one, by in ((self, other), (other, self)):
            if by.number is not None and math.isfinite(by.number):
                return one._times(by.number)
        if self.lowest >= 0 and other.lowest >= 0:
            nonzero = not self.may_be_zero and not other.may_be_zero
            return Bounds(
                0, _product(self.highest, other.highest), is_nonzero=nonzero, why=self.why or other.why
            )
        return ANY

    def _times(self, number: float) -> Bounds:
        if number == 0:
            return Bounds(0, 0)
        low, high = sorted((_product(self.lowest, number), _product(self.highest, number)))
        opened = (self.lowest_open, self.highest_open)
        return Bounds(low, high, *(opened if number > 0 else opened[::-1]), self.is_nonzero, self.why)

    def over(self, other: Bounds) -> Bounds:
        """Quotients: known where the divisor is a number, or neither is negative."""
        if other.number is not None and other.number != 0 and math.isfinite(other.number):
            return self._times(1 / other.number)
        return Bounds(0, math.inf, why=self.why) if self.lowest >= 0 and other.lowest >= 0 else ANY

    def or_else(self, other: Bounds) -> Bounds:
        """Of values that are of either kind."""
        low, high = min(self.lowest, other.lowest), max(self.highest, other.highest)
        return Bounds(
            low,
            high,
            all(one.lowest_open for one in (self, other) if one.lowest == low),
            all(one.highest_open for one in (self, other) if one.highest == high),
            self.is_nonzero and other.is_nonzero,
            self.why or other.why,
        )


_NEGATED = {">": "<=", ">=": "<", "<": ">=", "<=": ">", "==": "!=", "!=": "=="}
"""The operator that holds wherever another one does not."""
ANY = Bounds()
POSITIVE = Bounds(0)
UNIT = Bounds(0, 1)
COUNT = Bounds(1)


def _sum(left: float, right: float, doubt: float) -> float:
    total = left + right
    return doubt if math.isnan(total) else total


def _product(left: float, right: float) -> float:
    return 0.0 if left == 0 or right == 0 else left * right
