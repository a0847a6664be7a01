"""Rule groups as YAML text, shared by every target that prints rules.

The keys stand in the order of Prometheus' documentation; expressions and long texts are literal blocks.
"""

from __future__ import annotations

from functools import cache

from slogen import yamlout
from slogen.ir import Labels, Rule, RuleGroup, RuleSet


@cache
def group_texts(rules: RuleSet) -> tuple[str, ...]:
    """One text per group of a rule set: list items indented by two, as below a `groups:` in column one."""
    labels = _LabelTexts()
    return tuple(_group(group, labels) for group in rules.groups)


class _LabelTexts:
    """The text of label maps; many rules of an SLO share one map."""

    def __init__(self) -> None:
        self._texts: dict[int, str] = {}

    def of(self, labels: Labels) -> str:
        text = self._texts.get(id(labels))
        if text is None:
            text = self._texts[id(labels)] = yamlout.mapping(labels, 10)
        return text


def _group(group: RuleGroup, labels: _LabelTexts) -> str:
    parts = [f"  - name: {yamlout.scalar(group.name)}\n"]
    if group.interval:
        parts.append(f"    interval: {group.interval}\n")
    if group.query_offset:
        parts.append(f"    query_offset: {group.query_offset}\n")
    if group.limit is not None:
        parts.append(f"    limit: {group.limit}\n")
    if group.partial_response_strategy:
        parts.append(f"    partial_response_strategy: {yamlout.scalar(group.partial_response_strategy)}\n")
    if group.labels:
        parts.append(f"    labels:\n{yamlout.mapping(group.labels, 6)}")
    if not group.rules:
        parts.append("    rules: []\n")
        return "".join(parts)
    parts.append("    rules:\n")
    parts += [_rule(rule, labels) for rule in group.rules]
    return "".join(parts)


def _rule(rule: Rule, labels: _LabelTexts) -> str:
    if rule.record:
        head = f"      - record: {yamlout.scalar(rule.record)}\n"
    else:
        head = f"      - alert: {yamlout.scalar(rule.alert)}\n"
    text = f"{head}        expr: {yamlout.value(rule.expr, 8)}\n"
    if rule.for_:
        text += f"        for: {rule.for_}\n"
    if rule.keep_firing_for:
        text += f"        keep_firing_for: {rule.keep_firing_for}\n"
    if rule.labels:
        text += f"        labels:\n{labels.of(rule.labels)}"
    if rule.annotations:
        text += f"        annotations:\n{yamlout.mapping(rule.annotations, 10)}"
    return text


def indented(text: str, by: int) -> str:
    """Every line that is not empty moved to the right."""
    pad = " " * by
    moved = pad + text[:-1].replace("\n", f"\n{pad}") + "\n"
    return moved.replace(f"\n{pad}\n", "\n\n") if "\n\n" in text else moved
