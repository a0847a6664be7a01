"""Events that went well count as bad

## Why
Some components name the reason of an error in a label, and write a word of their own there for what went
well, such as `error_type="successful_request"`. A selector of everything with a reason then takes all events:
the whole error budget is gone within the hour, and the alert pages while all is well. A catalog says which
values of a label mean success.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: router}
spec:
  metrics:
    router_requests_total:
      type: counter
      labels:
        error_type: {values: [successful_request, proxy, scheduling], success: [successful_request]}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: router
  slos:
    - name: availability
      objective: 99.9
      sli:
        events:
          total: router_requests_total
          bad: 'router_requests_total{error_type!=""}'
#                                     ^^^^^^^^^^^^^^
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: router}
spec:
  metrics:
    router_requests_total:
      type: counter
      labels:
        error_type: {values: [successful_request, proxy, scheduling], success: [successful_request]}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: router
  slos:
    - name: availability
      objective: 99.9
      sli:
        events:
          total: router_requests_total
          bad: 'router_requests_total{error_type!="successful_request"}'
```
"""

from __future__ import annotations

from slogen import catalogued
from slogen.diagnostics import Code, Report
from slogen.examined import Examined

CODE = Code("SLO430", "error", __doc__)


def check_expression(expression: Examined, report: Report) -> None:
    """Report selectors of bad events that take those which went well."""
    if not expression.project.catalogs:
        return
    for found in catalogued.counted_as_bad(expression):
        value = found.successes[0]
        report.report(
            CODE,
            expression.at(found.matcher.at),
            f"events that went well count as bad: this takes `{value}`, which `{found.sample.metric.name}` "
            "has for a success",
            also=catalogued.declared(found.label.where, "its values"),
            help=f'write `{found.label.name}!="{value}"`'
            if len(found.label.success) == 1
            else f'write `{found.label.name}!~"{"|".join(found.label.success)}"`',
        )
