"""Every kind says itself in slogen's own format, and in queries that stand by themselves."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sli_reading import read, sound, written

import promtool
from slogen.ir import HOLE, Grouping, Plain

SPECS = (
    "events: {total: t, bad: 't{code=~\"5..\"}'}",
    "events: {total: [t, u], good: ['t{a!~`x|y`}']}",
    "events: {total: 't{path=\"/{{id}}\"}', bad: '{__name__=\"b\"}'}",
    "latency: {histogram: sale_seconds, threshold: 1s}",
    "latency: {histogram: sale_seconds, threshold: 250ms, unit: milliseconds, where: '{a=\"b\"}'}",
    "latency: {histogram: sale_time, threshold: 1m30s, unit: nanoseconds, native: true}",
    "latency: {histogram: sale_seconds, threshold: 1s, unit: seconds, where: '{}'}",
    "condition: {metric: queue, good_when: '<=50'}",
    "condition: {metric: \"max by (a) (queue) # all\\n or b\", good_when: '!= -1.5e-3'}",
    "query: {total: 'sum(rate(t[{{.window}}]))', bad: \"sum(rate(b[{{ .window }}])) # bad\\n\\n\"}",
    "query: {total: 'rate(t[{{.window}}])', good: 'increase(b[{{.window}}])'}",
    "ratio: {error: ' 1 - avg_over_time(up[{{.window}}])\n\n'}",
    "timeslice: {target: 100, of: {events: {total: t, bad: b}}}",
    "timeslice: {slice: 1h, target: 99.95, of: {condition: {metric: up, good_when: '== 1'}}}",
    "timeslice: {slice: 90s, target: 0.001, of: {ratio: {error: 'avg_over_time(x[{{.window}}])'}}}",
)


@pytest.mark.parametrize("text", SPECS)
def test_what_an_indicator_says_of_itself_means_the_same(text: str) -> None:
    sli = sound(text)
    again = sound(written(sli.spec()))
    assert again == sli
    assert again.spec() == sli.spec()


NUMBERS = st.one_of(st.integers(0, 10**9).map(str), st.floats(0, 1e9).map(lambda x: format(x, ".3f")))
COMPARISONS = st.builds(
    "{}{}{}".format, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), st.sampled_from(["", " -"]), NUMBERS
)
NAMES = st.from_regex(r"[a-z_:][a-z0-9_:]{0,9}(_seconds|_milliseconds)?", fullmatch=True).filter(
    lambda name: not name.endswith(("_bucket", "_count", "_sum"))
)
DURATIONS = st.integers(1, 10**10).map(lambda millis: f"{millis}ms")
VALUES = st.text(st.characters(codec="utf-8", exclude_characters='\\"\n\r', exclude_categories=["C"]))
SELECTORS = st.builds('{}{{a="{}"}}'.format, st.sampled_from("tuv"), VALUES)
SIDES = st.one_of(SELECTORS, st.lists(SELECTORS, min_size=1, max_size=3))
EVENTS = st.fixed_dictionaries({"total": SIDES, "bad": SIDES}).map(lambda it: {"events": it})
CONDITIONS = st.builds(
    lambda metric, good: {"condition": {"metric": metric, "good_when": good}}, SELECTORS, COMPARISONS
)
LATENCIES = st.fixed_dictionaries(
    {"histogram": NAMES, "threshold": DURATIONS, "native": st.booleans()},
    optional={
        "unit": st.sampled_from(["seconds", "milliseconds", "microseconds", "nanoseconds"]),
        "where": VALUES.map('a="{}"'.format),
    },
).map(lambda it: {"latency": it})
INNER = st.one_of(EVENTS, CONDITIONS, LATENCIES)
TARGETS = st.one_of(st.integers(1, 100), st.decimals(0, 100, places=5).filter(bool).map(float))
SLICES = st.integers(1, 3_600_000).map(lambda millis: f"{millis}ms")
TIMESLICES = st.builds(
    lambda length, target, of: {"timeslice": {"slice": length, "target": target, "of": of}},
    SLICES,
    TARGETS,
    INNER,
)


@given(st.one_of(INNER, TIMESLICES))
def test_whatever_is_written_says_itself_again(spec: dict[str, object]) -> None:
    sli, _ = read(written(spec))
    if sli is None:
        return
    again = sound(written(sli.spec()))
    assert again == sli
    for plain in (again.plain(HOLE, Grouping()), sli.plain("5m", Grouping(("a",)))):
        assert [bool(plain.bad), bool(plain.good), bool(plain.ratio)].count(True) == 1
        assert bool(plain.total) != bool(plain.ratio)


def test_queries_of_the_author_are_plain_as_they_are() -> None:
    total, bad = "sum(rate(t[{{.window}}]))  # all\n\n", "\nrate(b[{{ .window }}])\n"
    query = sound(written({"query": {"total": total, "bad": bad}}))
    for grouping in (Grouping(), Grouping(("a",)), Grouping(each=True)):
        assert query.plain(HOLE, grouping) == Plain(total=total, bad=bad)
        over = Plain(total=total.replace("{{.window}}", "5m"), bad=bad.replace("{{ .window }}", "5m"))
        assert query.plain("5m", grouping) == over


def test_braces_of_the_author_are_no_template() -> None:
    events = sound("events: {total: 't{path=\"/{{id}}/{{{\"}', bad: b}")
    plain = events.plain(HOLE, Grouping())
    assert plain.total == 'sum(rate(t{path="/{{"{{"}}id}}/{{"{{"}}{"}[{{.window}}]))'
    assert plain.bad == "sum(rate(b[{{.window}}]))"
    assert events.plain("5m", Grouping()).total == 'sum(rate(t{path="/{{id}}/{{{"}[5m]))'


# What the queries compute ----------------------------------------------------------------------------

NATIVE = "{{schema:0 count:8 sum:8 buckets:[%s]}}+{{schema:0 count:8 sum:8 buckets:[%s]}}x480"
# By kind: what is written, the series of two shops (`a` and `b`), and the error ratio of each and of both.
MEASURED = {
    "bad events": (
        "events: {total: t, bad: 't{code=\"500\"}'}",
        {
            't{shop="a",code="200"}': "0+6x480",
            't{shop="a",code="500"}': "0+2x480",
            't{shop="b",code="200"}': "0+8x480",
            't{shop="b",code="500"}': "0x480",
        },
        (0.25, 0, 0.125),
    ),
    "events of two counters, one of them at one shop only": (
        "events: {total: [sold, refused], bad: [refused]}",
        {'sold{shop="a"}': "0+6x480", 'refused{shop="a"}': "0+2x480", 'sold{shop="b"}': "0+8x480"},
        (0.25, None, 0.125),
    ),
    "good events": (
        "events: {total: t, good: 't{code=\"200\"}'}",
        {
            't{shop="a",code="200"}': "0+6x480",
            't{shop="a",code="500"}': "0+2x480",
            't{shop="b",code="200"}': "0+8x480",
        },
        (0.25, 0, 0.125),
    ),
    "latency": (
        "latency: {histogram: sale_seconds, threshold: 1s}",
        {
            'sale_seconds_count{shop="a"}': "0+8x480",
            'sale_seconds_bucket{shop="a",le="1.0"}': "0+6x480",
            'sale_seconds_bucket{shop="a",le="+Inf"}': "0+8x480",
            'sale_seconds_count{shop="b"}': "0+8x480",
            'sale_seconds_bucket{shop="b",le="1"}': "0+8x480",
        },
        (0.25, 0, 0.125),
    ),
    "latency of a native histogram": (
        "latency: {histogram: sale_seconds, threshold: 1s, native: true}",
        {
            'sale_seconds{shop="a"}': NATIVE % ("6 2", "6 2"),
            'sale_seconds{shop="b"}': NATIVE % ("8", "8"),
        },
        (0.25, 0, 0.125),
    ),
    "a condition, what is not a number included": (
        "condition: {metric: queue, good_when: '<= 5'}",
        {
            'queue{shop="a",q="1"}': "1x480",
            'queue{shop="a",q="2"}': "6x480",
            'queue{shop="a",q="3"}': "NaN " * 480,
            'queue{shop="a",q="4"}': "5x480",
            'queue{shop="b"}': "-1x480",
        },
        (0.5, 0, 0.4),
    ),
    "a condition that no sample meets": (
        "condition: {metric: 'queue + 0', good_when: '!= 5'}",
        {'queue{shop="a"}': "5x480", 'queue{shop="b"}': "5x480"},
        (1, 1, 1),
    ),
    "a condition of series with two names": (
        "condition: {metric: '{__name__=~\"red|green\"}', good_when: '!= 5'}",
        {'red{shop="a"}': "5x480", 'green{shop="a"}': "5 NaN 5 NaN 4x480", 'red{shop="b"}': "4x480"},
        (0.5, 0, 1 / 3),
    ),
    "minutes of which enough was good": (
        "timeslice: {target: 99, of: {events: {total: t, bad: b}}}",
        {
            't{shop="a"}': "0+1000x480",
            'b{shop="a"}': "0+15x480",
            't{shop="b"}': "0+1000x480",
            'b{shop="b"}': "0+9x480",
        },
        (1, 0, 1),
    ),
}


def checks(
    plain: Plain, expected: float | None, labels: str
) -> list[tuple[str, str, list[tuple[str, float]]]]:
    if expected is None:
        return []
    part = f"1 - (\n{plain.good}\n) /" if plain.good else f"(\n{plain.bad}\n) /"
    return [("4h", f"abs({part} (\n{plain.total}\n) - {expected}) < bool 1e-9", [(labels, 1.0)])]


@pytest.mark.parametrize("name", MEASURED)
def test_plain_queries_measure_the_error_ratio(name: str, tmp_path: Path) -> None:
    if "native" in name and promtool.version() < (2, 47):
        pytest.skip("promtool below 2.47 has no native histograms in tests")
    text, series, (a, b, both) = MEASURED[name]
    sli = sound(text)
    found = checks(sli.plain("2h", Grouping()), both, "{}")
    grouped = sli.plain("2h", Grouping(("shop",)))
    for shop, expected in (("a", a), ("b", b)):
        picked = Plain(
            *(
                f'({t}) and on (shop) group({{shop="{shop}"}}) by (shop)' if t else ""
                for t in (grouped.total, grouped.bad, grouped.good)
            )
        )
        found += checks(picked, expected, f'{{shop="{shop}"}}')
    result = promtool.run_tests(tmp_path, "groups: []", series, expressions=found)
    assert result.returncode == 0, result.stderr
