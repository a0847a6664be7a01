"""Trees of routes in which something is wrong, each in one place; and many in which nothing is."""

from __future__ import annotations

import pytest
from sane_configurations import SANE

from slogen import pipeline
from slogen.pipeline import Options
from slogen.source import Source

UNPROVEN = Options(prove=False)
OURS = ("SLO522", "SLO524", "SLO525", "SLO528", "SLO531")

PROJECT = """\
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: ferry
  owner: web
  labels: {team: web, squad: alpha, job: ferry}
  slos:
    - name: crossings
      objective: 99.5
      alerting: {page: {labels: {priority: P1}}, ticket: {labels: {priority: P3}}}
      sli: {events: {bad: 'crossings_failed_total', total: 'crossings_total'}}
    - name: tickets
      objective: 99
      group_by: [quay]
      alerting: {page: {labels: {priority: P1}}, ticket: {labels: {priority: P3}}}
      sli: {events: {bad: 'tickets_failed_total', total: 'tickets_total'}}
---
groups:
  - name: ferry
    rules:
      - alert: FerryDown
        expr: max by (cluster) (up{job="ferry"}) == 0 or absent(up{job="ferry"})
        for: 5m
        labels: {severity: critical, service: ferry, team: web, squad: alpha, owner: web}
        annotations: {summary: No ferry runs, runbook_url: 'https://books.example.com/ferry'}
      - alert: FerryFull
        expr: max by (cluster, quay) (ferry_seats_free) < 5
        for: 15m
        labels: {severity: warning, service: ferry, team: web, squad: alpha, owner: web}
        annotations: {summary: A ferry is full, runbook_url: 'https://books.example.com/full'}
"""


def said(*texts: str) -> list[str]:
    """What is reported of documents, shortly."""
    sources = [Source(f"document{i}.yaml", text) for i, text in enumerate(texts)]
    report = pipeline.compile(sources, UNPROVEN).report
    return [f"{one.code.id} {one.at.line}: {one.message}" for one in report]


@pytest.mark.parametrize("text", SANE.values(), ids=list(SANE))
def test_nothing_is_said_of_what_works(text: str) -> None:
    assert said(text) == []


@pytest.mark.parametrize("text", SANE.values(), ids=list(SANE))
def test_nor_beside_a_project(text: str) -> None:
    assert said(PROJECT) == []
    assert said(PROJECT, text) == []


ROUTE = "route:\n  receiver: everyone\n"
WEBHOOKS = ("everyone", "pager", "web", "shop")
ALERTS = """\
---
groups:
  - name: alerts
    rules:
      - alert: ShopDown
        expr: max by (cluster) (shop_open) == 0
        for: 5m
        labels: {severity: critical, service: shop, team: shop}
        annotations: {summary: The shop is closed}
      - alert: WebDown
        expr: max by (cluster) (web_open) == 0
        for: 5m
        labels: {severity: critical, service: web, team: web}
        annotations: {summary: The site is gone}
      - alert: Slow
        expr: max by (instance) (shop_delay_seconds) > 5
        for: 5m
        labels: {severity: warning, service: shop, team: shop}
        annotations: {summary: The shop is slow}
      - alert: Slow
        expr: max by (instance) (web_delay_seconds) > 5
        for: 5m
        labels: {severity: warning, service: web, team: web}
        annotations: {summary: The site is slow}
"""


def configuration(text: str, *, quiet: bool = False) -> str:
    """A configuration with receivers that are webhooks, or with `quiet` ones that are mailboxes."""
    shown = "  - {{name: {0}, webhook_configs: [{{url: 'http://bridge.example.com/{0}'}}]}}\n"
    if quiet:
        shown = (
            "  - {{name: {0}, email_configs: [{{to: '{0}@example.com', from: a@example.com,"
            " smarthost: 'mail.example.com:25'}}]}}\n"
        )
    names = [name for name in WEBHOOKS if f": {name}" in text]
    return f"{text}receivers:\n{''.join(shown.format(name) for name in names)}"


def routes(*lines: str) -> str:
    """A tree with the routes below the root, one a line."""
    return f"{ROUTE}  routes:\n" + "".join(f"    - {line}\n" for line in lines)


CRITICAL = "{matchers: ['severity=\"critical\"'], receiver: pager"
OFFICE = """\
time_intervals:
  - name: office
    time_intervals: [{weekdays: ['monday:friday'], times: [{start_time: '09:00', end_time: '18:00'}]}]
  - name: evenings
    time_intervals: [{times: [{start_time: '18:00', end_time: '24:00'}]}]
"""


