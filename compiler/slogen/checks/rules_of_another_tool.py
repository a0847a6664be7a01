"""The rules of another tool cannot work

## Why
With `--compat sloth` slogen writes the rules that Sloth writes, and Sloth writes without a word what cannot
work: alerts whose threshold is above 1 (at an objective of 90 over 30 days the fast page needs 14.4 x 0.1 =
144 percent of errors), errors and totals with different labels, whose ratio never has a value, bad events
that are compared with themselves or are never more than zero, and queries that never have a result. The
rules are the same as before, so these are warnings; without `--compat` they are the errors SLO303 and SLO407
to SLO412.

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

from slogen.burn import decimal_text, lowest_objective, threshold
from slogen.checks.alert_that_cannot_fire import arithmetic, dead_tiers
from slogen.diagnostics import Code, Report
from slogen.durations import render
from slogen.ir import Slo

CODE = Code("SLO304", "warning", __doc__)


def check_slo(slo: Slo, report: Report) -> None:
    """Warn of the tiers, in the rules of another tool, whose threshold no error ratio exceeds."""
    dead = dead_tiers(slo) if slo.compat is not None else []
    if not dead:
        return
    worst = max(dead, key=lambda tier: threshold(tier, slo.window, slo.budget))
    report.report(
        CODE,
        slo.where["objective"],
        f"the {worst.urgency} over {render(worst.long)} can never fire at an objective of "
        f"{decimal_text(slo.objective)}",
        label=arithmetic(slo, worst),
        help=(
            f"raise the objective above {lowest_objective(worst, slo.window)}, or add an `AlertWindows` "
            "document that spends a smaller share of the budget"
        ),
    )
