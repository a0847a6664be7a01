"""What queries do to windows and labels; where that is not certain, nothing is claimed."""

from __future__ import annotations

import pytest

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


@pytest.mark.parametrize(
    ("text", "labels", "expected"),
    [
        ("sum(x)", "", True),
        ("sum by () (x)", "", True),
        ("sum by (a) (x)", "a", True),
        ("sum by (a) (x)", "", False),
        ("sum by (b, a) (x)", "a b", True),
        ("sum(x) by (a)", "a", True),
        ("sum without (a) (x)", "a", False),
        ("sum without () (x)", "", False),
        ("(sum(x))", "", True),
        ("-sum(x)", "", True),
        ("x", "", False),
        ("rate(x[5m])", "", False),
        ("1", "", False),
        ("scalar(x)", "", False),
        ("vector(1)", "", True),
        ("vector(1)", "a", False),
        ("quantile by (a) (0.5, x)", "a", True),
        ("topk(3, x)", "", False),
        ("topk by (a) (3, x)", "a", False),
        ("topk(3, sum by (a) (x))", "a", True),
        ('count_values by (a) ("b", x)', "a", False),
        ("sum(x) / sum(y)", "", True),
        ("sum(x) / 2", "", True),
        ("1 - sum(x) / sum(y)", "", True),
        ("2 * 3", "", False),
        ("sum(x) / y", "", False),
        ("sum by (a) (x) / sum by (a) (y)", "a", True),
        ("sum by (a) (x) / on (a) y", "a", True),
        ("x == on (a) y", "a", True),
        ("sum by (a) (x) / on () sum(y)", "a", False),
        ("sum by (a) (x) / on () group_left sum(y)", "a", True),
        ("sum by (a) (x) * on (a) group_left (b) y", "a b", False),
        ("sum by (a, b) (x) * on (a) group_left (b) y", "a b", True),
        ("sum by (a, b) (x) * on (a) group_left (c) y", "a b", False),
        ("sum(y) * on () group_right sum by (a) (x)", "a", True),
        ("sum by (a) (x) / ignoring (b) sum by (a) (y)", "a", True),
        ("sum by (a) (x) / ignoring (a) sum by (a) (y)", "a", False),
        ("sum(x) > 0", "", True),
        ("sum(x) > bool 0", "", True),
        ("sum(x) or sum(y)", "", True),
        ("sum(x) or vector(0)", "", True),
        ("sum by (a) (x) or vector(0)", "a", False),
        ("sum(x) or y", "", False),
        ("sum(x) and y", "", True),
        ("x unless sum(y)", "", False),
        ("clamp_min(sum(x), 0)", "", True),
        ("clamp_max(sum by (a) (x), scalar(y))", "a", True),
        ("abs(x)", "", False),
        ("round(sum(x), 0.1)", "", True),
        ("absent(x)", "", False),
        ('label_replace(sum(x), "a", "b", "", "")', "", False),
        ("histogram_quantile(0.9, sum by (le) (x))", "", True),
        ("histogram_quantile(0.9, sum by (a, le) (x))", "a", True),
        ("histogram_quantile(0.9, sum by (a) (x))", "a", False),
        ("histogram_quantile(0.9, x)", "", False),
        ("max_over_time(sum(x)[5m:1m])", "", False),
        ("sum by (__name__) (x)", "__name__", False),
        ("sum(x", "", False),
    ],
)
def test_aggregates_to(text: str, labels: str, expected: bool) -> None:
    assert promql.aggregates_to(text, tuple(labels.split())) is expected


def test_the_order_of_labels_does_not_matter() -> None:
    assert promql.aggregates_to("sum by (a, b) (x)", ("b", "a"))
