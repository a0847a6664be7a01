"""A metric that never reaches Prometheus

## Why
A component exports more than what is kept of it: scrapes keep or drop metrics by their names, and some ways
lead to other tools than Prometheus. A query for what is not kept has no result and says so to nobody. The
regular expressions are anchored, as Prometheus and Alloy have it: `shop_requests` does not keep
`shop_requests_total`.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: shop}
spec:
  scrapes: [{kind: servicemonitor, keep: 'up|process.*'}]
  metrics:
    shop_requests_total: {type: counter, labels: [code]}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: shop
  slos:
    - name: availability
      objective: 99.9
      sli:
        events:
          total: shop_requests_total
#                ^^^^^^^^^^^^^^^^^^^
          bad: 'shop_requests_total{code=~"5.."}'
#               ^^^^^^^^^^^^^^^^^^^
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: shop}
spec:
  scrapes: [{kind: servicemonitor, keep: 'up|process.*|shop_.*'}]
  metrics:
    shop_requests_total: {type: counter, labels: [code]}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: shop
  slos:
    - name: availability
      objective: 99.9
      sli:
        events:
          total: shop_requests_total
          bad: 'shop_requests_total{code=~"5.."}'
```
"""

from __future__ import annotations

from slogen import catalogued
from slogen.catalog import Sample, Scrape
from slogen.diagnostics import Code, Report
from slogen.examined import Examined

CODE = Code("SLO429", "error", __doc__)


def check_expression(expression: Examined, report: Report) -> None:
    """Report metrics that no scrape keeps."""
    for part in expression.selectors:
        sample = catalogued.in_use(part)
        if sample is None or not sample.knows_scrapes:
            continue
        lost = [_loss(sample, scrape) for scrape in sample.scrapes]
        if not all(lost) or catalogued.is_optional(expression, part):
            continue
        report.report(
            CODE,
            expression.at(part.name_at),
            f"`{part.name}` never reaches Prometheus: {lost[0]}",
            also=catalogued.declared(sample.scrapes[0].where, "how it is scraped"),
            help=_help(sample),
        )


def _loss(sample: Sample, scrape: Scrape) -> str:
    """Why a scrape does not bring a series to Prometheus; empty if it does."""
    from slogen.promql.patterns import matches  # noqa: PLC0415 - most scrapes keep everything

    if not scrape.is_prometheus:
        return f"the way by `{scrape.kind}` leads elsewhere"
    if scrape.keep and not matches(scrape.keep, sample.name):
        return f"the scrape keeps only `{scrape.keep}`"
    if scrape.drop and matches(scrape.drop, sample.name):
        return f"the scrape drops `{scrape.drop}`"
    return ""


def _help(sample: Sample) -> str:
    if not any(scrape.is_prometheus for scrape in sample.scrapes):
        return "let Prometheus scrape the component, too, and declare that under `scrapes`"
    return f"let the scrape keep `{sample.metric.name}`; the expression must match whole names"
