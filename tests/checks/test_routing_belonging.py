"""Alerts that no team gets (SLO510, SLO511, SLO512, SLO527, SLO532): what somebody must edit."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from slogen import pipeline
from slogen.ir import Compat
from slogen.source import Source

CODES = frozenset(("SLO510", "SLO511", "SLO512", "SLO527", "SLO532"))

ROUTING = """
apiVersion: slogen.dev/v1
kind: Routing
metadata: {name: slogen}
spec:
  fallback: harbour
  severities: {page: [critical], ticket: [warning]}
  owners:
    harbour: {page: pager, ticket: tickets}
    dock-ops: {page: dock-pager, ticket: tickets}
  receivers:
    pager: {pagerduty: {routing_key: {file: /run/pager}}}
    dock-pager: {pagerduty: {routing_key: {file: /run/dock}}}
    tickets: {webhook: {url: 'http://tickets.example.com/alerts'}}
"""
ALL_NAMED = """
groups:
  - name: all
    rules:
      - {alert: Calm, expr: sum(calm) > 1, labels: {owner: harbour, severity: warning}}
      - {alert: Calm2, expr: sum(calm) > 2, labels: {owner: dock-ops, severity: critical}}
"""
SLI = "sli: {events: {bad: late_total, total: crossings_total}}"
NATIVE = """
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: ferry
  %s
  slos:
    - {name: crossings, objective: 99, %s SLI}
    - {name: punctual, objective: 95, SLI}
""".replace("SLI", SLI)
SLOTH = """
version: prometheus/v1
service: ferry
labels: {%s}
slos:
  - name: crossings
    objective: 99
    sli:
      events:
        error_query: sum(rate(late_total[{{.window}}]))
        total_query: sum(rate(crossings_total[{{.window}}]))
    alerting:
      name: FerryLate
      labels: {%s}
      page_alert: {labels: {%s}}
      ticket_alert: {labels: {%s}}
"""
OPENSLO = """
apiVersion: openslo/v1
kind: SLO
metadata: {name: crossings, labels: {owner: [%s]}}
spec:
  service: ferry
  budgetingMethod: Occurrences
  timeWindow: [{duration: 28d, isRolling: true}]
  indicator:
    metadata: {name: crossings}
    spec:
      ratioMetric:
        counter: true
        bad: {metricSource: {type: Prometheus, spec: {query: late_total}}}
        total: {metricSource: {type: Prometheus, spec: {query: crossings_total}}}
  objectives: [{target: 0.99}]
"""
PYRRA = """
apiVersion: pyrra.dev/v1alpha1
kind: ServiceLevelObjective
metadata: {name: crossings, labels: {pyrra.dev/owner: %s}}
spec:
  target: "99"
  window: 4w
  alerting: {severities: {fastBurn: critical, slowBurn: %s}}
  indicator: {ratio: {errors: {metric: late_total}, total: {metric: crossings_total}}}
"""
SETTINGS = """
apiVersion: slogen.dev/v1
kind: Settings
spec:
  %s
"""
OURS = "owner: harbour, severity: warning"


def rules(first: str, second: str, group: str = "", expr: str = "sum(late) > 2") -> str:
    return f"""
groups:
  - name: ferry
    {group}
    rules:
      - {{alert: Late, expr: sum(late) > 1, labels: {{{first}}}}}
      - {{alert: Later, expr: {expr}, labels: {{{second}}}}}
