"""Worlds of alert expressions: they are found, real promtool agrees, and they notice mistakes."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import promtool
from slogen import durations
from slogen.promql.evaluation import Storage, evaluate
from slogen.source import Source, Span
from slogen.synthesis import worlds as subject
from slogen.synthesis.judging import Judge, samples, storage
from slogen.synthesis.nodes import eras, read
from slogen.synthesis.worlds import Motion, World, Worlds, with_value, worlds
from slogen.synthetic import Gap, Series
from slogen.units import Millis

# Comparisons of gauges and of what is made of them.
GAUGES = """
up == 0
up{job="a"} != 1
queue_depth > 50
5 < queue_depth
1 < ready < 5
ready > 0 and ready < 10
-free < -100
free_bytes / size_bytes * 100 < 10
free_bytes / size_bytes < .1 and on (instance, device) readonly == 0
(size_bytes - free_bytes) / size_bytes > 0.9
100 * (1 - free_bytes / size_bytes) > 80 and size_bytes > 0
abs(weight - 1) > 0.5
round(100 * used / limit, 0.1) >= 95
clamp_max(sum(depth) / 100, 1) > 0.9
sgn(balance) == -1
used / ignoring (type) limit > 0.9
quota{type="used"} / ignoring (type) (quota{type="hard"} > 0) > 0.9 < 1
x{a="1"} - ignoring (a) x{a="2"} > 10
spec_replicas != status_replicas
(desired != current) and (current > minimum) and changes(current[15m]) == 0
temperature * on (chip) group_left (label) sensor_label{label!="cpu"} > 75
sum by (host) (a) > on (host) group_left () min by (host) (b * 0.8)
{__name__=~"job_.+_failed"} > 0
{job="a"} == 0
vault_unsealed == 0
max_over_time(waiting{reason="CrashLoopBackOff"}[15m]) >= 1
min_over_time(sync_status[10m]) == 0 and max_error >= 16
quantile_over_time(0.5, replicas[1h]) == max_replicas
last_over_time(size[1h]) / last_over_time(quota[1h]) > 0.95
sum_over_time(failures[1h]) > 3
stddev_over_time(temperature[1h]) > 5
x > on () group_left () 2 * avg(x)
quantile(0.9, x) > 2 * quantile(0.5, x)
max by (g) (x) - avg by (g) (x) > 10
stddev by (g) (x) / avg by (g) (x) > 0.5
x * x > 100
min_over_time(up{job="x"}[5m]) == 0 and max_over_time(up{job="x"}[5m]) == 1
"""
# Aggregations.
GROUPS = """
sum by (job) (up) == 0
avg(up{job="api"}) < 0.5
min(ready) == 0
max without (instance) (lag) > 30
count(up{job="vault"} == 1) <= 1
count by (job) (up == 0) / count by (job) (up) > 0.5
count(leader{role="master"}) > 1
(count(leader{role="master"}) or vector(0)) < 1
count(members) % 2 == 0
count(count_values("hash", config_hash)) > 1
count(count by (version) (build_info)) > 1
sum(phase{phase="Running"}) by (node) / sum(allocatable{resource="pods"}) by (node) > 0.9
sum(requests) - (sum(capacity) - max(capacity)) > 0 and (sum(capacity) - max(capacity)) > 0
stdvar(shards) by (cluster) != 0
quantile(0.9, load) > 0.8
topk(3, sum by (pod) (traffic)) > 1e6
load / count without (cpu, mode) (cpu_seconds{mode="idle"}) > 2
count by (n) ((phase == 1) * on (pod) group_left (n) topk by (pod) (1, info)) / max by (n) (slots != 1) > 0.95
sum(up == bool 1) without (instance) < (count(up) without (instance) + 1) / 2
max without (e) (sum without (i) (up == bool 0) or count without (to) (rate(fails_total[2m]) > 0.01)) > 0
"""
# Rates and what is made of them.
RATES = """
rate(failures_total[5m]) > 0
increase(restarts_total[1m]) > 3
increase(done_total[1h]) == 0 and increase(started_total[1h]) > 0
sum(rate(x_total{code=~"5.."}[5m])) / sum(rate(x_total[5m])) > 0.01
sum by (j) (rate(x{c=~"5.."}[5m])) / sum by (j) (rate(x[5m])) > 0.05 and sum by (j) (rate(x[5m])) > 1
1 - sum(rate(x_total{code!~"5.."}[5m])) / sum(rate(x_total[5m])) > 0.01
(sum(rate(x_total[5m])) - sum(rate(x_total{code=~"2.."}[5m]))) / sum(rate(x_total[5m])) > 0.02
rate(rollback_total[3m]) / (rate(commit_total[3m]) + rate(rollback_total[3m])) > 0.02
sum(rate(time_seconds_sum[5m])) by (service) / sum(rate(time_seconds_count[5m])) by (service) > 0.5
1 - sum(rate(d_bucket{le="0.5"}[5m])) / sum(rate(d_count[5m])) > 0.1
sum(rate(d_bucket{le="0.3"}[30m])) / sum(rate(d_bucket{le="+Inf"}[30m])) < 0.95
histogram_quantile(0.99, sum by (le, host) (rate(d_bucket{kind="unary"}[5m]))) > 3
d_count{j="a"} > 0 and on (j) histogram_quantile(0.01, sum by (j, le) (rate(d_bucket{j="a"}[5m]))) < 604800
(1 - avg(rate(cpu_seconds_total{mode="idle"}[5m])) by (instance)) * 100 > 80
sum by (host) (avg by (mode, host) (rate(cpu_seconds_total{mode!="idle"}[2m]))) > 0.8
sum(rate(cpu_seconds_total{c!=""}[5m])) by (pod) / sum(quota{c!=""} / period{c!=""}) by (pod) * 100 > 80
sum(increase(throttled_total[5m])) by (pod) / sum(increase(periods_total[5m])) by (pod) > (25 / 100)
rate(a_seconds_total[1m]) / rate(a_total[1m]) > 0.1 and rate(a_total[1m]) > 0
sum(rate(a[5m])) by (x) / ignoring (y) group_right sum(rate(b[5m])) by (x, y) > 2
sum(increase(killed_total[1h])) > 1 + 1.1 * (sum(increase(flagged_total[1h])) or vector(0))
avg_over_time((sum(rate(x_total{code=~"5.."}[5m])) / sum(rate(x_total[5m])))[30m:5m]) > 0.02
sum(rate(errors_total[5m])) > 5 * sum(rate(errors_total[1h]))
changes(started_seconds{job=~"a|b"}[15m]) > 2
resets(uptime_seconds[1h]) > 3
delta(free_bytes[1h]) < -1e9
offset_s > 0.05 and deriv(offset_s[5m]) >= 0 or offset_s < -0.05 and deriv(offset_s[5m]) <= 0
free_bytes * 100 / size_bytes < 10 and on (device) predict_linear(free_bytes{fs!~"tmpfs"}[1h], 24 * 3600) < 0
predict_linear(free_bytes[6h], 4 * 24 * 3600) < 0
sum(changes(condition{status="true"}[15m])) by (node) > 2
"""
# What is absent, and what was different once.
ABSENCE = """
absent(up{job="a"})
absent(up{job="a"} == 1)
absent(a or b)
absent(a) and on () sum(b) > 0
absent_over_time(backup[1h])
(time() - backup_seconds > 93600) or absent(backup_seconds)
a > 5 unless b > 3
(a > 5) or (b > 10) or (c < 3)
sum by (host) (info) unless on (host) sum by (host) (up{job="node"})
free / size < 0.03 and used > 0 unless on (claim) mode{m="Many"} == 1 unless on (claim) muted{m="true"} == 1
count by (job) (up offset 30m) unless on (job) count by (job) (up)
x == 1 and x offset 10m == 0
x / x offset 20m < 0.5
(restarts - restarts offset 10m >= 1) and ignoring (reason) min_over_time(last{reason="OOM"}[10m]) == 1
absent(x{a="1"} offset 1h)
(samples_total - samples_total offset 5m) == 0
x > 90 and x offset 10m > 90 and x offset 20m > 90
absent(info{node=~"prod-.*"}) or count(info{node=~"prod-.*"}) < 3
count without (s) (count by (c, s) (h) unless on (s) changes((count by (s) (h))[10m:1m]) > 0) > 1
((up == 0) unless on (host) maintenance == 1) and on (host) server_info{env=~"prod|stage"}
label_replace(up{job="node"} == 0, "host", "$1", "instance", "(.+):.*")
label_replace(failed == 1, "owned", "$1", "pod", "(.*)") * on (owned) group_left (owner) owners > 0
time() - seen_seconds > 60
cert_expiry_seconds - time() < 21 * 24 * 3600
3 <= round((last_over_time(expiry_seconds[10m]) - time()) / 86400, 0.1) < 20
time() - max by (job) (max_over_time(upload_seconds{job=~".*compact.*"}[1h])) > 86400 * 1.5
sum(rate(x_total[30m])) < 0.5 * (sum(rate(x_total[30m] offset 1w)) > 100)
"""


def expressions(*tables: str) -> list[str]:
    return [line for table in tables for line in table.strip().splitlines()]


EVERY = expressions(GAUGES, GROUPS, RATES, ABSENCE)


@pytest.mark.parametrize("expr", EVERY)
def test_worlds_are_found(expr: str) -> None:
    found = worlds(expr)
    assert isinstance(found, Worlds), found
    assert found.silent, "there is no near miss"
    assert found.calm.motions, "nothing is there while all is well"


def test_the_first_world_is_just_beyond_the_threshold() -> None:
    found = worlds('sum(rate(x_total{code=~"5.."}[5m])) / sum(rate(x_total[5m])) > 0.05')
    assert isinstance(found, Worlds)
    good, bad = Series("x_total", {"code": "200"}), Series("x_total", {"code": "500"})
    assert found.calm.motions == {good: _counter(10), bad: _counter(0)}
    assert found.firing[0].motions == {good: _counter(9.49), bad: _counter(0.51)}
    assert "is 0.051, just above 0.05" in found.firing[0].what
    assert {good: _counter(9.51), bad: _counter(0.49)} in [world.motions for world in found.silent]


def _counter(per_second: float) -> Motion:
    return Motion(0.0, per_second, "counter")


def test_the_past_is_told_where_it_matters() -> None:
    found = worlds("sum(rate(x_total[30m])) < 0.5 * (sum(rate(x_total[30m] offset 1w)) > 100)")
    assert isinstance(found, Worlds)
    first = found.firing[0]
    assert first.before == {Series("x_total"): _counter(500)}
    assert first.motions == {Series("x_total"): _counter(245)}
    assert found.reach == durations.parse("1w30m")


def test_each_alternative_fires_by_itself() -> None:
    found = worlds("(a > 5) or (b > 10) or (c < 3)")
    assert isinstance(found, Worlds)
    alone = {frozenset(series.name for series in world.motions) for world in found.firing}
    assert {frozenset("a"), frozenset("b"), frozenset("c")} <= alone
    assert {series.name for series in found.calm.motions} == {"a", "b", "c"}


@pytest.mark.parametrize(
    ("expr", "reason", "place"),
    [
        ('ALERTS{alertname="A"} == 1', "state of other alerts", "ALERTS"),
        ("hour() > 8 and on () x > 1", "time of day", "hour"),
        ("count(x) by (service) == 0", "never gives", "count"),
        ("vector(1)", "a result for all series", "vector(1)"),
        ("x > 5 and x < 3", "no result for any", "x > 5 and x < 3"),
        ("(x > 5) == 1", "no result for any", "(x > 5) == 1"),
        ('rate(x{a="1"}[5m]) + rate(x{a="2"}[5m]) > 1', "no result for any", "rate"),
        ("histogram_count(rate(x[5m])) > 1", "native histograms", "histogram_count"),
        ("x @ 100 > 5", "pinned", "@"),
        ("x == " + "1 + " * 800 + "1", "too long", "x == "),
    ],
)
def test_what_is_beyond_analysis_is_named(expr: str, reason: str, place: str) -> None:
    found = worlds(expr, Span(Source("", expr), 0, len(expr)))
    assert isinstance(found, Gap)
    assert reason in found.reason
    assert found.at.text.startswith(place)


# mistakes that worlds notice ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expr", "wrong"),
    [
        ("x > 5", "x >= 5"),
        ("x > 5", "x > 5.5"),
        ("x > 5", "x > 4.5"),
        ("x == 0", "x != 0"),
        ('x{a="b"} > 5', "x > 5"),
        ('x{a="b",c="d"} > 5', 'x{a="b"} > 5'),
        ("max(x) > 5", "min(x) > 5"),
        ("max(x) > 5", "sum(x) > 5"),
        ("sum(x) > 5", "max(x) > 5"),
        ("sum(x) < 5", "max(x) < 5"),
        ("avg(x) > 5", "max(x) > 5"),
        ("avg(x) > 5", "min(x) > 5"),
        ("sum by (a, b) (x) > 5", "sum by (a) (x) > 5"),
        ("a > 5 and b > 3", "a > 5"),
        ("a > 5 and b > 3", "a > 5 or b > 3"),
        ("a > 5 unless b > 3", "a > 5"),
        ("a > 5 unless b > 3", "a > 5 unless b > 4"),
        ("a > 5 or b > 3", "a > 5"),
        ('absent(x{a="b"})', "absent(x)"),
        ("sum(rate(e[5m])) / sum(rate(t[5m])) > 0.1", "sum(rate(e[5m])) / sum(rate(t[5m])) > 0.11"),
        (
            'sum(rate(t{c="5"}[5m])) / sum(rate(t{j="a"}[5m])) > 0.1',
            'sum(rate(t{c="5"}[5m])) / sum(rate(t[5m])) > 0.1',
        ),
        ("sum(rate(e[5m])) / (sum(rate(t[5m])) > 1) > 0.1", "sum(rate(e[5m])) / sum(rate(t[5m])) > 0.1"),
        ("rate(x[5m]) > 5", "increase(x[5m]) > 5"),
        ("x / x offset 1h < 0.5", "x / x offset 1h < 0.45"),
        ("sum(rate(e[5m])) / sum(rate(t[5m])) > 0.05", "sum(rate(e[5m])) / sum(rate(t[5m])) >= 0.05"),
        ("sum(rate(e[5m])) / sum(rate(t[5m])) <= 0.3", "sum(rate(e[5m])) / sum(rate(t[5m])) < 0.3"),
        ("e / (sum(rate(t[5m])) > 0.1) > 0.05", "e / (sum(rate(t[5m])) >= 0.1) > 0.05"),
        ("a > 5 unless on (g) b > 3", "a > 5 unless on () b > 3"),
        ("a > 5 and on (g) max by (g) (b) > 3", "a > 5 and on (g) max(b) > 3"),
        ("sum by (g) (a) > 5 or sum by (g) (b) > 5", "sum by (g) (a) > 5 or max by (g) (b) > 5"),
    ],
)
def test_a_mistake_changes_what_some_world_gives(expr: str, wrong: str) -> None:
    found = worlds(expr)
    assert isinstance(found, Worlds)
    every = [found.calm, *found.firing, *found.silent]
    assert [_given(expr, found, world) for world in every] != [_given(wrong, found, world) for world in every]


def test_what_is_turned_around_keeps_an_alert_silent_in_some_world() -> None:
    """That fewer are there than before must not pass for more."""
    expr = "max by (g) (x) > 5 unless on (g) count by (g) (x) > on (g) count by (g) (x offset 10m)"
    found = worlds(expr)
    assert isinstance(found, Worlds)
    looked = eras(read(expr))
    right, wrong = (
        Judge(each, read(expr), looked.past, looked.near)
        for each in (expr, expr.replace("> on (g)", "< on (g)"))
    )
    assert any(right.differs(wrong, world.motions, world.before) for world in found.firing)


def _given(expr: str, found: Worlds, world: World) -> object:
    looked = eras(read(expr))
    verdict = Judge(expr, read(expr), looked.past, looked.near).verdict(world.motions, world.before)
    if world.before is not None:
        return verdict
    place, at = _steady(world, found)
    return verdict, frozenset(_evaluated(expr, place, at))


def _steady(world: World, found: Worlds) -> tuple[Storage, int]:
    at = -(-(found.reach + 600_000) // found.spacing) * found.spacing
    return storage([(world.motions, at + found.spacing)], found.spacing), at


def _evaluated(expr: str, place: Storage, at: int) -> dict[frozenset[tuple[str, str]], float]:
    result = evaluate(expr, place, at)
    assert isinstance(result, dict)
    return result


# promtool as the judge ---------------------------------------------------------------------------------


def test_promtool_agrees(tmp_path: Path) -> None:
    """All worlds without a past of all expressions that look back for an hour at most."""
    groups = [group for expr in EVERY for group in _groups(expr)]
    assert len(groups) > 700
    document = {"rule_files": [], "evaluation_interval": "1m", "tests": groups}
    (tmp_path / "test.yaml").write_text(json.dumps(document), encoding="utf-8")
    command = [promtool.needed(), "test", "rules", str(tmp_path / "test.yaml")]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr[:3000]


def _groups(expr: str) -> Iterator[dict[str, object]]:
    found = worlds(expr)
    assert isinstance(found, Worlds)
    if found.reach > 3_600_000:
        return
    told = [(found.calm, 0.0)]
    told += [(world, 1.0) for world in found.firing]
    told += [(world, 0.0) for world in found.silent]
    for world, expected in told:
        if world.before is not None:
            continue
        at = Millis(-(-(found.reach + 360_000) // 60_000) * 60_000)
        yield {
            "interval": durations.render(found.spacing),
            "input_series": [
                {"series": _written(series), "values": " ".join(repr(value) for _, value in run)}
                for series, run in samples([(world.motions, at + found.spacing)], found.spacing).items()
            ],
            "promql_expr_test": [
                {
                    "expr": f"(count({expr}) or vector(0)) > bool 0",
                    "eval_time": durations.render(at),
                    "exp_samples": [{"labels": "{}", "value": expected}],
                }
            ],
        }


def _written(series: Series) -> str:
    labels = ",".join(f'{label}="{value}"' for label, value in series.labels.items())
    return f"{series.name}{{{labels}}}"


# series for a value ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expr", "value", "labels"),
    [
        ("x", 5, {}),
        ('x{a=~"b|c"}', 5, {"a": "c"}),
        ("max by (pool) (x or y)", 0.3, {"pool": "p"}),
        ("sum by (job) (rate(x_total[5m]))", 2.5, {"job": "j"}),
        ("a / on (host) group_left (zone) b", 0.75, {"host": "h", "zone": "z"}),
        ("count(up == 1)", 3, {}),
        ("histogram_quantile(0.9, sum by (le) (rate(d_bucket[5m])))", 0.25, {}),
        ("1 - avg(rate(cpu_seconds_total[5m]))", 0.2, {}),
        ("time() - seen_seconds", 3600, {}),
    ],
)
def test_series_give_the_value(expr: str, value: float, labels: dict[str, str]) -> None:
    motions = with_value(expr, value, labels)
    assert not isinstance(motions, str), motions
    ((element, result),) = _evaluated(expr, storage([(motions, 720_000)], 60_000), 660_000).items()
    assert result == pytest.approx(value, rel=1e-9)
    assert {label: each for label, each in element if label != "__name__"} == labels


def test_a_value_that_cannot_be_is_refused() -> None:
    assert "no series" in str(with_value("x > 5", 3, {}))
    assert "no series" in str(with_value("count(x)", 0.5, {}))


# whatever is written -----------------------------------------------------------------------------------

_LEAVES = st.sampled_from(
    ["a", 'a{l="v"}', "b", "sum(a)", "rate(c[5m])", "max by (l) (b)", "a offset 5m", "vector(1)", "absent(a)"]
)
_OPERATORS = ["+", "-", "*", "/", ">", "<= bool", "== ", "and", "or", "unless", "> on (l)", "% 3 +"]


def _extended(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, st.sampled_from(_OPERATORS), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(st.sampled_from(["sum", "count", "min", "avg by (l)"]), inner).map(
            lambda t: f"{t[0]}({t[1]})"
        ),
        inner.map(lambda text: f"({text} > 5)"),
        inner.map(lambda text: f"max_over_time(({text})[10m:1m])"),
        inner.map(lambda text: f"abs(-{text})"),
    )


@given(st.recursive(_LEAVES, _extended, max_leaves=5))
@settings(max_examples=60, deadline=None)
def test_any_expression_has_worlds_or_a_gap_always_the_same(expr: str) -> None:
    found = worlds(expr)
    assert isinstance(found, Worlds | Gap)
    subject._worlds.cache_clear()
    assert worlds(expr) == found or isinstance(found, Gap)
    if isinstance(found, Worlds):
        steady = [world for world in found.firing if world.before is None]
        assert all(_evaluated(expr, *_steady(world, found)) for world in steady)
