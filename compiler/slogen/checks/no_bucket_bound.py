"""A threshold that is no bound of the buckets

## Why
A histogram only knows how many events were below the bounds of its buckets. There is no series for any other
threshold: a selector with another `le` finds nothing, and a latency SLO with another threshold counts every
event as slow. A catalog says which bounds a histogram has. (How a whole number is spelled in `le` is another
question, see SLO416.)

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: shop}
spec:
  metrics:
    shop_request_duration_seconds: {type: histogram, buckets: [0.1, 0.25, 0.5, 1, 2.5]}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: shop
  slos:
    - name: latency
      objective: 99
      sli:
        latency: {histogram: shop_request_duration_seconds, threshold: 300ms}
#                                                                      ^^^^^
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: shop}
spec:
  metrics:
    shop_request_duration_seconds: {type: histogram, buckets: [0.1, 0.25, 0.5, 1, 2.5]}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: shop
  slos:
    - name: latency
      objective: 99
      sli:
        latency: {histogram: shop_request_duration_seconds, threshold: 250ms}
```
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from slogen import catalogued, durations
from slogen.catalog import Sample
from slogen.diagnostics import Code, Report
from slogen.examined import Examined
from slogen.promql.buckets import bucket_bounds
from slogen.slis.latency import Latency
from slogen.units import Millis

if TYPE_CHECKING:
    from slogen.promql.matchers import Matcher
    from slogen.promql.meaning import Meaning

CODE = Code("SLO423", "error", __doc__)
_UNUSUAL = re.compile(r"\.[0-9]+|[0-9]*\.[0-9]+0")
"""Fractions as no program writes them: without a digit in front, or with a zero at the end."""
_NUMBERS = re.compile(r"[0-9.eE+\\|]+")


def check_expression(expression: Examined, report: Report) -> None:
    """Report bounds that a histogram does not have."""
    if not expression.project.catalogs:
        return
    for part in expression.selectors:
        sample = catalogued.in_use(part)
        if sample is None or sample.suffix != "_bucket" or not sample.metric.buckets:
            continue
        sli = catalogued.latency_of(expression)
        if sli is not None:
            _check_threshold(sli, sample, expression, report)
            continue
        for matcher in catalogued.matchers_of(part, "le"):
            _check_matcher(matcher, sample, part, expression, report)


def _check_threshold(sli: Latency, sample: Sample, expression: Examined, report: Report) -> None:
    buckets = sample.metric.buckets or ()
    if float(sli.bound) in map(float, buckets):
        return
    near = [_duration(bound, sli) for bound in _neighbours(float(sli.bound), buckets)]
    at = catalogued.key_of_slo(expression, "sli.threshold")
    report.report(
        CODE,
        at,
        f"{durations.render(sli.threshold)} is no bucket bound of `{sample.metric.name}`: every event would "
        "count as slow",
        also=catalogued.declared(sample.metric.where, "its buckets"),
        help=f"the nearest bounds are {' and '.join(f'`{one}`' for one in near)}",
    )


def _duration(bound: Decimal, sli: Latency) -> str:
    """A bound as the author writes it: as a duration, if it is one."""
    millis = bound * sli.threshold / sli.bound
    return durations.render(Millis(int(millis))) if millis == int(millis) else format(bound, "f")


def _check_matcher(
    matcher: Matcher, sample: Sample, part: Meaning, expression: Examined, report: Report
) -> None:
    buckets = sample.metric.buckets or ()
    if matcher.op == "=":
        asked = [matcher.value] if not _is_bound(matcher.value, buckets) else []
    elif matcher.op == "=~":
        spelt = ["+Inf", *(text for bound in buckets for text in bucket_bounds(bound))]
        found = any(catalogued.takes((matcher,), one) for one in spelt)
        asked = [] if found else _alternatives(matcher.value)
    else:
        return
    if not asked:
        return
    number = next((one for one in map(_number, asked) if one is not None), None)
    report.report(
        CODE,
        expression.at(matcher.value_at),
        f"`{matcher.value}` is no bucket bound of `{sample.metric.name}`: the selector never finds anything",
        also=catalogued.declared(sample.metric.where, "its buckets"),
        help=_help(number, buckets),
    )


def _help(number: float | None, buckets: Sequence[Decimal]) -> str:
    shown = buckets if number is None else _neighbours(number, buckets)
    listed = " and ".join(f"`{bucket_bounds(bound)[0]}`" for bound in shown[:2])
    if number is None:
        return f"bounds are numbers, such as {listed}"
    return f"the nearest bounds are {listed}" if len(shown) > 1 else f"the nearest bound is {listed}"


def _alternatives(pattern: str) -> list[str]:
    return pattern.replace("\\.", ".").split("|") if _NUMBERS.fullmatch(pattern) else [pattern]


def _is_bound(text: str, buckets: Sequence[Decimal]) -> bool:
    number = _number(text)
    if number is None or _UNUSUAL.fullmatch(text):
        return False
    return number == math.inf or number in map(float, buckets)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return None if math.isnan(number) else number


def _neighbours(number: float, buckets: Sequence[Decimal]) -> list[Decimal]:
    """The bounds just below and above; only the number itself if it is a bound."""
    same = [bound for bound in buckets if float(bound) == number]
    if same:
        return same
    below = [bound for bound in buckets if bound < number]
    above = [bound for bound in buckets if bound > number]
    return [*below[-1:], *above[:1]]
