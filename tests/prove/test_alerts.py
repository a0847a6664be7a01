from __future__ import annotations

from pathlib import Path
from textwrap import indent

import pytest
from proving import proven, rule_set, run

import promtool
from slogen import codes
from slogen.diagnostics import Report
from slogen.proofs import AlertCheck, AlertId, Proof, Scenario, ValueCheck
from slogen.prove.alerts import prove_rules
from slogen.synthetic import Series
from slogen.units import Millis

MINUTE = 60_000
ERRORS = """\
- record: job:errors:ratio5m
  expr: |-
    sum by (job) (rate(http_requests_total{code=~"5.."}[5m])) / sum by (job) (rate(http_requests_total[5m]))
  labels: {team: core}
- alert: HighErrorRatio
  expr: job:errors:ratio5m{team="core"} > 0.05
  for: 5m
  labels: {severity: page}
  annotations: {summary: '{{ $value | humanizePercentage }} of {{ $labels.job }} fail'}
"""


def in_group(*rules: str, group: str = "g") -> str:
    return f"groups:\n  - name: {group}\n    rules:\n" + "".join(indent(rule, "      ") for rule in rules)


def alert(expr: str, *more: str) -> str:
    return "\n".join((f"- alert: A\n  expr: {expr}", *(f"  {line}" for line in more), ""))


def scenarios(proofs: tuple[Proof, ...]) -> list[Scenario]:
    return [scenario for proof in proofs for scenario in proof.scenarios]


def firing(scenario: Scenario) -> dict[int, bool]:
    """Whether the alert fires, at each instant that is checked."""
    return {check.at: bool(check.expected) for check in scenario.checks if isinstance(check, AlertCheck)}


def story(proofs: tuple[Proof, ...]) -> Scenario:
    return next(scenario for scenario in scenarios(proofs) if "fires and resolves" in scenario.name)


@pytest.mark.promtool
@pytest.mark.parametrize(
    "rule",
    [
        alert("up == 0", "for: 1m"),
        alert("up == 0", "for: 45s"),
        alert("up == 0"),
        alert('absent(up{job="a"})', "for: 10m", "annotations: {s: '{{ $labels.job }} is gone'}"),
        alert("temperature > 80", "for: 2m", "keep_firing_for: 10m", "annotations: {d: '{{ $value }}'}"),
        alert("rate(errors_total[5m]) > 0.1", "keep_firing_for: 5m"),
        # At exactly 3 % rounding decides.
        alert('sum(rate(x_total{code=~"5.."}[5m])) / sum(rate(x_total[5m])) > 0.03', "for: 5m"),
        alert("increase(errors_total[30d]) > 100", "for: 15m"),
        alert("sum(rate(x_total[30m])) < 0.5 * sum(rate(x_total[30m] offset 1w))", "for: 15m"),
        alert("count by (job) (up offset 30m) unless on (job) count by (job) (up)", "for: 10m"),
        alert("time() - backup_last_success_timestamp_seconds > 86400", "for: 1h"),
        alert("predict_linear(free_bytes[6h], 4 * 3600) < 0", "for: 1h"),
        alert("min by (disk) (free) < 0.1", "labels: {where: 'disk {{ $labels.disk }}', none: ''}"),
        alert("queue > 10", "labels: {depth: '{{ $value }}'}"),
        alert("queue > 10", """annotations: {all: '{{ query "sum(queue)" | first | value }}'}"""),
        alert("vector(1)"),
        alert("vector(1) > 0", "for: 10m"),
    ],
)
def test_promtool_agrees(rule: str, tmp_path: Path) -> None:
    text = in_group(rule)
    proofs = proven(text)
    assert all(proof.alerts == (AlertId("g", 0),) for proof in proofs)
    ran = run(tmp_path, text, proofs)
    assert ran.returncode == 0, ran.stderr


def test_the_story_of_an_alert() -> None:
    told = story(proven(in_group(alert("increase(errors_total[10m]) > 100", "for: 10m"))))
    # The range is full 10 minutes after the change at 10m; `for` is over 10 minutes after that. All is well
    # again at 35m, and 5 minutes later the range has forgotten enough.
    assert firing(told) == {
        5 * MINUTE: False,
        25 * MINUTE: False,
        30 * MINUTE: True,
        35 * MINUTE: True,
        40 * MINUTE: False,
    }
    waiting = [check for check in told.checks if isinstance(check, ValueCheck)]
    labels = {"alertname": "A", "alertstate": "pending"}
    assert [(check.at, check.expected) for check in waiting] == [
        (Millis(25 * MINUTE), ((Series("ALERTS", labels), 1.0),))
    ]


def test_an_alert_that_is_kept_fires_until_that_is_over() -> None:
    told = story(proven(in_group(alert("up == 0", "keep_firing_for: 10m"))))
    fired = min(at for at, fires in firing(told).items() if fires)
    states = {at - fired: fires for at, fires in firing(told).items() if at >= fired}
    # All is well again one evaluation after it has fired, which is 5 minutes.
    assert states == {0: True, 10 * MINUTE: True, 15 * MINUTE: False}


