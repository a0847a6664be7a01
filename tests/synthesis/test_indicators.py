"""Series that follow from indicators, judged by what promtool makes of the generated rules."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from judged import budgets, failures, spelt

from slogen import pipeline
from slogen.ir import Slo
from slogen.source import Source
from slogen.synthetic import Gap, Synthetic

HEAD = "apiVersion: slogen.dev/v1\nkind: ServiceLevels\nspec:\n  service: s\n  slos:\n"


def compiled(sli: str, group_by: tuple[str, ...] = (), name: str = "a", extra: str = "") -> Slo:
    """The SLO of an indicator, in which `[w]` is the window."""
    text = sli.replace("[w", "[{{.window}}")
    grouping = json.dumps(list(group_by))
    spec = f"{HEAD}    - {{name: {name}, objective: 99, group_by: {grouping}, {extra}sli: {{{text}}}}}\n"
    result = pipeline.compile([Source("spec.yaml", spec)])
    assert len(result.program.slos) == 1, [d.message for d in result.report]
    return result.program.slos[0]


def lines(found: Synthetic) -> list[str]:
    """Counters as `name{labels} good/bad/ignored`, gauges as `name{labels} good/bad`."""
    counters = [f"{spelt(one.series)} {one.good:g}/{one.bad:g}/{one.ignored:g}" for one in found.counters]
    return counters + [f"{spelt(one.series)} {one.good:g}/{one.bad:g}" for one in found.gauges]


def query(total: str, **part: str) -> str:
    """A `query` indicator."""
    return "query: " + json.dumps({"total": total, **part})


def ratio(error: str) -> str:
    """A `ratio` indicator."""
    return "ratio: " + json.dumps({"error": error})


def events(total: str | list[str], **part: str | list[str]) -> str:
    """An `events` indicator."""
    return "events: " + json.dumps({"total": total, **part})


NODES = " * on (pod) group_left (node) kube_pod_info{namespace='n'})"
DERIVED = 'sum by (dst) (label_replace(rate(a{}[w]), "dst", "$1", "src", "(.+)-x"))'

# The indicator, the labels of the grouping, and the series of its first budget.
SOUND: tuple[tuple[str, tuple[str, ...], list[str]], ...] = (
    # events
    (
        events(
            'a{job="x", path!~"/(health|metrics)"}', bad='a{job="x", path!~"/(health|metrics)", code=~"5.."}'
        ),
        (),
        [
            'a{job="x", path="other", code="200"} 1/0/0',
            'a{job="x", path="other", code="500"} 0/1/0',
            'a{job="other", path="other", code="500"} 0/0/1',
            'a{job="x", path="/health", code="500"} 0/0/1',
        ],
    ),
    (events("all", bad="failed"), ("x",), ['all{x="a"} 1/1/0', 'failed{x="a"} 0/1/0']),
    (events(["fine", "failed"], bad="failed"), (), ["fine{} 1/0/0", "failed{} 0/1/0"]),
    (events("all", good="fine"), (), ["all{} 1/1/0", "fine{} 1/0/0"]),
    (
        events('a{model!="unknown"}', bad='a{model!="unknown", ok="false"}'),
        ("model",),
        [
            'a{model="a", ok="true"} 1/0/0',
            'a{model="a", ok="false"} 0/1/0',
            'a{model="unknown", ok="false"} 0/0/1',
        ],
    ),
    # A code that is neither success nor error, and two ways to be bad, share the events.
    (
        events("a", bad='a{code=~"5..", code!="502"}'),
        (),
        ['a{code="200"} 0.5/0/0', 'a{code="502"} 0.5/0/0', 'a{code="500"} 0/1/0'],
    ),
    (
        'events: {total: a, bad: [\'a{code=~"5.."}\', \'a{code!~"5..", reason="full"}\']}',
        (),
        [
            'a{code="200", reason="other"} 1/0/0',
            'a{code="500", reason="full"} 0/0.5/0',
            'a{code="200", reason="full"} 0/0.5/0',
        ],
    ),
    # One event, two series of a metric.
    (
        events('a{at="edge"}', bad='a{at="app", code="500"}'),
        (),
        [
            'a{at="edge", code="200"} 1/0/0',
            'a{at="edge", code="500"} 0/1/0',
            'a{at="app", code="500"} 0/1/0',
            'a{at="app", code="200"} 0/0/1',
        ],
    ),
    (
        events('a{grpc_service="S"}', bad='a{grpc_service="S", grpc_code=~"Unknown|Internal"}'),
        (),
        [
            'a{grpc_service="S", grpc_code="OK"} 1/0/0',
            'a{grpc_service="S", grpc_code="Internal"} 0/1/0',
            'a{grpc_service="other", grpc_code="Internal"} 0/0/1',
        ],
    ),
    # histograms
    (
        "latency: {histogram: h_seconds, threshold: 1s, where: 'job=\"x\"'}",
        ("x",),
        [
            'h_seconds_count{x="a", job="x"} 1/1/0',
            'h_seconds_bucket{x="a", job="x", le="1"} 1/0/0',
            'h_seconds_bucket{x="a", job="x", le="+Inf"} 1/1/0',
            'h_seconds_count{x="a", job="other"} 0/0/2',
            'h_seconds_bucket{x="a", job="other", le="1"} 0/0/1',
            'h_seconds_bucket{x="a", job="other", le="+Inf"} 0/0/2',
        ],
    ),
    (
        query('sum(rate(h_bucket{le="+Inf"}[w]))', good='sum(rate(h_bucket{le=~"0.25|0.250"}[w]))'),
        (),
        ['h_bucket{le="0.25"} 1/0/0', 'h_bucket{le="+Inf"} 1/1/0'],
    ),
    # queries
    (
        query(
            "sum(rate(a[w])) or vector(0)", bad='sum(rate(a{code=~"5..|429"}[w])) or on() 0 * sum(rate(a[w]))'
        ),
        (),
        ['a{code="200"} 1/0/0', 'a{code="500"} 0/1/0'],
    ),
    (
        query(
            "sum(rate(w_count[w])) by (c)",
            bad="clamp_min(sum(rate(w_count[w])) by (c) - sum(rate(w_bucket{le='10'}[w])) by (c), 0)",
        ),
        ("c",),
        ['w_count{c="a"} 1/1/0', 'w_bucket{c="a", le="10"} 1/0/0', 'w_bucket{c="a", le="+Inf"} 1/1/0'],
    ),
    (
        query(f"sum by (node) (rate(a[w]){NODES}", bad=f"sum by (node) (rate(a{{e='1'}}[w]){NODES}"),
        ("node",),
        [
            'a{pod="a", e="other"} 1/0/0',
            'a{pod="a", e="1"} 0/1/0',
            'kube_pod_info{node="a", pod="a", namespace="n"} 1/1',
        ],
    ),
    (
        query(DERIVED.format(""), bad=DERIVED.format('{r="failed"}')),
        ("dst",),
        ['a{src="a-x", r="succeeded"} 1/0/0', 'a{src="a-x", r="failed"} 0/1/0'],
    ),
    # A side of `+` that is empty makes the sum empty.
    (
        query("sum(rate(a[w]))", bad="sum(rate(a{code='500'}[w])) + sum(rate(refused[w]))"),
        (),
        ['a{code="200"} 1/0.5/0', 'a{code="500"} 0/0.5/0', "refused{} 0/0.5/0"],
    ),
    (
        query(
            "sum(increase({__name__=~'a|b', j='x'}[w]))",
            bad="sum(increase({__name__=~'a|b', j='x', e='1'}[w]))",
        ),
        (),
        ['a{j="x", e="other"} 1/0/0', 'a{j="x", e="1"} 0/1/0', 'a{j="other", e="1"} 0/0/1'],
    ),
    (query("count_over_time(up[w])", good="sum_over_time(up[w])"), (), ["up{} 1/0"]),
    (query("count_over_time(up[w:1m])", bad="count_over_time((up == 0)[w:1m])"), (), ["up{} 1/0"]),
    # ratios
    (
        ratio("1 - sum(rate(h_bucket{le='1'}[w])) / sum(rate(h_count[w]))"),
        (),
        [
            "h_count{} 1/1/0",
            'h_bucket{le="1"} 1/0/0',
            'h_bucket{le="+Inf"} 1/1/0',
        ],
    ),
    (ratio("1 - avg_over_time(probe_success{job='x'}[w])"), (), ['probe_success{job="x"} 1/0']),
    (ratio("1 - avg_over_time(percent[w]) / 100"), (), ["percent{} 100/0"]),
    (ratio("1 - avg_over_time((age < bool 300)[w:1m])"), (), ["age{} 1/300"]),
    (
        ratio("sum(avg_over_time(e:rate5m[w])) / sum(avg_over_time(r:rate5m[w]))"),
        (),
        [
            "r:rate5m{} 1/1",
            "e:rate5m{} 0/1",
        ],
    ),
    (
        ratio("1 - rate(a{s='ok'}[w]) / ignoring(s) sum without(s) (rate(a[w]))"),
        (),
        [
            'a{s="ok"} 1/0/0',
            'a{s="error"} 0/1/0',
        ],
    ),
    # slices of time
    (
        "timeslice: {target: 95, of: {events: {total: a, bad: 'a{code=\"500\"}'}}}",
        (),
        [
            'a{code="200"} 1/0/0',
            'a{code="500"} 0/1/0',
        ],
    ),
)


@pytest.mark.parametrize(("sli", "group_by", "expected"), SOUND)
def test_series_of_an_indicator(sli: str, group_by: tuple[str, ...], expected: list[str]) -> None:
    found = compiled(sli, group_by).sli.synthetic(compiled(sli, group_by).grouping, 0)
    assert isinstance(found, Synthetic)
    assert lines(found) == expected


def test_the_rules_make_of_the_series_what_they_mean(tmp_path: Path) -> None:
    slos = [compiled(sli, group_by, f"a{i}") for i, (sli, group_by, _) in enumerate(SOUND)]
    assert failures([(slo, budgets(slo)) for slo in slos], tmp_path) == ""


def test_budgets_share_no_series() -> None:
    for sli, group_by, _ in SOUND:
        found = budgets(compiled(sli, group_by))
        series = [one.series for synthetic in found for one in synthetic.counters]
        series += [one.series for synthetic in found for one in synthetic.gauges]
        assert len(series) == len(set(series)), sli


MATCHER = re.compile(r"""\w+(?:!~|=~|!=|=)'[^']*'(?:, )?""")
# A selector of all events, and one of the bad, or the good, ones.
SELECTORS = (
    ("a{j='x', path!~'/(health|metrics)'}", "bad", "a{j='x', path!~'/(health|metrics)', code=~'5..'}"),
    ("a{j='x'}", "good", "a{j='x', code=~'2..|3..', code!='304'}"),
    ("a{code!='404'}", "bad", "a{code=~'5..', code!='502'}"),
    ("all{j='x', at='edge'}", "bad", "failed{j='x', kind!='test'}"),
    ("all{j='x'}", "good", "fine{j='x', kind!='test'}"),
    ("h_count{j='x', code!~'5..'}", "good", "h_bucket{j='x', code!~'5..', le='1'}"),
    ("a{at='edge'}", "bad", "a{at='app', code=~'5..'}"),
)


