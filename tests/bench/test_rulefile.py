"""What the benchmark reads out of rule files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import rulefile
from rulefile import Read

HOUR_MS = 3_600_000


def group(*rules: dict[str, Any], name: str = "g", interval: str | None = None) -> dict[str, Any]:
    return {"name": name, "rules": list(rules), **({"interval": interval} if interval else {})}


def record(name: str, expr: str) -> dict[str, Any]:
    return {"record": name, "expr": expr}


def load(*groups: dict[str, Any]) -> rulefile.RuleSet:
    return rulefile.rule_set("test", groups, 30_000)


def reads(expr: str) -> tuple[Read, ...]:
    return load(group(record("a:b", expr))).rules[0].reads


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        ("x", Read("x", 0, 0)),
        ("rate(x[5m])", Read("x", 300_000, 0)),
        ("x offset 30m", Read("x", 0, 1_800_000)),
        ("x offset -30m", Read("x", 0, -1_800_000)),
        ("sum by (a) (increase(x[1h] offset 1d))", Read("x", HOUR_MS, 24 * HOUR_MS)),
        ("topk(scalar(x), vector(1))", Read("x", 0, 0)),
    ],
)
def test_reads_hold_range_and_offset(expr: str, expected: Read) -> None:
    assert reads(expr) == (expected,)


def test_subqueries_reach_further_into_the_past() -> None:
    (read,) = reads("max_over_time(rate(x[5m])[1h:1m] offset 2h)")
    assert read.range_ms >= HOUR_MS + 300_000
    assert read.offset_ms == 2 * HOUR_MS


def test_every_selector_is_found_once() -> None:
    found = reads("a / (b > 0) or 0 * b unless on () (-c)")
    assert {read.metric for read in found} == {"a", "b", "c"}
    assert len(found) == 3


def test_producers_come_before_consumers_whatever_the_order_in_the_file() -> None:
    rules = load(group(record("l:c", "l:b"), record("l:b", "l:a + l:a"), record("l:a", "raw")))
    assert [[rule.name for rule in level] for level in rules.levels] == [["l:a"], ["l:b"], ["l:c"]]


def test_recordings_in_a_circle_are_refused() -> None:
    with pytest.raises(rulefile.RuleFileError, match="circle"):
        load(group(record("l:a", "l:b"), record("l:b", "l:a")))


def test_reads_of_series_recorded_later_in_the_group_are_reported() -> None:
    late = load(group(record("l:b", "l:a"), record("l:a", "raw")))
    assert [line for line in rulefile.late_reads(late) if "l:b reads l:a" in line]
    assert not rulefile.late_reads(load(group(record("l:a", "raw"), record("l:b", "l:a"))))
    two_groups = load(group(record("l:b", "l:a")), group(record("l:a", "raw"), name="other"))
    assert not rulefile.late_reads(two_groups)


def test_groups_without_an_interval_run_at_the_default() -> None:
    rules = load(group(record("l:a", "x")), group(record("l:b", "x"), name="slow", interval="1h30m"))
    assert [rule.interval_ms for rule in rules.rules] == [30_000, 5_400_000]


def test_raw_history_is_that_of_metrics_that_no_rule_records() -> None:
    rules = load(group(record("l:a", "rate(raw[1h] offset 1h)"), record("l:b", "sum_over_time(l:a[30d])")))
    assert rules.longest_raw_read_ms() == 2 * HOUR_MS


def test_manifests_and_rule_files_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "groups: [{name: a, rules: [{record: 'l:a', expr: x}]}]", encoding="utf-8"
    )
    manifest = "kind: PrometheusRule\nspec: {groups: [{name: b, rules: [{alert: B, expr: x, for: 5m}]}]}"
    (tmp_path / "b.yml").write_text(manifest, encoding="utf-8")
    rules = rulefile.load_rule_files("both", [tmp_path], 30_000)
    assert [(rule.name, rule.is_alert, rule.hold_ms) for rule in rules.rules] == [
        ("l:a", False, 0),
        ("B", True, 300_000),
    ]


@pytest.mark.parametrize("text", ["", "5", "m5", "5m 3s", "1.5h"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(rulefile.RuleFileError):
        rulefile.parse_duration_ms(text)
