"""Rule groups as YAML text, shared by every target that prints rules.

The keys stand in the order of Prometheus' documentation; expressions and long texts are literal blocks.
"""

from __future__ import annotations

from functools import cache, lru_cache

from slogen import yamlout
from slogen.ir import Labels, Rule, RuleGroup, RuleSet


@cache
def group_texts(rules: RuleSet, *, for_thanos: bool = False) -> tuple[str, ...]:
    """One text per group of a rule set: list items indented by two, as below a `groups:` in column one.

    `for_thanos` writes what only Thanos knows, and Prometheus refuses.
    """
    if for_thanos and not any(group.partial_response_strategy for group in rules.groups):
        return group_texts(rules)
    labels = _LabelTexts()
    return tuple([_group(group, labels, for_thanos=for_thanos) for group in rules.groups])


class _LabelTexts:
    """The text of label maps; many rules of an SLO share one map."""

    def __init__(self) -> None:
        self._texts: dict[int, str] = {}

    def of(self, labels: Labels) -> str:
        text = self._texts.get(id(labels))
        if text is None:
            text = "".join([_line(name, value) for name, value in labels.items()])
            self._texts[id(labels)] = text = f"        labels:\n{text}" if labels else ""
        return text


# Labels and names repeat over thousands of rules.
_name = lru_cache(maxsize=100_000)(yamlout.scalar)


@lru_cache(maxsize=100_000)
def _line(name: str, value: str) -> str:
    return f"          {yamlout.scalar(name)}: {yamlout.value(value, 10)}\n"


def _group(group: RuleGroup, labels: _LabelTexts, *, for_thanos: bool) -> str:
    parts = [f"  - name: {yamlout.scalar(group.name)}\n"]
    if group.interval:
        parts.append(f"    interval: {group.interval}\n")
    if group.query_offset:
        parts.append(f"    query_offset: {group.query_offset}\n")
    if group.limit is not None:
        parts.append(f"    limit: {group.limit}\n")
    if for_thanos and group.partial_response_strategy:
        parts.append(f"    partial_response_strategy: {yamlout.scalar(group.partial_response_strategy)}\n")
    if group.labels:
        parts.append(f"    labels:\n{yamlout.mapping(group.labels, 6)}")
    if not group.rules:
        parts.append("    rules: []\n")
        return "".join(parts)
    parts.append("    rules:\n")
    parts += [_recording(rule, labels) if rule.record else _alert(rule, labels) for rule in group.rules]
    return "".join(parts)


def _recording(rule: Rule, labels: _LabelTexts) -> str:
    expr = yamlout.value(rule.expr, 8)
    return f"      - record: {_name(rule.record)}\n        expr: {expr}\n{labels.of(rule.labels)}"


def _alert(rule: Rule, labels: _LabelTexts) -> str:
    parts = [f"      - alert: {_name(rule.alert)}\n        expr: {yamlout.value(rule.expr, 8)}\n"]
    if rule.for_:
        parts.append(f"        for: {rule.for_}\n")
    if rule.keep_firing_for:
        parts.append(f"        keep_firing_for: {rule.keep_firing_for}\n")
    parts.append(labels.of(rule.labels))
    if rule.annotations:
        parts.append(f"        annotations:\n{yamlout.mapping(rule.annotations, 10)}")
    return "".join(parts)


def indented(text: str, by: int) -> str:
    """Every line that is not empty moved to the right."""
    pad = " " * by
    moved = pad + text[:-1].replace("\n", f"\n{pad}") + "\n"
    return moved.replace(f"\n{pad}\n", "\n\n") if "\n\n" in text else moved
