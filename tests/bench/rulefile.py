"""Rule files as the benchmark sees them: rules, what each reads, and the order to evaluate them in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import promql_parser as promql
import yaml

LOOKBACK_MS = 5 * 60_000
UNIT_MS = {
    "ms": 1,
    "s": 1_000,
    "m": 60_000,
    "h": 3_600_000,
    "d": 86_400_000,
    "w": 604_800_000,
    "y": 31_536_000_000,
}
DURATION_PART = re.compile(r"(\d+)(ms|[smhdwy])")


class RuleFileError(Exception):
    """The rule file cannot be benchmarked; the message says why."""


@dataclass(frozen=True, slots=True)
class Read:
    """One selector of an expression. `range_ms` is 0 for a plain instant read."""

    metric: str
    range_ms: int
    offset_ms: int


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """A recording or alerting rule. `hold_ms` is an alert's `for`; `position` counts within the group.

    Two rules are the same only when they are the same object.
    """

    group: str
    interval_ms: int
    position: int
    name: str
    is_alert: bool
    expr: str
    labels: Mapping[str, str]
    hold_ms: int
    reads: tuple[Read, ...]


@dataclass(frozen=True, slots=True)
class RuleSet:
    """All rules of one or more files. `levels` holds the recording rules, producers before consumers."""

    title: str
    rules: tuple[Rule, ...]
    levels: tuple[tuple[Rule, ...], ...] = field(default=())

    @property
    def recordings(self) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.rules if not rule.is_alert)

    @property
    def alerts(self) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.rules if rule.is_alert)

    @property
    def recorded_metrics(self) -> frozenset[str]:
        return frozenset(rule.name for rule in self.recordings)

    def longest_raw_read_ms(self) -> int:
        """How much history the rules need of the metrics that no rule records."""
        own = self.recorded_metrics
        return max(
            (
                read.range_ms + read.offset_ms
                for rule in self.rules
                for read in rule.reads
                if read.metric not in own
            ),
            default=0,
        )


def load_rule_files(title: str, paths: Iterable[Path], default_interval_ms: int) -> RuleSet:
    """Reads rule files and PrometheusRule manifests; a folder stands for all YAML files below it."""
    groups: list[dict[str, Any]] = []
    for path in _yaml_files(paths):
        for document in yaml.safe_load_all(path.read_text(encoding="utf-8")):
            groups.extend(_groups_of(document))
    return rule_set(title, groups, default_interval_ms)


def rule_set(title: str, groups: Iterable[Mapping[str, Any]], default_interval_ms: int) -> RuleSet:
    """Builds the rule set of parsed groups.

    Raises RuleFileError when there is no rule, an expression does not parse or recordings form a cycle.
    """
    rules = tuple(rule for group in groups for rule in _rules_of(group, default_interval_ms))
    if not rules:
        raise RuleFileError(f"{title}: no rules found")
    recordings = tuple(rule for rule in rules if not rule.is_alert)
    return RuleSet(title=title, rules=rules, levels=_levels(title, recordings))


def parse_duration_ms(text: str) -> int:
    """Milliseconds of a Prometheus duration such as `1h30m`; raises RuleFileError for anything else."""
    parts = DURATION_PART.findall(text)
    if "".join(number + unit for number, unit in parts) != text or not parts:
        raise RuleFileError(f"{text!r} is not a duration")
    return sum(int(number) * UNIT_MS[unit] for number, unit in parts)


def late_reads(rules: RuleSet) -> list[str]:
    """Reads of a series that a later rule of the same group records: they see the previous evaluation."""
    produced = {(rule.group, rule.name): rule.position for rule in rules.recordings}
    return [
        f"{rule.group}: {rule.name} reads {read.metric}, recorded later in the group"
        for rule in rules.rules
        for read in rule.reads
        if produced.get((rule.group, read.metric), -1) > rule.position
    ]


def _yaml_files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(file for file in path.rglob("*") if file.suffix in {".yaml", ".yml"})
        else:
            yield path


def _groups_of(document: Any) -> list[dict[str, Any]]:
    if not isinstance(document, dict):
        return []
    holder = document.get("spec", {}) if document.get("kind") == "PrometheusRule" else document
    groups = holder.get("groups", [])
    return list(groups)


def _rules_of(group: Mapping[str, Any], default_interval_ms: int) -> Iterator[Rule]:
    interval = group.get("interval")
    interval_ms = parse_duration_ms(str(interval)) if interval else default_interval_ms
    for position, raw in enumerate(group["rules"]):
        expr = str(raw["expr"])
        yield Rule(
            group=str(group["name"]),
            interval_ms=interval_ms,
            position=position,
            name=str(raw.get("alert") or raw["record"]),
            is_alert="alert" in raw,
            expr=expr,
            labels={str(key): str(value) for key, value in (raw.get("labels") or {}).items()},
            hold_ms=parse_duration_ms(str(raw["for"])) if raw.get("for") else 0,
            reads=_reads_of(expr),
        )


def _levels(title: str, recordings: tuple[Rule, ...]) -> tuple[tuple[Rule, ...], ...]:
    own = {rule.name for rule in recordings}
    waiting = list(recordings)
    done: set[str] = set()
    levels: list[tuple[Rule, ...]] = []
    while waiting:
        ready = tuple(rule for rule in waiting if _producers(rule, own) <= done)
        if not ready:
            names = ", ".join(sorted({rule.name for rule in waiting}))
            raise RuleFileError(f"{title}: these recordings read each other in a circle: {names}")
        waiting = [rule for rule in waiting if rule not in ready]
        done |= {rule.name for rule in ready} - {rule.name for rule in waiting}
        levels.append(ready)
    return tuple(levels)


def _producers(rule: Rule, own: set[str]) -> set[str]:
    return {read.metric for read in rule.reads} & own


def _reads_of(expr: str) -> tuple[Read, ...]:
    try:
        tree = promql.parse(expr)
    except ValueError as error:
        raise RuleFileError(f"cannot parse {expr!r}: {error}") from error
    return tuple(dict.fromkeys(_walk(tree, 0, 0)))


def _walk(node: Any, range_ms: int, offset_ms: int) -> Iterator[Read]:
    """Selectors below a node; ranges and offsets of enclosing subqueries add up."""
    if isinstance(node, promql.VectorSelector):
        yield _read(node, range_ms, offset_ms)
    elif isinstance(node, promql.MatrixSelector):
        yield _read(node.vector_selector, range_ms + _ms(node.range), offset_ms)
    elif isinstance(node, promql.SubqueryExpr):
        # A subquery's steps are aligned, and its inner selectors look back: both reach further into the past.
        reach = range_ms + _ms(node.range) + LOOKBACK_MS
        yield from _walk(node.expr, reach, offset_ms + _ms(node.offset))
    else:
        for child in _children(node):
            yield from _walk(child, range_ms, offset_ms)


def _children(node: Any) -> tuple[Any, ...]:
    if isinstance(node, promql.BinaryExpr):
        return (node.lhs, node.rhs)
    if isinstance(node, promql.AggregateExpr):
        return (node.expr,) if node.param is None else (node.expr, node.param)
    if isinstance(node, promql.Call):
        return tuple(node.args)
    if isinstance(node, (promql.ParenExpr, promql.UnaryExpr)):
        return (node.expr,)
    return ()


def _read(selector: Any, range_ms: int, offset_ms: int) -> Read:
    if selector.at is not None:
        raise RuleFileError(f"the @ modifier in {selector} is not supported")
    name = selector.name
    if not name:
        raise RuleFileError(f"a selector without a metric name is not supported: {selector}")
    return Read(metric=name, range_ms=range_ms, offset_ms=offset_ms + _ms(selector.offset))


def _ms(duration: timedelta | None) -> int:
    return 0 if duration is None else round(duration.total_seconds() * 1000)
