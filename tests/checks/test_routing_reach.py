"""Where alerts end in configurations written by hand (SLO526, SLO527), and whom tickets wake (SLO529)."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from slogen import pipeline
from slogen.ir import Compat
from slogen.source import Source

CODES = frozenset(("SLO526", "SLO527", "SLO529"))


def slo(service: str, rest: str = "", alerting: str = "") -> str:
    return f"""
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: {service}
  {rest}
  slos:
    - name: crossings
      objective: 99
      alerting: {{{alerting}}}
      sli: {{events: {{bad: {service}_late_total, total: {service}_total}}}}
"""


def alertmanager(*routes: str, root: str = "everyone", **receivers: str) -> str:
    kinds = {"everyone": "webhook", "pager": "pagerduty", "chat": "webhook", **receivers}
    fields = {"webhook": "url: 'http://x.example.com'", "pagerduty": "routing_key_file: /run/key"}
    fields["nothing"] = ""
    listed = "".join(
        f"  - name: {name}\n" + (f"    {kind}_configs: [{{{fields[kind]}}}]\n" if fields[kind] else "")
        for name, kind in kinds.items()
        if root == name or any(f"receiver: {name}" in route for route in routes)
    )
    below = "".join(f"    - {{{route}}}\n" for route in routes)
    return f"route:\n  receiver: {root}\n  routes:\n{below}receivers:\n{listed}"


def found(*documents: str, compat: Compat | None = None) -> list[str]:
    sources = [Source(f"d{i}.yaml", text) for i, text in enumerate(documents)]
    report = pipeline.compile(sources, pipeline.Options(compat=compat)).report
    broken = [f"{d.at} {d.code.id} {d.message}" for d in report if d.code.id < "SLO3" or d.code.id > "SLO9"]
    assert broken == []
    return [f"{d.code.id} {d.at.text}" for d in report if d.code.id in CODES]


def asking(*matchers: str, receiver: str = "chat") -> str:
    return f"matchers: [{', '.join(repr(matcher) for matcher in matchers)}], receiver: {receiver}"


LABELLED = "groups: [{name: a, rules: [{alert: Fog, expr: sum(fog) > 1, labels: {team: docks}}]}]"
TEAMS = (asking('team="docks"'), asking('team="tugs"'))
SEVERITIES = (asking('severity="critical"', receiver="pager"),)


@pytest.mark.parametrize(
    ("documents", "expected"),
    [
        # What the default is for.
        ([slo("ferry"), alertmanager(*SEVERITIES)], []),
        ([slo("ferry"), alertmanager(asking('alertname="Watchdog"'))], []),
        ([slo("ferry"), alertmanager(asking('service="tug"'))], []),
        ([slo("ferry"), alertmanager(asking('service="tug"'), asking('service="pier"'))], []),
        ([slo("ferry"), alertmanager(asking('team="docks"'))], []),
        # Routes that tell teams apart, and do not know this one, or cannot.
        ([slo("ferry", "labels: {team: dock}"), alertmanager(*TEAMS)], ["SLO526 dock"]),
        ([slo("ferry", "labels: {team: docks}"), alertmanager(*TEAMS)], []),
        ([slo("ferry"), alertmanager(*TEAMS)], ["SLO526 crossings"]),
        ([slo("ferry", "owner: harbour"), alertmanager(*TEAMS)], ["SLO526 crossings"]),
        # One cause, however many documents there are.
        ([slo("ferry"), slo("tug"), alertmanager(*TEAMS)], ["SLO526 crossings"]),
        ([slo("ferry"), slo("tug"), slo("pier", "labels: {team: docks}"), alertmanager(*TEAMS)],
         ["SLO526 crossings", "SLO526 crossings"]),
        # Hand-written rules have labels of their own.
        ([slo("ferry"), slo("tug"), LABELLED, alertmanager(*TEAMS)], ["SLO526 crossings"]),
        # The default is that of the team, by its name.
        ([slo("ferry", "owner: harbour"), alertmanager(*TEAMS, root="harbour_chat", harbour_chat="webhook")],
         []),
        ([slo("ferry", "labels: {team: docks}"), alertmanager(*SEVERITIES, *TEAMS)], []),
        # Taken by the route of its team, only not by this one.
        ([slo("ferry", "labels: {team: docks}"),
          alertmanager(asking('team="docks"', 'severity="critical"'), asking('team="tugs"'))], []),
        # Anything may have the labels of the installation.
        ([slo("ferry"), alertmanager(asking('cluster="eu"'), *TEAMS)], []),
        # Some services of the project have routes, this one has not.
        ([slo("ferry"), slo("tug"), alertmanager(asking('service="tug"'), asking('service="pier"'))],
         ["SLO526 ferry"]),
        ([slo("ferry"), alertmanager(asking('service=~"fery|tug"'))], ["SLO526 ferry"]),
        # Pages are those of another severity.
        ([slo("ferry", "", "page: {severity: urgent}"), alertmanager(*SEVERITIES)], ["SLO526 urgent"]),
        ([slo("ferry", "", "page: {severity: urgent}"), alertmanager(asking('severity="info"'))], []),
        ([slo("ferry", "", "page: {severity: p1}"), alertmanager(*SEVERITIES, root="pd", pd="pagerduty")],
         ["SLO529 pd"]),
        # The default tells nobody, while others are told.
        ([slo("ferry"), alertmanager(*SEVERITIES, root="nobody", nobody="nothing")], ["SLO526 nobody"]),
        ([slo("ferry"),
          alertmanager(asking('a="b"', receiver="none"), root="nobody", nobody="nothing", none="nothing")],
         []),
        # Tickets on the phone.
        ([slo("ferry"), alertmanager(asking('alertname="Watchdog"'), root="pager")], ["SLO529 pager"]),
        ([slo("ferry"), alertmanager(asking('severity=~"w.*|crit.*"', receiver="pager"))], ["SLO529 pager"]),
        ([slo("ferry"), alertmanager(asking('severity="warning"', receiver="pager"))], ["SLO529 pager"]),
        # Another phone: that is what such services call urgency.
        ([slo("ferry"),
          alertmanager(*SEVERITIES, asking('severity="warning"', receiver="pd"), pd="pagerduty")],
         []),
        # Both have one severity: that is SLO460.
        ([slo("ferry", "", "labels: {severity: critical}"), alertmanager(*SEVERITIES)], []),
    ],
)  # fmt: skip
def test_where_alerts_end(documents: Sequence[str], expected: Sequence[str]) -> None:
    assert found(*documents) == expected


def test_a_pager_that_is_told_how_urgent_it_is_wakes_nobody_for_a_ticket() -> None:
    tree = alertmanager(asking('alertname="Watchdog"'), root="pager")
    told = tree.replace("routing_key_file: /run/key", "routing_key_file: /run/key, severity: '%s'")
    assert found(slo("ferry"), told % "{{ .CommonLabels.severity }}") == []
    assert found(slo("ferry"), told % "critical") == ["SLO529 pager"]


SLOTH = """
version: prometheus/v1
service: ferry
%s
slos:
  - name: crossings
    objective: 99
    sli:
      events:
        error_query: sum(rate(late_total[{{.window}}]))
        total_query: sum(rate(crossings_total[{{.window}}]))
    alerting:
      name: FerryLate
      page_alert: {labels: {severity: critical}}
      ticket_alert: {labels: {severity: warning}}
