"""SLO461: what an edit cuts off from its past, against the output folder of the build before it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]
Write = Callable[[str, str], Path]

SPEC = """\
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: ferry
  labels: {team: sea}
  window: 28d
  slos:
    - name: crossings
      description: as it was
      objective: 99
      group_by: [line]
      sli:
        events:
          bad: late_total
          total: crossings_total
    - name: queue
      objective: 95
      sli:
        latency: {histogram: queue_seconds, threshold: 1s}
"""
RULES = """\
groups:
  - name: ferry
    rules:
      - record: ferry:late:rate5m
        expr: sum by (line) (rate(late_total[5m]))
        labels: {team: sea}
      - record: ferry:crossings:rate5m
        expr: sum by (line) (rate(crossings_total[5m]))
      - alert: FerryDown
        expr: ferry_open == 0
        for: 5m
        labels: {severity: critical}
"""


@pytest.fixture
def built(run: Run, write: Write) -> None:
    """A project that was built before the edit."""
    write("slos/ferry.yaml", SPEC)
    write("rules/quay.yaml", RULES)
    assert run("build", "--no-tests").exit_code == 0


def lost(result: Result) -> list[str]:
    """The place and the first words of each finding, of the concise format."""
    lines = [line for line in (result.stdout + result.stderr).splitlines() if "SLO461" in line]
    return [line.replace(" warning[SLO461]:", "") for line in lines]


MORE = "- {name: more, objective: 99, sli: {events: {bad: a_total, total: b_total}}}"
LATE = RULES[RULES.index("      - record: ferry:late") : RULES.index("      - record: ferry:cross")]
EDITS = [
    # what cuts nothing off
    (SPEC, "objective: 99", "objective: 99.5", []),
    (SPEC, "as it was", "as it is", []),
    (SPEC, "{team: sea}", "{team: land}", []),
    (SPEC, "late_total", "late_total{line!=\"\"}", []),
    (SPEC, "threshold: 1s", "threshold: 2s", []),
    (SPEC, SPEC[SPEC.index("    - name: queue") :], "", []),
    (SPEC, "- name: queue", f"{MORE}\n    - name: queue", []),
    (SPEC, "window: 28d", "window: 28d\n  alert_windows: {page: [{budget: 5, long: 6h, short: 30m}]}", []),
    (RULES, "rate(late_total[5m])", "rate(late_total[10m])", []),
    (RULES, "{severity: critical}", "{severity: warning}", []),
    (RULES, "- name: ferry", "- name: boats", []),
    (RULES, LATE, "", []),
    # what does
    (
        SPEC,
        "name: crossings",
        "name: trips",
        ["slos/ferry.yaml:8:13: the series of `ferry-crossings` end, and those of `ferry-trips` begin"],
    ),
    (
        SPEC,
        "service: ferry",
        "service: boat",
        [
            "slos/ferry.yaml:4:12: the series of `ferry-crossings` end, and those of `boat-crossings` begin",
            "slos/ferry.yaml:4:12: the series of `ferry-queue` end, and those of `boat-queue` begin",
        ],
    ),
    (
        SPEC,
        "group_by: [line]",
        "group_by: [line, harbour]",
        ["slos/ferry.yaml:11:17: budgets were kept apart by `line`, and now by `harbour, line`"],
    ),
    (
        SPEC,
        "      group_by: [line]\n",
        "",
        ["slos/ferry.yaml:8:13: budgets were kept apart by `line`, and now by nothing"],
    ),
    (
        SPEC,
        "window: 28d",
        "window: 30d",
        [
            "slos/ferry.yaml:6:11: the period was 4w: `slo:sli_error:ratio_rate30d` begins anew",
        ],
    ),
    (
        RULES,
        "{team: sea}",
        "{team: land}",
        ["rules/quay.yaml:6:24: `ferry:late:rate5m` has `team=\"land\"` where it had `team=\"sea\"`"],
    ),
    (
        RULES,
        "        labels: {team: sea}\n",
        "",
        ["rules/quay.yaml:4:17: `ferry:late:rate5m` had `team=\"sea\"` until now"],
    ),
    (
        RULES,
        "sum by (line) (rate(cross",
        "sum (rate(cross",
        ["rules/quay.yaml:8:15: `ferry:crossings:rate5m` had `line` until now"],
    ),
    (
        RULES,
        "record: ferry:crossings:rate5m",
        "record: ferry:trips:rate5m",
        ["rules/quay.yaml:7:17: `ferry:trips:rate5m` was `ferry:crossings:rate5m`"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "old", "new", "expected"), EDITS, ids=[edit[2][:40] for edit in EDITS])
@pytest.mark.usefixtures("built")
def test_what_an_edit_cuts_off(
    text: str, old: str, new: str, expected: list[str], run: Run, write: Write
) -> None:
    write("slos/ferry.yaml" if text is SPEC else "rules/quay.yaml", text.replace(old, new, 1))
    for command in (["check"], ["build", "--check", "--no-tests"], ["build", "--no-tests"]):
        result = run(*command, "--format", "concise")
        found = lost(result)
        assert [line[: len(words)] for line, words in zip(found, expected, strict=True)] == expected, command
    # Once it is built, there is nothing more to say.
    assert lost(run("check", "--format", "concise")) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("{team: sea}", "{team: land}", "the label `team=\"land\"` was `team=\"sea\"`: for 4w Prometheus"),
        ("{team: sea}", "{team: sea, tier: a}", "the label `tier=\"a\"` is new: for 4w Prometheus refuses"),
        ("  labels: {team: sea}\n", "", "the label `team=\"sea\"` is gone: for 4w the budget has two series"),
        ("name: queue", "name: line", "the series of `ferry-queue` end, and those of `ferry-line` begin"),
        ("objective: 99", "objective: 99.5", ""),
    ],
)  # fmt: skip
def test_the_rules_of_sloth(old: str, new: str, expected: str, run: Run, write: Write) -> None:
    spec = SPEC.replace("      group_by: [line]\n", "")
    options = ["--compat", "sloth", "--format", "concise"]
    write("slos/ferry.yaml", spec)
    assert run("build", *options).exit_code == 0
    write("slos/ferry.yaml", spec.replace(old, new, 1))
    found = lost(run("check", *options))
    assert bool(found) == bool(expected)
    assert all(expected in line for line in found)


@pytest.mark.usefixtures("built")
def test_a_service_with_another_name_has_another_file(run: Run, write: Write, project: Path) -> None:
    (project / "slos/ferry.yaml").unlink()
    write("slos/boat.yaml", SPEC.replace("service: ferry", "service: boat"))
    assert len(lost(run("check", "--format", "concise"))) == 2
    # Of a part of the project nobody knows what is gone.
    assert lost(run("check", "slos/boat.yaml", "--format", "concise")) == []


@pytest.mark.usefixtures("built")
def test_a_loss_may_be_meant(run: Run, write: Write) -> None:
    meant = "# slogen: allow SLO461 the old name was never on a dashboard\n    - name: trips"
    write("slos/ferry.yaml", SPEC.replace("- name: crossings", meant, 1))
    assert lost(run("check", "--format", "concise")) == []
    assert run("build", "--no-tests", "--strict").exit_code == 0
    assert "SLO903" not in run("check", "--format", "concise").output


@pytest.mark.usefixtures("built")
def test_strict_writes_nothing(run: Run, write: Write, project: Path) -> None:
    before = (project / "out/rules/ferry.yaml").read_bytes()
    write("slos/ferry.yaml", SPEC.replace("name: crossings", "name: trips", 1))
    assert run("build", "--no-tests", "--strict").exit_code == 1
    assert (project / "out/rules/ferry.yaml").read_bytes() == before


@pytest.mark.usefixtures("built")
def test_what_stands_in_the_way_is_no_history(run: Run, write: Write, project: Path) -> None:
    for text in (
        "groups: [",
        "# Code generated by slogen from slos/ferry.yaml. DO NOT EDIT.\ngroups:\n  - name: [\n",
    ):
        (project / "out/rules/ferry.yaml").write_text(text, encoding="utf-8")
        assert run("check", "--format", "concise").exit_code == 0
    (project / "out/rules/ferry.yaml").write_bytes(b"# Code generated by slogen from a\xff\n\xff\xfe")
    assert run("check", "--format", "concise").exit_code == 0