def inhibition(source: str, target: str, equal: str = "") -> str:
    """A tree with one rule of inhibition."""
    more = f", equal: [{equal}]" if equal else ""
    rule = f"{{source_matchers: ['{source}'], target_matchers: ['{target}']{more}}}"
    return f"{ROUTE}inhibit_rules:\n  - {rule}\n"


# What the documents are, and the code and the text of each finding.
MISTAKES: dict[str, tuple[str, list[str]]] = {
    "all are taken before": (
        configuration(
            routes("{receiver: pager}", "{matchers: ['team=\"web\"'], receiver: web}", CRITICAL + "}")
        ),
        ["SLO522 'team=\"web\"'"],
    ),
    "the same again": (
        configuration(routes(CRITICAL + "}", CRITICAL + ", group_by: [team]}")),
        ["SLO522 'severity=\"critical\"'"],
    ),
    "several take all of it together": (
        configuration(
            routes(
                CRITICAL + "}",
                "{matchers: ['severity=\"warning\"'], receiver: web}",
                "{matchers: ['severity=~\"warning|critical\"', 'team=\"shop\"'], receiver: shop}",
            )
        ),
        ["SLO522 ['severity=~\"warning|critical\"', 'team=\"shop\"']"],
    ),
    "a route beside the parent takes it": (
        configuration(
            routes(
                CRITICAL + "}",
                "{matchers: ['team=\"shop\"'], receiver: shop, routes: ["
                + CRITICAL.replace("pager", "web")
                + "}]}",
            )
        ),
        ["SLO522 'severity=\"critical\"'"],
    ),
    "two values at once": (
        configuration(routes("{matchers: ['team=\"web\"', 'team=\"shop\"'], receiver: web}")),
        ["SLO522 ['team=\"web\"', 'team=\"shop\"']"],
    ),
    "another value than above": (
        configuration(
            routes(
                "{matchers: ['team=~\"web|shop\"'], routes: [{matchers: ['team=\"wbe\"'], receiver: web}]}"
            )
        ),
        ["SLO522 'team=\"wbe\"'"],
    ),
    "the urgent alerts of a team end in another mailbox": (
        configuration(routes(CRITICAL + "}", "{matchers: ['service=\"shop\"'], receiver: shop}"), quiet=True)
        + ALERTS,
        ["SLO522 'service=\"shop\"'"],
    ),
    "they wake somebody, and that is meant": (
        configuration(routes(CRITICAL + "}", "{matchers: ['service=\"shop\"'], receiver: shop}")) + ALERTS,
        [],
    ),
    "notifications every few seconds": (
        configuration(f"{ROUTE}  group_interval: 10s\n  repeat_interval: 1h\n"),
        ["SLO524 10s"],
    ),
    "repeated less often than it looks": (
        configuration(routes(CRITICAL + ", group_interval: 1h, repeat_interval: 5m}")),
        ["SLO524 5m"],
    ),
    "an interval that its parent does not fit": (
        configuration(f"{ROUTE}  group_interval: 3h\n  repeat_interval: 4h\n"),
        ["SLO524 4h"],
    ),
    "no memory for that long": (
        configuration(f"{ROUTE}  repeat_interval: 30d\n"),
        ["SLO524 30d"],
    ),
    "groups by a label that is misspelt": (
        configuration(f"{ROUTE}  group_by: [alert_name, cluster]\n"),
        ["SLO524 alert_name"],
    ),
    "what nobody names": (
        configuration(f"{ROUTE}templates: [a.tmpl]\n# : pager\n") + OFFICE,
        ["SLO525 pager", "SLO525 office", "SLO525 evenings"],
    ),
    "misspelt is not unused": (
        configuration(routes("{matchers: ['team=\"web\"'], receiver: pagre}") + "# : pager\n"),
        ["SLO201 pagre"],
    ),
    "warnings silence what is critical": (
        configuration(inhibition('severity=~"warning|info"', 'severity="critical"', "alertname")),
        ["SLO528 'severity=\"critical\"'"],
    ),
    "one cluster silences all": (
        configuration(inhibition('alertname="WebDown"', 'severity="critical"')) + ALERTS,
        ["SLO528 'severity=\"critical\"'"],
    ),
    "the same alert of another service": (
        configuration(inhibition('alertname="Slow"', 'severity="critical"', "namespace")) + ALERTS,
        ["SLO528 'severity=\"critical\"'"],
    ),
    "two that may each hide the other hide nothing": (
        configuration(inhibition('severity="critical"', 'severity=~"critical|page"', "namespace")) + ALERTS,
        [],
    ),
    "only within one cluster": (
        configuration(inhibition('alertname="WebDown"', 'severity="critical"', "cluster")) + ALERTS,
        [],
    ),
    "pages in office hours": (
        configuration(routes(CRITICAL + ", active_time_intervals: [office, evenings]}")) + OFFICE + ALERTS,
        ["SLO531 office"],
    ),
    "pages by day": (
        configuration(
            routes(
                CRITICAL + ", active_time_intervals: [office]}",
                "{matchers: ['team=\"web\"'], receiver: web, mute_time_intervals: [evenings]}",
            )
        )
        + OFFICE
        + ALERTS,
        ["SLO531 office"],
    ),
    "somebody else is told then": (
        configuration(
            routes(
                CRITICAL + ", active_time_intervals: [office], continue: true}",
                CRITICAL.replace("pager", "web") + ", mute_time_intervals: [office]}",
                "{matchers: ['team=\"web\"'], receiver: web, mute_time_intervals: [evenings]}",
            )
        )
        + OFFICE
        + ALERTS,
        [],
    ),
}


