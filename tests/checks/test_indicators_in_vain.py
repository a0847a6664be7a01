"""Indicators that cannot work or hardly mean what they say, and their neighbours that are sound."""

from __future__ import annotations

from textwrap import indent

import pytest

from slogen import pipeline
from slogen.ir import Compat
from slogen.promql.overlap import exclude_each_other, never_meet, selected_beyond
from slogen.promql.selectors import Selector, parse_selector
from slogen.source import Source

CODES = frozenset(
    (
        *("SLO415", "SLO416", "SLO418", "SLO419", "SLO450", "SLO451", "SLO452", "SLO453", "SLO454"),
        *("SLO458", "SLO459", "SLO462", "SLO463", "SLO464", "SLO465", "SLO466", "SLO467", "SLO468"),
    )
)
HEAD = """\
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: ferry
  slos:
    - name: crossings
      objective: 99
      sli:
"""
OLD = "apiVersion: slogen.dev/v1\nkind: Settings\nspec: {prometheus: {version: '2.45'}}\n"
NEW = OLD.replace("2.45", "3.1")
SLOW = OLD.replace("version: '2.45'", "scrape_interval: 120s")
GO = """\
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: ferry}
spec:
  exposition: go
  metrics:
    d_seconds: {type: histogram, unit: seconds, buckets: [0.5, 1, 2.5]}
    a_total: {type: counter, labels: {code: {values: ['200'], optional: true}, kind: ['x']}}
"""
OTHER = """\
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: pier}
spec:
  metrics:
    p_total: {type: counter, cautions: [{trait: note, text: Some are not here., metrics: [p_errors_total]}]}
    p_errors_total: {type: counter}
"""
PYTHON = GO.replace("go\n", "openmetrics\n")


def found(sli: str, *others: str, rules: str = "") -> list[str]:
    """The codes, of these checks, that an indicator and the rules beside it are reported with, by place."""
    text = HEAD + indent(sli.replace("[w", "[{{.window}}"), " " * 8)
    parts = ["---\n".join((*others, text)), rules]
    sources = [Source(f"{number}.yaml", part) for number, part in enumerate(parts) if part]
    report = pipeline.compile(sources).report
    assert not [d.message for d in report if d.code.id in ("SLO900", "SLO401")]
    return [diagnostic.code.id for diagnostic in report if diagnostic.code.id in CODES]


def events(total: str, **part: str) -> str:
    (name, query), *_ = part.items()
    return f"events:\n  total: '{total}'\n  {name}: '{query}'\n"


def query(total: str, **part: str) -> str:
    return events(total, **part).replace("events", "query")


def ratio(text: str) -> str:
    return f"ratio:\n  error: '{text}'\n"


def condition(metric: str, good_when: str) -> str:
    return f"condition:\n  metric: '{metric}'\n  good_when: '{good_when}'\n"


def recorded(name: str, expr: str, interval: str = "") -> str:
    head = "groups:\n  - name: g\n" + (f"    interval: {interval}\n" if interval else "")
    return f"{head}    rules:\n      - record: {name}\n        expr: {expr}\n"


A = "sum(rate(a[w]))"
CLICKS = "d_seconds_count"

