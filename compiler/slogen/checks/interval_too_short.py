"""A group is evaluated more often than the ruler allows

## Why
A ruler with a least evaluation interval (Mimir's `ruler.min-rule-evaluation-interval`) refuses a group with
a shorter one, and none of its rules exists. slogen evaluates the alerts every 30 seconds unless `intervals`
in Settings say otherwise.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  ruler: {kind: mimir, min_interval: 1m}
---
groups:
  - name: shop
    interval: 15s
#   ^^^^^^^^
    rules:
      - {record: 'shop:requests:rate5m', expr: 'sum(rate(requests_total[5m]))'}
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  intervals: {fast: 1m}
  ruler: {kind: mimir, min_interval: 1m}
---
groups:
  - name: shop
    interval: 1m
    rules:
      - {record: 'shop:requests:rate5m', expr: 'sum(rate(requests_total[5m]))'}
```
"""

from __future__ import annotations

from slogen.burn import LONGEST_PACE
from slogen.diagnostics import Code, Label, Report
from slogen.durations import parse, render
from slogen.ir import Millis, Program, RuleGroup, RuleSet, Where

CODE = Code("SLO805", "error", __doc__)


def check_program(program: Program, report: Report) -> None:
    """Report the groups below the least interval of the ruler; slogen's own once, at the settings."""
    ruler = program.settings.ruler
    least, stated = ruler.min_interval, ruler.where
    if least is None or stated is None:
        return
    generated: list[Millis] = []
    for rules in program.rule_sets:
        for group in rules.groups:
            interval = parse(group.interval) if group.interval else least
            if interval < least and rules.slos:
                generated.append(interval)
            elif interval < least:
                _report(group, rules, least, stated, report)
    if generated:
        _report_generated(min(generated), least, stated, report)


def _report(group: RuleGroup, rules: RuleSet, least: Millis, stated: Where, report: Report) -> None:
    report.report(
        CODE,
        (group.where or rules.where)["interval"],
        f"the group `{group.name}` is evaluated every {group.interval}, and the ruler takes no less than "
        f"{render(least)}",
        also=(Label(stated["min_interval"], "the least interval"),),
        help=f"write `interval: {render(least)}`, or delete it",
    )


def _report_generated(interval: Millis, least: Millis, stated: Where, report: Report) -> None:
    report.report(
        CODE,
        stated["min_interval"],
        f"slogen evaluates its groups every {render(interval)}, which is less than {render(least)}",
        help=f"write `intervals: {{fast: {render(least)}}}` in Settings"
        if least <= LONGEST_PACE
        else "lower the limit of the ruler: what is recorded every 5 minutes or less often has gaps",
    )