@pytest.mark.promtool
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("> 0.05", "> 0.06"),
        ("> 0.05", "> 0.04"),
        ("> 0.05", "< 0.05"),
        ("for: 5m", "for: 7m"),
        ("for: 5m", "for: 3m"),
        ("severity: page", "severity: ticket"),
        ("fail'", "failed'"),
        ("5..", "4.."),
        ("team: core", "team: edge"),
        ("by (job) (rate(http_requests_total[5m]))", "by (job) (rate(http_requests_total[1h]))"),
        ("sum by (job) (rate(http_requests_total{", "max by (job) (rate(http_requests_total{"),
        ("/ sum by (job) (", "/ on () group_left () sum by (job) ("),
    ],
)
def test_a_changed_rule_does_not_pass(old: str, new: str, tmp_path: Path) -> None:
    text = in_group(ERRORS)
    proofs = proven(text)
    assert run(tmp_path, text, proofs).returncode == 0
    assert run(tmp_path, text.replace(old, new), proofs).returncode == 1


def test_recordings_are_fed_from_raw_series_and_checked() -> None:
    proofs = proven(in_group(ERRORS))
    assert {one.series.name for scenario in scenarios(proofs) for one in scenario.inputs} == {
        "http_requests_total"
    }
    recorded = [
        check
        for scenario in scenarios(proofs)
        for check in scenario.checks
        if isinstance(check, ValueCheck) and "job:errors:ratio5m" in check.expr
    ]
    assert recorded
    assert all(series.labels["team"] == "core" for check in recorded for series, _ in check.expected)


@pytest.mark.promtool
@pytest.mark.parametrize(
    "more",
    [
        # Read over a range: the recorded series itself is the input.
        "- alert: B\n  expr: avg_over_time(job:errors:ratio5m[30m]) > 0.02\n",
        # Recorded behind its reader, which sees it at the next evaluation.
        "- alert: B\n  expr: late:queue:max > 7\n  for: 3m\n- record: late:queue:max\n  expr: max(queue)\n",
        # Alerts of one name.
        "- alert: HighErrorRatio\n  expr: job:errors:ratio5m > 0.01\n  labels: {severity: ticket}\n",
        # Read by no alert.
        "- record: a:load:max\n  expr: max(node_load1) / 4\n",
        # Refused by Prometheus for many of the series that the others need.
        '- record: a:odd\n  expr: http_requests_total{code=~"5.."} / on (job) http_requests_total\n',
    ],
)
def test_rules_of_one_file(more: str, tmp_path: Path) -> None:
    text = in_group(ERRORS, more)
    ran = run(tmp_path, text, proven(text))
    assert ran.returncode == 0, ran.stderr


@pytest.mark.promtool
def test_groups_stand_behind_those_that_they_read(tmp_path: Path) -> None:
    record, reader = ERRORS.split("- alert", 1)
    text = in_group(f"- alert{reader}", group="alerts") + in_group(record, group="records").removeprefix(
        "groups:\n"
    )
    proofs = proven(text)
    assert {proof.groups for proof in proofs if proof.alerts} == {("records", "alerts")}
    assert run(tmp_path, text, proofs).returncode == 0


@pytest.mark.promtool
@pytest.mark.skipif(promtool.version() < (3, 0), reason="older ones know no labels of groups")
def test_what_groups_add(tmp_path: Path) -> None:
    rules = alert("rate(x_total[5m]) > 0.1", "for: 5m", "labels: {severity: page}")
    text = in_group(rules).replace(
        "    rules:", "    query_offset: 1m\n    labels: {team: core, severity: info}\n    rules:"
    )
    proofs = proven(text)
    fired = [
        check.expected[0].labels
        for check in story(proofs).checks
        if isinstance(check, AlertCheck) and check.expected
    ]
    assert fired
    assert all(labels == {"severity": "page", "team": "core"} for labels in fired)
    ran = run(tmp_path, text, proofs)
    assert ran.returncode == 0, ran.stderr


def test_an_alert_that_a_test_of_the_user_covers_is_not_reported() -> None:
    report = Report()
    rules = rule_set(in_group(alert('count(ALERTS{alertstate="firing"}) > 10')))
    assert list(prove_rules(rules, {"A"}, report)) == []
    assert not list(report)


def test_an_alert_beyond_analysis_is_reported_at_its_expression() -> None:
    report = Report()
    rules = rule_set(in_group(alert('count(ALERTS{alertstate="firing"}) > 10')))
    assert list(prove_rules(rules, (), report)) == []
    (found,) = report
    assert found.code is codes.UNPROVEN_ALERT
    assert found.at.line == 5


@pytest.mark.promtool
@pytest.mark.parametrize(
    "path", sorted(Path(__file__).parents[2].glob("rules/*/*.yaml")), ids=lambda p: p.parent.name
)
def test_every_alert_of_the_house_is_proven(path: Path, tmp_path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    proofs = proven(text)
    rules = rule_set(text)
    alerts = {
        AlertId(group.name, i) for group in rules.groups for i, rule in enumerate(group.rules) if rule.alert
    }
    assert {one for proof in proofs for one in proof.alerts} == alerts
    ran = run(tmp_path, text, proofs)
    assert ran.returncode == 0, ran.stderr
