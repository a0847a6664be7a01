"""What labels alerts have before they fire, and whether those that fire in proofs have them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from slogen import pipeline
from slogen.alertmanager.firing import Firing
from slogen.examined import Project
from slogen.ir import Compat, Program, RoutedAlert
from slogen.proofs import AlertCheck
from slogen.routing.alerts import routed_alerts
from slogen.source import Source

GOLDEN = Path(__file__).parent.parent / "golden"

SETTINGS = "apiVersion: slogen.dev/v1\nkind: Settings\nspec: {%s}\n---\n"
SLO = """
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: ferry
  owner: harbour
  slos:
    - name: crossings
      objective: 99
      labels: {tier: "1"}
      %s
      sli: {events: {bad: late_total, total: crossings_total}}
"""
EACH = "each_series: true"
GROUPED = "group_by: [pier]"
IDENTITY = {
    "sloth_id": "ferry-crossings",
    "sloth_service": "ferry",
    "sloth_slo": "crossings",
    "tier": "1",
}
OWN = {**IDENTITY, "service": "ferry", "slo": "crossings", "owner": "harbour"}
PAGE = {
    **OWN,
    "alertname": "FerryCrossingsBudgetBurn",
    "severity": "critical",
    "sloth_severity": "page",
}
ABSENT = {
    **OWN,
    "alertname": "FerryCrossingsNoData",
    "severity": "warning",
    "sloth_severity": "absent",
}


def alerts_of(program: Program) -> tuple[RoutedAlert, ...]:
    """The alerts of a program that was compiled without any routing."""
    written = tuple(rules for rules in program.rule_sets if not rules.slos)
    return tuple(routed_alerts(program.rule_sets, Project(program.settings, program.catalogs, written)))


def routed(text: str, compat: Compat | None = None) -> tuple[RoutedAlert, ...]:
    result = pipeline.compile([Source("ferry.yaml", text)], pipeline.Options(compat=compat))
    assert not [d.message for d in result.report if d.code.id.startswith("SLO1")]
    return alerts_of(result.program)


def without(labels: Mapping[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in labels.items() if name not in names}


@pytest.mark.parametrize(
    ("how", "kind", "expected"),
    [
        ("", "page", Firing(PAGE)),
        ("", "absent", Firing(ABSENT)),
        (GROUPED, "page", Firing(PAGE, present=frozenset({"pier"}))),
        # One alert that all piers are gone, and one for each that is.
        (GROUPED, "absent", Firing(ABSENT, unknown=frozenset({"pier"}))),
        # A label of the grouping has its value from the series, whatever the spec calls it.
        ("group_by: [owner]", "page", Firing(without(PAGE, "owner"), present=frozenset({"owner"}))),
        # Whose `service` it is, the series may say; that it has one, the template sees to.
        (EACH, "page", Firing(without(PAGE, "service"), present=frozenset({"service"}), is_open=True)),
        (EACH, "absent", Firing(ABSENT)),
    ],
)
def test_generated_alerts(how: str, kind: str, expected: Firing) -> None:
    found = {alert.kind: alert.firing for alert in routed(SLO % how)}
    assert found[kind] == expected


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        (GROUPED, Firing({**IDENTITY, "sloth_severity": "page", "owner": "harbour"}, frozenset({"pier"}))),
        ("alerting: {page: {severity: p1}, labels: {tier: '2'}}", None),
    ],
)
def test_alerts_as_sloth_has_them_get_their_labels_from_the_series(how: str, expected: Firing | None) -> None:
    page = next(alert for alert in routed(SLO % how, Compat.SLOTH) if alert.kind == "page")
    if expected is None:
        assert (page.firing.value("tier"), page.firing.value("severity")) == ("2", "p1")
    else:
        named = Firing({**expected.known, "alertname": page.name}, expected.present)
        assert page.firing == named


def rule(expr: str, labels: str = "") -> str:
    return f"groups: [{{name: dock, rules: [{{alert: Late, expr: '{expr}', labels: {{{labels}}}}}]}}]\n"


@pytest.mark.parametrize(
    ("expr", "labels", "known", "present", "unknown", "is_open"),
    [
        ('absent(up{job="dock"})', "", {"job": "dock"}, "", "", False),
        ('absent(up{job=~"dock.*"})', "", {}, "", "", False),
        ("sum(rate(late_total[5m])) > 1", "severity: warning", {"severity": "warning"}, "", "", False),
        # That a series has a label by which it is summed is what the author expects, and no more.
        ("sum by (pier) (rate(late_total[5m])) > 1", "", {}, "", "pier", False),
        ('sum by (pier) (rate(late_total{pier=~".+"}[5m])) > 1', "", {}, "pier", "", False),
        ('late{pier="3"} > 1', "", {"pier": "3"}, "", "", True),
        ('late{pier="3"} > 1', 'pier: ""', {"pier": ""}, "", "", True),
        ('sum by (pier) (late{pier="3"}) > 1', 'pier: ""', {}, "", "", False),
        ("sum(late) > 1", "owner: '{{ $labels.team }}'", {}, "", "", False),
        ('late{team="t"} > 1', "owner: '{{ $labels.team }}'", {"team": "t", "owner": "t"}, "", "", True),
        ('sum by (team) (late{team!=""}) > 1', "owner: '{{ $labels.team }}'", {}, "owner team", "", False),
        ("sum by (team) (late) > 1", "owner: '{{ $labels.team }}'", {}, "", "owner team", False),
        ("sum by (team) (late) > 1", "owner: '{{ or $labels.team `tug` }}'", {}, "owner", "team", False),
        ("sum(late) > 1", "owner: '{{ if gt $value 3.0 }}a{{ else }}b{{ end }}'", {}, "", "owner", False),
        ("sum(late) > 1", "owner: '{{ with query `x` }}y{{ end }}'", {}, "", "owner", False),
        ("sum(late) > 1", "owner: 'team-{{ $value }}'", {}, "owner", "", False),
        ("late > 1", "all: '{{ range $labels }}{{ . }}{{ end }}'", {}, "", "all", True),
    ],
)  # fmt: skip
def test_hand_written_alerts(
    expr: str, labels: str, known: Mapping[str, str], present: str, unknown: str, is_open: bool
) -> None:
    (alert,) = routed(rule(expr.replace("'", "''"), labels))
    named = {**known, "alertname": "Late"}
    expected = Firing(named, frozenset(present.split()), frozenset(unknown.split()), is_open)
    assert alert.firing == expected


EXTERNAL = "prometheus: {external_labels: {cluster: eu, pier: '9', zone: '$ZONE'}}"


@pytest.mark.parametrize(
    ("settings", "expr", "labels", "name", "expected"),
    [
        (EXTERNAL, "sum(late) > 1", "", "cluster", "eu"),
        (EXTERNAL, "sum(late) > 1", "cluster: us", "cluster", "us"),
        (EXTERNAL, 'sum by (pier) (late{pier="3"}) > 1', "", "pier", "3"),
        # Whatever the series says: that it has a value is known.
        (EXTERNAL, "sum by (pier) (late) > 1", "", "pier", "present"),
        (EXTERNAL, "late > 1", "", "pier", "present"),
        # The value is that of a variable of the environment.
        (EXTERNAL, "sum(late) > 1", "", "zone", "unknown"),
        (EXTERNAL, "sum(late) > 1", "owner: '{{ $externalLabels.cluster }}'", "owner", "eu"),
        (f"ruler: {{kind: thanos}}, {EXTERNAL}", "sum(late) > 1", "cluster: us", "cluster", "eu"),
        ("ruler: {kind: victoriametrics}", "sum(late) > 1", "", "alertgroup", "dock"),
    ],
)
def test_what_servers_add(settings: str, expr: str, labels: str, name: str, expected: str) -> None:
    (alert,) = routed(SETTINGS % settings + rule(expr, labels))
    firing = alert.firing
    state = "present" if name in firing.present else "unknown" if name in firing.unknown else ""
    assert (state or firing.value(name)) == expected


# against what fires -----------------------------------------------------------------------------------


def refused(firing: Firing, labels: Mapping[str, str]) -> bool:
    """Whether an alert with these labels is none that was foreseen."""
    if any(labels.get(name, "") != value for name, value in firing.known.items()):
        return True
    if not all(labels.get(name) for name in firing.present):
        return True
    foreseen = firing.known.keys() | firing.present | firing.unknown
    return not firing.is_open and not foreseen >= labels.keys()


def sources_of(case: Path) -> Sequence[Source]:
    below = [path for name in ("slos", "rules") for path in (case / name).rglob("*.yaml")]
    paths = sorted(below or case.glob("*.yaml"))
    return [Source(str(path.relative_to(case)), path.read_text(encoding="utf-8")) for path in paths]


CASES = (
    *("adjusted-rules", "detection-of-formats", "each-series", "every-kind-of-indicator", "grouping"),
    *("hand-written-rules", "openslo-alert-policies", "openslo-indicators", "proofs"),
    *("pyrra-every-indicator", "settings-with-everything", "sloth-objects", "sloth-specs"),
)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("compat", [None, Compat.SLOTH])
def test_alerts_that_fire_have_the_labels_that_were_foreseen(case: str, compat: Compat | None) -> None:
    program = pipeline.compile(sources_of(GOLDEN / case), pipeline.Options(prove=True, compat=compat)).program
    by_name: dict[tuple[object, str], list[Firing]] = {}
    for alert in alerts_of(program):
        manifest = alert.rules.manifest
        by_name.setdefault(((manifest.namespace, manifest.name), alert.name), []).append(alert.firing)
    fired = [
        (proof.object, check.alert, {**one.labels, "alertname": check.alert})
        for proof in program.proofs
        for scenario in proof.scenarios
        for check in scenario.checks
        if isinstance(check, AlertCheck)
        for one in check.expected
    ]
    assert fired or compat is not None
    unforeseen = [
        (name, labels)
        for where, name, labels in fired
        if all(refused(firing, labels) for firing in by_name[where, name])
    ]
    assert unforeseen == []
