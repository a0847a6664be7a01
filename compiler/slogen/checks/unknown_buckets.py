"""A threshold for a histogram whose buckets nobody knows

## Why
A latency SLO works only at a bound of the buckets: at any other threshold every event counts as slow. The
catalog has the histogram, but does not say which bounds it has, so nobody has checked the threshold. Look
them up in what the component exports (`le="..."`), and list them under `buckets`; `slogen catalog import`
does. Where they cannot be known, `status: unverified` says so.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: shop}
spec:
  metrics:
    shop_request_duration_seconds: {type: histogram, unit: seconds}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: shop
  slos:
    - name: latency
      objective: 99
      sli:
        latency: {histogram: shop_request_duration_seconds, threshold: 40ms}
#                                                                      ^^^^
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: shop}
spec:
  metrics:
    shop_request_duration_seconds: {type: histogram, unit: seconds, buckets: [0.025, 0.05, 0.1]}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: shop
  slos:
    - name: latency
      objective: 99
      sli:
        latency: {histogram: shop_request_duration_seconds, threshold: 50ms}
```
"""

from __future__ import annotations

from slogen import catalogued, durations
from slogen.diagnostics import Code, Report
from slogen.examined import Examined

CODE = Code("SLO437", "warning", __doc__)


def check_expression(expression: Examined, report: Report) -> None:
    """Warn of latency SLOs whose histograms have no known buckets."""
    sli = catalogued.latency_of(expression)
    if sli is None or not expression.project.catalogs:
        return
    for part in expression.selectors:
        sample = catalogued.in_use(part)
        if sample is None or sample.suffix != "_bucket" or sample.metric.buckets:
            continue
        if sample.metric.status == "unverified" or len(sample.catalogs) > 1:
            continue
        report.report(
            CODE,
            catalogued.key_of_slo(expression, "sli.threshold"),
            f"nobody knows whether {durations.render(sli.threshold)} is a bucket bound of "
            f"`{sample.metric.name}`: the catalog lists none",
            also=catalogued.declared(sample.metric.where),
            help="list the bounds of the histogram under `buckets`",
        )
