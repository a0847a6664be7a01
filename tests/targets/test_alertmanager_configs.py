"""The AlertmanagerConfig objects that are written for Routing documents."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

import amtool
from slogen import pipeline, seal
from slogen.alertmanager.configuration import Configuration, Integration, Receiver
from slogen.alertmanager.routes import deliveries
from slogen.alertmanagerspec.objectfields import KINDS, VERSIONS
from slogen.alertmanagerspec.objects import read_object
from slogen.alertmanagerspec.objectwriting import beyond_objects
from slogen.alertmanagerspec.text import document as alertmanager_text
from slogen.diagnostics import Report
from slogen.ir import Alertmanager, MatcherStrategy
from slogen.routing.messages import inlined
from slogen.routing.operator import merged
from slogen.source import Source, documents

ROOT = Path(__file__).parent.parent.parent
CRDS = ROOT.parent / "shared" / "crds"

ROUTING = """
apiVersion: slogen.dev/v1
kind: Routing
metadata: {name: teams, namespace: monitoring, labels: {alertmanager: main}}
spec:
  fallback: sre
  global:
    smtp_smarthost: smtp.example.com:587
    smtp_from: slogen@example.com
    slack_api_url: {secret: slack, key: url}
    http_config: {proxy_url: 'http://proxy:3128'}
  defaults: {group_by: [alertname, service], repeat_interval: 3h}
  time_intervals:
    office:
      - {weekdays: ['monday:friday'], times: [{start_time: '09:00', end_time: '18:00'}], months: ['1:11']}
      - {days_of_month: ['-3:-1'], years: ['2026:2027']}
  owners:
    sre: {page: sre-pager, ticket: sre-tickets, hours: office}
    shop:
      page: shop-pager
      ticket: {receiver: shop-tickets, mute: [office], repeat_interval: 1d}
      escalation: {to: sre, after: 30m}
    pay: {page: shop-pager, ticket: shop-pager}
  receivers:
    sre-pager: {pagerduty: {routing_key: {secret: pagerduty, key: sre}, details: {team: sre}}}
    sre-tickets: {slack: {channel: '#sre', title: 'Ours'}}
    shop-pager:
      opsgenie: {api_key: {secret: opsgenie, key: shop}, responders: [{name: shop, type: team}]}
      telegram: {bot_token: {file: /etc/bot}, chat_id: 5}
    shop-tickets:
      email: {to: shop@example.com, headers: {X-Team: shop}}
      webhook: [{url: {secret: hook, key: url}}, {url: 'http://tickets.example.com', http_config: {}}]
  inhibit_rules:
    - {source_matchers: ['alertname="Down"'], target_matchers: ['severity="warning"'], equal: [cluster]}
"""
SETTINGS = """
apiVersion: slogen.dev/v1
kind: Settings
spec:
  alertmanager: {namespace: monitoring, SETTINGS}
"""
RULES = """
groups:
  - name: all
    rules:
      - {alert: A, expr: sum(a) > 1, labels: {owner: sre, severity: critical}}
      - {alert: B, expr: sum(a) > 2, labels: {owner: sre, severity: warning}}
      - {alert: C, expr: sum(a) > 3, labels: {owner: shop, severity: critical}}
      - {alert: D, expr: sum(a) > 4, labels: {owner: shop, severity: warning}}
      - {alert: E, expr: sum(a) > 5, labels: {owner: pay, severity: critical}}
