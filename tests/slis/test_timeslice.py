"""Slices of time: each is good or bad as a whole, whatever happens in it and however much."""

from __future__ import annotations

from pathlib import Path

import pytest
from sli_reading import read, sound

import promtool
from slogen.ir import Grouping
from slogen.slis.timeslice import Timeslice

SPEC = """\
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: shop
  slos:
    - name: sold
      objective: 99
      {extra}
      sli:
        timeslice: {{{head}, of: {{{of}}}}}
"""
EVENTS = "events: {total: t, bad: b}"
GOOD = "events: {total: t, good: g}"


def ratio(
    window: str, labels: str, expected: float, at: str = "4h"
) -> tuple[str, str, list[tuple[str, float]]]:
    series = f'slo:sli_error:ratio_rate{window}{{sloth_id="shop-sold"}}'
    identity = f'sloth_id="shop-sold", sloth_service="shop", sloth_slo="sold", sloth_window="{window}"'
    # A rate over a minute sees what happened until a minute later.
    return (at, f"abs({series} - {expected}) < bool 0.025", [(f"{{{labels}{identity}}}", 1.0)])


def passes(
    tmp_path: Path,
    of: str,
    series: dict[str, str],
    checks: list[tuple[str, str, list[tuple[str, float]]]],
    head: str = "target: 99",
    extra: str = "",
) -> None:
    rules = promtool.compiled(SPEC.format(of=of, head=head, extra=extra))["rules/shop.yaml"]
    result = promtool.run_tests(tmp_path, rules, series, expressions=checks, every="30s", samples="15s")
    assert result.returncode == 0, result.stderr


# Four hours at four samples a minute; b is bad in 15 of the last 60 minutes, with all of few events.
BUSY_THEN_QUIET = {
    "t": "0+1000x720 720000+1x240",
    "b": "0x900 0+1x60",
}


@pytest.mark.parametrize(
    ("of", "series"),
    [
        (EVENTS, BUSY_THEN_QUIET),
        (GOOD, {"t": BUSY_THEN_QUIET["t"], "g": "0+1000x720 720000+1x180 720180x60"}),
        (
            "latency: {histogram: h_seconds, threshold: 1s}",
            {
                "h_seconds_count": BUSY_THEN_QUIET["t"],
                'h_seconds_bucket{le="1"}': "0+1000x720 720000+1x180 720180x60",
            },
        ),
        (
            "latency: {histogram: h_seconds, threshold: 1s, native: true}",
            {
                'h_seconds{pod="a"}': "{{schema:0 count:1 buckets:[1]}}+{{schema:0 count:1 buckets:[1]}}x960",
                'h_seconds{pod="b"}': "_x900 {{schema:0 count:1 buckets:[0 1]}}+"
                "{{schema:0 count:1 buckets:[0 1]}}x60",
            },
        ),
        ("condition: {metric: up, good_when: '== 1'}", {"up": "1x899 0x60"}),
        (
            "query: {total: 'sum(increase(t[{{.window}}]))', bad: 'rate(b[{{.window}}]) * 100'}",
            BUSY_THEN_QUIET,
        ),
        ("ratio: {error: 'sum(rate(b[{{.window}}])) / sum(rate(t[{{.window}}]))'}", BUSY_THEN_QUIET),
        ("ratio: {error: '1 - avg_over_time(up[{{.window}}])'}", {"up": "1x899 0x60"}),
    ],
)
def test_bad_minutes_weigh_by_their_time(of: str, series: dict[str, str], tmp_path: Path) -> None:
    if "native" in of and promtool.version() < (2, 47):
        pytest.skip("promtool below 2.47 has no native histograms in tests")
    checks = [ratio("1h", "", 1 / 4), ratio("2h", "", 1 / 8), ratio("6h", "", 1 / 16)]
    passes(tmp_path, of, series, checks)


def test_a_minute_with_a_few_errors_is_good(tmp_path: Path) -> None:
    # Exactly one in a hundred is bad, as the target allows; the last hour has one more in ten thousand.
    series = {"t": "0+10000x960", "b": "0+100x720 72000+101x240"}
    checks = [ratio("1h", "", 0, "3h"), ratio("1h", "", 1), ratio("2h", "", 0.5)]
    passes(tmp_path, EVENTS, series, checks)


def test_no_traffic_is_good_and_no_data_is_no_slice(tmp_path: Path) -> None:
    series = {"t": "0+10x480 4800x240 stale", "b": "0+10x480 4800x240 stale"}
    checks = [
        ratio("1h", "", 1, "2h"),
        ratio("1h", "", 0, "3h"),
        ("3h10m", "slo:sli_error:ratio_rate5m", []),
        ("3h10m", "slo:sli_total:samples", []),
    ]
    passes(tmp_path, EVENTS, series, checks)


def test_where_all_must_be_good_rounding_is_no_error(tmp_path: Path) -> None:
    # Tenths do not add up to the last digit in whatever order, and `good` adds up in another one.
    series = {f't{{a="{i}",b="{9 - i}"}}': f"0+{i}.{i}x960" for i in range(1, 9)}
    of = "query: {total: 'sum by () (sum by (b) (rate(t[{{.window}}])))', good: 'sum(rate(t[{{.window}}]))'}"
    passes(tmp_path, of, series, [ratio("1h", "", 0)], head="target: 100")
    failing = {**series, 't{a="1",b="8"}': "0+1x720 720x240"}
    of = "events: {total: t, good: 't{a!=\"2\"}'}"
    passes(tmp_path, of, failing, [ratio("1h", "", 1)], head="target: 100")


