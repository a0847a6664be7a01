"""The proofs of SLOs of all kinds: every alert is proven, and the real promtool agrees.

And rules that are broken by hand, which it must not agree with.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from promtool import needed
from slogen import pipeline
from slogen.ir import Compat
from slogen.source import Source

EVENTS = """events: {total: 'x_total{code!="404"}', bad: 'x_total{code!="404",code=~"5.."}'}"""


def spec(
    name: str, sli: str = EVENTS, *, objective: str = "99.9", window: str = "28d", extra: str = ""
) -> str:
    """An SLO named after the case; `extra` are further keys of it."""
    return f"""apiVersion: slogen.dev/v1
kind: ServiceLevels
metadata: {{name: {name}}}
spec:
  service: {name}
  slos:
    - name: a
      objective: {objective}
      window: {window}
      {extra or "labels: {team: core}"}
      sli:
        {sli}
"""


def windows(page: str) -> str:
    text = (
        f"apiVersion: slogen.dev/v1\nkind: AlertWindows\nmetadata: {{name: own}}\nspec: {{page: [{page}]}}\n"
    )
    return f"{text}---\n"


SLOTH = """version: prometheus/v1
service: svc
labels: {owner: me}
slos:
  - name: requests
    objective: 99.9
    labels: {category: availability}
    sli:
      events:
        error_query: sum(rate(http_requests_total{job="svc",code=~"(5..|429)"}[{{.window}}]))
        total_query: sum(rate(http_requests_total{job="svc"}[{{.window}}]))
    alerting:
      name: High
      annotations: {summary: "High {{ $labels.sloth_slo }}"}
      page_alert: {labels: {severity: pageteam}}
      ticket_alert: {labels: {severity: slack}}
  - name: raw
    objective: 99
    sli: {raw: {error_ratio_query: '1 - sum(rate(ok_total[{{.window}}])) / sum(rate(x_total[{{.window}}]))'}}
    alerting: {name: Raw, page_alert: {}, ticket_alert: {disable: true}}
"""
SHARED = """apiVersion: slogen.dev/v1
kind: ServiceLevels
metadata: {name: shared}
spec:
  service: shared
  slos:
    - name: a
      objective: 99
      alerting: {name: Burn}
      sli: {events: {total: x_total, bad: 'x_total{code="500"}'}}
    - name: b
      objective: 99
      alerting: {name: Burn}
      sli: {events: {total: x_total, bad: 'x_total{code="503"}'}}
