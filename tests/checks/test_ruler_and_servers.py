"""What the servers and the ruler do not take (SLO455, SLO456, SLO460, SLO8xx), and what is none of that."""

from __future__ import annotations

from pathlib import Path

import pytest

import promtool
from slogen import pipeline
from slogen.ir import Compat
from slogen.promql.editions import Edition, uses
from slogen.promql.reach import reaches
from slogen.rulers import is_older
from slogen.source import Source

CODES = frozenset({"SLO455", "SLO456", "SLO460", *(f"SLO8{number:02d}" for number in range(1, 13))})

SLO = """
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: ferry
  slos:
    - name: crossings
      objective: 99
      sli: {events: {bad: late_total, total: crossings_total}}
"""
NATIVE = """
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: ferry
  slos:
    - name: fast
      objective: 99
      sli: {latency: {histogram: crossing_seconds, threshold: 500ms, native: true}}
"""


def settings(spec: str) -> str:
    return f"apiVersion: slogen.dev/v1\nkind: Settings\nspec: {{{spec}}}\n"


def rule(expr: str, rest: str = "") -> str:
    return f"groups: [{{name: ferry, rules: [{{alert: Late, expr: '{expr}'{rest}}}]}}]\n"


def group(rest: str, count: int = 1) -> str:
    rules = ", ".join(f"{{record: 'a:b{i}', expr: 'sum(a{i})'}}" for i in range(count))
    return f"groups: [{{name: ferry, rules: [{rules}]{rest}}}]\n"


def found(*documents: str, compat: Compat | None = None) -> list[str]:
    """The codes of this kind that the documents are reported with, in order."""
    source = Source("ferry.yaml", "---\n".join(documents))
    report = pipeline.compile([source], pipeline.Options(compat=compat)).report
    errors = [f"{d.at} {d.code.id} {d.message}" for d in report if d.code.id.startswith("SLO1")]
    assert not errors
    return [d.code.id for d in report if d.code.id in CODES]


KEEPS_FIRING = rule("up == 0", ", keep_firing_for: 5m")