"""
OF_FERRY = "groups: [{name: a, rules: [{alert: Fog, expr: sum(fog) > 1, labels: {service: ferry}}]}]"


@pytest.mark.parametrize(
    ("spec", "routes", "expected"),
    [
        # The alerts of Sloth have the service by another name.
        (SLOTH % "", (asking('service="ferry"'),), ["""SLO527 'service="ferry"'"""]),
        (SLOTH % "", (asking('service=~"ferry|tug"'),), ["""SLO527 'service=~"ferry|tug"'"""]),
        (SLOTH % "labels: {service: ferry}", (asking('service="ferry"'),), []),
        # Others have it by this name, and are meant.
        (f"{SLOTH % ''}---\n{OF_FERRY}", (asking('service="ferry"'),), []),
        (SLOTH % "", (asking('sloth_service="ferry"'),), []),
        (
            SLOTH % "",
            (asking('service="ferry"', 'severity="critical"'),),
            ["""SLO527 ['service="ferry"', 'severity="critical"']"""],
        ),
        # What it asks for is no name of what the alert is about.
        (SLOTH % "", (asking('stage="ferry"'),), []),
        (SLOTH % "", (asking('service="tug"'),), []),
    ],
)
def test_labels_by_another_name(spec: str, routes: Sequence[str], expected: Sequence[str]) -> None:
    assert found(*spec.split("---\n"), alertmanager(*routes), compat=Compat.SLOTH) == expected


OBJECT = """
apiVersion: monitoring.coreos.com/v1alpha1
kind: AlertmanagerConfig
metadata: {name: ferry, namespace: harbour}
spec:
  route:
    receiver: pager
    routes:
      - receiver: chat
        matchers: [{name: severity, matchType: "=", value: warning}]
  receivers:
    - {name: pager, pagerdutyConfigs: [{routingKey: {name: pager, key: key}}]}
    - {name: chat, webhookConfigs: [{url: 'http://x.example.com'}]}
