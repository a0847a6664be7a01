"""A comparison that always comes out the same

## Why
Some values have bounds that no system moves: `up` is 0 or 1, `absent()` is 1 or nothing, a count is at least
1 where there is anything to count. A condition that asks for more than there can be is never met, so every
sample is bad; one that all values meet makes every sample good, and the alerts never fire. A comparison
within a query that no value passes leaves nothing of it.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: replicas
      objective: 99
      sli:
        condition: {metric: 'up{job="checkout"}', good_when: '>= 2'}
#                                                            ^^^^^^
    - name: any
      objective: 99
      sli:
        condition: {metric: 'count(up{job="checkout"} == 1)', good_when: '> 0'}
#                                                                        ^^^^^
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: replicas
      objective: 99
      sli:
        condition: {metric: 'sum(up{job="checkout"})', good_when: '>= 2'}
```
"""

from __future__ import annotations

from slogen import catalogued
from slogen.diagnostics import Code, Report
from slogen.examined import Examined
from slogen.promql.comparisons import with_number

CODE = Code("SLO462", "error", __doc__)


def check_expression(expression: Examined, report: Report) -> None:
    """Report conditions that are always or never met, and comparisons in a query that are never met.

    What a catalog says of the values is judged elsewhere.
    """
    if expression.slo is None:
        return
    found = catalogued.compared_with(expression)
    if found is not None and not catalogued.is_catalogued(expression.meaning):
        _check_condition(*found, expression, report)
    for part in expression.operations:
        compared = with_number(part)
        if compared is None or compared.side.bounds.number is not None:
            continue
        bounds = compared.side.bounds
        if not bounds.can_be(compared.operator, compared.number) and not catalogued.is_catalogued(
            compared.side
        ):
            report.report(
                CODE,
                expression.at(part.name_at),
                f"no value passes this comparison, since {bounds.reason}",
                help="compare with a number that the value can have",
            )


def _check_condition(operator: str, number: float, expression: Examined, report: Report) -> None:
    meaning = expression.meaning
    can_be = meaning.bounds.can_be(operator, number)
    always = meaning.bounds.always_is(operator, number) and meaning.nan is None
    if can_be and not always:
        return
    outcome = "is always met: no sample is ever bad" if can_be else "is never met: every sample is bad"
    report.report(
        CODE,
        catalogued.key_of_slo(expression, "sli.good_when"),
        f"`{operator} {number:g}` {outcome}, since {meaning.bounds.reason}",
        help="compare another value, such as a `sum()`, or with another number",
    )
