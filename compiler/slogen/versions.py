"""Which of two versions is older, for all that names its versions in numbers.

The order is that of semantic versioning (https://semver.org, section 11), read kindly: a `v` in front is
fine, missing parts are zero (`3` is 3.0.0), further parts count, and what follows a `+` does not.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TypeAlias

Version: TypeAlias = "tuple[tuple[int, ...], bool, tuple[tuple[bool, int, str], ...]]"
"""The numbers without zeros at their end, whether it is a release, and the parts of a pre-release."""

_MOST_DIGITS = 18
_FORM = re.compile(
    rf"[vV]?(?P<numbers>[0-9]{{1,{_MOST_DIGITS}}}(?:\.[0-9]{{1,{_MOST_DIGITS}}})*)"
    r"(?:-(?P<pre>[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]+)?",
    re.ASCII,
)


@lru_cache(maxsize=1024)
def parse(text: str) -> Version | None:
    """A version to be compared; None for a text such as `main`, which has no place in the order."""
    match = _FORM.fullmatch(text.strip())
    if match is None:
        return None
    numbers = [int(part) for part in match["numbers"].split(".")]
    while numbers and not numbers[-1]:
        numbers.pop()
    parts = match["pre"].split(".") if match["pre"] else []
    return tuple(numbers), not parts, tuple(map(_of_pre_release, parts))


def _of_pre_release(part: str) -> tuple[bool, int, str]:
    """Numbers come before words, and are compared as numbers."""
    is_number = part.isdecimal() and len(part) <= _MOST_DIGITS
    return not is_number, int(part) if is_number else 0, part if not is_number else ""


def is_before(first: str, second: str) -> bool | None:
    """Whether the first version is older than the second; None where one of them is in no order."""
    one, other = parse(first), parse(second)
    return None if one is None or other is None else one < other


def is_at_least(version: str, least: str) -> bool | None:
    """Whether a version is `least` or newer; None where one of them is in no order."""
    before = is_before(version, least)
    return None if before is None else not before
