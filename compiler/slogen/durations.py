"""Prometheus durations, both ways: `1h30m` is 5,400,000 milliseconds.

A duration is a run of whole numbers, each with a unit, the largest unit first and none of them twice. The
units are those of Prometheus: a year has 365 days, a week 7, a day 24 hours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from slogen.diagnostics import nearest
from slogen.ir import Millis

_UNITS: dict[str, int] = {
    "y": 365 * 86_400_000,
    "w": 7 * 86_400_000,
    "d": 86_400_000,
    "h": 3_600_000,
    "m": 60_000,
    "s": 1_000,
    "ms": 1,
}
# Prometheus counts nanoseconds in 64 bits.
_LONGEST = (2**63 - 1) // 1_000_000

_DURATION = re.compile("".join(f"(?:([0-9]+){unit})?" for unit in _UNITS))
# What authors write who mean a duration: signs, fractions, spaces, other names of units, any digits.
_LOOSE = re.compile(r"\s*([-+\u2212]?)\s*(\d+(?:[.,]\d*)?|[.,]\d+)\s*([^\W\d_]*)")

_NAMES: dict[str, tuple[str, ...]] = {
    "y": ("yr", "yrs", "year", "years"),
    "w": ("wk", "wks", "week", "weeks"),
    "d": ("day", "days"),
    "h": ("hr", "hrs", "hour", "hours"),
    "m": ("min", "mins", "minute", "minutes"),
    "s": ("sec", "secs", "second", "seconds"),
    "ms": ("msec", "msecs", "millisecond", "milliseconds"),
}
_UNIT_OF: dict[str, str] = {name: unit for unit, names in _NAMES.items() for name in (unit, *names)}
_TOO_FINE = frozenset({"us", "µs", "μs", "microsecond", "microseconds", "ns", "nanosecond", "nanoseconds"})
_MONTHS = frozenset({"mo", "mon", "month", "months"})

_WORDS = (("day", "d"), ("hour", "h"), ("minute", "m"), ("second", "s"), ("millisecond", "ms"))


class DurationError(ValueError):
    """A text that is no Prometheus duration: `problem` says why, `remedy` what to write instead.

    Both start with a small letter and quote the author's text in backticks, as diagnostics do.
    """

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem}: {remedy}")
        self.problem = problem
        self.remedy = remedy


@lru_cache(maxsize=1024)
def parse(text: str) -> Millis:
    """The length of a duration such as `5m`, `1h30m`, `500ms` or `0`, in milliseconds.

    Reads what Prometheus reads, nothing else. Raises DurationError, a ValueError, for any other text.
    """
    if text == "0":
        return Millis(0)
    match = _DURATION.fullmatch(text) if text else None
    if not match:
        raise _explain(text)
    counts = zip(match.groups(), _UNITS.values(), strict=True)
    total = sum(_integer(digits) * length for digits, length in counts if digits)
    if total > _LONGEST:
        raise _too_long(text)
    return Millis(total)


@lru_cache(maxsize=1024)
def render(millis: Millis) -> str:
    """The duration as Prometheus prints it: `4w` for 28 days, `1d12h` for 36 hours, `0s` for nothing.

    Years and weeks are used only where they come out even. Raises ValueError for a negative number.
    """
    if millis < 0:
        raise ValueError(f"a duration cannot be negative: {millis} ms")
    for unit in ("y", "w"):
        count, rest = divmod(millis, _UNITS[unit])
        if count and not rest:
            return f"{count}{unit}"
    return "".join(f"{count}{unit}" for unit, count in _parts(millis, ("d", "h", "m", "s", "ms"))) or "0s"


@lru_cache(maxsize=1024)
def words(millis: Millis) -> str:
    """The duration in words, for the text of an alert: `28 days`, `1 hour`, `90 minutes`.

    One unit if that gives a number below 100 (days always do), else several: `2 hours 30 minutes`.
    Raises ValueError for a negative number.
    """
    if millis < 0:
        raise ValueError(f"a duration cannot be negative: {millis} ms")
    for name, unit in _WORDS:
        count, rest = divmod(millis, _UNITS[unit])
        if count and not rest and (count < 100 or unit == "d"):
            return _counted(count, name)
    names = {unit: name for name, unit in _WORDS}
    return " ".join(_counted(count, names[unit]) for unit, count in _parts(millis, names)) or "0 seconds"


def _counted(count: int, name: str) -> str:
    return f"{count} {name}" if count == 1 else f"{count} {name}s"


def _parts(millis: int, units: Iterable[str]) -> Iterator[tuple[str, int]]:
    for unit in units:
        count, millis = divmod(millis, _UNITS[unit])
        if count:
            yield unit, count


def _integer(digits: str) -> int:
    significant = digits.lstrip("0")
    # Python refuses to read thousands of digits; everything of this length is too long anyway.
    return int(significant or "0") if len(significant) < 20 else _LONGEST + 1


@dataclass(frozen=True, slots=True)
class _Part:
    """One number and its unit as somebody wrote them.

    `name` is "" where no unit was written, `unit` is "" where the name is none that we know.
    """

    sign: str
    number: Fraction
    name: str
    unit: str


def _explain(text: str) -> DurationError:
    """Why `text` is no duration, and the duration that its author most likely means."""
    written = _quote(text)
    if not text.strip():
        return DurationError("a duration is missing", "write a number and a unit, such as `5m`")
    parts = _loose_parts(text.strip())
    if not parts:
        return DurationError(
            f"{written} is not a duration", "write whole numbers with units, such as `5m` or `1h30m`"
        )
    for part in parts:
        if not part.unit:
            return _unknown_unit(written, part)
    total = sum(part.number * _UNITS[part.unit] for part in parts)
    if total > _LONGEST:
        return _too_long(text)
    if total.denominator != 1:
        whole = Millis(max(1, round(total)))
        return DurationError(f"{written} is not a whole number of milliseconds", f"write `{render(whole)}`")
    return DurationError(f"{written} {_fault(text, parts)}", f"write {_meant(parts, Millis(int(total)))}")


def _loose_parts(text: str) -> list[_Part]:
    """The numbers and units that make up `text`, or nothing when there is something else in it."""
    parts: list[_Part] = []
    end = 0
    while end < len(text):
        match = _LOOSE.match(text, end)
        if not match:
            return []
        sign, number, name = match.groups()
        unit = _UNIT_OF.get(name.lower(), "") if name else _after(parts)
        parts.append(_Part(sign, _number(number), name, unit))
        end = match.end()
    return parts


def _after(parts: list[_Part]) -> str:
    """The unit of a number that has none: seconds, or the unit that follows the last one, as in `1h30`."""
    if not parts or not parts[-1].unit:
        return "s"
    units = list(_UNITS)
    return units[min(units.index(parts[-1].unit) + 1, len(units) - 1)]


def _number(text: str) -> Fraction:
    """The value of digits of any script with at most one decimal point or comma."""
    whole, _, decimals = text.replace(",", ".").partition(".")
    if len(whole) > 40:
        return Fraction(_LONGEST + 1)
    return Fraction(int(whole or "0")) + Fraction(int(decimals[:40] or "0"), 10 ** len(decimals[:40]))


def _fault(text: str, parts: list[_Part]) -> str:
    """What keeps `text` from being a duration, of which the units are known; the gravest fault if several."""
    units = [part.unit for part in parts]
    alias = next((part.name for part in parts if part.name not in ("", part.unit)), "")
    twice = next((unit for unit in units if units.count(unit) > 1), "")
    faults = (
        (any(part.sign not in ("", "+") for part in parts), "is negative"),
        (any(part.sign for part in parts), "has a sign"),
        ("." in text or "," in text, "has a fraction"),
        (not parts[0].name and len(parts) == 1, "has no unit"),
        (not all(part.name for part in parts), "has a number without a unit"),
        (alias, f"has the unknown unit `{alias}`"),
        (not text.isascii(), "has digits other than 0 to 9"),
        (any(char.isspace() for char in text), "has a space in it"),
        (twice, f"has the unit `{twice}` twice"),
    )
    return next((fault for found, fault in faults if found), "does not start with its largest unit")


def _meant(parts: list[_Part], total: Millis) -> str:
    """The duration that was meant, in the author's units where they can stand."""
    if not total:
        return "`0s`"
    if any(part.number.denominator != 1 for part in parts):
        return f"`{render(total)}`"
    counts = dict.fromkeys(_UNITS, 0)
    for part in parts:
        counts[part.unit] += int(part.number)
    own = "".join(f"{count}{unit}" for unit, count in counts.items() if count)
    # A bare number is seconds; show what that comes to, because minutes may have been meant.
    bare = any(not part.name for part in parts)
    return f"`{own}` or `{render(total)}`" if bare and own != render(total) else f"`{own}`"


def _unknown_unit(written: str, part: _Part) -> DurationError:
    name = part.name.lower()
    if name in _MONTHS:
        return DurationError(
            f"{written} counts in months, which differ in length", "write days, such as `30d`"
        )
    if name in _TOO_FINE:
        return DurationError(f"{written} is finer than a millisecond", "write at least `1ms`")
    problem = f"{written} has the unknown unit `{part.name}`"
    close = nearest(name, _UNIT_OF)
    if close:
        return DurationError(problem, f"did you mean `{_UNIT_OF[close]}`?")
    return DurationError(problem, f"the units are {', '.join(_UNITS)}")


def _too_long(text: str) -> DurationError:
    return DurationError(f"{_quote(text)} is longer than Prometheus can count", "write at most `292y`")


def _quote(text: str) -> str:
    """The author's text in backticks, on one line and not too long."""
    line = "".join(char if char.isprintable() else " " for char in text)
    return f"`{line}`" if len(line) <= 40 else f"`{line[:39]}…`"