"""


def test_through_objects_of_the_operator() -> None:
    namespaced = slo("ferry", "labels: {namespace: harbour}")
    assert found(namespaced, OBJECT) == []
    # Whether the operator lets it through is another matter, even where something else has that name.
    assert found(slo("harbour"), OBJECT) == []
    # What none of its routes takes goes to the receiver of the object.
    by_service = OBJECT.replace("name: severity", "name: app").replace("value: warning", "value: ferry")
    assert sorted(one.split()[0] for one in found(namespaced, by_service)) == ["SLO527", "SLO529"]
    swapped = OBJECT.replace("value: warning", "value: info")
    assert found(namespaced, swapped) == ["SLO529 pager"]


ROUTING = """
apiVersion: slogen.dev/v1
kind: Routing
metadata: {name: slogen}
spec:
  fallback: harbour
  time_intervals: {office: [{weekdays: ['monday:friday']}]}
  owners:
    harbour: {%s}
  receivers:
    pager: {pagerduty: {routing_key: {file: /run/pager}}}
"""
ONE_TICKET = """
groups:
  - name: harbour
    rules:
      - {alert: Fog, expr: sum(fog) > 1, labels: {owner: harbour, severity: SEVERITY}}
"""


@pytest.mark.parametrize(
    ("ways", "severity", "expected"),
    [
        ("page: pager, ticket: pager", "warning", ["SLO529 pager"]),
        ("page: pager", "warning", ["SLO529 pager"]),
        ("page: pager, ticket: {receiver: pager, active: [office]}", "warning", []),
        # Nobody is woken by tickets that there are none of.
        ("page: pager, ticket: pager", "critical", []),
    ],
)
def test_owners_whose_tickets_page(ways: str, severity: str, expected: Sequence[str]) -> None:
    assert found(ROUTING % ways, ONE_TICKET.replace("SEVERITY", severity)) == expected


def test_a_team_by_another_name_is_a_matter_of_settings() -> None:
    sources = [slo("ferry", "owner: docks"), alertmanager(*TEAMS)]
    report = pipeline.compile([Source(f"d{i}.yaml", text) for i, text in enumerate(sources)]).report
    (finding,) = [d for d in report if d.code.id in CODES]
    assert (finding.code.id, finding.at.text) == ("SLO527", """'team="docks"'""")
    assert finding.help == "ask for `owner`, or write `owner_label: team` in the `spec` of Settings"
    settings = "apiVersion: slogen.dev/v1\nkind: Settings\nspec: {owner_label: team}\n"
    assert found(settings, *sources) == []
