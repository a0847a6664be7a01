"""A catalog warns of this use of a metric

## Why
Some metrics count something else than their names say, or what nobody wants in an SLO, such as the mistakes
of clients. Whoever knows a component writes that down in its catalog, and in which case it matters:
`matchers` are values that a query selects, `unless` labels by which a query tells the cases apart. A note
without either is for those who read the catalog, and warns of nothing. Where the query is right all the same,
allow the finding and say why.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: picker}
spec:
  metrics:
    picker_requests_total: {type: counter}
    picker_errors_total:
      type: counter
      labels: [error_code]
      cautions:
        - {trait: client_errors, unless: [error_code], text: Mistakes of clients are in here.}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: picker
  slos:
    - name: availability
      objective: 99.9
      sli:
        events:
          total: picker_requests_total
          bad: picker_errors_total
#              ^^^^^^^^^^^^^^^^^^^
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: picker}
spec:
  metrics:
    picker_requests_total: {type: counter}
    picker_errors_total:
      type: counter
      labels: [error_code]
      cautions:
        - {trait: client_errors, unless: [error_code], text: Mistakes of clients are in here.}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: picker
  slos:
    - name: availability
      objective: 99.9
      sli:
        events:
          total: picker_requests_total
          bad: 'picker_errors_total{error_code!="BadRequest"}'
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from slogen import catalogued
from slogen.catalog import Caution, Sample
from slogen.diagnostics import Code, Report
from slogen.examined import Examined
from slogen.promql.comparisons import with_number
from slogen.promql.functions import RATES

if TYPE_CHECKING:
    from slogen.promql.meaning import Meaning

CODE = Code("SLO439", "warning", __doc__)
_OF_MOTION = (*RATES, "changes", "delta", "idelta", "deriv")


def check_expression(expression: Examined, report: Report) -> None:
    """Warn of uses of metrics that a catalog has a caution about; once for each caution."""
    if not expression.project.catalogs or expression.role == "total":
        return
    if expression.slo is None and not expression.is_alert:
        return
    grouped = catalogued.groupings(expression)
    totals = {id(one) for divisor in catalogued.divisors(expression) for one in divisor.selectors}
    seen: set[Caution] = set()
    for part in expression.selectors:
        sample = catalogued.in_use(part) if id(part) not in totals else None
        if sample is None:
            continue
        for caution in sample.metric.cautions:
            if caution in seen or not catalogued.concerns(caution, part, grouped):
                continue
            if _matters(caution, part, expression) and not catalogued.is_optional(expression, part):
                seen.add(caution)
                _report(caution, part, sample, expression, report)


def _report(caution: Caution, part: Meaning, sample: Sample, expression: Examined, report: Report) -> None:
    report.report(
        CODE,
        expression.at(part.name_at),
        f"a caution about `{sample.metric.name}`: {catalogued.sentence(caution)}",
        also=catalogued.declared(caution.where, "the catalog says so"),
        help=_help(caution),
    )


def _help(caution: Caution) -> str:
    if caution.unless:
        labels = " or ".join(f"`{label}`" for label in caution.unless)
        return f"select or group by {labels}"
    if caution.matchers:
        values = " and ".join(f'`{label}!="{value}"`' for label, value in caution.matchers.items())
        return f"leave it out, by {values}"
    if caution.trait == "whole_numbers":
        return "compare with a whole number above 1"
    return "take another metric, or allow this finding and say why"


def _matters(caution: Caution, part: Meaning, expression: Examined) -> bool:
    if caution.trait == "client_errors":
        return True
    if caution.trait == "whole_numbers":
        return _is_compared_finely(part, expression)
    if caution.trait != "note" or not (caution.matchers or caution.unless):
        return False
    return expression.slo is not None or _is_divided(part, expression)


def _is_divided(part: Meaning, expression: Examined) -> bool:
    """Whether a rule takes it for a share of something, rather than for so much traffic."""
    outside = catalogued.around(expression, part)
    return any(outer.name == "/" and inner is outer.parts[0] for outer, inner in outside)


def _is_compared_finely(part: Meaning, expression: Examined) -> bool:
    """Whether the value is compared with a number that it jumps over: a fraction, or one that it is never
    near, because all that is below 1 is 0."""
    outside = [outer for outer, _ in catalogued.around(expression, part)]
    if any(outer.name in ("/", "*", *_OF_MOTION) for outer in outside):
        return False
    compared = [with_number(outer) for outer in outside]
    numbers = [one.number for one in compared if one is not None and part in one.side.walk()]
    condition = catalogued.compared_with(expression)
    if condition is not None:
        numbers.append(condition[1])
    return any(0 < number <= 1 or number % 1 for number in numbers)
