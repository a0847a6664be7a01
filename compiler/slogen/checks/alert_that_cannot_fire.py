"""An alert that can never fire

## Why
A burn-rate alert fires when the error ratio exceeds factor x error budget. An error ratio is never above 1,
so where the product is 1 or more not even a total outage fires the alert: it is worse than none, because
everybody trusts it. At an objective of 90 over 30 days the fast page would need 14.4 x 0.1 = 144 percent of
errors.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: availability
      objective: 90
#                ^^
      sli: {events: {bad: 'errors_total', total: 'requests_total'}}
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: availability
      objective: 90
      alert_windows: low-objective
      sli: {events: {bad: 'errors_total', total: 'requests_total'}}
---
apiVersion: slogen.dev/v1
kind: AlertWindows
metadata: {name: low-objective}
spec:
  page:
    - {budget: 1, long: 1h, short: 5m}
    - {budget: 5, long: 6h, short: 30m}
  ticket:
    - {budget: 10, long: 3d, short: 6h}
```
"""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal
from fractions import Fraction

from slogen.burn import can_fire, decimal_text, factor, lowest_objective, threshold
from slogen.diagnostics import Code, Report
from slogen.durations import render
from slogen.ir import Slo, Tier
from slogen.source import Span

CODE = Code("SLO303", "error", __doc__)


def check_slo(slo: Slo, report: Report) -> None:
    """Report the tiers of enabled alerts whose threshold no error ratio exceeds."""
    if slo.compat is not None:
        return
    dead = dead_tiers(slo)
    own = [(tier, place) for tier in dead if (place := _place(slo, tier)) is not None]
    for tier, at in own:
        report.report(
            CODE,
            at,
            f"the {tier.urgency} over {render(tier.long)} can never fire at an objective of "
            f"{decimal_text(slo.objective)}",
            label=arithmetic(slo, tier),
            help=f"write a budget below {_highest_share(slo, tier)}, or raise the objective above "
            f"{lowest_objective(tier, slo.window)}",
        )
    if not dead or own:
        return
    worst = max(dead, key=lambda tier: threshold(tier, slo.window, slo.budget))
    report.report(
        CODE,
        slo.where["objective"],
        f"the {worst.urgency} over {render(worst.long)} can never fire at an objective of "
        f"{decimal_text(slo.objective)}",
        label=arithmetic(slo, worst),
        help=(
            f"raise the objective above {lowest_objective(worst, slo.window)}, choose a shorter window, or "
            "name alert windows that spend a smaller share of the budget"
        ),
    )


def _place(slo: Slo, tier: Tier) -> Span | None:
    """Where the budget of a tier is written, for tiers that the SLO has for itself."""
    number = [other for other in slo.tiers if other.urgency is tier.urgency].index(tier)
    name = f"alert_windows.{tier.urgency}.{number}"
    part = next((part for part in (f"{name}.budget", name) if part in slo.where), None)
    return slo.where[part] if part else None


def _highest_share(slo: Slo, tier: Tier) -> str:
    """The percentage of the budget that a total outage spends within the long window, rounded down."""
    exact = Fraction(tier.long, slo.window) / Fraction(slo.budget) * 100
    share = Decimal(exact.numerator) / Decimal(exact.denominator)
    return decimal_text(share.quantize(Decimal(1).scaleb(share.adjusted() - 3), rounding=ROUND_DOWN))


def dead_tiers(slo: Slo) -> list[Tier]:
    """The tiers of enabled alerts that can never fire; none where the objective itself is an error."""
    if not 1 < slo.objective < 100:
        return []
    tiers = (tier for alert in slo.alerts for tier in alert.tiers)
    return [tier for tier in tiers if not can_fire(tier, slo.window, slo.budget)]


def arithmetic(slo: Slo, tier: Tier) -> str:
    """How the threshold of a tier comes to be above all errors that there can be."""
    percent = decimal_text(threshold(tier, slo.window, slo.budget) * 100)
    return f"{decimal_text(factor(tier, slo.window))} x {decimal_text(slo.budget)} is {percent}% of errors"
