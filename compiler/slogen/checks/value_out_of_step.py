"""A rule reads a series before it is recorded

## Why
The rules of a group run one after another, and groups run at times of their own. A rule that reads what is
recorded below it, or by a group that runs less often, sees the value of an evaluation before: it lags behind
by up to one interval, and every further step adds another one. A sum over steps of different times jumps.

## Wrong
```yaml
groups:
  - name: shop
    rules:
      - record: shop:error_ratio
        expr: shop:errors:rate5m / shop:requests:rate5m
#             ^^^^^^^^^^^^^^^^^^
#                                  ^^^^^^^^^^^^^^^^^^^^
      - record: shop:errors:rate5m
        expr: sum(rate(errors_total[5m]))
  - name: requests
    interval: 2m
    rules:
      - record: shop:requests:rate5m
        expr: sum(rate(requests_total[5m]))
```

## Right
```yaml
groups:
  - name: shop
    rules:
      - record: shop:errors:rate5m
        expr: sum(rate(errors_total[5m]))
      - record: shop:requests:rate5m
        expr: sum(rate(requests_total[5m]))
      - record: shop:error_ratio
        expr: shop:errors:rate5m / shop:requests:rate5m
```
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from slogen import durations
from slogen.diagnostics import Code, Label, Report
from slogen.examined import Examined
from slogen.ir import Millis, Rule, RuleGroup, RuleSet
from slogen.source import Span

if TYPE_CHECKING:
    from slogen.promql.meaning import Meaning

CODE = Code("SLO609", "warning", __doc__)
Recording = tuple[Rule, RuleGroup, RuleSet]
_DEFAULT = Millis(60_000)
"""What `evaluation_interval` is where nobody says otherwise."""


def check_expression(expression: Examined, report: Report) -> None:
    """Warn of rules that read their group's series too early, and recordings those of another group.

    What is read over a range does not mind, nor do alerts that read another group: nobody builds on them.
    """
    rule, group = expression.rule, expression.group
    if rule is None or group is None or rule.where is None:
        return
    seen: set[str] = set()
    for selector in expression.selectors:
        if selector.range is not None or selector.offset or selector.name in seen or not selector.name:
            continue
        seen.add(selector.name)
        recordings = expression.project.recordings.get(selector.name, ())
        own = [
            one
            for one, where, rules in recordings
            if where.where is group.where and rules is expression.rules
        ]
        if own:
            _check_order(rule, own, selector, expression, report)
        elif rule.record and recordings:
            _report_other(recordings, group, selector, expression, report)


def _check_order(
    rule: Rule, own: Sequence[Rule], selector: Meaning, expression: Examined, report: Report
) -> None:
    """Warn if all rules of the group that record the series come after the one that reads it."""
    # Recordings are listed in the order of the group.
    first, here = own[0].where, rule.where
    if first is None or here is None or first.whole.start <= here.whole.start:
        return
    report.report(
        CODE,
        expression.at(selector.name_at),
        f"`{selector.name}` is recorded further down, so this reads the value of the evaluation before",
        also=(Label(first.whole, "recorded here"),),
        help="move the rule that records it up",
    )


def _report_other(
    recordings: Sequence[Recording], group: RuleGroup, selector: Meaning, expression: Examined, report: Report
) -> None:
    rule, other, rules = recordings[0]
    if rules is not expression.rules or rule.where is None:
        return
    usual = expression.project.settings.prometheus.evaluation_interval or _DEFAULT
    if _length(other, usual) <= _length(group, usual):
        return  # It is a fresh value at every evaluation: the few seconds between two groups mislead nobody.
    at: Span = rule.where.whole
    report.report(
        CODE,
        expression.at(selector.name_at),
        f"`{selector.name}` is recorded in another group, {_every(other)}, and this group runs "
        f"{_every(group)}: it reads the same value several times",
        also=(Label(at, f"recorded in `{other.name}`"),),
        help="move both rules into one group, in this order",
    )


def _length(group: RuleGroup, usual: Millis) -> Millis:
    """How often a group is evaluated, which was read before."""
    try:
        return durations.parse(group.interval) if group.interval else usual
    except ValueError:
        return usual


def _every(group: RuleGroup) -> str:
    return f"every {group.interval}" if group.interval else "at the default interval"