@pytest.mark.parametrize(
    ("documents", "expected"),
    [
        # limits of the ruler
        ([settings("ruler: {kind: mimir}"), group("", 21)], ["SLO801"]),
        ([settings("ruler: {kind: mimir}"), group("", 20)], []),
        ([settings("ruler: {kind: mimir, max_rules_per_group: 0}"), group("", 21)], []),
        ([settings("ruler: {kind: cortex}"), group("", 21)], []),
        ([settings("ruler: {kind: cortex, max_rules_per_group: 20}"), group("", 21)], ["SLO801"]),
        ([settings("ruler: {kind: prometheus}"), group("", 21)], []),
        ([group("", 21)], []),
        ([settings("ruler: {kind: mimir}"), SLO], []),
        ([settings("ruler: {kind: mimir, max_groups: 3}"), SLO], []),
        ([settings("ruler: {kind: mimir, max_groups: 2}"), SLO], ["SLO802"]),
        ([settings("ruler: {kind: mimir, max_groups: 0}"), SLO], []),
        ([settings("ruler: {kind: mimir}"), group("", 0)], ["SLO806"]),
        ([settings("ruler: {kind: cortex}"), group("", 0)], []),
        ([settings("ruler: {kind: mimir, min_interval: 1m}"), group(", interval: 59s")], ["SLO805"]),
        ([settings("ruler: {kind: mimir, min_interval: 1m}"), group(", interval: 1m")], []),
        ([settings("ruler: {kind: mimir, min_interval: 1m}"), group("")], []),
        ([settings("ruler: {kind: mimir, min_interval: 1m}"), SLO], ["SLO805"]),
        ([settings("ruler: {kind: mimir, min_interval: 1m}, intervals: {fast: 1m}"), SLO], []),
        # fields by version
        ([settings("prometheus: {version: '2.41'}"), KEEPS_FIRING], ["SLO803"]),
        ([settings("prometheus: {version: v2.42.0}"), KEEPS_FIRING], []),
        ([settings("prometheus: {version: 2}"), KEEPS_FIRING], []),
        ([settings("prometheus: {version: '2.41'}, ruler: {loader: operator}"), KEEPS_FIRING], ["SLO810"]),
        ([settings("prometheus: {version: '2.41'}, ruler: {kind: thanos}"), KEEPS_FIRING], []),
        ([settings("ruler: {kind: thanos, version: 0.33.0}"), KEEPS_FIRING], ["SLO810"]),
        ([settings("prometheus: {version: '2.41'}, ruler: {version: '2.42'}"), KEEPS_FIRING], []),
        ([settings("prometheus: {version: '2.52'}"), group(", query_offset: 1m")], ["SLO803"]),
        ([settings("prometheus: {version: '2.53'}"), group(", query_offset: 1m")], []),
        ([settings("prometheus: {version: '2.55'}"), group(", labels: {team: a}")], ["SLO803"]),
        ([settings("prometheus: {version: '3'}"), group(", labels: {team: a}")], []),
        ([settings("ruler: {kind: mimir, version: 2.16.0}"), group(", labels: {team: a}")], ["SLO810"]),
        ([settings("ruler: {kind: mimir}"), group(", labels: {team: a}")], []),
        ([settings("ruler: {kind: mimir}"), group(", limit: 10")], ["SLO810"]),
        ([settings("ruler: {kind: mimir}"), group(", limit: 0")], []),
        ([settings("prometheus: {version: '2.45'}"), group(", limit: 10")], []),
        ([group(", partial_response_strategy: warn")], []),
        ([settings("ruler: {kind: thanos}"), group(", partial_response_strategy: warn")], []),
        ([settings("ruler: {loader: operator}"), group(", partial_response_strategy: warn")], ["SLO810"]),
        (
            [settings("ruler: {kind: mimir, loader: alloy}"), group(", partial_response_strategy: warn")],
            ["SLO803"],
        ),
        # PromQL by version
        ([settings("prometheus: {version: '2.39'}"), NATIVE], ["SLO804"]),
        ([settings("prometheus: {version: '2.40'}"), NATIVE], []),
        ([NATIVE], []),
        ([settings("prometheus: {version: '2.30'}"), SLO], []),
        ([settings("prometheus: {version: '2.25'}"), SLO], ["SLO804"]),
        ([settings("prometheus: {version: '2.45'}"), rule("mad_over_time(a[5m]) > 1")], ["SLO804"]),
        ([settings("prometheus: {version: '2.49'}"), rule("mad_over_time(a[5m]) > 1")], ["SLO811"]),
        ([settings("prometheus: {version: '3'}"), rule("first_over_time(a[5m]) > 1")], []),
        ([settings("prometheus: {version: '3.7'}"), rule("first_over_time(a[5m]) > 1")], ["SLO811"]),
        ([settings("prometheus: {version: '3.14'}"), rule("first_over_time(a[5m]) > 1")], []),
        ([settings("prometheus: {version: '3.0'}"), rule("holt_winters(a[5m], 0.1, 0.1) > 1")], ["SLO804"]),
        ([settings("prometheus: {version: '2'}"), rule("holt_winters(a[5m], 0.1, 0.1) > 1")], []),
        (
            [
                settings("prometheus: {version: '3.0'}, ruler: {kind: mimir}"),
                rule("holt_winters(a[5m], 0.1, 0.1) > 1"),
            ],
            [],
        ),
        # external labels
        ([settings("prometheus: {external_labels: {a: b}}"), rule("up == 0", ", labels: {a: b}")], []),
        ([settings("prometheus: {external_labels: {a: b}}"), rule("a == 0", ", labels: {a: c}")], ["SLO809"]),
        (
            [
                settings("prometheus: {external_labels: {a: b}}"),
                rule("up == 0", ", labels: {a: \"{{ $labels.a }}\"}"),
            ],
            [],
        ),
        ([settings("prometheus: {external_labels: {a: $A}}"), rule("up == 0", ", labels: {a: c}")], []),
        ([settings("prometheus: {external_labels: {a: b}}, labels: {a: c}"), SLO], ["SLO809"]),
        # retention
        ([settings("prometheus: {retention: 30d}"), SLO], []),
        ([settings("prometheus: {retention: 29d}"), SLO], ["SLO455"]),
        ([SLO], []),
        ([settings("prometheus: {retention: 15d}"), rule("a offset 14d > a")], []),
        ([settings("prometheus: {retention: 15d}"), rule("a offset 16d > a")], ["SLO455"]),
        ([settings("prometheus: {retention: 15d}"), rule("a offset 18d > a")], ["SLO812"]),
        ([settings("prometheus: {retention: 15d}"), rule("a offset -18d > a")], []),
        ([settings("prometheus: {retention: 15d}"), rule("rate(a[10d]) > rate(a[10d])")], []),
        ([settings("prometheus: {retention: 15d}"), rule("max_over_time(rate(a[9d])[9d:]) > 1")], ["SLO455"]),
        ([settings("prometheus: {retention: 15d}"), rule("a @ 1 offset 1y > 1")], []),
        # traffic
        ([settings("prometheus: {traffic: {ferry-crossings: 0.001}}"), SLO], ["SLO456"]),
        ([settings("prometheus: {traffic: {'*': 0.001}}"), SLO], ["SLO456"]),
        ([settings("prometheus: {traffic: {ferry-crossings: 1, '*': 0.001}}"), SLO], []),
        # severities
        ([settings("severities: {page: a, ticket: a}"), SLO], ["SLO460"]),
        ([settings("severities: {page: a, ticket: b}"), SLO], []),
    ],
)  # fmt: skip
def test_what_the_surroundings_take(documents: list[str], expected: list[str]) -> None:
    assert found(*documents) == expected