BROKEN = (
    ("SLO463", events('a{code!~"5..|4.."}', bad='a{code=~"5.."}'), ()),
    ("SLO463", events('a{code=~"2.."}', bad='a{code=~"50."}'), ()),
    ("SLO463", events('a{result="error"}', good='a{result="success"}'), ()),
    ("SLO463", query('sum(rate(a{code!="500"}[w]))', bad='sum(rate(a{code="500"}[w])) or vector(0)'), ()),
    ("SLO463", ratio('sum(rate(a{code=~"5.."}[w])) / sum(rate(a{code!~"5.."}[w]))'), ()),
    ("SLO415", events('a{job="x"}', bad='a{code="500"}'), ()),
    ("SLO415", events('a{code!~"4.."}', bad='a{code=~"(5..|429)"}'), ()),
    ("SLO415", events('a{code!="503"}', bad='a{code=~"5.."}'), ()),
    ("SLO415", events('a{job="x"}', bad='b{job="y"}'), ()),
    ("SLO415", events("e_seconds_count", good='d_seconds_bucket{le="0.5"}'), ()),
    ("SLO415", events("a_total", bad="p_errors_total"), (GO, OTHER)),
    ("SLO415", events("p_total", bad="p_errors_total"), (OTHER,)),
    ("SLO416", events(CLICKS, good='d_seconds_bucket{le="1"}'), ()),
    ("SLO416", events(CLICKS, good='d_seconds_bucket{le="1"}'), (OLD,)),
    ("SLO416", events(CLICKS, good='d_seconds_bucket{le="1.0"}'), (GO,)),
    ("SLO416", events(CLICKS, good='d_seconds_bucket{le=~"0.5|1"}'), (NEW,)),
    ("SLO464", events(CLICKS, good='d_seconds_bucket{le="1"}'), (NEW,)),
    ("SLO464", events(CLICKS, good='d_seconds_bucket{le="1"}'), (PYTHON,)),
    ("SLO464", events(CLICKS, good='d_seconds_bucket{le="1.0"}'), (GO, OLD)),
    ("SLO418", query(A, bad="sum(increase((sum by (x) (b_total))[w:]))"), ()),
    ("SLO419", query("sum_over_time(a_requests_total[w])", bad="count_over_time((up == 0)[w:])"), ()),
    ("SLO419", condition("sum(a_errors_total)", "< 3"), ()),
    ("SLO450", query(A, bad='sum(rate({__name__=~"a_.+"}[w]))'), ()),
    ("SLO450", query(A, bad='sum(rate({__name__!="b", job="x"}[w]))'), ()),
    ("SLO451", events("a_total", good='a_total{code!~"5.."}'), (GO,)),
    ("SLO452", ratio('sum by (x) (rate(a{c="500"}[w])) / sum by (x) (rate(a[w]))'), ()),
    ("SLO453", ratio("sum(sum by (x) (rate(b[w])) / sum by (x) (rate(a[w]))) / 3"), ()),
    ("SLO453", ratio("avg_over_time((sum(rate(b[5m])) / sum(rate(a[5m])))[w:1m])"), ()),
    ("SLO454", events("a", bad="b"), (SLOW.replace("120s", "5m"),)),
    ("SLO454", events("a", bad="b"), (SLOW.replace("120s", "3m"),)),
    ("SLO465", events("a", bad="b"), (SLOW,)),
    ("SLO458", query(A, bad="max(histogram_quantile(0.9, sum by (le) (rate(d_bucket[w]))))"), ()),
    ("SLO459", condition("sum(pool_usage_ratio)", "< 0.8"), ()),
    ("SLO462", condition("absent(a)", "> 1"), ()),
    ("SLO462", condition("up > bool 2", "<= 1"), ()),
    ("SLO462", ratio("avg_over_time((up == bool 2)[w:])"), ()),
    ("SLO468", query(A, bad="sum(rate(sum by (x) (rate(b[5m]))[w:]))"), ()),
    ("SLO466", query("sum(rate(a[1h])) + 0 * sum(rate(a[w]))", bad="sum(rate(b[w]))"), ()),
    ("SLO467", ratio("avg_over_time((max(a) > bool 1)[w:10m])"), ()),
)
SOUND = (
    # Events of one stage may be the total of those of another.
    (events('jobs{state="started"}', bad='jobs{state="failed"}'), ()),
    (events('a{job="x"}', bad='a{job="x",code=~"5.."}'), ()),
    (events('a{code!="404"}', bad='a{code=~"5.."}'), ()),
    (events('a{code!~"4..|3.."}', bad='a{code=~"5.."}'), ()),
    (events('a{code=~"[1-5].."}', bad='a{code!~"2.."}'), ()),
    (events('a{path!=""}', bad='a{code=~"5.."}'), ()),
    (events('a{code!="404"}', bad='a{result="error"}'), ()),
    (events('a{job="x"}', bad='a{service="x",code=~"5.."}'), ()),
    (events('a{env="prod"}', bad='a{code=~"5..",env=~"prod"}'), ()),
    (events("requests_total", bad="errors_total"), ()),
    (events('login_attempts_total{job="x"}', bad='auth_failures_total{job="x"}'), ()),
    ("events:\n  total: [p_total, p_errors_total]\n  bad: p_errors_total\n", (OTHER,)),
    (events('d_seconds_bucket{le="+Inf"}', good='d_seconds_bucket{le="0.5"}'), ()),
    (
        "events:\n  total: [a, 'b{reason!=\"late\"}']\n  bad: 'b{reason=\"late\"}'\n",
        (),
    ),
    (ratio("sum(rate(b[w])) / sum(rate(a[w]))"), ()),
    (ratio('(sum(rate(a{c="500"}[w])) or vector(0)) / sum(rate(a[w]))'), ()),
    (ratio('1 - sum(rate(a{c="200"}[w])) / sum(rate(a[w]))'), ()),
    (ratio("avg_over_time((sum(rate(b[5m])) / (sum(rate(a[5m])) > 0))[w:1m])"), ()),
    (ratio("1 - avg(avg_over_time(up[w]))"), ()),
    (ratio("1 - sum(avg_over_time(x_ratio[w])) / count(x_ratio)"), ()),
    (ratio("avg_over_time((max(rate(x_total[5m])) > bool 3)[w:1m])"), ()),
    (ratio("sum(rate(b[w])) / (sum(rate(a[w])) and on () sum(rate(a[5m])) > 0)"), ()),
    (ratio("avg_over_time((histogram_quantile(0.9, sum by (le) (rate(d_bucket[5m]))) > bool 2)[w:])"), ()),
    (events(CLICKS, good='d_seconds_bucket{le=~"1|1[.]0"}'), ()),
    (events(CLICKS, good='d_seconds_bucket{le="0.5"}'), ()),
    (events(CLICKS, good='d_seconds_bucket{le="1.0"}'), (NEW,)),
    (events(CLICKS, good='d_seconds_bucket{le="1.0"}'), (PYTHON,)),
    (events(CLICKS, good='d_seconds_bucket{le="1"}'), (GO, OLD)),
    ("latency: {histogram: d_seconds, threshold: 1s}\n", (NEW, GO)),
    (query(A, bad="sum(avg_over_time(sum by (x) (rate(b[5m]))[w:]))"), ()),
    (condition("rate(a_errors_total[5m])", "< 3"), ()),
    (condition("sum(files_total)", "< 3"), ()),
    (query(A, bad="rate(max by (x) (b_total)[w:])"), ()),
    (query("sum(increase(a_requests_total[w]))", bad="sum(increase(b_total[w]))"), ()),
    (query("count_over_time(a_requests_total[w])", bad="count_over_time((b_total == 0)[w:])"), ()),
    (query(A, bad='sum(rate({__name__="b"}[w]))'), ()),
    (query(A, bad='sum(rate({__name__=~"b"}[w]))'), ()),
    (events("a_total", bad='a_total{code!~"2..|"}'), (GO,)),
    (events("a_total", bad='a_total{kind!="y"}'), (GO,)),
    (events("a", bad='a{code!~"2.."}'), ()),
    (events("a", bad="b"), (SLOW.replace("120s", "75s"),)),
    (condition("count(up == 1)", ">= 2"), ()),
    (condition("sum(up)", ">= 2"), ()),
    (condition("a_ratio", "<= 2"), ()),
    (condition("avg(pool_usage_ratio)", "< 0.8"), ()),
    (condition("sum(a >= bool 0)", "> 0"), ()),
)


