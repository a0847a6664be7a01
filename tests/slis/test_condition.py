"""Conditions on gauges: what the author wrote stays what it was inside the generated expressions."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

import promtool
from slogen import pipeline
from slogen.slis.condition import Condition
from slogen.source import Source

SPEC = """\
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: shop
  slos:
    - name: queue
      objective: 99.9
      sli:
        condition: %s
"""

METRICS = {
    "a comment behind a selector": 'queue{shop="a"}  # the queue',
    "a comment behind an expression": "max by (shop) (queue)  # of all pods",
    "a comment before an expression": "# of all pods\nmax by (shop) (queue)",
    "a comment on a line of its own at the end": "max by (shop) (queue)\n# of all pods",
    "a selector of several lines": 'queue{\n  shop="a",  # ours\n  env="b"\n}',
    "an expression of several lines": "max by (shop) (queue)\n  and on (shop)\nup == 1",
    "a number sign in a matcher": 'queue{shop="#1"}',
    "an operator of low precedence": "queue or backlog",
    "a comparison": "queue > 0",
    "a negation": "-queue",
}


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_may_be_written_in_any_way(name: str, tmp_path: Path) -> None:
    metric = METRICS[name]
    block = f"{{metric: {yaml.safe_dump(metric, default_style=chr(34)).strip()}, good_when: '<= 50'}}"
    (tmp_path / "shop.yaml").write_text(promtool.compiled(SPEC % block)["rules/shop.yaml"], encoding="utf-8")
    result = promtool.check(tmp_path / "shop.yaml")
    assert result.returncode == 0, result.stderr


def condition(good_when: str) -> Condition:
    result = pipeline.compile([Source("a.yaml", SPEC % f"{{metric: queue, good_when: {good_when}}}")])
    assert [d.message for d in result.report] == []
    sli = result.program.slos[0].sli
    assert isinstance(sli, Condition)
    return sli


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("'<= 50'", "<= 50"),
        ("'<=50'", "<= 50"),
        ("' ==  1 '", "== 1"),
        ("'!= -1.5e-3'", "!= -1.5e-3"),
        ("'> .5'", "> .5"),
        ("'< +5.'", "< +5."),
    ],
)
def test_the_comparison_is_an_operator_and_a_number(written: str, meant: str) -> None:
    assert condition(written).comparison == meant


@pytest.mark.parametrize(
    "written", ["''", "'50'", "'= 50'", "'=< 50'", "'<= a'", "'<= 5 or 1'", "'> bool 5'"]
)
def test_anything_else_is_refused_at_its_place(written: str) -> None:
    report = pipeline.compile([Source("a.yaml", SPEC % f"{{metric: queue, good_when: {written}}}")]).report
    assert [(d.code.id, d.at.text) for d in report] == [("SLO113", written)]


@pytest.mark.parametrize(
    ("good_when", "expected"),
    [("'!= 0'", 0.5), ("'== 1'", 0.5), ("'< 5'", 0.5), ("'>= -1'", 0.5), ("'!= 1'", 1)],
)
def test_what_is_no_number_is_not_good(good_when: str, expected: float, tmp_path: Path) -> None:
    rules = promtool.compiled(SPEC % f"{{metric: queue, good_when: {good_when}}}")["rules/shop.yaml"]
    series = {'queue{pod="a"}': "1x60", 'queue{pod="b"}': "NaN " * 60}
    ratio = "slo:sli_error:ratio_rate5m - 0"
    labels = '{sloth_id="shop-queue", sloth_service="shop", sloth_slo="queue", sloth_window="5m"}'
    result = promtool.run_tests(tmp_path, rules, series, expressions=[("20m", ratio, [(labels, expected)])])
    assert result.returncode == 0, result.stderr