@pytest.mark.parametrize(
    "of",
    [
        EVENTS,
        "condition: {metric: 'r', good_when: '< 0.5'}",
        "ratio: {error: 'avg_over_time(r[{{.window}}])'}",
    ],
)
@pytest.mark.parametrize("extra", ["group_by: [shop]", "each_series: true"])
def test_each_group_has_its_own_slices(of: str, extra: str, tmp_path: Path) -> None:
    series = {
        't{shop="a"}': "0+100x960",
        'b{shop="a"}': "0x840 0+90x120",
        't{shop="b"}': "0+100x960",
        'r{shop="a"}': "0x839 0.9x120",
        'r{shop="b"}': "0x960",
    }
    checks = [
        ("4h", expr, [(labels.replace("{", '{shop="a", '), 1.0), (labels.replace("{", '{shop="b", '), 0.0)])
        for _, expr, [(labels, _)] in (ratio("1h", "", 0.5), ratio("2h", "", 0.25))
    ]
    passes(tmp_path, of, series, checks, extra=extra)


def test_slices_of_another_length(tmp_path: Path) -> None:
    # 20 s of every 10 minutes fail: each slice of 10 minutes is bad, and hardly more than one minute in ten.
    series = {"up": " ".join(["0x1 1x37"] * 24)}
    of = "condition: {metric: up, good_when: '== 1'}"
    passes(tmp_path, of, series, [ratio("1h", "", 1)], head="slice: 10m, target: 98")
    passes(tmp_path, of, series, [ratio("1h", "", 0)], head="slice: 10m, target: 90")


@pytest.mark.parametrize(
    ("target", "digits"),
    [("99.5", "0.005000001"), ("100", "0.000000001"), ("99.99", "0.000100001"), ("0.1", "0.999000001")],
)
def test_the_tolerance_has_no_more_digits_than_the_target(target: str, digits: str) -> None:
    sli = sound(f"timeslice: {{target: {target}, of: {{{EVENTS}}}}}")
    assert f"> {digits} * sum(rate(t[1m]))" in sli.error_samples(Grouping(), "samples")


def test_a_slice_is_a_minute_unless_another_length_is_written() -> None:
    sli = sound(f"timeslice: {{target: 99, of: {{{EVENTS}}}}}")
    assert isinstance(sli, Timeslice)
    assert sli.length == 60_000
    assert sli.samples(Grouping()) == "count(sum(rate(t[1m])))"
    assert [query.text for query in sli.queries] == ["t", "b"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{target: 99, of: {timeslice: {target: 99, of: {}}}}", [("SLO113", "timeslice")]),
        (
            "{target: 0, slice: 61m, of: {event: {}}}",
            [("SLO113", "0"), ("SLO113", "61m"), ("SLO110", "event")],
        ),
        ("{target: 100.1, of: {events: {total: t, bad: t}}}", [("SLO113", "100.1"), ("SLO405", "t")]),
        ("{target: -1, slice: 0s, of: []}", [("SLO113", "0s")]),
        ("{target: 99, slice: 1, of: {}}", [("SLO113", "1")]),
        ("{target: '99', of: {}}", [("SLO112", "'99'")]),
        ("{target: .nan, of: {}}", [("SLO112", ".nan")]),
        ("{target: true, of: 1}", [("SLO112", "true")]),
        ("{target: 99, of: 1}", [("SLO112", "1")]),
        ("{target: 99, of: }", [("SLO112", "")]),
        ("{target: 99, of: {}}", [("SLO111", "{}")]),
        ("{target: 99, of: {events: }}", [("SLO112", "")]),
        ("{target: 99, of: {timeslice: , events: }}", [("SLO113", "timeslice")]),
        ("{target: 99}", [("SLO111", "target")]),
        ("{of: {events: {total: t, bad: b}}}", [("SLO111", "of")]),
        ("{target: 99, off: {}}", [("SLO110", "off")]),
        ("[]", [("SLO112", "[]")]),
        ("", [("SLO112", "")]),
    ],
)
def test_what_is_wrong_is_found_at_its_place(written: str, expected: list[tuple[str, str]]) -> None:
    found, findings = read(f"timeslice: {written}")
    assert found is None
    assert findings == expected


def test_a_template_must_hold_for_a_slice() -> None:
    bad = 'sum(rate(b[{{if and (gt .window "1h") (lt .window "2")}}{{else}}{{.window}}{{end}}]))'
    of = f"query: {{total: 'sum(rate(t[{{{{.window}}}}]))', bad: '{bad}'}}"
    _, findings = read(f"timeslice: {{target: 99, of: {{{of}}}}}")
    assert [code for code, _ in findings] == ["SLO401"]
    sli = sound(f"timeslice: {{target: 99, slice: 2m, of: {{{of}}}}}")
    assert "sum(rate(b[2m]))" in sli.error_samples(Grouping(), "samples")
