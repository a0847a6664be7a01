"""A metric that is gone

## Why
A catalog of metrics says which version of a component is in use, and which metrics came and went with which
version. A query for one that is gone, or that comes later, has no result and says so to nobody: the SLO looks
like one without data, and alerts on it never fire. What `absent()` looks for is not checked, and neither is a
metric for which another one stands in by `or`.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: engine}
spec:
  version: v0.12.0
  metrics:
    engine_gpu_cache_usage_ratio: {type: gauge, until: v0.11.0, replaced_by: [engine_cache_usage_ratio]}
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
  version: v0.12.0
  metrics:
    engine_gpu_cache_usage_ratio: {type: gauge, until: v0.11.0, replaced_by: [engine_cache_usage_ratio]}
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

CODE = Code("SLO425", "error", __doc__)


def check_expression(expression: Examined, report: Report) -> None:
    """Report metrics that the version in use does not have."""
    for part in expression.selectors:
        why = catalogued.gone(part.sample) if part.sample is not None else ""
        if not why or part.sample is None or catalogued.is_optional(expression, part):
            continue
        metric = part.sample.metric
        report.report(
            CODE,
            expression.at(part.name_at),
            f"the metric `{metric.name}` {why}",
            also=catalogued.declared(metric.where),
            help=catalogued.replacement(metric) or "delete what depends on it, or measure it in another way",
        )