@pytest.mark.parametrize(("code", "sli", "others"), BROKEN)
def test_what_is_in_vain_is_told(code: str, sli: str, others: tuple[str, ...]) -> None:
    assert set(found(sli, *others)) == {code}


@pytest.mark.parametrize(("sli", "others"), SOUND)
def test_what_is_sound_is_not_touched(sli: str, others: tuple[str, ...]) -> None:
    assert found(sli, *others) == []


RECORDED = "sum(rate(job:b:sum[w]))"


@pytest.mark.parametrize(
    ("bad", "rules", "codes"),
    [
        (RECORDED, recorded("job:b:sum", "sum by (job) (b_total)"), ["SLO468"]),
        (RECORDED, recorded("job:b:sum", "sum(rate(b_total[5m]))"), ["SLO468"]),
        (RECORDED, recorded("job:b:sum", "b_total"), []),
        (RECORDED, recorded("job:b:sum", "b_total", interval="3m"), ["SLO454"]),
        (RECORDED, recorded("job:b:sum", "b_total", interval="2m"), ["SLO465"]),
        ("avg_over_time(r[w])", recorded("r", "sum(rate(b[5m])) / sum(rate(a[5m]))"), ["SLO453"]),
        ("avg_over_time(r[w])", recorded("r", "sum(rate(b[5m])) / (sum(rate(a[5m])) > 0)"), []),
        ("avg_over_time(r[w])", recorded("r", "used_bytes / limit_bytes"), []),
    ],
)
def test_recording_rules_are_looked_through(bad: str, rules: str, codes: list[str]) -> None:
    assert found(query(A, bad=bad), rules=rules) == codes


