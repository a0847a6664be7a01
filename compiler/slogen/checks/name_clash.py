"""Two rules have the same name

## Why
Two rules that record the same series overwrite each other. A hand-written alert with the name of an SLO's
alert is routed, silenced and tested together with it, and one unit test sees both. Two alerts of one SLO with
the same name and labels are one to Alertmanager, which takes the one to be resolved while the other fires.

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
        expr: shop_open == 0
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
        expr: shop_open == 0
```
"""

from __future__ import annotations

from collections.abc import Iterator

from slogen.adjustments import USUAL, BudgetAlert
from slogen.diagnostics import Code, Label, Report
from slogen.ir import Labels, Program, Rule, Slo
from slogen.source import Span

CODE = Code("SLO205", "error", __doc__)


def check_slo(slo: Slo, report: Report) -> None:
    """Report alerts of one SLO that Alertmanager would take for the same; another tool's may be."""
    if slo.compat is not None:
        return
    first: dict[tuple[str, frozenset[tuple[str, str]]], Span] = {}
    for name, labels, at in _alerts(slo):
        key = (name, frozenset(labels.items()))
        if key not in first:
            first[key] = at
            continue
        also = (Label(first[key], "the other one"),) if first[key] != at else ()
        report.report(
            CODE,
            at,
            f"two alerts of this SLO have the name `{name}` and the same labels",
            also=also,
            help="give each another name, or another `severity`",
        )


def _alerts(slo: Slo) -> Iterator[tuple[str, Labels, Span]]:
    """The name and the labels of each alert that others may be equal to, and where it is written.

    Page, ticket and missing data never have the same labels.
    """
    if slo.adjustments is USUAL and len({alert.urgency for alert in slo.alerts}) == len(slo.alerts):
        return
    for alert in slo.alerts:
        yield alert.name, alert.labels, slo.where[_written(slo, f"alerting.{alert.urgency}", "alerting")]
    if slo.absence:
        yield slo.absence.name, slo.absence.labels, slo.where[_written(slo, "alerting.absent", "alerting")]
    for i, adjustment in enumerate(slo.adjustments):
        if isinstance(adjustment, BudgetAlert):
            part = f"adjustments.{i}"
            at = slo.where[_written(slo, f"{part}.name", part, "adjustments")]
            yield adjustment.name, adjustment.labels, at


def _written(slo: Slo, *parts: str) -> str:
    """The first of the parts that was written, else the last."""
    return next((part for part in parts if part in slo.where), parts[-1])


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