@pytest.mark.parametrize(("text", "expected"), MISTAKES.values(), ids=list(MISTAKES))
def test_what_is_wrong_is_found_where_it_is(text: str, expected: list[str]) -> None:
    report = pipeline.compile([Source("alertmanager.yaml", text)], UNPROVEN).report
    found = [one for one in report if one.code.id in OURS or one.severity == "error"]
    assert [f"{one.code.id} {one.at.text}" for one in found] == expected


ROUTING = """\
apiVersion: slogen.dev/v1
kind: Routing
metadata: {name: teams}
spec:
  fallback: web
  defaults: {group_by: [alertname, sevice], group_interval: 10s, repeat_interval: 4h}
  severities: {page: [critical], ticket: [warning]}
  time_intervals:
    nights: [{times: [{start_time: '00:00', end_time: '06:00'}]}]
    mondays: [{weekdays: [monday]}]
  owners:
    web:
      page: {receiver: pager, mute: [nights]}
      ticket: {receiver: tickets, repeat_interval: 30d}
  receivers:
    pager: {webhook: {url: 'http://bridge.example.com/pager'}}
    tickets: {webhook: {url: 'http://bridge.example.com/tickets'}}
    spare: {webhook: {url: 'http://bridge.example.com/spare'}}
  inhibit_rules:
    - {source_matchers: ['severity!="critical"'], target_matchers: ['severity="critical"'], equal: [service]}
"""
BASE = """\
route:
  receiver: everyone
  routes:
    - {matchers: ['owner="web"'], receiver: web}
    - {matchers: ['owner="shop"'], receiver: shop}
"""
OBJECT = """\
apiVersion: monitoring.coreos.com/v1alpha1
kind: AlertmanagerConfig
metadata: {name: web, namespace: web}
spec:
  route:
    receiver: everyone
    groupInterval: 10s
    routes:
      - {receiver: everyone, matchers: [{name: team, value: web, matchType: '='}]}
      - receiver: pager
        matchers: [{name: tier, value: core, matchType: '='}, {name: team, value: web, matchType: '='}]
  inhibitRules:
    - sourceMatch: [{name: severity, value: warning, matchType: '='}]
      targetMatch: [{name: severity, value: critical, matchType: '='}]
  receivers:
    - {name: everyone, webhookConfigs: [{url: 'http://bridge.example.com/everyone'}]}
    - {name: pager, webhookConfigs: [{url: 'http://bridge.example.com/pager'}]}
    - {name: spare, webhookConfigs: [{url: 'http://bridge.example.com/spare'}]}
"""


def test_a_routing_document_is_judged_like_a_configuration() -> None:
    assert found_in(PROJECT, ROUTING) == [
        "SLO524 sevice",
        "SLO524 10s",
        "SLO525 mondays",
        "SLO531 nights",
        "SLO524 30d",
        "SLO525 spare",
        "SLO528 'severity=\"critical\"'",
    ]


