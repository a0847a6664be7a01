"""Times as Go's time package prints them, and the parts of them that templates ask for."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from slogen.gotemplates.tree import Moment

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def date(moment: Moment) -> datetime:
    """The time in Python's terms."""
    return _EPOCH + timedelta(milliseconds=moment.milliseconds)


def shown(moment: Moment) -> str:
    """A time as it is printed, such as `2015-01-01 00:00:00.5 +0000 UTC`."""
    at = date(moment)
    return f"{at:%Y-%m-%d %H:%M:%S}{_fraction('.999', at)} +0000 UTC"


# What Go's layouts are made of, the longer ones first. Go tells the fraction of a second by what follows it.
_ELEMENTS = re.compile(
    r"January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|2006|002|__2|_2006|_2|01|02|03|04|05|06|15|PM|pm"
    r"|Z070000|Z07:00:00|Z0700|Z07:00|Z07|-070000|-07:00:00|-0700|-07:00|-07"
    r"|[.,](?:0+|9+)(?![0-9])|1|2|3|4|5"
)


def laid_out(moment: Moment, layout: str) -> str:
    """A time as `Format` writes it."""
    at = date(moment)
    return _ELEMENTS.sub(lambda match: _element(match[0], at), layout)


def _element(element: str, at: datetime) -> str:
    if element[0] in ".,":
        return _fraction(element, at)
    if element[0] in "Z-":
        return "Z" if element[0] == "Z" else f"+{element[1:].replace('7', '0')}"
    if element == "_2006":
        return f"_{at.year:04}"
    hour = at.hour % 12 or 12
    month, day = _MONTHS[at.month - 1], _DAYS[at.weekday()]
    year_day = at.timetuple().tm_yday
    half = "AM" if at.hour < 12 else "PM"
    written = {"January": month, "Jan": month[:3], "Monday": day, "Mon": day[:3], "MST": "UTC"}
    written |= {"2006": f"{at.year:04}", "06": f"{at.year % 100:02}"}
    written |= {"01": f"{at.month:02}", "1": f"{at.month}"}
    written |= {"02": f"{at.day:02}", "_2": f"{at.day:2}", "2": f"{at.day}"}
    written |= {"002": f"{year_day:03}", "__2": f"{year_day:3}"}
    written |= {"15": f"{at.hour:02}", "03": f"{hour:02}", "3": f"{hour}", "PM": half, "pm": half.lower()}
    written |= {"04": f"{at.minute:02}", "4": f"{at.minute}", "05": f"{at.second:02}", "5": f"{at.second}"}
    return written[element]


def _fraction(element: str, at: datetime) -> str:
    digits = f"{at.microsecond // 1000:03}".ljust(len(element) - 1, "0")[: len(element) - 1]
    if element[1] == "0":
        return element[0] + digits
    digits = digits.rstrip("0")
    return element[0] + digits if digits else ""


NUMBERS: Final[dict[str, Callable[[datetime], int]]] = {
    "Year": lambda at: at.year,
    "Day": lambda at: at.day,
    "Hour": lambda at: at.hour,
    "Minute": lambda at: at.minute,
    "Second": lambda at: at.second,
    "YearDay": lambda at: at.timetuple().tm_yday,
}
"""The methods of a time that give a number, by their name."""