def test_a_single_event_pages_exactly_below_the_bound() -> None:
    # 14.4 x 0.01 of an hour's events are one event at 1 / (3600 x 0.144) = 0.00193 per second.
    assert found(settings("prometheus: {traffic: {'*': 0.00192}}"), SLO) == ["SLO456"]
    assert found(settings("prometheus: {traffic: {'*': 0.00194}}"), SLO) == []


SLOTH = """
version: prometheus/v1
service: ferry
slos:
  - name: crossings
    objective: 99
    sli:
      events:
        error_query: sum(rate(late_total[{{{{.window}}}}]{offset}))
        total_query: sum(rate(crossings_total[{{{{.window}}}}]))
    alerting:
      name: FerryBurns
      {alerting}
"""


@pytest.mark.parametrize(
    ("alerting", "expected"),
    [
        ("labels: {severity: critical}", ["SLO460"]),
        ("labels: {severity: critical, team: a}", ["SLO460"]),
        # Sloth's own label tells them apart: a page and a ticket by `sloth_severity`.
        ("labels: {team: a}", []),
        ("annotations: {summary: a}", []),
        ("labels: {severity: a}\n      page_alert: {labels: {routing: pager}}", []),
        ("page_alert: {labels: {severity: a}}\n      ticket_alert: {labels: {severity: a}}", ["SLO460"]),
        ("page_alert: {labels: {severity: a}}\n      ticket_alert: {labels: {severity: b}}", []),
        ("labels: {severity: a}\n      ticket_alert: {disable: true}", []),
    ],
)
@pytest.mark.parametrize("compat", [None, Compat.SLOTH])
def test_tickets_that_page_in_sloth_specs(alerting: str, expected: list[str], compat: Compat | None) -> None:
    if compat is None and "severity" not in alerting:
        expected = []
    assert found(SLOTH.format(alerting=alerting, offset=""), compat=compat) == expected


