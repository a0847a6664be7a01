"""A metric that will go

## Why
A catalog of metrics says that the component is going to drop this metric. With the version that does, the
query has no result and says so to nobody: the SLO looks like one without data, and alerts on it never fire.
Those who move before that lose nothing. A metric for which another one stands in by `or` is not reported.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: engine}
spec:
  metrics:
    engine_gpu_cache_usage_ratio: {type: gauge, status: deprecated, replaced_by: [engine_cache_usage_ratio]}
    engine_cache_usage_ratio: {type: gauge}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: engine
  slos:
    - name: cache
      objective: 99
      sli:
        condition:
          metric: engine_gpu_cache_usage_ratio
#                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          good_when: '< 0.9'
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: engine}
spec:
  metrics:
    engine_gpu_cache_usage_ratio: {type: gauge, status: deprecated, replaced_by: [engine_cache_usage_ratio]}
    engine_cache_usage_ratio: {type: gauge}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: engine
  slos:
    - name: cache
      objective: 99
      sli:
        condition:
          metric: engine_cache_usage_ratio
          good_when: '< 0.9'
```
"""

from __future__ import annotations

from slogen import catalogued
from slogen.diagnostics import Code, Report
from slogen.examined import Examined

CODE = Code("SLO426", "warning", __doc__)


def check_expression(expression: Examined, report: Report) -> None:
    """Warn of metrics that are deprecated."""
    for part in expression.selectors:
        sample = catalogued.in_use(part)
        if sample is None or sample.metric.status != "deprecated":
            continue
        if catalogued.is_optional(expression, part):
            continue
        metric = sample.metric
        until = f" and goes with {metric.until}" if metric.until else ""
        report.report(
            CODE,
            expression.at(part.name_at),
            f"the metric `{metric.name}` is deprecated{until}",
            also=catalogued.declared(metric.where),
            help=catalogued.replacement(metric) or "the component is going to drop it",
        )
