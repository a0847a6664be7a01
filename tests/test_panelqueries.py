"""Queries of dashboards: what stands in place of variables, and where what is wrong was written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slogen import promql
from slogen.diagnostics import Report
from slogen.panelqueries import panel_query, variable_query
from slogen.panels import PanelQuery
from slogen.source import Source, documents

DECLARED = frozenset(("interval", "job", "label", "m", "n", "pod"))
# What is asked, and whether the variable stands for something that nobody knows.
READ = {
    "rate(x[$__rate_interval])": ("rate(x[1h])", False),
    "rate(x[${__interval}])": ("rate(x[1h])", False),
    "rate(x[[[interval]]])": ("rate(x[1h])", False),
    "rate(x[${n}m])": ("rate(x[1h])", False),
    "x offset $interval": ("x offset 1h", False),
    "avg_over_time(x[$__range:$__interval])": ("avg_over_time(x[1d:1m])", False),
    "x / $__range_s": ("x / 1", False),
    "topk($n, x > $n)": ("topk(1, x > 1)", False),
    'x{job=~"$job", a!~"$pod.*", b="c$"}': ('x{job=~".+", a!="", b="c$"}', False),
    'x{a="${job:regex}"}': ('x{a=~".+"}', False),
    'label_replace(x, "a", "$1", "b", "(.*)$")': ('label_replace(x, "a", "$1", "b", "(.*)$")', False),
    "rate($m[5m])": ("rate(slogen_any[5m])", True),
    "rate(${m}_total[5m])": ("rate(slogen_any_total[5m])", True),
    "sum by ($label, b) (x)": ("sum by (slogen_any, b) (x)", True),
    'x{$label="a"}': ('x{slogen_any="a"}', True),
    '{__name__=~"$m"}': ('{__name__=~".+"}', True),
    "x # $nobody": ("x # $nobody", False),
}
WRONG = {
    'sum(rate(x{job="$job"}[$__rate_interval])': "(",
    'x{pod=~"$pod"} / on (job y': "(",
    "x + $nobody": "$nobody",
    "rate(x[$intervall])": "$intervall",
    "foo(x[$__range])": "foo",
    "rate(${m}_total[5m]) + rate(x)": "",
    # VictoriaMetrics takes these, and Grafana asks it as if it were Prometheus.
    "sum(x) keep_metric_names": "",
    "sum(rate(x)) default 0": "",
    "WITH (a = b) a": "",
    'label_set(x, "a", "b")': "",
    "topk_max($n, x)": "",
    'foo(x{a="default"})': "foo",
}


def asked(text: str, *, variable: bool = False) -> tuple[PanelQuery | None, Report]:
    report = Report()
    quoted = text.replace("'", "''")
    node = documents(Source("a.yaml", f"query: '{quoted}'\n")).nodes[0].get("query")
    assert node is not None
    return (variable_query if variable else panel_query)(node, report, DECLARED), report


@pytest.mark.parametrize("text", READ)
def test_variables_get_values_that_decide_nothing(text: str) -> None:
    query, report = asked(text)
    assert [d.message for d in report] == []
    assert query is not None
    assert (query.text, query.is_guess) == READ[text]


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_told_where_it_was_written(text: str) -> None:
    query, report = asked(text)
    assert query is None
    # Where a variable could be anything, nothing is wrong for certain.
    assert [d.at.text for d in report] == ([WRONG[text]] if WRONG[text] else [])


@pytest.mark.parametrize(
    ("text", "within"),
    [
        ('label_values(up{job="$job"}, instance)', 'up{job="$job"}'),
        ("label_values(up, $label)", "up"),
        ("query_result(topk(5, up))", "topk(5, up)"),
        ("label_values(job)", None),
        ("label_names()", None),
        ("metrics(up.*)", None),
        ("1m,5m,1h", None),
    ],
)
def test_the_promql_within_the_query_of_a_variable(text: str, within: str | None) -> None:
    query, report = asked(text, variable=True)
    assert not report.diagnostics
    assert (query.at.text if query else None) == within


@given(st.text(st.sampled_from("xa$n{}[]()\"'`=~!,:#1m \n_|"), max_size=30))
def test_no_text_is_too_odd(text: str) -> None:
    for variable in (False, True):
        query, report = asked(f"label_values({text}, a)" if variable else text, variable=variable)
        assert all(d.at.source.path == "a.yaml" for d in report)
        if query is not None:
            assert not promql.check(query.text)
            assert query.place(0, len(query.text)).text
