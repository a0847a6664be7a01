"""Rules replayed over a workload: the ticks, and the results of a real server."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import replay
import rulefile
import workload
from promserver import Server, find_prometheus
from replay import Series, Wanted
from workload import Model, Pod

MINUTE_MS = 60_000
START_MS = 1_700_006_400_000
END_MS = START_MS + 60 * MINUTE_MS


def rules_of(*rules: dict[str, Any], interval: str = "1m") -> rulefile.RuleSet:
    groups = [{"name": "g", "interval": interval, "rules": list(rules)}]
    return rulefile.rule_set("test", groups, 30_000)


def test_ticks_keep_one_phase_per_group() -> None:
    (rule,) = rules_of({"record": "l:a", "expr": "x"}, interval="4m").rules
    found = [*replay.ticks(rule, (0, 3_600_000))]
    assert len({tick % 240_000 for tick in found}) == 1
    assert len(found) == 15
    assert [*replay.ticks(rule, (found[3], found[5]))] == found[3:6]


def test_spans_are_joined() -> None:
    assert replay.merged([(5, 9), (1, 3), (2, 6), (20, 30)]) == [(1, 9), (20, 30)]


def test_a_series_is_read_for_five_minutes_and_not_after_it_ended() -> None:
    series = Series((), [0, 60_000, 120_000], [1.0, 2.0, None])
    assert series.at(59_999) == 1.0
    assert series.at(60_000) == 2.0
    assert series.at(120_000) is None
    assert Series((), [0], [1.0]).at(5 * MINUTE_MS) == 1.0
    assert Series((), [0], [1.0]).at(5 * MINUTE_MS + 1) is None


def steady(down: tuple[tuple[int, int], ...] = (), restarts: tuple[int, ...] = ()) -> workload.Scenario:
    model = Model(
        name="steady",
        start_ms=START_MS,
        end_ms=END_MS,
        grid_ms=10_000,
        pods=(Pod("p", (START_MS, END_MS + 1), restarts),),
        rate=lambda when: 50.0,
        error_share=lambda when: 0.1,
        down=down,
    )
    return workload.draw(model, 1)


def test_the_truth_adds_up() -> None:
    scenario = steady()
    whole = scenario.counted(60 * MINUTE_MS, END_MS)
    halves = [
        scenario.counted(30 * MINUTE_MS, END_MS),
        scenario.counted(30 * MINUTE_MS, END_MS - 30 * MINUTE_MS),
    ]
    assert whole[1] == halves[0][1] + halves[1][1]
    assert whole[1] == pytest.approx(50 * 3600, rel=0.02)
    assert scenario.error_ratio(60 * MINUTE_MS, END_MS) == whole[0] / whole[1]
    assert scenario.error_ratio(MINUTE_MS, START_MS) is None


@pytest.fixture(name="binary")
def _binary() -> Path:
    if shutil.which("prometheus") is None:
        pytest.skip("needs the prometheus program on PATH")
    return find_prometheus(None)


TOTAL = {"record": "l:total", "expr": "sum(rate(http_requests_total[10m]))"}
BAD = {"record": "l:bad", "expr": 'sum(rate(http_requests_total{code="500"}[10m]))'}
RATIO = {"record": "l:ratio", "expr": "l:bad / l:total", "labels": {"kind": "ratio"}}
LATER = {"record": "l:later", "expr": "l:ratio offset 10m"}


def run(binary: Path, folder: Path, scenario: workload.Scenario) -> list[float | None]:
    """The ratio, and the same read with an offset, at 50 min."""
    rules = rules_of(TOTAL, BAD, RATIO, LATER)
    at = START_MS + 50 * MINUTE_MS
    with Server(binary, folder / "data", all_in_head=True) as server:
        for payload in scenario.payloads():
            server.write(payload)
        wanted = [Wanted(rule, ((at, at),)) for rule in rules.rules[2:]]
        results = replay.replay(server, rules, wanted, scenario.model.down)
    return [results.reading(rule, at) for rule in rules.rules[2:]]


def test_chained_rules_give_the_true_ratio(binary: Path, tmp_path: Path) -> None:
    scenario = steady()
    ratio, later = run(binary, tmp_path, scenario)
    at = START_MS + 50 * MINUTE_MS
    assert ratio == pytest.approx(scenario.error_ratio(10 * MINUTE_MS, at), rel=0.05)
    assert later == pytest.approx(scenario.error_ratio(10 * MINUTE_MS, at - 10 * MINUTE_MS), rel=0.05)
    assert later != ratio


def test_nothing_is_recorded_while_prometheus_is_down(binary: Path, tmp_path: Path) -> None:
    down = ((START_MS + 32 * MINUTE_MS, START_MS + 42 * MINUTE_MS),)
    ratio, later = run(binary, tmp_path, steady(down=down))
    assert ratio == pytest.approx(0.1, rel=0.1)
    assert later is None


def test_restarts_of_counters_do_not_show(binary: Path, tmp_path: Path) -> None:
    restarts = (START_MS + 45 * MINUTE_MS,)
    ratio, _ = run(binary, tmp_path, steady(restarts=restarts))
    assert ratio == pytest.approx(0.1, rel=0.1)