def test_nobody_is_left_alone_where_another_team_comes_next() -> None:
    more = "      escalation: {to: sre, after: 30m}\n    sre: {page: pager, ticket: tickets}\n  receivers:\n"
    found = found_in(PROJECT, ROUTING.replace("  receivers:\n", more, 1))
    assert [one for one in found if "SLO531" in one] == []


def test_the_owners_of_a_routing_document_come_before_the_routes_of_its_base() -> None:
    text = ROUTING.replace("  fallback: web\n", "  base: base.yaml\n")
    found = found_in(PROJECT, text, base=configuration(BASE))
    assert [one for one in found if "SLO522" in one] == ["SLO522 'owner=\"web\"'"]


HEARTBEAT = """\
route:
  receiver: everyone
  routes:
    - {matchers: ['alertname="Alive"'], receiver: pager}
    - {matchers: ['alertname=~".+"'], receiver: shop}
"""


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ("{owner: web, severity: none}", ["SLO522 'alertname=\"Alive\"'"]),
        # Left to the route that is made for it.
        ("{owner: '', severity: none}", []),
        ("{severity: none}", []),
    ],
)
def test_a_route_for_an_alert_by_its_name_goes_on_to_get_it(labels: str, expected: list[str]) -> None:
    text = ROUTING.replace("  fallback: web\n", "  base: base.yaml\n")
    alive = f"groups: [{{name: alive, rules: [{{alert: Alive, expr: vector(1), labels: {labels}}}]}}]"
    found = found_in(PROJECT, text, alive, base=configuration(HEARTBEAT))
    assert [one for one in found if "SLO522" in one] == expected


def test_objects_are_judged_once_as_they_are_written() -> None:
    critical, web, core = (
        f"{{name: {name}, value: {value}, matchType: '='}}"
        for name, value in (("severity", "critical"), ("team", "web"), ("tier", "core"))
    )
    assert found_in(OBJECT) == [
        "SLO524 10s",
        f"SLO522 [{core}, {web}]",
        f"SLO528 [{critical}]",
        "SLO525 spare",
    ]


def test_in_a_part_of_a_project_labels_may_be_those_of_other_alerts() -> None:
    whole = Options(prove=False)
    part = Options(prove=False, elsewhere=frozenset())
    sources = [Source("project.yaml", PROJECT), Source("routing.yaml", ROUTING)]
    found = [{one.at.text for one in pipeline.compile(sources, options).report} for options in (whole, part)]
    assert ["sevice" in texts for texts in found] == [True, False]


def found_in(*texts: str, base: str = "") -> list[str]:
    """The findings of this page in documents, and the texts that they point at."""
    sources = [Source(f"document{i}.yaml", text) for i, text in enumerate(texts)]
    extra = [Source("base.yaml", base)] if base else []
    report = pipeline.compile([*sources, *extra], UNPROVEN).report
    return [f"{one.code.id} {one.at.text}" for one in report if one.code.id in OURS]


SHADOWED = """\
route:
  receiver: chat
  group_by: [alertname]
  routes:
    - matchers: ['severity="critical"']
      receiver: pager
    - matchers: ['severity="critical"', 'team="web"']
      receiver: chat
receivers:
  - name: chat
    slack_configs: [{api_url_file: /run/slack, channel: '#web'}]
  - name: pager
    pagerduty_configs: [{routing_key_file: /run/pager}]
inhibit_rules:
  - source_matchers: ['severity="critical"']
    target_matchers: ['severity="warning"']
    equal: [team]
"""


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        # What is wrong elsewhere hides nothing of the tree.
        ("channel", "chanel", ["SLO110", "SLO522"]),
        ("group_by", "grup_by", ["SLO110", "SLO522"]),
        # Of a tree with a matcher that cannot be read nothing is known.
        ("['severity=\"critical\"']\n", "[severity: critical]\n", ["SLO520"]),
        ("- matchers: ['severity=\"critical\"']", "- macthers: ['severity=\"critical\"']", ["SLO110"]),
        # Without `equal` it would hide the page of others.
        ("equal: [team]", "eqaul: [team]", ["SLO110", "SLO522"]),
        ("target_matchers: ['severity=\"warning\"']", "target_matchers: ['severity=~\"(\"']",
         ["SLO520", "SLO522"]),
    ],
)  # fmt: skip
def test_errors_of_a_tree_are_the_only_ones(old: str, new: str, expected: list[str]) -> None:
    assert old in SHADOWED
    broken = SHADOWED.replace(old, new, 1)
    assert sorted(one.split()[0] for one in said(broken, PROJECT)) == expected