def test_the_rules_of_another_tool_are_what_they_are() -> None:
    """With `--compat sloth` what an expression cannot be is a warning, and none of the others is an error."""
    text = """\
version: prometheus/v1
service: ferry
slos:
  - name: crossings
    objective: 99
    sli:
      events:
        error_query: sum(rate(a{code=~"5.."}[{{.window}}]))
        total_query: sum(rate(a{code!~"5.."}[{{.window}}]))
    alerting: {name: Crossings}
"""
    options = pipeline.Options(compat=Compat.SLOTH)
    report = pipeline.compile([Source("ferry.yaml", text)], options).report
    assert [(d.code.id, d.severity) for d in report] == [("SLO304", "warning")]


# matchers together ------------------------------------------------------------------------------------


def selector(text: str) -> Selector:
    parsed = parse_selector(text)
    assert isinstance(parsed, Selector)
    return parsed


@pytest.mark.parametrize(
    ("left", "right", "label"),
    [
        ('a{c=~"5.."}', 'a{c=~"2..|3.."}', "c"),
        ('a{c=~"5.."}', 'a{c!~"5.."}', "c"),
        ('a{c=~"^5..$"}', 'a{c=~"(4..|429)"}', "c"),
        ('a{x="1",c="500"}', 'a{c!~"4..|5.."}', "c"),
        ('a{c=~"5.."}', 'a{c=~"5.*"}', None),
        ('a{c=~"5.+"}', 'a{c=~"2.+"}', None),
        ('a{c=~"(?i)ok"}', 'a{c=~"OK"}', None),
        ('a{c="500"}', 'a{d="x"}', None),
        ('a{c=""}', 'a{c=~".+"}', "c"),
    ],
)
def test_what_excludes_each_other_is_proved(left: str, right: str, label: str | None) -> None:
    assert exclude_each_other(selector(left).matchers, selector(right).matchers) == label


def test_a_value_that_only_one_side_takes() -> None:
    assert selected_beyond([("=~", "5..|429")], ("!~", "4..")) == "429"
    assert selected_beyond([("=~", "5..|4..")], ("!~", "4..")) is not None
    assert selected_beyond([("=~", "5..")], ("!~", "4..")) is None
    assert selected_beyond([], ("!=", "")) is None
    assert selected_beyond([], ("=", "x")) is not None
    assert never_meet((("=", ""), ("=~", ".+")))
