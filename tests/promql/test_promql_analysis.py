"""What queries do to windows and labels; where that is not certain, nothing is claimed."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

import promtool
from slogen import promql

W = "{{.window}}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sum(rate(x[W]))", "rate"),
        ("rate(x[W])", "rate"),
        ("rate(x[ W ])", "rate"),
        ("sum by (a) (rate(x{b=`\\d`}[W]))", "rate"),
        ("sum(increase(x[W]))", "increase"),
        ("sum(sum_over_time(x[W])) + sum(count_over_time(y[W]))", "increase"),
        ("sum(rate(x[W])) - (sum(rate(y[W])))", "rate"),
        ("-sum(rate(x[W]))", "rate"),
        ("sum(rate(x[W])) * 100 / -2", "rate"),
        ("0.5 * sum(rate(x[W]))", "rate"),
        ("sum(rate(x[W])) or vector(0)", "rate"),
        ("sum(rate(x[W])) or on () (vector(0))", "rate"),
        ("sum(rate(x[W])) or 0 * sum(rate(y[W]))", "rate"),
        ("sum(rate(x[W])) or sum(rate(y[W])) * 0", "rate"),
        ("sum(rate(x[W] offset 5m))", "rate"),
        ('sum(rate(x{a=~"5[012]"}[W]))', "rate"),
        ("sum(rate(x[W])) or sum(rate(y[W]))", None),
        ("sum(rate(x[W])) or 0 * sum(increase(y[W]))", None),
        ("sum(rate(x[W])) or vector(1)", None),
        ("sum(rate(x[W])) + sum(increase(y[W]))", None),
        ("sum(rate(x[W])) + 1", None),
        ("sum(rate(x[W])) / sum(rate(y[W]))", None),
        ("sum(rate(x[W])) * sum(rate(y[W]))", None),
        ("sum(rate(x[W])) / 0", None),
        ("sum(rate(x[W])) * Inf", None),
        ("1 / sum(rate(x[W]))", None),
        ("sum(rate(x[W])) > 0", None),
        ("sum(rate(x[W])) and y", None),
        ("avg(rate(x[W]))", None),
        ("max(rate(x[W]))", None),
        ("clamp_min(sum(rate(x[W])), 0)", None),
        ("sum(irate(x[W]))", None),
        ("sum(avg_over_time(x[W]))", None),
        ("sum(rate(x[W] @ end()))", None),
        ("sum(rate(x[W] offset W))", None),
        ("sum(rate(x[W:1m]))", None),
        ("sum(rate(x[5m]))", None),
        ("sum(rate(x[W])) + sum(rate(y[5m]))", None),
        ("sum(rate(x[W])) + W * y", None),
        ("sum(rate(x[W:W]))", None),
        ("sum(x)", None),
        ("sum(rate(x[W])", None),
    ],
)
def test_family(text: str, expected: str | None) -> None:
    text = text.replace("W", W)
    assert promql.family(text, promql.read_template(text).holes) == expected


LABELS = (
    ("sum(x)", ""),
    ("sum by () (x)", ""),
    ("sum by (a) (x)", "a"),
    ("sum by (b, a) (x)", "a b"),
    ("sum(x) by (a)", "a"),
    ("sum without (a) (x)", None),
    ("sum without () (x)", None),
    ("sum without (a) (sum by (a, b) (x))", "b"),
    ("(sum(x))", ""),
    ("-sum(x)", ""),
    ("x", None),
    ("rate(x[5m])", None),
    ("x[5m]", None),
    ("1", None),
    ('"a"', None),
    ("scalar(x)", None),
    ("time()", None),
    ("vector(1)", ""),
    ("vector(scalar(x))", ""),
    ("hour()", ""),
    ("hour(x)", None),
    ("hour(sum by (a) (x))", "a"),
    ("quantile by (a) (0.5, x)", "a"),
    ("group by (a) (x)", "a"),
    ("topk(3, x)", None),
    ("topk by (a) (3, x)", None),
    ("topk(3, sum by (a) (x))", "a"),
    ('count_values by (a) ("b", x)', None),
    ("sum(x) / sum(y)", ""),
    ("sum(x) / 2", ""),
    ("1 - sum(x) / sum(y)", ""),
    ("2 * 3", None),
    ("sum(x) / y", ""),
    ("y / sum by (a) (x)", "a"),
    ("x / y", None),
    ("sum by (a) (x) / sum by (a) (y)", "a"),
    ("sum by (a) (x) / sum by (a, b) (y)", "a"),
    ("sum by (a) (x) / on (a) y", "a"),
    ("x == on (a) y", "a"),
    ("sum by (a) (x) / on () sum(y)", ""),
    ("sum by (a) (x) / on () group_left sum(y)", "a"),
    ("sum by (a) (x) * on (a) group_left (b) y", "a b"),
    ("x * on (a) group_left (b) sum by (a) (y)", None),
    ("sum(y) * on () group_right sum by (a) (x)", "a"),
    ("sum by (a) (x) * on (a) group_left (__name__) y", None),
    ("sum by (a) (x) / ignoring (b) sum by (a) (y)", "a"),
    ("sum by (a) (x) / ignoring (a) sum by (a) (y)", ""),
    ("sum by (a, b) (x) / ignoring (b) y", "a"),
    ("sum by (a, b) (x) / ignoring (b) group_left sum by (a) (y)", "a b"),
    ("sum(x) > 0", ""),
    ("sum(x) > bool 0", ""),
    ("0 < sum by (a) (x)", "a"),
    ("sum(x) or sum(y)", ""),
    ("sum(x) or vector(0)", ""),
    ("sum by (a) (x) or vector(0)", "a"),
    ("sum by (a) (x) or on () vector(0)", "a"),
    ("(sum by (a) (x) or vector(0)) / sum by (a) (y)", "a"),
    ("vector(0) or sum by (a) (x)", None),
    ("sum by (a) (x) or sum by (b) (y)", None),
    ("sum(x) or y", None),
    ("y or sum(x)", None),
    ("sum(x) and y", ""),
    ("x unless sum(y)", None),
    ("clamp_min(sum(x), 0)", ""),
    ("clamp_max(sum by (a) (x), scalar(y))", "a"),
    ("abs(x)", None),
    ("round(sum(x), 0.1)", ""),
    ("sort_desc(sum by (a) (x))", "a"),
    ("absent(x)", ""),
    ('absent(x{a="b", c=~"d", e!="f"})', "a"),
    ('absent({__name__="x", a="b"})', "a"),
    ('absent_over_time(x{a="b"}[5m])', "a"),
    ('absent(sum by (a) (x{b="c"}))', ""),
    ('label_replace(sum(x), "a", "b", "", "")', "a"),
    ('label_join(sum by (b) (x), "a", "-", "b", "c")', "a b"),
    ('label_replace(x, "a", "b", "", "")', None),
    ('label_replace(sum(x), "__name__", "b", "", "")', None),
    ("histogram_quantile(0.9, sum by (le) (x))", ""),
    ("histogram_quantile(0.9, sum by (a, le) (x))", "a"),
    ("histogram_quantile(0.9, sum by (a) (x))", "a"),
    ("histogram_fraction(0, 1, sum by (a, le) (x))", "a"),
    ("histogram_quantile(0.9, x)", None),
    ("max_over_time(sum(x)[5m:1m])", ""),
    ("quantile_over_time(0.9, sum by (a) (x)[5m:1m])", "a"),
    ("max_over_time(x[5m:1m])", None),
    ("sum by (__name__) (x)", None),
    ("sum by ('a.b') (x)", None),
    ("SUM BY (a) (x) OR ON () vector(0)", "a"),
    ("sum(x", None),
    ("", None),
)


@pytest.mark.parametrize(("text", "expected"), LABELS)
def test_result_labels(text: str, expected: str | None) -> None:
    assert promql.result_labels(text) == (None if expected is None else frozenset(expected.split()))


KEPT = [
    ("x", True),
    ("rate(x[5m])", True),
    ("sum without (b) (rate(x[5m]))", True),
    ("sum by (a, b) (rate(x[5m]))", True),
    ("topk(3, -clamp_min(rate(x[5m]), 0) * 2)", True),
    ("max_over_time(rate(x[5m])[1h:1m])", True),
    ("2 * (rate(x[5m]))", True),
    ("sum(rate(x[5m]))", False),
    ("sum by (b) (rate(x[5m]))", False),
    ("sum without (a) (rate(x[5m]))", False),
    ("sum by (a) (sum without (a) (x))", False),
    ('count_values("a", x)', False),
    ('label_replace(x, "a", "", "", "")', False),
    ("x + on (b) y", False),
    ("absent(x)", False),
    ("vector(1)", False),
    ("x +", False),
]


@pytest.mark.parametrize(("text", "expected"), KEPT)
def test_keeps_label(text: str, expected: bool) -> None:
    assert promql.keeps_label(text, "a") is expected


def test_aggregates_to() -> None:
    assert promql.aggregates_to("sum by (a, b) (x)", ("b", "a"))
    assert not promql.aggregates_to("sum by (a, b) (x)", ("a",))
    assert not promql.aggregates_to("x", ())


SERIES = {f'{name}{{a="{a}", b="{b}", le="1"}}': "1+1x30" for name in "xy" for a in "12" for b in "12"}
# Of several series with equal labels Prometheus takes none.
AMBIGUOUS = {
    *("y / sum by (a) (x)", "sum by (a) (x) / on (a) y", "x == on (a) y", "sum(x) / y"),
    *("sum by (a) (x) / on () sum(y)", "sum by (a) (x) * on (a) group_left (b) y"),
    *("sum by (a) (x) / ignoring (a) sum by (a) (y)", "sum by (a, b) (x) / ignoring (b) y"),
    *('label_replace(sum(x), "__name__", "b", "", "")', "sum by (a) (x) / sum by (a, b) (y)"),
}


@pytest.mark.promtool
def test_prometheus_finds_no_other_labels(tmp_path: Path) -> None:
    """What is left of a result without its sum by these labels: nothing, if they are all that it has."""
    tests: list[tuple[str, str, list[tuple[str, float]]]] = [
        ("10m", f"({text}) unless sum by ({', '.join(labels.split())}) ({text})", [])
        for text, labels in LABELS
        if labels is not None and text not in AMBIGUOUS
    ]
    rules = "groups: [{name: g, rules: [{record: unused, expr: vector(1)}]}]"
    result = promtool.run_tests(tmp_path, rules, SERIES, expressions=tests)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("text", "family", "expected"),
    [
        ("sum(rate(x[W]))", "increase", "sum(increase(x[W]))"),
        ("sum(increase(x[W]))", "rate", "sum(rate(x[W]))"),
        ("sum(rate(x[W]))", "rate", "sum(rate(x[W]))"),
        ("sum(sum_over_time(x[W]))", "increase", "sum(sum_over_time(x[W]))"),
        ("sum(sum_over_time(x[W]))", "rate", None),
        ("sum(count_over_time(x[W])) + sum(increase(x[W]))", "rate", None),
        ("sum(rate(x[5m])) - sum(rate(y[5m]))", "increase", "sum(increase(x[5m])) - sum(increase(y[5m]))"),
        ("sum(rate(x[5m])) - sum(rate(y[1h]))", "increase", None),
        (
            'rate (rate{rate="rate("}[W]) # rate(x[5m])\n or vector(0)',
            "increase",
            'increase (rate{rate="rate("}[W]) # rate(x[5m])\n or vector(0)',
        ),
        ("sum by (rate) (rate(x[W]))", "increase", "sum by (rate) (increase(x[W]))"),
        ("2 * sum(rate(x[W] offset 1h))", "increase", "2 * sum(increase(x[W] offset 1h))"),
        ("sum(irate(x[W]))", "increase", None),
        ("sum(rate(x[W])) / sum(rate(y[W]))", "increase", None),
        ("avg(rate(x[W]))", "increase", None),
        ("sum(rate(x[W])) or vector(1)", "increase", None),
        ("sum(rate(x[W:1m]))", "increase", None),
        ("sum(x)", "increase", None),
        ("sum(rate(x[W])", "increase", None),
        ("{{if .window}}sum(rate(x[W])){{end}}", "increase", None),
        ("", "rate", None),
    ],
)
def test_as_family(text: str, family: Literal["rate", "increase"], expected: str | None) -> None:
    found = promql.as_family(text.replace("W", W), family)
    assert found == (None if expected is None else expected.replace("W", W))
