"""A quantile is compared with a number between two bounds

## Why
A histogram only knows how many events were below the bounds of its buckets. Between two bounds a quantile is
a guess: Prometheus takes the events for evenly spread. With the bounds 1 and 2.5, a threshold of 2 is
exceeded or not according to how many events took more than 1, not by how many took more than 2. At a bound
the comparison is exact.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: router}
spec:
  metrics:
    router_duration_seconds: {type: histogram, unit: seconds, buckets: [0.1, 0.25, 0.5, 1, 2.5, 5]}
# rules/router.yaml
groups:
  - name: router
    rules:
      - alert: RouterSlow
        expr: histogram_quantile(0.95, sum by (le) (rate(router_duration_seconds_bucket[5m]))) > 2
#                                                                                                ^
        for: 5m
        labels: {severity: warning}
        annotations: {summary: The router is slow}
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: router}
spec:
  metrics:
    router_duration_seconds: {type: histogram, unit: seconds, buckets: [0.1, 0.25, 0.5, 1, 2.5, 5]}
# rules/router.yaml
groups:
  - name: router
    rules:
      - alert: RouterSlow
        expr: histogram_quantile(0.95, sum by (le) (rate(router_duration_seconds_bucket[5m]))) > 2.5
        for: 5m
        labels: {severity: warning}
        annotations: {summary: The router is slow, runbook_url: https://runbooks.example.com/RouterSlow}
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from slogen import catalogued
from slogen.diagnostics import Code, Report
from slogen.examined import Examined
from slogen.promql.comparisons import with_number
from slogen.source import Span

if TYPE_CHECKING:
    from slogen.promql.meaning import Meaning

CODE = Code("SLO447", "warning", __doc__)


def check_expression(expression: Examined, report: Report) -> None:
    """Warn of thresholds for quantiles that are no bounds of the buckets."""
    if not expression.project.catalogs:
        return
    found = catalogued.compared_with(expression)
    if found is not None:
        at = catalogued.key_of_slo(expression, "sli.good_when")
        _check(expression.meaning, found[1], at, report)
    for part in expression.operations:
        compared = with_number(part)
        if compared is not None:
            _check(compared.side, compared.number, expression.at(compared.at), report)


def _check(value: Meaning, number: float, at: Span, report: Report) -> None:
    quantile = value.bare
    if not quantile.is_call or quantile.name != "histogram_quantile":
        return
    samples = [catalogued.in_use(one) for one in quantile.selectors]
    if len(samples) != 1 or samples[0] is None or not samples[0].metric.buckets:
        return
    if samples[0].suffix != "_bucket":
        return
    buckets = samples[0].metric.buckets
    bounds = [0.0, *(float(bound) for bound in buckets)]
    if number in bounds or not bounds[0] < number < bounds[-1]:
        return
    near = [
        f"{bound:g}" for bound in (max(b for b in bounds if b < number), min(b for b in bounds if b > number))
    ]
    report.report(
        CODE,
        at,
        f"{number:g} is no bucket bound of `{samples[0].metric.name}`: between {near[0]} and {near[1]}, a "
        "quantile is a guess",
        also=catalogued.declared(samples[0].metric.where, "its buckets"),
        help=f"compare with {near[1]}" + (f" or {near[0]}" if near[0] != "0" else ""),
    )
