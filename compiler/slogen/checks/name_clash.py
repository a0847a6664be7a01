"""A hand-written rule has the name of a generated one

## Why
Two rules that record the same series overwrite each other. An alert with the name of an SLO's alert is
routed, silenced and tested together with it, and one unit test sees both.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: availability
      objective: 99.9
      sli: {events: {bad: 'errors_total', total: 'requests_total'}}
---
groups:
  - name: checkout
    rules:
      - alert: CheckoutAvailabilityBudgetBurn
#              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        expr: up == 0
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: availability
      objective: 99.9
      sli: {events: {bad: 'errors_total', total: 'requests_total'}}
---
groups:
  - name: checkout
    rules:
      - alert: CheckoutDown
        expr: up == 0
```
"""

from __future__ import annotations

from collections.abc import Iterator

from slogen.diagnostics import Code, Label, Report
from slogen.ir import Program, Rule

CODE = Code("SLO205", "error", __doc__)


def check_program(program: Program, report: Report) -> None:
    """Report hand-written rules whose record or alert name a generated rule has."""
    written = [
        rule
        for rules in program.rule_sets
        if not rules.slos
        for group in rules.groups
        for rule in group.rules
    ]
    if not written:
        return
    generated = {rule.name: rule for rule in _generated(program)}
    for rule in written:
        other = generated.get(rule.name)
        if other is None or rule.where is None:
            continue
        what = "alert" if rule.alert else "series"
        also = (Label(other.where["name"], "generated for this SLO"),) if other.where else ()
        report.report(
            CODE,
            rule.where.whole,
            f"the {what} `{rule.name}` is also generated",
            also=also,
            help="give the hand-written rule another name",
        )


def _generated(program: Program) -> Iterator[Rule]:
    for rules in program.rule_sets:
        if rules.slos:
            for group in rules.groups:
                yield from group.rules
