"""A generated test tells the truth: in a real Prometheus the alert fires when the test says it does."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from servers import Prometheus, exporter, program, prometheus, until

from slogen import pipeline
from slogen.proofs import AlertCheck, Scenario
from slogen.source import Source
from slogen.testtext import selector

# Windows so short that one can wait for them; samples are then a second apart, as scrapes are.
SPEC = """
apiVersion: slogen.dev/v1
kind: Settings
spec:
  intervals: {fast: 1s, slow: 1s, long: 1s}
---
apiVersion: slogen.dev/v1
kind: AlertWindows
metadata: {name: compressed}
spec:
  page:
    - {budget: 2, long: 40s, short: 5s}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: shop
  window: 1h
  alert_windows: compressed
  slos:
    - name: sold
      objective: 95
      group_by: [till]
      sli:
        events: {total: 'sales_total{code!="404"}', bad: 'sales_total{code="500"}'}
"""
RUN = re.compile(r"(_|-?[0-9.]+)(?:([+-][0-9.]+))?(?:x([0-9]+))?")


def expanded(runs: tuple[str, ...]) -> Iterator[float]:
    """The samples of promtool's notation."""
    for text in " ".join(runs).split():
        match = RUN.fullmatch(text)
        assert match, text
        start, growth, more = match.groups()
        value = float(start)
        for _ in range(int(more or 0) + 1):
            yield value
            value += float(growth or 0)


def metrics(scenario: Scenario, second: int) -> str:
    """What the service of a scenario exports at a second of its story."""
    samples = [(selector(series.series), list(expanded(series.values))) for series in scenario.inputs]
    return "".join(f"{name} {values[min(second, len(values) - 1)]:.0f}\n" for name, values in samples)


def change(scenario: Scenario, *, fires: bool) -> tuple[float, float]:
    """The seconds between which a scenario says that the page begins to fire, or ceases to."""
    checks = sorted((check for check in scenario.checks if is_page(check)), key=lambda check: check.at)
    for before, after in pairwise(checks):
        if bool(after.expected) == fires and bool(before.expected) != fires:
            return before.at / 1000, after.at / 1000
    raise AssertionError("the scenario tells of no such change")


def is_page(check: object) -> bool:
    return isinstance(check, AlertCheck) and check.alert == "ShopSoldBudgetBurn"


def firing_since(server: Prometheus, started: float) -> tuple[float, float]:
    """The first and the last second of the story at which the page fires for till a."""
    query = 'ALERTS{alertname="ShopSoldBudgetBurn",alertstate="firing",till="a"}'
    answer = server.get(
        "/api/v1/query_range", query=query, start=str(started), end=str(time.time()), step="0.5"
    )
    [series] = answer["data"]["result"]
    times = [float(at) - started for at, _ in series["values"]]
    return times[0], times[-1]


def test_the_alert_fires_within_one_evaluation_of_what_the_test_says(tmp_path: Path) -> None:
    program("prometheus")
    result = pipeline.compile([Source("shop.yaml", SPEC)], pipeline.Options(prove=True))
    assert not result.report.failed
    [rules] = [file.text for file in result.files if file.path == "rules/shop.yaml"]
    (tmp_path / "rules.yaml").write_text(rules, encoding="utf-8")
    proof = next(proof for proof in result.program.proofs if proof.step == 5_000)
    scenario = next(scenario for scenario in proof.scenarios if "windows of" in scenario.name)
    assert scenario.spacing == 1_000
    silent, fires = change(scenario, fires=True)
    _, resolved = change(scenario, fires=False)

    begun: list[float] = []

    def exported() -> str:
        begun.append(time.time())
        return metrics(scenario, round(begun[-1] - begun[0]))

    with exporter(exported) as port, prometheus(tmp_path, [tmp_path / "rules.yaml"], port) as server:
        until(lambda: bool(begun), 30, "the first scrape")
        until(lambda: time.time() - begun[0] > resolved + 8, 300, "the story is over")
        first, last = firing_since(server, begun[0])
        others = server.query('count_over_time(ALERTS{till="b"}[1h]) > 0')
    step = proof.step / 1000
    assert silent - 1 < first <= fires + step, (silent, first, fires)
    assert last < resolved + step, (last, resolved)
    assert others == []
