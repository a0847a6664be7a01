"""A label of a rule is also an external label

## Why
External labels say where data comes from. Prometheus adds them to what leaves it, but not where a label of
that name is there already: an alert that says `cluster: us` is that of another cluster to Alertmanager, to
a remote storage, and to all who look at them. Thanos Ruler and Alloy do the opposite: the external label
replaces that of the rule, and the label that routes were written for is gone.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  prometheus: {external_labels: {cluster: eu}}
---
groups:
  - name: shop
    rules:
      - alert: ShopDown
        expr: shop_open == 0
        for: 5m
        labels: {cluster: us}
#                         ^^
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  prometheus: {external_labels: {cluster: eu}}
---
groups:
  - name: shop
    rules:
      - alert: ShopDown
        expr: shop_open == 0
        for: 5m
        labels: {shop_cluster: us}
```
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from slogen.diagnostics import Code, Label, Report
from slogen.ir import Labels, Program, RuleGroup, RulerKind, RuleSet, Settings, Slo
from slogen.source import Span

CODE = Code("SLO809", "warning", __doc__)


def check_program(program: Program, report: Report) -> None:
    """Report the labels of rules and of SLOs that have another value as external labels."""
    settings = program.settings
    external = settings.prometheus.external_labels
    if not external:
        return
    for rules in program.rule_sets:
        for slo in rules.slos:
            for label, at in _of_slo(slo, external, settings):
                _report(label, at, settings, report)
        if not rules.slos:
            for group in rules.groups:
                for label, at in _of_group(group, rules, external, settings):
                    _report(label, at, settings, report)


def _of_slo(slo: Slo, external: Mapping[str, str], settings: Settings) -> Iterator[tuple[str, Span]]:
    for label in _clashing(slo.labels, external):
        shared = settings.where is not None and label in settings.labels and _is_from_settings(slo, label)
        yield label, settings.where["labels"] if shared and settings.where else slo.where.of_label(label)
    for alert in slo.alerts:
        for label in _clashing(alert.labels, external):
            if label not in slo.labels:
                yield label, slo.where["alerting.labels" if "alerting.labels" in slo.where else "alerting"]


def _is_from_settings(slo: Slo, label: str) -> bool:
    """Whether an SLO has the label from the settings: it says nothing of labels itself."""
    return "labels" not in slo.where and f"labels.{label}" not in slo.where


def _of_group(
    group: RuleGroup, rules: RuleSet, external: Mapping[str, str], settings: Settings
) -> Iterator[tuple[str, Span]]:
    where = group.where or rules.where
    for label in _clashing(group.labels, external):
        yield label, where["labels"]
    for rule in group.rules:
        for label in _clashing(rule.labels, external):
            part = f"labels.{label}"
            if rule.where is not None and part in rule.where:
                yield label, rule.where[part]
            elif label in settings.labels and settings.where is not None:
                yield label, settings.where["labels"]
            else:
                yield label, (rule.where or where).whole


def _clashing(labels: Labels, external: Mapping[str, str]) -> list[str]:
    """The labels that say something else than the external ones. What a template gives is not known."""
    return [
        name
        for name, value in labels.items()
        if value and "{{" not in value and "$" not in external.get(name, "$") and external[name] != value
    ]


def _report(label: str, at: Span, settings: Settings, report: Report) -> None:
    value = settings.prometheus.external_labels[label]
    stated = settings.prometheus.where
    message = (
        f"the label `{label}` is replaced by the external label of that name, `{value}`"
        if settings.ruler.kind is RulerKind.THANOS or settings.ruler.loader == "alloy"
        else f"the label `{label}` hides the external label of that name, `{value}`"
    )
    report.report(
        CODE,
        at,
        message,
        also=(Label(stated[f"external_labels.{label}"], "the external label"),) if stated else (),
        help="give the label another name, or delete it",
    )
