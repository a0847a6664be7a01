"""Units of values, as products of powers of base units."""

from __future__ import annotations

import re
from dataclasses import dataclass

_QUANTITIES = frozenset(
    (
        *("seconds", "bytes", "tokens", "celsius", "volts", "amperes", "watts", "joules", "grams", "meters"),
        *("cores", "bits", "dollars"),
    )
)
_SHARES = frozenset(("ratio", "percent", "1", "boolean"))
_SINGULAR = {"seconds": "second", "bytes": "byte", "events": "event", "tokens": "token"}


@dataclass(frozen=True, slots=True)
class Unit:
    """Base units with their powers, in the order of their names: a rate is `events 1, seconds -1`.

    Everything that is counted is in `events`: requests and errors are to be compared.
    """

    powers: tuple[tuple[str, int], ...] = ()

    def times(self, other: Unit) -> Unit:
        """The unit of a product."""
        found = dict(self.powers)
        for name, power in other.powers:
            found[name] = found.get(name, 0) + power
        return Unit(tuple(sorted((name, power) for name, power in found.items() if power)))

    def per(self, other: Unit) -> Unit:
        """The unit of a quotient."""
        return self.times(Unit(tuple((name, -power) for name, power in other.powers)))

    @property
    def is_share(self) -> bool:
        """Whether values are numbers without a unit, as ratios are."""
        return not self.powers

    def __str__(self) -> str:
        """In words, such as `events per second`."""
        above = " ".join(_power(name, power) for name, power in self.powers if power > 0)
        below = " per ".join(
            _power(_SINGULAR.get(name, name), -power) for name, power in self.powers if power < 0
        )
        return f"{above or '1'} per {below}" if below else above or "a ratio"


def _power(name: str, power: int) -> str:
    return name if power == 1 else f"{name}^{power}"


SHARE = Unit()
SECONDS = Unit((("seconds", 1),))
EVENTS = Unit((("events", 1),))


def unit_named(name: str) -> Unit | None:
    """The unit that a catalog names; None if it names none."""
    if not name or name == "timestamp":
        return SECONDS if name else None
    if name in _SHARES:
        return SHARE
    return Unit(((name, 1),)) if name in _QUANTITIES else EVENTS


_IN_NAME = re.compile(
    r"(?:^|_)(seconds|bytes|tokens|celsius|volts|joules|cores|ratio|percent)(?:_total|_sum)?$"
)


def unit_by_name(name: str) -> Unit | None:
    """The unit of a series by the conventions of its name; None in doubt.

    Source: https://prometheus.io/docs/practices/naming/.
    """
    if name.endswith(("_bucket", "_count")):
        return EVENTS
    found = _IN_NAME.search(name)
    if found:
        return unit_named(found[1])
    return EVENTS if name.endswith("_total") else None
