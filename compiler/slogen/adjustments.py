"""How the rules of one SLO depart from the usual ones.

Sloth builds the rules of an SLO by a chain of plugins that an author can add to or replace; these are the
effects that such plugins have, in slogen's words. Their order is that of the chain. Slogen's own rules heed
what has a meaning for them; the rules that equal Sloth's follow the chain step by step.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from slogen.units import Labels, Millis


@dataclass(frozen=True, slots=True)
class RatioRecordings:
    """The error ratios are recorded.

    For Sloth's rules: `plain_period` measures the period like any other window, instead of by the mean of
    the shortest one; `corrected` weighs windows by their traffic (denominator correction). Slogen counts
    events and needs neither.
    """

    plain_period: bool = False
    corrected: bool = False


@dataclass(frozen=True, slots=True)
class MetadataRecordings:
    """Objective, budget, burn rates and information are recorded."""


@dataclass(frozen=True, slots=True)
class BurnAlerts:
    """The burn-rate alerts are raised."""


@dataclass(frozen=True, slots=True)
class InfoLabels:
    """Labels of a metadata series, besides those that it has."""

    labels: Labels
    series: str = "sloth_slo_info"


@dataclass(frozen=True, slots=True)
class BareSeries:
    """The recorded series have no labels of the author's but those in `keep`.

    The information series has them all, and so have the series in `all_but`.
    """

    keep: tuple[str, ...] = ()
    all_but: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Intervals:
    """The evaluation intervals of the SLO's groups; None takes the default."""

    default: Millis
    ratios: Millis | None = None
    metadata: Millis | None = None
    alerts: Millis | None = None


@dataclass(frozen=True, slots=True)
class BudgetAlert:
    """An alert that at most `threshold` (a ratio, 0 for none) of the period's error budget is left.

    `selector` are labels that the series must have besides the identity and the labels of the SLO.
    """

    name: str = "ErrorBudgetExhausted"
    threshold: Decimal = Decimal(0)
    for_: Millis = Millis(300_000)
    labels: Labels = field(default_factory=dict)
    selector: Labels = field(default_factory=dict)
    annotations: Labels = field(default_factory=dict)


Adjustment = (
    RatioRecordings | MetadataRecordings | BurnAlerts | InfoLabels | BareSeries | Intervals | BudgetAlert
)

USUAL: tuple[Adjustment, ...] = (RatioRecordings(), MetadataRecordings(), BurnAlerts())
"""What is emitted unless an author says otherwise."""
