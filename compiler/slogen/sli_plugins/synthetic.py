"""Indicators without a service behind them: a constant burn rate, and no errors at all."""

from __future__ import annotations

from decimal import Decimal

from slogen.ir import HOLE
from slogen.slioptions import Option, Plugin, Values, number


def _fake(values: Values, meta: Values) -> str:
    """The error ratio of a burn rate, and with a jitter one that wanders by that many percent."""
    budget = (100 - Decimal(meta["objective"])) / 100
    expected = budget * Decimal(values["burn_rate"])
    steady = f"max_over_time(vector({expected:f})[{HOLE}:])"
    jitter = Decimal(values["jitter_percent"] or 0)
    if not jitter:
        return steady
    noise = f"((time() * minute() * hour() * day_of_week() * month()) % {2 * jitter:f})"
    return f"({steady}) - (({expected:f} * ({jitter:f} - {noise})) / 100)"


def _noop(_values: Values, _meta: Values) -> str:
    return f"max_over_time(vector(0)[{HOLE}:])"


PLUGINS = (
    Plugin(
        "sloth-common/fake",
        {"burn_rate": Option(number, default=None), "jitter_percent": Option(number)},
        _fake,
    ),
    Plugin("sloth-common/noop", {}, _noop),
)
