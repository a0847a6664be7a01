"""One budget per group: a group that vanishes is missed, whatever its labels are called."""

from __future__ import annotations

from pathlib import Path

import pytest

import promtool
from slogen import pipeline
from slogen.source import Source

SPEC = """\
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: shop
  slos:
    - name: sold
      objective: {objective}
      group_by: [{label}]
      alerting: {{absent: {{{absent}}}}}
      sli: {{events: {{total: sales_total, bad: bad_total}}}}
"""
WRONG = ("le", "inf", "NaN", "sloth_id", "sloth_window", "sloth_version")
FIRED = 'count by (shop) (ALERTS{alertname="ShopSoldNoData", alertstate="firing"})'


@pytest.mark.parametrize(
    "label",
    [
        "by",
        "on",
        "sum",
        "and",
        "or",
        "bool",
        "offset",
        "start",
        "end",
        "if",
        "with",
        "_",
        "__a",
    ],
)
def test_a_label_may_have_any_name(label: str, tmp_path: Path) -> None:
    spec = SPEC.format(objective=99.9, label=label, absent="")
    (tmp_path / "shop.yaml").write_text(promtool.compiled(spec)["rules/shop.yaml"], encoding="utf-8")
    result = promtool.check(tmp_path / "shop.yaml")
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("label", WRONG)
def test_some_labels_are_nothing_to_group_by(label: str) -> None:
    text = SPEC.format(objective=99.9, label=label, absent="")
    report = pipeline.compile([Source("shop.yaml", text)]).report
    assert [(d.code.id, d.at.text) for d in report] == [("SLO204", f"[{label}]")]


@pytest.mark.parametrize(
    ("objective", "absent", "minutes"),
    [
        ("99.9", "", 10),
        ("99.9", "for: 40m", 40),
        ("95", "", 60),
    ],
)
def test_a_group_that_vanishes_is_missed(objective: str, absent: str, minutes: int, tmp_path: Path) -> None:
    rules = promtool.compiled(SPEC.format(objective=objective, label="shop", absent=absent))[
        "rules/shop.yaml"
    ]
    gone = 120
    series = {
        'sales_total{shop="a"}': "0+1x600",
        'sales_total{shop="b"}': f"0+1x{2 * gone} stale",
    }
    # The rate over five minutes outlives the series by up to as much, and each evaluation takes its turn.
    expressions: list[tuple[str, str, list[tuple[str, float]]]] = [
        (f"{gone}m", FIRED, []),
        (f"{gone + minutes - 1}m", FIRED, []),
        (f"{gone + minutes + 8}m", FIRED, [('{shop="b"}', 1.0)]),
    ]
    result = promtool.run_tests(tmp_path, rules, series, expressions=expressions)
    assert result.returncode == 0, result.stderr


QUERIES = """\
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: shop
  slos:
    - name: sold
      objective: 99.9
      {grouping}
      sli: {{query: {{total: "{total}", bad: "{bad}"}}}}
"""
ALL, BAD = "rate(t[{{.window}}])", "rate(b[{{.window}}])"


@pytest.mark.parametrize(
    ("grouping", "total", "bad", "differ"),
    [
        ("each_series: true", f"sum by (shop) ({ALL})", f"sum({BAD})", True),
        ("each_series: true", f"sum({ALL})", f"sum by (shop) ({BAD})", True),
        ("each_series: true", f"sum by (shop) ({ALL})", f"sum by (shop) ({BAD})", False),
        ("each_series: true", f"sum by (shop) ({ALL})", BAD, False),
        ("group_by: [shop]", f"sum by (shop) ({ALL})", f"sum({BAD})", True),
        ("group_by: [shop]", f"sum by (shop, pod) ({ALL})", f"sum by (shop) ({BAD})", False),
        ("group_by: []", f"sum by (shop) ({ALL})", f"sum({BAD})", False),
    ],
)
def test_errors_and_total_have_groups_in_common(grouping: str, total: str, bad: str, differ: bool) -> None:
    text = QUERIES.format(grouping=grouping, total=total, bad=bad)
    report = pipeline.compile([Source("shop.yaml", text)]).report
    assert [(d.code.id, d.at.text.strip('"')) for d in report] == ([("SLO407", bad)] if differ else [])


@pytest.mark.parametrize(
    ("bad", "labels", "places"),
    [
        ('sales_total{code=~"5.."}', "code", ['code=~"5.."']),
        ('sales_total{code=~"5.."}', "shop, code", ['code=~"5.."']),
        ('sales_total{code=~"5.."}', "shop", []),
        ('sales_total{code=~"5..",till="1"}', "till", []),
        ("refused_total", "code", []),
    ],
)
def test_groups_that_are_either_all_bad_or_all_good(bad: str, labels: str, places: list[str]) -> None:
    text = SPEC.format(objective=99.9, label=labels, absent="").replace("bad: bad_total", f"bad: '{bad}'")
    report = pipeline.compile([Source("shop.yaml", text)]).report
    assert [(d.code.id, d.at.text) for d in report] == [("SLO408", place) for place in places]