def narrowed() -> Iterator[tuple[tuple[str, str, str], tuple[str, str, str]]]:
    """The selectors, and the same without one of the matchers."""
    for total, key, part in SELECTORS:
        for match in MATCHER.finditer(total):
            yield (total, key, part), (total[: match.start()] + total[match.end() :], key, part)
        for match in MATCHER.finditer(part):
            yield (total, key, part), (total, key, part[: match.start()] + part[match.end() :])


def test_a_matcher_that_is_left_out_is_noticed(tmp_path: Path) -> None:
    proofs: list[tuple[Slo, tuple[Synthetic, ...]]] = []
    for i, (whole, without) in enumerate(narrowed()):
        found, other = (
            compiled(events(total, **{key: part}), name=f"a{i}") for total, key, part in (whole, without)
        )
        proofs.append((other, budgets(found)))
    wrong = failures(proofs, tmp_path)
    unnoticed = [slo.sli.spec() for slo, _ in proofs if f'{slo.id}\\"' not in wrong]
    assert proofs
    assert unnoticed == []


INVERTED = (
    query("sum(rate(a[w]))", bad="sum(rate(a{code=~'2..'}[w]))"),
    query("sum(rate(h_seconds_count[w]))", bad="sum(rate(h_seconds_bucket{le='0.5'}[w]))"),
    ratio("sum(rate(a{result='success'}[w])) / sum(rate(a[w]))"),
)