"""
PROBE = "ratio: {error: '1 - avg_over_time(probe_success{job=\"x\"}[{{.window}}])'}"
NOTES = (
    "alerting: {page: {labels: {group: '{{ $labels.sloth_id }}-x'}, annotations: "
    "{note: 'value {{ $value | printf \"%.3f\" }}', link: '{{ externalURL }}'}}}"
)
CASES = {
    "low-objective": spec("low-objective", objective="95"),
    "high-objective": spec("high-objective", objective="99.999"),
    "window-of-an-hour": spec("window-of-an-hour", objective="99", window="1h"),
    "window-of-a-week": spec("window-of-a-week", objective="99", window="7d"),
    "window-of-a-quarter": spec("window-of-a-quarter", objective="99", window="90d"),
    "good-events": spec("good-events", """events: {total: x_total, good: 'x_total{code!~"5.."}'}"""),
    "two-sources": spec(
        "two-sources", "events: {total: [a_total, b_total], bad: [a_bad_total, b_bad_total]}"
    ),
    "grouped": spec("grouped", extra="group_by: [model, zone]"),
    "latency": spec("latency", "latency: {histogram: d_seconds, threshold: 250ms}"),
    "condition": spec("condition", "condition: {metric: up, good_when: '== 1'}"),
    "condition-grouped": spec(
        "condition-grouped",
        "condition: {metric: 'max by (pool) (queue)', good_when: '<= 50'}",
        extra="group_by: [pool]",
    ),
    "query": spec(
        "query",
        "query: {total: 'sum(rate(x_total[{{.window}}]))', "
        "bad: 'sum(rate(x_total{code=~\"5..\"}[{{.window}}])) or vector(0)'}",
    ),
    "ratio": spec(
        "ratio", "ratio: {error: '1 - sum(rate(ok_total[{{.window}}])) / sum(rate(x_total[{{.window}}]))'}"
    ),
    "probe": spec("probe", PROBE),
    "probe-and-one-tier": windows("{budget: 30, long: 1d, short: 2h}")
    + spec("probe-and-one-tier", PROBE, objective="99", window="7d", extra="alert_windows: own"),
    "slices": spec("slices", f"timeslice: {{slice: 1m, target: 95, of: {{{EVENTS}}}}}"),
    "slices-of-a-gauge": spec(
        "slices-of-a-gauge",
        "timeslice: {slice: 5m, target: 90, of: {condition: {metric: up, good_when: '== 1'}}}",
    ),
    "pending": spec("pending", extra="alerting: {page: {for: 2m}, ticket: {for: 1h}, absent: {for: 3m}}"),
    "cheap": spec("cheap", extra="profile: cheap"),
    "notes": spec("notes", extra="alerting: {page: {labels: {group: '{{ $labels.sloth_id }}-x'}}}"),
    "texts": spec("texts", extra=NOTES),
    "budget-alert": spec("budget-alert", extra="adjustments: [{budget_alert: {threshold: 0.1, for: 5m}}]"),
    "one-tier": windows("{budget: 20, long: 2d, short: 4h}") + spec("one-tier", extra="alert_windows: own"),
    "short-tiers": windows("{budget: 2, long: 30m, short: 1m}, {budget: 5, long: 3h, short: 15m}")
    + spec("short-tiers", objective="99", extra="alert_windows: own"),
    "odd-tiers": windows("{budget: 2, long: 64m, short: 7m}, {budget: 4, long: 7h, short: 33m}")
    + spec("odd-tiers", objective="99", extra="alert_windows: own"),
    "sloth": SLOTH,
    "shared-name": SHARED,
}
# Kinds whose rules differ where those of Sloth are asked for.
SLOTHS = ("grouped", "latency", "query", "pending", "window-of-a-week", "sloth", "shared-name")


def proven(text: str, compat: Compat | None = None) -> dict[str, str]:
    """The files of a spec, all of whose alerts are proven, without a warning."""
    result = pipeline.compile([Source("spec.yaml", text)], pipeline.Options(compat=compat, prove=True))
    assert [(found.code.id, found.message) for found in result.report] == []
    alerts = {
        (group.name, i)
        for rules in result.program.rule_sets
        for group in rules.groups
        for i, rule in enumerate(group.rules)
        if rule.alert
    }
    assert alerts
    assert {(its.group, its.index) for proof in result.program.proofs for its in proof.alerts} == alerts
    return {file.path: file.text for file in result.files}


def judged(folder: Path, files: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """What promtool says to the tests that slogen wrote."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    tests = sorted(str(path) for path in folder.glob("tests/*.test.yaml"))
    command = [needed(), "test", "rules", *tests]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("case", CASES)
def test_every_alert_is_proven(case: str, tmp_path: Path) -> None:
    answer = judged(tmp_path, proven(CASES[case]))
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.parametrize("case", SLOTHS)
def test_every_alert_of_sloths_rules_is_proven(case: str, tmp_path: Path) -> None:
    answer = judged(tmp_path, proven(CASES[case], Compat.SLOTH))
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.parametrize(
    ("case", "old", "new"),
    [
        pytest.param("grouped", "> (13.44 * 0.001)", "< (13.44 * 0.001)", id="a comparison"),
        pytest.param("grouped", "(13.44 *", "(14.4 *", id="a threshold, a little higher"),
        pytest.param("grouped", "(13.44 *", "(12.5 *", id="a threshold, a little lower"),
        pytest.param("grouped", "for: 10m", "for: 30m", id="how long data may be missing"),
        pytest.param("grouped", 'code=~"5.."', 'code=~"4.."', id="a matcher"),
        pytest.param("grouped", "by (model, zone)", "by (model)", id="a label"),
        pytest.param("grouped", "severity: critical", "severity: none", id="the severity"),
        pytest.param("notes", "of the events are bad", "of the events are good", id="a text"),
        pytest.param("latency", 'le="0.25"', 'le="0.5"', id="a bucket"),
        pytest.param("condition", "count(up == 1)", "count(up != 1)", id="a condition"),
    ],
)
def test_broken_rules_fail(case: str, old: str, new: str, tmp_path: Path) -> None:
    files = proven(CASES[case])
    rules = f"rules/{case}.yaml"
    assert old in files[rules], files[rules]
    answer = judged(tmp_path, {**files, rules: files[rules].replace(old, new)})
    assert answer.returncode == 1
    assert "FAILED" in answer.stdout + answer.stderr
