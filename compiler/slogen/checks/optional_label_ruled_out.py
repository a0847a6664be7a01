"""A matcher rules out values of a label that some series lack

## Why
`code!~"5.."` takes every series whose `code` is something else, and also each series that has no `code` at
all. By the catalog some series of this metric lack the label: what they count is taken along without anybody
having looked at it, so failures without a code count as good, or as bad.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: gateway}
spec:
  metrics:
    requests_total:
      type: counter
      labels:
        code: {values: ['200', '404', '500'], optional: true}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: gateway
  slos:
    - name: availability
      objective: 99.9
      sli:
        events:
          total: requests_total
          good: requests_total{code!~"5.."}
#                              ^^^^^^^^^^^
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: gateway}
spec:
  metrics:
    requests_total:
      type: counter
      labels:
        code: {values: ['200', '404', '500'], optional: true}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: gateway
  slos:
    - name: availability
      objective: 99.9
      sli:
        events:
          total: requests_total
          good: requests_total{code!~"5..",code!=""}
```
"""

from __future__ import annotations

from slogen.diagnostics import Code, Report
from slogen.examined import Examined

CODE = Code("SLO451", "warning", __doc__)


def check_expression(expression: Examined, report: Report) -> None:
    """Warn of matchers that also take the series without an optional label."""
    for selector in expression.selectors:
        if selector.sample is None:
            continue
        for matcher in selector.matchers:
            if matcher.op not in ("!=", "!~") or not matcher.value or not matcher.may_be_empty:
                continue
            label = selector.sample.label(matcher.name)
            alone = sum(other.name == matcher.name for other in selector.matchers) == 1
            if label is not None and label.is_optional and alone:
                report.report(
                    CODE,
                    expression.at(matcher.at),
                    f"this also takes the series of `{selector.name}` that have no `{matcher.name}`",
                    help=f'add `{matcher.name}!=""` if they are not meant, or count them by '
                    f'`{matcher.name}=""` on their own',
                )
