"""A threshold outside of what the metric can be

## Why
A catalog says which values a metric can have: a ratio lies between 0 and 1, and a quantile is never above the
highest bound of the buckets. A comparison with a number beyond that is met by all values or by none. The SLO
then never has a bad event, or nothing but bad events, whatever happens.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: engine}
spec:
  metrics:
    engine_cache_usage: {type: gauge, unit: ratio, range: [0, 1]}
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
          metric: engine_cache_usage
          good_when: '< 90'
#                    ^^^^^^
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: engine}
spec:
  metrics:
    engine_cache_usage: {type: gauge, unit: ratio, range: [0, 1]}
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
          metric: engine_cache_usage
          good_when: '< 0.9'
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
    from slogen.promql.meaning import Bounds

CODE = Code("SLO438", "error", __doc__)


def check_expression(expression: Examined, report: Report) -> None:
    """Report comparisons in an SLO that the values of a catalogued metric meet always or never."""
    if expression.slo is None or not expression.project.catalogs:
        return
    found = catalogued.compared_with(expression)
    if found is not None:
        _check_condition(*found, expression, report)
    for part in expression.operations:
        compared = with_number(part)
        if compared is None or not catalogued.is_catalogued(compared.side):
            continue
        bounds, number = compared.side.bounds, compared.number
        if not bounds.can_be(compared.operator, number):
            _report(bounds, number, "is met by no value", expression.at(compared.at), report)


def _check_condition(operator: str, number: float, expression: Examined, report: Report) -> None:
    meaning = expression.meaning
    if not catalogued.is_catalogued(meaning):
        return
    if not meaning.bounds.can_be(operator, number):
        outcome = "is met by no value: every sample is bad"
    elif meaning.bounds.always_is(operator, number) and meaning.nan is None:
        outcome = "is met by every value: no sample is ever bad"
    else:
        return
    at = catalogued.key_of_slo(expression, "sli.good_when")
    _report(meaning.bounds, number, outcome, at, report)


def _report(bounds: Bounds, number: float, outcome: str, at: Span, report: Report) -> None:
    report.report(CODE, at, f"this comparison {outcome}, since {bounds.reason}", help=_help(bounds, number))


def _help(bounds: Bounds, number: float) -> str:
    if (bounds.lowest, bounds.highest) == (0, 1) and 1 < number <= 100:
        return f"the value is a ratio: write `{number / 100:g}`"
    return "compare with a number that the value can have on either side"
