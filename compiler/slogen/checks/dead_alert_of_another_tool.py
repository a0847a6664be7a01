"""The rules of another tool hold an alert that can never fire

## Why
With `--compat sloth` slogen writes the rules that Sloth writes, and Sloth writes alerts whose threshold is
above 1 without a word: at an objective of 90 over 30 days the fast page needs 14.4 x 0.1 = 144 percent of
errors. The rules are the same as before, so this is a warning; without `--compat` it is an error.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  compat:
    - {paths: ['**'], rules: sloth}
---
version: prometheus/v1
service: checkout
slos:
  - name: availability
    objective: 90
#              ^^
    sli:
      events:
        error_query: sum(rate(errors_total[{{.window}}]))
        total_query: sum(rate(requests_total[{{.window}}]))
    alerting: {name: CheckoutAvailability}
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  compat:
    - {paths: ['**'], rules: sloth}
---
version: prometheus/v1
service: checkout
slos:
  - name: availability
    objective: 90
    sli:
      events:
        error_query: sum(rate(errors_total[{{.window}}]))
        total_query: sum(rate(requests_total[{{.window}}]))
    alerting: {name: CheckoutAvailability}
---
apiVersion: sloth.slok.dev/v1
kind: AlertWindows
spec:
  sloPeriod: 30d
  page:
    quick: {errorBudgetPercent: 1, shortWindow: 5m, longWindow: 1h}
    slow: {errorBudgetPercent: 5, shortWindow: 30m, longWindow: 6h}
  ticket:
    quick: {errorBudgetPercent: 10, shortWindow: 2h, longWindow: 1d}
    slow: {errorBudgetPercent: 10, shortWindow: 6h, longWindow: 3d}
```
"""

from __future__ import annotations

from slogen.burn import can_fire, decimal_text, factor, lowest_objective, threshold
from slogen.diagnostics import Code, Report
from slogen.durations import render
from slogen.ir import Slo

CODE = Code("SLO304", "warning", __doc__)


def check_slo(slo: Slo, report: Report) -> None:
    """Warn of the tiers, in the rules of another tool, whose threshold no error ratio exceeds."""
    if slo.compat is None or not 1 < slo.objective < 100:
        return
    tiers = (tier for alert in slo.alerts for tier in alert.tiers)
    dead = [tier for tier in tiers if not can_fire(tier, slo.window, slo.budget)]
    if not dead:
        return
    worst = max(dead, key=lambda tier: threshold(tier, slo.window, slo.budget))
    product = f"{decimal_text(factor(worst, slo.window))} x {decimal_text(slo.budget)}"
    percent = decimal_text(threshold(worst, slo.window, slo.budget) * 100)
    report.report(
        CODE,
        slo.where["objective"],
        f"the {worst.urgency} over {render(worst.long)} can never fire at an objective of "
        f"{decimal_text(slo.objective)}",
        label=f"{product} is {percent}% of errors",
        help=(
            f"raise the objective above {lowest_objective(worst, slo.window)}, or add an `AlertWindows` "
            "document that spends a smaller share of the budget"
        ),
    )
