"""Errors and total count different things

## Why
An error ratio divides bad events by all events. Where one side counts seconds, bytes or tokens and the other
one requests, as the catalog says, the quotient is no share of anything: it is above 1 on some days and near 0
on others, and no objective fits it.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: shop}
spec:
  metrics:
    shop_requests_total: {type: counter, unit: requests}
    shop_busy_seconds_total: {type: counter, unit: seconds}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: shop
  slos:
    - name: availability
      objective: 99.9
      sli:
        events:
          total: shop_requests_total
          bad: shop_busy_seconds_total
#              ^^^^^^^^^^^^^^^^^^^^^^^
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: shop}
spec:
  metrics:
    shop_requests_total: {type: counter, unit: requests}
    shop_errors_total: {type: counter, unit: errors}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: shop
  slos:
    - name: availability
      objective: 99.9
      sli:
        events:
          total: shop_requests_total
          bad: shop_errors_total
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from slogen.diagnostics import Code, Report
from slogen.examined import Examined, of_slo
from slogen.indicated import quotient_of

if TYPE_CHECKING:
    from slogen.promql.meaning import Meaning, Unit

CODE = Code("SLO427", "error", __doc__)
_EVENTS = (("events", 1),)


def check_expression(expression: Examined, report: Report) -> None:
    """Report ratios whose sides are catalogued with units that cannot be divided."""
    if expression.slo is None or not expression.project.catalogs:
        return
    if expression.role == "error":
        _check_ratio(expression, report)
    elif expression.role in ("bad", "good", "total"):
        _check_part(expression, report)


def _check_ratio(expression: Examined, report: Report) -> None:
    quotient = quotient_of(expression.meaning)
    if quotient is not None and _differ(quotient.part, quotient.total):
        _report(quotient.part, quotient.total, expression, report)


def _check_part(expression: Examined, report: Report) -> None:
    """Compare with the other side of the ratio, where this one does not simply count events."""
    unit = _unit(expression.meaning)
    if unit is None or _quantity(unit) == _EVENTS or expression.is_template or expression.slo is None:
        return
    is_total = expression.role == "total"
    for other in of_slo(expression.slo, expression.project):
        if (other.role == "total") == is_total:
            continue
        model = other.examined(places=False)
        if model is None or not _differ(expression.meaning, model.meaning):
            continue
        # If neither counts events, the part is the one to report.
        if not is_total or _quantity(_unit(model.meaning)) == _EVENTS:
            _report(expression.meaning, model.meaning, expression, report)
            return


def _differ(part: Meaning, total: Meaning) -> bool:
    one, other = _unit(part), _unit(total)
    return one is not None and other is not None and _quantity(one) != _quantity(other)


def _report(part: Meaning, total: Meaning, expression: Examined, report: Report) -> None:
    selector, other = part.selectors[0], total.selectors[0]
    assert selector.sample is not None
    assert other.sample is not None
    report.report(
        CODE,
        expression.at(selector.name_at),
        f"`{selector.name}` is in {selector.sample.unit}, and `{other.name}` in {other.sample.unit}: "
        "neither is a share of the other",
        help="divide what counts the same things",
    )


def _unit(part: Meaning) -> Unit | None:
    """The unit of a part of which catalogs know all metrics."""
    samples = [one.sample for one in part.selectors]
    if not samples or not all(sample is not None and sample.unit for sample in samples):
        return None
    return part.unit


def _quantity(unit: Unit | None) -> tuple[tuple[str, int], ...]:
    """What is counted, per second or per window; of time nothing is left, since its rate is a share."""
    return tuple((name, power) for name, power in unit.powers if name != "seconds") if unit else ()