@pytest.mark.parametrize("sli", INVERTED)
def test_what_a_success_is_called_is_known(sli: str, tmp_path: Path) -> None:
    slo = compiled(sli)
    assert failures([(slo, budgets(slo))], tmp_path)


# The indicator, the labels of the grouping, why it has no series, and the place of that.
GAPS: tuple[tuple[str, tuple[str, ...], str, str], ...] = (
    (query("sum(rate(a[w] offset 5m))", bad="sum(rate(b[w]))"), (), "looks at the past (`offset`)", "offset"),
    (query("sum(irate(a[w]))", bad="sum(irate(b[w]))"), (), "last two samples", "irate"),
    (query("avg(rate(a[w]))", bad="avg(rate(b[w]))"), (), "takes `avg` of rates", "avg"),
    (ratio("sum(rate(b[w])) / sum(rate(a[5m]))"), (), "has a range of its own, `[5m]`", "5m"),
    # The one side counts samples as they are scraped, the other as often as rules are evaluated.
    (query("count_over_time(up[w])", bad="count_over_time((up == 0)[w:])"), (), "another one than", ""),
    (ratio("avg_over_time(x[w]) > 0"), (), "has no value where all is good", ""),
    (ratio("max_over_time(x[w])"), (), "takes the highest of the values", "max_over_time"),
    (ratio("rate(a_sum[w]) / rate(a_count[w])"), (), "adds up what was measured", ""),
    (
        ratio("histogram_quantile(0.9, sum by (le) (rate(a_bucket[w]))) > bool 1"),
        (),
        "a quantile",
        "histogram_quantile",
    ),
    (
        ratio("avg_over_time((sum(rate(e[5m])) / sum(rate(a[5m])))[w:1m])"),
        (),
        "quotient within",
        "avg_over_time",
    ),
    (
        query("sum(rate(a{code=~'2..'}[w]))", bad="sum(rate(a{code=~'4..'}[w]))"),
        (),
        "no event both among all",
        "",
    ),
    (events('a{x="1"}', bad='a{x="2"}'), ("x",), "has no value of `x`", ""),
    ("latency: {histogram: h, threshold: 1s, unit: seconds, native: true}", (), "a native histogram", "h"),
)


@pytest.mark.parametrize(("sli", "group_by", "reason", "at"), GAPS)
def test_what_is_beyond_analysis(sli: str, group_by: tuple[str, ...], reason: str, at: str) -> None:
    slo = compiled(sli, group_by)
    found = slo.sli.synthetic(slo.grouping, 0)
    assert isinstance(found, Gap)
    assert reason in found.reason
    assert at in ("", found.at.text)
