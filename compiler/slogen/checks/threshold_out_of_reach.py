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

from typing import TYPE_CHECKING

from slogen.diagnostics import Code, Report
from slogen.examined import Examined
from slogen.slis.condition import COMPARISON, Condition
from slogen.slis.timeslice import Timeslice
from slogen.source import Span

if TYPE_CHECKING:
    from slogen.promql.meaning import Bounds, Meaning

CODE = Code("SLO462", "error", __doc__)
_OPPOSITE = {">": "<=", ">=": "<", "<": ">=", "<=": ">", "==": "!=", "!=": "=="}
_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}


def check_expression(expression: Examined, report: Report) -> None:
    """Report conditions that are always or never met, and comparisons in a query that are never met."""
    slo = expression.slo
    if slo is None:
        return
    sli = slo.sli.of if isinstance(slo.sli, Timeslice) else slo.sli
    if isinstance(sli, Condition):
        _check_condition(sli, expression, report)
    for part in expression.operations:
        if part.name in _OPPOSITE:
            _check_comparison(part, expression, report)


def _check_condition(sli: Condition, expression: Examined, report: Report) -> None:
    match = COMPARISON.fullmatch(sli.comparison)
    meaning = expression.meaning
    # What a catalog says of the values is judged elsewhere.
    if match is None or _is_catalogued(meaning):
        return
    operator, number = match[1], float(match[2])
    can_be = _can_be(meaning.bounds, operator, number)
    always = not _can_be(meaning.bounds, _OPPOSITE[operator], number) and meaning.nan is None
    if can_be and not always:
        return
    outcome = "is always met: no sample is ever bad" if can_be else "is never met: every sample is bad"
    report.report(
        CODE,
        _at(expression),
        f"`{sli.comparison}` {outcome}, since {_said(meaning.bounds)}",
        help="compare another value, such as a `sum()`, or with another number",
    )


def _at(expression: Examined) -> Span:
    """The comparison, where it is written apart from the value."""
    where = expression.slo.where if expression.slo is not None else None
    return where["sli.good_when"] if where is not None and "sli.good_when" in where else expression.whole


def _check_comparison(part: Meaning, expression: Examined, report: Report) -> None:
    left, right = part.parts
    operator = part.name
    if left.type == "scalar":
        left, right, operator = right, left, _FLIPPED[operator]
    number = right.bounds.number
    if number is None or left.bounds.number is not None or _is_catalogued(left):
        return
    if not _can_be(left.bounds, operator, number):
        report.report(
            CODE,
            expression.at(part.name_at),
            f"no value passes this comparison, since {_said(left.bounds)}",
            help="compare with a number that the value can have",
        )


def _can_be(bounds: Bounds, operator: str, number: float) -> bool:
    if operator == "!=":
        return bounds.number != number
    return bounds.can_be(operator, number)


def _is_catalogued(meaning: Meaning) -> bool:
    return any(one.sample is not None for one in meaning.selectors)


def _said(bounds: Bounds) -> str:
    if bounds.why:
        return bounds.why
    if bounds.number is not None:
        return f"the value is {bounds.number:g} or there is none"
    low, high = bounds.lowest, bounds.highest
    if low == float("-inf"):
        return f"the value is never {'as much as' if bounds.highest_open else 'above'} {high:g}"
    if high == float("inf"):
        return f"the value is {'above' if bounds.lowest_open else 'at least'} {low:g}, or there is none"
    return f"the value is between {low:g} and {high:g}"
