"""Latency: the threshold in the histogram's own unit, and matchers in any form."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

import promtool
from slogen import pipeline
from slogen.slis.latency import Latency
from slogen.source import Source

SPEC = """\
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: shop
  slos:
    - name: latency
      objective: 99
      sli:
        latency: %s
"""


def latency(**written: object) -> Latency:
    result = pipeline.compile([Source("a.yaml", SPEC % yaml.safe_dump(written, default_flow_style=True))])
    assert [f"{d.at} {d.message}" for d in result.report] == []
    sli = result.program.slos[0].sli
    assert isinstance(sli, Latency)
    return sli


def findings(written: str) -> list[tuple[str, str]]:
    report = pipeline.compile([Source("a.yaml", SPEC % written)]).report
    return [(d.code.id, d.at.text) for d in report]


@pytest.mark.parametrize(
    ("histogram", "unit", "threshold", "bound"),
    [
        ("sale_seconds", None, "1s", "1"),
        ("sale_seconds", None, "500ms", "0.5"),
        ("sale_seconds", None, "1m30s", "90"),
        ("sale_milliseconds", None, "2s500ms", "2500"),
        ("sale_microseconds", None, "1ms", "1000"),
        ("sale_nanoseconds", None, "1ms", "1000000"),
        ("sale_time", "milliseconds", "10s", "10000"),
        # What the author says about the unit counts, not what the name looks like.
        ("sale_seconds", "milliseconds", "10s", "10000"),
        ("sale_seconds", None, "100d", "8640000"),
    ],
)
def test_the_bound_is_in_the_unit_of_the_histogram(
    histogram: str, unit: str | None, threshold: str, bound: str
) -> None:
    written = {"histogram": histogram, "threshold": threshold} | ({"unit": unit} if unit else {})
    assert latency(**written).bound_text == bound


WHERE = {
    "braces": "{code='200'}",
    "no braces": "code='200'",
    "a comma at the end": "{code='200',}",
    "several lines with comments": "{\n  code='200',  # sold\n  shop=~'a|b'\n}",
    "a number sign in a value": "shop='#1'",
    "empty braces": "{}",
}


@pytest.mark.parametrize("name", WHERE)
@pytest.mark.parametrize("native", [False, True])
def test_matchers_may_be_written_in_any_way(name: str, native: bool, tmp_path: Path) -> None:
    written = {"histogram": "sale_seconds", "threshold": "1s", "where": WHERE[name], "native": native}
    text = promtool.compiled(SPEC % yaml.safe_dump(written, default_flow_style=True))["rules/shop.yaml"]
    (tmp_path / "shop.yaml").write_text(text, encoding="utf-8")
    result = promtool.check(tmp_path / "shop.yaml")
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (
            "{histogram: sale_seconds_bucket, threshold: 1s}",
            [("SLO111", "sale_seconds_bucket"), ("SLO113", "_bucket")],
        ),
        ("{histogram: sale_time, threshold: 1s}", [("SLO111", "sale_time")]),
        (
            "{histogram: 'sale_seconds{a=\"b\"}', threshold: 1s, unit: seconds}",
            [("SLO113", "'sale_seconds{a=\"b\"}'")],
        ),
        ("{histogram: sale_seconds, threshold: 0s}", [("SLO113", "0s")]),
        ("{histogram: sale_seconds, threshold: 1.5s}", [("SLO113", "1.5s")]),
        ("{histogram: sale_seconds, threshold: 1}", [("SLO113", "1")]),
        ("{histogram: sale_seconds, threshold: 1s, unit: second}", [("SLO113", "second")]),
        ("{histogram: sale_seconds, threshold: 1s, where: 'code=200'}", [("SLO401", "200")]),
        ("{histogram: sale_seconds, threshold: 1s, where: ''}", [("SLO401", "''")]),
        ("{histogram: sale_seconds}", [("SLO111", "histogram")]),
    ],
)
def test_what_is_wrong_is_found_at_its_place(written: str, expected: list[tuple[str, str]]) -> None:
    assert findings(written) == expected
