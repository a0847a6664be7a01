"""Shares are added up or averaged

## Why
A gauge that is a ratio or a percentage, such as a hit ratio, is a share of events of which nobody knows how
many there were. The sum of two shares is no share, and their mean gives a member with ten events the weight
of one with a million. An SLO counts events: use the counters that the ratio is made of, or a condition on the
gauge, which tells for how long it was good. What is a ratio is told by the name or a catalog.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: cache
  slos:
    - name: misses
      objective: 95
      sli:
        ratio:
          error: 1 - avg(avg_over_time(cache_hit_ratio[{{.window}}]))
#                    ^^^
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: cache
  slos:
    - name: misses
      objective: 95
      sli:
        condition: {metric: cache_hit_ratio, good_when: '> 0.9'}
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from slogen.diagnostics import Code, Report
from slogen.examined import Examined

if TYPE_CHECKING:
    from slogen.promql.meaning import Meaning

CODE = Code("SLO459", "warning", __doc__)
_MEANS = frozenset(("avg_over_time", "last_over_time", "min_over_time", "max_over_time"))


def check_expression(expression: Examined, report: Report) -> None:
    """Warn of sums of shares, and of means of shares that stand for events."""
    if expression.slo is None:
        return
    divided = {id(one) for each in expression.operations if each.name == "/" for one in each.parts[0].walk()}
    for part in expression.aggregations:
        is_sum = part.name == "sum" and id(part) not in divided
        is_mean = part.name == "avg" and expression.role != "value"
        gauge = _share(part.parts[-1]) if is_sum or is_mean else None
        if gauge is not None:
            what = "the sum of shares is no share" if is_sum else "a mean of shares weighs every member alike"
            report.report(
                CODE,
                expression.at(part.name_at),
                f"`{gauge.name}` is a share of events, and {what}",
                help="divide sums of counters, or use `condition:` with a limit for the gauge",
            )


def _share(meaning: Meaning) -> Meaning | None:
    """The gauge of a ratio whose values are aggregated; None for everything else."""
    inner = meaning.bare
    if inner.is_call and inner.name in _MEANS:
        inner = inner.parts[0].bare
    if not inner.is_selector or inner.unit is None or not inner.unit.is_share:
        return None
    if inner.sample is not None:
        # Of what is 0 or 1 the mean is a share of the members.
        return inner if inner.sample.unit in ("ratio", "percent") and inner.nature.value == "gauge" else None
    return inner if inner.recorded is None and inner.name.endswith(("_ratio", "_percent")) else None