"""
ALL_SEEN = "version: '0.28', matcher_strategy: None"


def compiled(settings: str, routing: str = ROUTING, rules: str = RULES) -> pipeline.Result:
    texts = {
        "routing.yaml": routing,
        "rules.yaml": rules,
        "settings.yaml": SETTINGS.replace("SETTINGS", settings),
    }
    return pipeline.compile([Source(path, text) for path, text in texts.items()])


def objects(result: pipeline.Result) -> dict[str, str]:
    assert [f"{d.at} {d.message}" for d in result.report if d.severity == "error"] == []
    return {file.path: file.text for file in result.files if "alertmanagerconfig" in file.path}


def loaded(text: str) -> Any:
    return yaml.load(text, Loader=yaml.CSafeLoader)


def read_back(text: str, version: str) -> Configuration:
    report = Report()
    (node,) = documents(Source("object.yaml", text)).nodes
    found = read_object(node, version, report)
    assert [f"{d.at} {d.message}" for d in report] == []
    assert found is not None
    return found


@pytest.mark.parametrize("version", VERSIONS)
def test_an_object_fits_the_schema(version: str) -> None:
    ((path, text),) = objects(compiled(f"{ALL_SEEN}, objects: {version}")).items()
    assert path == "alertmanager/teams.alertmanagerconfig.yaml"
    assert seal.is_intact(text)
    written = loaded(text)
    assert written["metadata"] == {
        "name": "teams",
        "namespace": "monitoring",
        "labels": {"alertmanager": "main"},
    }
    if not CRDS.is_dir():
        pytest.skip("../shared/crds is not there")
    schema = json.loads((CRDS / f"AlertmanagerConfig_{version}.json").read_text(encoding="utf-8"))
    jsonschema.validate(written, schema)


@pytest.mark.parametrize("version", VERSIONS)
def test_alerts_go_the_way_that_the_file_sends_them(version: str) -> None:
    result = compiled(f"{ALL_SEEN}, objects: {version}")
    ((_, text),) = objects(result).items()
    made = read_back(text, version)
    file = result.program.notifying.configuration
    assert file is not None
    whole = merged(None, [made], Alertmanager(strategy=MatcherStrategy.NONE))
    for alert in result.program.notifying.alerts:
        in_file, in_object = (deliveries(one.route, alert.firing.known) for one in (file, whole))
        assert [_said(one, "") for one in in_file] == [_said(one, "monitoring/teams/") for one in in_object][
            : len(in_file)
        ]
    assert [(rule.source, rule.target, rule.equal) for rule in made.inhibitions] == [
        (rule.source, rule.target, rule.equal) for rule in file.inhibitions
    ]
    assert made.times == file.times


def _said(delivery: Any, prefix: str) -> tuple[object, ...]:
    named = tuple(name.removeprefix(prefix) for name in (delivery.receiver, *delivery.mute, *delivery.active))
    waits = (delivery.group_wait, delivery.group_interval, delivery.repeat_interval)
    return (*named, delivery.group_by, *waits)


def test_receivers_have_all_that_they_need() -> None:
    ((_, text),) = objects(compiled(f"{ALL_SEEN}, objects: v1beta1")).items()
    receivers = {one["name"]: one for one in loaded(text)["spec"]["receivers"]}
    (slack,) = receivers["sre-tickets"]["slackConfigs"]
    assert slack["apiURL"] == {"name": "slack", "key": "url"}
    assert slack["httpConfig"] == {"proxyURL": "http://proxy:3128"}
    assert slack["title"] == "Ours"
    assert "{{ define" in slack["text"]
    (email,) = receivers["shop-tickets"]["emailConfigs"]
    assert (email["smarthost"], email["from"]) == ("smtp.example.com:587", "slogen@example.com")
    assert {"key": "X-Team", "value": "shop"} in email["headers"]
    first, second = receivers["shop-tickets"]["webhookConfigs"]
    assert first["urlSecret"] == {"name": "hook", "key": "url"}
    assert second == {"url": "http://tickets.example.com", "httpConfig": {}}
    (telegram,) = receivers["shop-pager"]["telegramConfigs"]
    assert (telegram["botTokenFile"], telegram["chatID"]) == ("/etc/bot", 5)
    assert "/etc/alertmanager/secrets" not in text


LABELLED = RULES.replace("severity:", "namespace: monitoring, severity:")


@pytest.mark.parametrize(
    ("settings", "rules", "written"),
    [
        ("matcher_strategy: None", RULES, True),
        ("matcher_strategy: None, objects: none", RULES, False),
        ("matcher_strategy: OnNamespaceExceptForAlertmanagerNamespace", RULES, True),
        # No alert would come to it.
        ("matcher_strategy: OnNamespace", RULES, False),
        ("matcher_strategy: OnNamespace", LABELLED, True),
        ("objects: v1beta1", LABELLED, True),
    ],
)
def test_objects_are_written_where_alerts_come_to_them(settings: str, rules: str, written: bool) -> None:
    assert bool(objects(compiled(f"version: '0.28', {settings}", rules=rules))) == written


@pytest.mark.parametrize(
    ("old", "new", "at"),
    [
        ("{routing_key: {secret: pagerduty, key: sre}", "{routing_key: {file: /etc/key}", "routing_key"),
        ("years: ['2026:2027']}", "years: ['2026'], location: Europe/Berlin}", "office"),
        (
            "{slack: {channel",
            "{jira: {project: X, issue_type: Bug, api_url: 'http://j'}, slack: {channel",
            "project",
        ),
        ("channel: '#sre',", "channel: '',", "channel"),
        (", namespace: monitoring, labels", ", labels", "teams"),
        (
            "http_config: {}",
            "http_config: {basic_auth: {username: me, password: {secret: a, key: b}}}",
            "username",
        ),
    ],
)
def test_what_no_object_holds_is_an_error_only_where_objects_are_demanded(
    old: str, new: str, at: str
) -> None:
    assert old in ROUTING
    routing = ROUTING.replace(old, new)
    report = compiled(f"{ALL_SEEN}, objects: v1alpha1", routing).report
    assert [(d.code.id, d.at.text) for d in report if d.severity == "error"] == [("SLO519", at)]
    assert objects(compiled(ALL_SEEN, routing)) == {}


def test_many_teams_are_in_several_objects() -> None:
    many = [f"t{i}" for i in range(60)]
    owners = "".join(f"    {name}: {{page: {name}, ticket: {name}-tickets}}\n" for name in many)
    receivers = "".join(
        f"    {name}: {{pagerduty: {{routing_key: {{secret: p, key: {name}}}}}}}\n"
        f"    {name}-tickets: {{slack: {{channel: '#{name}', api_url: {{secret: s, key: u}}}}}}\n"
        for name in many
    )
    routing = (
        "apiVersion: slogen.dev/v1\nkind: Routing\nmetadata: {name: teams, namespace: monitoring}\n"
        f"spec:\n  fallback: t0\n  owners:\n{owners}  receivers:\n{receivers}"
        "  inhibit_rules: [{source_matchers: ['alertname=\"Ice\"'], target_matchers: ['owner=\"t59\"']}]\n"
    )
    rules = "groups:\n  - name: all\n    rules:\n" + "".join(
        f"      - {{alert: A{name}, expr: sum(a) > 1, labels: {{owner: {name}, severity: critical}}}}\n"
        for name in many
    )
    found = objects(compiled("matcher_strategy: None", routing, rules))
    assert len(found) > 1
    assert [*found][1] == "alertmanager/teams-2.alertmanagerconfig.yaml"
    assert all(len(json.dumps(loaded(text))) < 262_144 for text in found.values())
    parts = [read_back(text, "v1alpha1") for text in found.values()]
    # The operator gathers the inhibition of all objects: once is enough.
    assert [len(part.inhibitions) for part in parts] == [1] + [0] * (len(parts) - 1)
    # What teams share is in their object once.
    shared = routing.replace("{page: t", "{ticket: t0-tickets, page: t0} # {page: t")
    assert len(objects(compiled("matcher_strategy: None", shared, rules))) == 1
    whole = merged(None, parts, Alertmanager(strategy=MatcherStrategy.NONE))
    for name in many:
        ends = deliveries(whole.route, {"owner": name, "severity": "critical"})
        assert [one.receiver.rpartition("/")[2] for one in ends] == [name]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("version", VERSIONS)
def test_objects_hold_the_texts_of_all_messages(kind: str, version: str) -> None:
    texts: Mapping[str, Any] = inlined(kind)
    receiver = Receiver("r", (Integration(kind, texts),))
    assert beyond_objects([receiver], (), version) == ()


# our own project --------------------------------------------------------------------------------------


def test_our_own_object_sends_all_alerts_of_out_where_the_file_does(tmp_path: Path) -> None:
    (path,) = (ROOT / "out" / "alertmanager").glob("*.alertmanagerconfig.yaml")
    text = path.read_text(encoding="utf-8")
    assert len(json.dumps(loaded(text))) < 262_144
    whole = merged(None, [read_back(text, "v1alpha1")], Alertmanager(strategy=MatcherStrategy.NONE))
    table = loaded((ROOT / "out" / "tests" / "routes.yaml").read_text(encoding="utf-8"))
    cases = [(one["labels"], one["receivers"]) for alerts in table.values() for one in alerts]
    assert len(cases) > 100
    for labels, receivers in cases:
        assert [one.receiver.rpartition("/")[2] for one in deliveries(whole.route, labels)] == receivers
    file = tmp_path / "alertmanager.yaml"
    file.write_text(alertmanager_text(whole), encoding="utf-8")
    some = cases[::6]
    sent = amtool.receivers_of_all([(file, labels) for labels, _ in some])
    assert [[name.rpartition("/")[2] for name in names] for names in sent] == [names for _, names in some]