def test_rules_of_another_tool_stay_as_they_are() -> None:
    spec = SLOTH.format(alerting="labels: {team: a}", offset=" offset 5w")
    text = settings("prometheus: {retention: 30d}") + "---\n" + spec
    report = pipeline.compile([Source("ferry.yaml", text)], pipeline.Options(compat=Compat.SLOTH)).report
    assert [d.code.id for d in report] == ["SLO304"]
    report = pipeline.compile([Source("ferry.yaml", text)]).report
    assert [d.code.id for d in report] == ["SLO812"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("a", [(0, 0)]),
        ("a offset 1d", [(24, 24)]),
        ("rate(a[1d] offset 2d)", [(72, 48)]),
        ("max_over_time(rate(a[1h] offset 2h)[3h:5m] offset 4h) + rate(b[1h])", [(10, 6), (1, 0)]),
        ("topk(scalar(c offset 1h), a)", [(1, 1), (0, 0)]),
        ("a @ 100", []),
        ("max_over_time((a offset 1d)[1d:] @ end())", []),
    ],
)
def test_what_selectors_see_in_hours(query: str, expected: list[tuple[int, int]]) -> None:
    assert [(r.earliest // 3_600_000, r.latest // 3_600_000) for r in reaches(query)] == expected


@pytest.mark.parametrize(("settings_", "expected"), [("", ["SLO807"]), ("ruler: {kind: mimir}", [])])
def test_a_group_that_no_object_takes(settings_: str, expected: list[str]) -> None:
    alert = "{alert: Late%d, expr: 'late > %d', annotations: {summary: '" + 1000 * "x" + "'}}"
    one, other = (", ".join(alert % (i, i) for i in range(n, n + 300)) for n in (0, 300))
    limits = settings(settings_)
    apart = f"groups: [{{name: a, rules: [{one}]}}, {{name: b, rules: [{other}]}}]\n"
    assert [code for code in found(limits, apart) if code != "SLO801"] == []
    together = f"groups: [{{name: a, rules: [{one}, {other}]}}]\n"
    assert [code for code in found(limits, together) if code != "SLO801"] == expected


NEW = (
    *("histogram_avg(a)", "histogram_stddev(a)", "limitk(1, a)", "mad_over_time(a[5m])", "info(a)"),
    *("a{\"b.c\"=\"d\"}", "{\"a.b\"}", "1_000 * a", "a[5m*2:]", "rate(a[5m] anchored)", "a offset (5m)"),
    *("ts_of_max_over_time(a[5m])", "double_exponential_smoothing(a[5m],0.1,0.1)", "sort_by_label(a,\"b\")"),
    *("a offset -5m", "a @ end()", "group by (b) (a)", "pi() * a", "a atan2 b", "min_of(1, 2) * a"),
    *("holt_winters(a[5m],0.1,0.1)", "sum by (group, step) (rate(a[5m]))", "end * start"),
    "last_over_time(a[5m])",
)  # fmt: skip


@pytest.mark.parametrize("query", NEW)
def test_versions_agree_with_promtool(query: str, tmp_path: Path) -> None:
    """What the table says of the version of promtool is what it does."""
    version = ".".join(map(str, promtool.version()))
    rules = tmp_path / "rules.yml"
    quoted = query.replace("'", "''")
    rules.write_text(f"groups: [{{name: g, rules: [{{record: a, expr: '{quoted}'}}]}}]\n", encoding="utf-8")
    accepted = promtool.check(rules).returncode == 0
    assert accepted == all(has(used.edition, version) for used in uses(query))


def has(edition: Edition, version: str) -> bool:
    """Whether a version has something without any feature flag."""
    is_there = bool(edition.stable) and not is_older(version, edition.stable)
    return is_there and not (edition.gone and not is_older(version, edition.gone))
