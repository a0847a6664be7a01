"""Events that went well are left out

## Why
Of several values of a label that mean success, as the catalog says, this selector of good events takes some
only. Events with the others count as bad, if the total has them: the error ratio is too high. And a matcher
such as `error_type!=""` leaves out nothing where success has a word of its own in the label.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: engine}
spec:
  metrics:
    engine_requests_total:
      type: counter
      labels:
        finished_reason: {values: [stop, length, abort, error], success: [stop, length]}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: engine
  slos:
    - name: availability
      objective: 99
      sli:
        events:
          total: engine_requests_total
          good: 'engine_requests_total{finished_reason="stop"}'
#                                      ^^^^^^^^^^^^^^^^^^^^^^
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: engine}
spec:
  metrics:
    engine_requests_total:
      type: counter
      labels:
        finished_reason: {values: [stop, length, abort, error], success: [stop, length]}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: engine
  slos:
    - name: availability
      objective: 99
      sli:
        events:
          total: engine_requests_total
          good: 'engine_requests_total{finished_reason=~"stop|length"}'
```
"""

from __future__ import annotations

from slogen import catalogued
from slogen.diagnostics import Code, Report
from slogen.examined import Examined

CODE = Code("SLO445", "warning", __doc__)


def check_expression(expression: Examined, report: Report) -> None:
    """Warn of good events that lack some of those that went well, and of rules that seem to lack them."""
    if not expression.project.catalogs:
        return
    for found in catalogued.left_out_of_good(expression):
        values = ", ".join(f"`{value}`" for value in found.successes)
        report.report(
            CODE,
            expression.at(found.matcher.at),
            f"good events leave out {values}, which `{found.sample.metric.name}` has for a success",
            also=catalogued.declared(found.label.where, "its values"),
            help=f'write `{found.label.name}=~"{"|".join(found.label.success)}"`, or narrow the total, too',
        )
    if expression.rule is not None:
        _check_rule(expression, report)


def _check_rule(expression: Examined, report: Report) -> None:
    for part in expression.selectors:
        sample = catalogued.in_use(part) if part.matchers else None
        for matcher in part.matchers if sample is not None else ():
            label = sample.own_label(matcher.name) if sample is not None else None
            if label is None or label.is_optional or not label.success:
                continue
            if (matcher.op, matcher.value) in (("!=", ""), ("=~", ".+")):
                report.report(
                    CODE,
                    expression.at(matcher.at),
                    f"this leaves out nothing: for a success, `{label.name}` is `{label.success[0]}`",
                    also=catalogued.declared(label.where, "its values"),
                    help=f'write `{label.name}!="{label.success[0]}"`',
                )
