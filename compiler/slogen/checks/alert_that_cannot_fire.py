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

from slogen.burn import can_fire, decimal_text, factor, lowest_objective, threshold
from slogen.diagnostics import Code, Report
from slogen.durations import render
from slogen.ir import Slo, Tier

CODE = Code("SLO303", "error", __doc__)


def check_slo(slo: Slo, report: Report) -> None:
    """Report the tiers of enabled alerts whose threshold no error ratio exceeds."""
    if not 1 < slo.objective < 100:
        return
    dead = [
        tier for alert in slo.alerts for tier in alert.tiers if not can_fire(tier, slo.window, slo.budget)
    ]
    if not dead:
        return
    worst = max(dead, key=lambda tier: threshold(tier, slo.window, slo.budget))
    objective = decimal_text(slo.objective)
    at = lowest_objective(worst, slo.window)
    report.report(
        CODE,
        slo.where["objective"],
        f"the {worst.urgency} over {render(worst.long)} can never fire at an objective of {objective}",
        label=_arithmetic(slo, worst),
        help=(
            f"raise the objective above {at}, choose a shorter window, or name alert windows that spend a "
            "smaller share of the budget"
        ),
    )


def _arithmetic(slo: Slo, tier: Tier) -> str:
    percent = decimal_text(threshold(tier, slo.window, slo.budget) * 100)
    return f"{decimal_text(factor(tier, slo.window))} x {decimal_text(slo.budget)} is {percent}% of errors"