"""


def found(documents: Sequence[str], compat: Compat | None = None) -> list[str]:
    """The findings of these kinds: the code, and the text that somebody must change."""
    sources = [Source(f"d{i}.yaml", text) for i, text in enumerate((ALL_NAMED, *documents))]
    report = pipeline.compile(sources, pipeline.Options(compat=compat)).report
    broken = [f"{d.at} {d.code.id} {d.message}" for d in report if d.code.id < "SLO3" or d.code.id > "SLO9"]
    assert broken == []
    return [f"{d.code.id} {d.at.text}" for d in report if d.code.id in CODES]


@pytest.mark.parametrize(
    ("documents", "expected"),
    [
        ([NATIVE % ("owner: harbour", "")], []),
        # One finding for each cause, at the place that must change.
        ([NATIVE % ("owner: harbor", "")], ["SLO510 harbor"]),
        ([NATIVE % ("owner: harbour", "owner: dock,")], ["SLO510 dock"]),
        ([NATIVE % ("", "")], ["SLO511 crossings"]),
        ([NATIVE % ("", "owner: harbour,")], ["SLO511 punctual"]),
        ([NATIVE % ("labels: {owner: harbor, tier: '1'}", "")], ["SLO510 harbor"]),
        ([NATIVE % ("labels: {owner: harbor}", "labels: {tier: '1'},")], ["SLO510 harbor"]),
        ([NATIVE % ("owner: harbour", "alerting: {labels: {owner: x1}},")], ["SLO510 x1"]),
        ([NATIVE % ("owner: harbour", "alerting: {page: {labels: {owner: x1}}},")], ["SLO510 x1"]),
        ([NATIVE % ("owner: harbour", "alerting: {page: {severity: p1}},")], ["SLO512 p1"]),
        ([NATIVE % ("owner: harbour", "alerting: {page: {severity: [critical, p1]}},")], ["SLO512 p1"]),
        ([NATIVE % ("owner: harbour", "alerting: {absent: {labels: {severity: x}}},")], ["SLO512 x"]),
        ([NATIVE % ("owner: harbour", "labels: {severity: x},")], ["SLO512 x"]),
        # A label by which budgets are kept apart has many values.
        ([NATIVE % ("owner: harbour", "group_by: [owner],")], ["SLO532 crossings"]),
        ([SETTINGS % "owner: nobody", NATIVE % ("", "")], ["SLO510 nobody"]),
        ([SETTINGS % "labels: {owner: nobody}", NATIVE % ("", "")], ["SLO510 nobody"]),
        ([SETTINGS % "severities: {page: p1}", NATIVE % ("owner: harbour", "")], ["SLO512 p1"]),
        ([SETTINGS % "owner: harbour", NATIVE % ("", "")], []),
        # The same by another name.
        ([SETTINGS % "owner_label: team", ALL_NAMED.replace("owner", "team"), NATIVE % ("owner: x1", "")],
         ["SLO511 Calm", "SLO510 x1"]),
        ([SLOTH % ("owner: dock-op", "", "", "")], ["SLO510 dock-op"]),
        ([SLOTH % ("", "owner: dock-op", "", "")], ["SLO510 dock-op"]),
        ([SLOTH % ("owner: harbour", "", "", "severity: low")], ["SLO512 low"]),
        ([OPENSLO % "dock-op"], ["SLO510 [dock-op]"]),
        ([PYRRA % ("dock-op", "warning")], ["SLO510 dock-op"]),
        ([PYRRA % ("harbour", "low")], ["SLO512 low"]),
        ([rules(OURS, OURS)], []),
        ([rules("severity: warning", "severity: warning")], ["SLO511 Late"]),
        ([rules(OURS, "severity: warning")], ["SLO511 Later"]),
        ([rules("severity: warning", OURS, "labels: {owner: dock-ap}")], ["SLO510 dock-ap"]),
        ([rules("owner: harbour", "owner: harbour")], ["SLO512 Late"]),
        ([rules(OURS, "owner: harbour, severity: warnin")], ["SLO512 warnin"]),
        # Misspelt, each has to be changed; of a name of nobody, one is enough to say so.
        ([rules("owner: harbor, severity: warning", "owner: harbor, severity: warning")],
         ["SLO510 harbor", "SLO510 harbor"]),
        ([rules("owner: x1, severity: info", "owner: x1, severity: info")],
         ["SLO510 x1", "SLO512 info"]),
        ([SETTINGS % "rules: [{paths: ['d3*'], owner: x1}, {paths: ['other/**'], owner: x1}]",
          rules("severity: warning", OURS)], ["SLO510 x1"]),
        # Known when it fires; that a series of which nobody knows has the label is no excuse.
        ([rules(OURS, "severity: warning, owner: '{{ $labels.team }}'", expr="sum by (team) (late) > 2")],
         ["SLO532 '{{ $labels.team }}'"]),
        ([rules(OURS, "severity: warning", expr="sum by (owner) (late) > 2")],
         ["SLO532 Later"]),
        ([rules(OURS, "severity: warning", expr="late > 2")], ["SLO511 Later"]),
    ],
)  # fmt: skip
def test_where_to_edit(documents: Sequence[str], expected: Sequence[str]) -> None:
    assert found([ROUTING, *documents]) == expected


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (("owner: harbour", "", "severity: critical", "severity: warning"), []),
        (("owner: harbour", "", "", "severity: warning"), ["SLO512 crossings"]),
        (("", "", "severity: critical, owner: harbour", "severity: warning"), ["SLO511 crossings"]),
        (("owner: harbour", "severity: warnin", "", ""), ["SLO512 warnin"]),
    ],
)
def test_alerts_as_sloth_has_them(labels: tuple[str, ...], expected: Sequence[str]) -> None:
    assert found([ROUTING, SLOTH % labels], Compat.SLOTH) == expected


@pytest.mark.parametrize(
    ("documents", "expected"),
    [
        # What SLOs have unless something is stated is mended where the severities are.
        ([NATIVE % ("owner: harbour", "")], ["severities"]),
        ([SLOTH % ("owner: harbour", "", "", "severity: low")], ["severities"]),
        # One of many that do state it.
        ([NATIVE % ("owner: harbour", "alerting: {labels: {severity: low}},")],
         ["punctual"]),
        ([SETTINGS % "severities: {absent: late, ticket: low}", NATIVE % ("owner: harbour", "")], ["late"]),
        # Pyrra has severities of its own.
        ([(PYRRA % ("harbour", "warning")).replace("  alerting", "  #")], ["crossings"]),
    ],
)  # fmt: skip
def test_severities_that_nobody_states(documents: Sequence[str], expected: Sequence[str]) -> None:
    routing = ROUTING.replace("ticket: [warning]", "ticket: [low]")
    sources = [Source(f"d{i}.yaml", text) for i, text in enumerate((routing, *documents))]
    report = pipeline.compile(sources).report
    assert [d.at.text for d in report if d.code.id == "SLO512"] == expected


@pytest.mark.parametrize(
    ("settings", "text", "expected"),
    [
        ("window: 30d", NATIVE % ("labels: {team: harbour}", ""), "state `owner_label: team` in Settings"),
        ("window: 30d", NATIVE % ("labels: {team: blue}", ""), "write `owner:` beside `service`"),
        (
            "owner: harbour",
            NATIVE % ("labels: {team: dock-ops}", ""),
            "`team` names it: state `owner_label: team` in Settings",
        ),
    ],
)
def test_owners_in_another_label(settings: str, text: str, expected: str) -> None:
    documents = (ROUTING, SETTINGS % settings, text)
    report = pipeline.compile([Source(f"d{i}.yaml", one) for i, one in enumerate(documents)]).report
    [finding] = [d for d in report if d.code.id in CODES]
    assert expected in finding.help


def test_what_to_write_into_specs_whose_rules_are_those_of_sloth() -> None:
    sources = [Source("r.yaml", ROUTING), Source("s.yaml", SLOTH % ("owner: harbour", "", "", ""))]
    report = pipeline.compile(sources, pipeline.Options(compat=Compat.SLOTH)).report
    [finding] = [d for d in report if d.code.id == "SLO512"]
    assert "`labels: {severity: critical}` below `page_alert`" in finding.help
    assert "`labels: {severity: warning}` below `ticket_alert`" in finding.help


def test_what_the_operator_keeps_is_told_of_once_for_each_slo() -> None:
    texts = (
        ROUTING.replace("name: slogen", "name: slogen, namespace: quay"),
        SETTINGS % "alertmanager: {objects: v1alpha1}",
        NATIVE % ("owner: harbour", ""),
        ALL_NAMED.replace("owner:", "namespace: quay, owner:"),
    )
    report = pipeline.compile([Source(f"d{i}.yaml", text) for i, text in enumerate(texts)]).report
    assert [d.at.text for d in report if d.code.id == "SLO530"] == ["crossings", "punctual"]


def test_what_changes_between_two_builds_fails_at_its_place() -> None:
    spec = NATIVE % ("owner: dock-ops", "")
    assert found([ROUTING, spec]) == []
    removed = ROUTING.replace("    dock-ops: {page: dock-pager, ticket: tickets}\n", "")
    # Of all who name it one, the others by their number.
    assert found([removed, spec]) == ["SLO510 dock-ops"]
    renamed = ROUTING.replace("dock-ops:", "dock-operations:")
    assert found([renamed, spec]) == ["SLO510 dock-ops"]
    unlike = ROUTING.replace("ticket: [warning]", "ticket: [low]")
    assert found([unlike, spec]) == ["SLO512 warning"]


def test_every_error_says_what_to_do() -> None:
    sources = [Source("r.yaml", ROUTING), Source("s.yaml", NATIVE % ('owner: "dock_ops"', ""))]
    report = pipeline.compile(sources).report
    (unknown,) = [d for d in report if d.code.id == "SLO510"]
    assert (unknown.help, [fix.text for fix in unknown.fixes]) == ("did you mean `dock-ops`?", ['"dock-ops"'])


@pytest.mark.parametrize(
    ("change", "documents", "expected"),
    [
        ("", [], []),
        ("    idle: {page: pager, ticket: tickets}\n", [], ["SLO527 idle"]),
        # Somebody may be paged by it.
        ("    late: {page: pager, ticket: tickets}\n",
         [rules(OURS, "severity: warning, owner: '{{ $labels.x }}'", expr="late > 2")],
         []),
        # What is broken elsewhere may be what has the alerts.
        ("    idle: {page: pager, ticket: tickets}\n", [NATIVE % ("owner: idel", "")], ["SLO510 idel"]),
    ],
)  # fmt: skip
def test_owners_without_alerts(change: str, documents: Sequence[str], expected: Sequence[str]) -> None:
    routing = ROUTING.replace("  receivers:\n", f"{change}  receivers:\n")
    without_late = [one for one in found([routing, *documents]) if not one.startswith("SLO532")]
    assert without_late == expected


def test_one_finding_tells_how_often_the_same_is_written() -> None:
    texts = [ROUTING, NATIVE % ("owner: zz", ""), *(rules("owner: zz, severity: qq", OURS) for _ in "ab")]
    sources = [Source(f"{i}.yaml", text) for i, text in enumerate(texts)]
    messages = [d.message for d in pipeline.compile(sources).report if d.code.id in {"SLO510", "SLO512"}]
    assert [message.partition(" (")[2] for message in messages] == [
        "named at 2 other places, too)",
        "written at 1 other place, too)",
    ]


def test_a_project_of_nothing_but_owners() -> None:
    assert [d.code.id for d in pipeline.compile([Source("r.yaml", ROUTING)]).report] == []


def test_a_base_takes_care_of_its_own_teams() -> None:
    base = """
route:
  receiver: tickets-of-old
  routes:
    - {matchers: ['owner="dba"'], receiver: dba}
receivers:
  - {name: tickets-of-old, webhook_configs: [{url: 'http://old.example.com'}]}
  - {name: dba, webhook_configs: [{url: 'http://dba.example.com'}]}
"""
    routing = ROUTING.replace("  fallback: harbour\n", "  base: alertmanager.yml\n")
    own = rules("owner: dba", "owner: dbx, severity: warning")
    # What belongs to a team of the document must also say how urgent it is.
    odd = "{alert: Odd, expr: sum(odd) > 1, labels: {owner: harbour, severity: odd}}"
    own += f"---\ngroups: [{{name: odd, rules: [{odd}]}}]\n"
    sources = [
        Source("alertmanager.yml", base),
        *(Source(f"d{i}.yaml", text) for i, text in enumerate((ALL_NAMED, routing, own))),
    ]
    report = pipeline.compile(sources).report
    assert [(d.code.id, d.at.text) for d in report] == [("SLO510", "dbx"), ("SLO512", "odd")]
