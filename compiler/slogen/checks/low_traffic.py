"""A page fires for a single bad event

## Why
Where few events happen, one failed request is a large share of an hour, and the page over that hour fires
for it. Nobody can do anything about one request, and soon nobody looks at the page. The SRE workbook
(chapter 5, "Low-Traffic Services and Error Budget Alerting") says what helps: generate traffic, combine
services, alert over longer windows, or promise less. With `traffic` in Settings, events per second by the
id of an SLO, slogen can tell.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  prometheus: {traffic: {checkout-availability: 0.01}}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: availability
      objective: 99.9
#                ^^^^
      sli: {events: {bad: 'errors_total', total: 'requests_total'}}
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  prometheus: {traffic: {checkout-availability: 2}}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: availability
      objective: 99.9
      sli: {events: {bad: 'errors_total', total: 'requests_total'}}
```
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from slogen.burn import decimal_text, threshold
from slogen.diagnostics import Code, Label, Report
from slogen.durations import render
from slogen.ir import Millis, Program, Prometheus, Slo, Tier, Urgency

CODE = Code("SLO456", "warning", __doc__)
_ALL_OTHERS = "*"


def check_program(program: Program, report: Report) -> None:
    """Report the SLOs that page for one bad event at the traffic that is stated for them."""
    traffic = program.settings.prometheus.traffic
    if not traffic:
        return
    for slo in program.slos:
        rate = traffic.get(slo.id, traffic.get(_ALL_OTHERS))
        if rate is None or slo.sli.unit != "events" or not 0 < slo.objective < 100:
            continue
        tier = _most_nervous(slo)
        if tier is not None and _bad_events_to_fire(slo, tier, rate) < 1:
            _report(slo, tier, rate, program.settings.prometheus, report)


def _most_nervous(slo: Slo) -> Tier | None:
    """The tier of a page that fires for the fewest bad events; None without a page."""
    tiers = [tier for alert in slo.alerts if alert.urgency is Urgency.PAGE for tier in alert.tiers]
    return min(tiers, key=lambda tier: tier.long * threshold(tier, slo.window, slo.budget), default=None)


def _events(rate: Decimal, window: Millis) -> Fraction:
    return Fraction(rate) * window / 1000


def _bad_events_to_fire(slo: Slo, tier: Tier, rate: Decimal) -> Fraction:
    """The events within the long window times the threshold: fewer events make up the short window."""
    return _events(rate, tier.long) * threshold(tier, slo.window, slo.budget)


def _report(slo: Slo, tier: Tier, rate: Decimal, stated: Prometheus, report: Report) -> None:
    spent = 100 / (_events(rate, slo.window) * Fraction(slo.budget))
    part = f"traffic.{slo.id}"
    where = stated.where
    place = where[part if part in where else f"traffic.{_ALL_OTHERS}"] if where else None
    events = decimal_text(_events(rate, tier.long), digits=3)
    limit = decimal_text(threshold(tier, slo.window, slo.budget) * 100, digits=4)
    report.report(
        CODE,
        slo.where["objective"],
        f"at {decimal_text(rate)} events per second, the page over {render(tier.long)} fires for one bad "
        f"event, which spends {decimal_text(spent, digits=2)}% of the budget of {render(slo.window)}",
        label=f"{events} events in {render(tier.long)}, and {limit}% of them may be bad",
        also=(Label(place, "the traffic of this SLO"),) if place is not None else (),
        help="measure more events together, generate some, name alert windows that look back further, or "
        "lower the objective (SRE workbook, chapter 5, low-traffic services)",
    )
