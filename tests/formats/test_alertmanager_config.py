"""AlertmanagerConfig objects written by hand: what is wrong with them, and where."""

from __future__ import annotations

import pytest

from slogen import pipeline
from slogen.source import Source

OBJECT = """
apiVersion: monitoring.coreos.com/v1alpha1
kind: AlertmanagerConfig
metadata:
  name: shop
  namespace: shop
spec:
  route:
    receiver: pager
    groupBy: [alertname]
    groupWait: 30s
    matchers:
      - name: team
        value: shop
        matchType: =
    routes:
      - receiver: chat
        muteTimeIntervals: [nights]
        matchers: [{name: severity, value: info|none, matchType: =~}]
        continue: true
  receivers:
    - name: pager
      pagerdutyConfigs:
        - routingKey: {name: pagerduty, key: shop}
          sendResolved: true
    - name: chat
      slackConfigs:
        - apiURL: {name: slack, key: url}
          channel: '#shop'
          httpConfig: {followRedirects: true}
      webhookConfigs: [{url: 'http://example.com'}]
      emailConfigs: [{to: a@example.com, headers: [{key: Subject, value: x}], smarthost: 'mail:25'}]
  muteTimeIntervals:
    - name: nights
      timeIntervals:
        - times: [{startTime: '00:00', endTime: '06:00'}]
          weekdays: ['monday:friday', saturday]
          daysOfMonth: [{start: 1, end: -1}]
          months: ['january:march', '12']
          years: ['2026']
  inhibitRules:
    - sourceMatch: [{name: severity, value: page}]
      targetMatch: [{name: severity, value: info}]
      equal: [service]
"""
NEWER = OBJECT.replace("v1alpha1", "v1beta1").replace(
    "  muteTimeIntervals:\n    -", "  timeIntervals:\n    -"
)
RULES = """
groups:
  - name: shop
    rules:
      - {alert: Down, expr: up{namespace="shop"} == 0, labels: {team: shop, severity: none}}
"""


def findings(text: str, *others: str) -> list[tuple[str, str]]:
    sources = [Source(f"{i}.yaml", one) for i, one in enumerate((text, RULES, *others))]
    own = (d for d in pipeline.compile(sources).report if d.at.source.path == "0.yaml")
    return [(d.code.id, d.at.text.strip().partition("\n")[0]) for d in own]


@pytest.mark.parametrize("text", [OBJECT, NEWER], ids=["v1alpha1", "v1beta1"])
def test_a_sane_object_has_no_findings(text: str) -> None:
    assert findings(text) == []


def test_true_is_what_kubectl_takes_for_true() -> None:
    spelt = OBJECT.replace("sendResolved: true", "sendResolved: on").replace(
        "continue: true", "continue: yes"
    )
    assert (spelt.count(": on\n"), spelt.count(": yes\n")) == (1, 1)
    assert findings(spelt) == []


WRONG = [
    # Keys and types, which Kubernetes refuses.
    ("groupWait:", "group_wait:", "SLO110", "group_wait"),
    ("channel:", "chanel:", "SLO110", "chanel"),
    ("slackConfigs:", "jiraConfigs: []\n      slackConfigs:", "SLO110", "jiraConfigs"),
    ("inhibitRules:", "timeIntervals: []\n  inhibitRules:", "SLO110", "timeIntervals"),
    ("          years:", "          location: UTC\n          years:", "SLO110", "location"),
    ("sourceMatch:", "source_matchers:", "SLO110", "source_matchers"),
    ("groupWait: 30s", "groupWait: 30", "SLO112", "30"),
    ("groupWait: 30s", "groupWait: 1.5m", "SLO113", "1.5m"),
    ("{name: slack, key: url}", "https://hooks.slack.com/x", "SLO112", "https://hooks.slack.com/x"),
    ("{name: slack, key: url}", "{name: slack}", "SLO111", "name"),
    (
        "- routingKey: {name: pagerduty, key: shop}\n          sendResolved",
        "- sendResolved",
        "SLO111",
        "sendResolved",
    ),
    ("sendResolved: true", "sendResolved: 'true'", "SLO112", "'true'"),
    ("[{key: Subject, value: x}]", "{Subject: x}", "SLO112", "{Subject: x}"),
    ("to: a@example.com, ", "", "SLO111", "headers"),
    ("'mail:25'", "mail", "SLO520", "mail"),
    ("  name: shop\n", "", "SLO111", "metadata"),
    # Matchers.
    ("matchType: =\n", "matchType: ==\n", "SLO113", "=="),
    ("[{name: severity, value: page}]", "[severity=page]", "SLO112", "severity=page"),
    ("value: info|none", "value: (info", "SLO520", "(info"),
    ("value: shop\n", "value: shop.*\n", "SLO535", "shop.*"),
    ("matchType: =\n", "regex: false\n", "SLO521", "regex"),
    # References and names.
    ("receiver: pager", "receiver: pagr", "SLO201", "pagr"),
    ("muteTimeIntervals: [nights]", "muteTimeIntervals: [night]", "SLO201", "night"),
    ("receiver: pager", "groupInterval: 5m", "SLO111", "groupInterval"),
    ("- name: pager", "- name: chat\n    - name: pager", "SLO520", "chat"),
    ("groupBy: [alertname]", "groupBy: [a, a]", "SLO520", "a"),
    ("groupBy: [alertname]", "groupBy: ['...', a]", "SLO520", "'...'"),
    ("groupWait: 30s", "repeatInterval: 0s", "SLO520", "0s"),
    # Times.
    ("endTime: '06:00'", "endTime: '6:00'", "SLO113", "'6:00'"),
    ("startTime: '00:00'", "startTime: '22:00'", "SLO113", "'06:00'"),
    ("saturday]", "saturnday]", "SLO113", "saturnday"),
    ("'monday:friday'", "'friday:monday'", "SLO113", "'friday:monday'"),
    ("end: -1", "end: 0", "SLO113", "0"),
    ("['2026']", "['26']", "SLO113", "'26'"),
]


@pytest.mark.parametrize(("old", "new", "code", "at"), WRONG, ids=[f"{c} {n}" for _, n, c, _ in WRONG])
def test_what_is_wrong_is_found_at_its_place(old: str, new: str, code: str, at: str) -> None:
    assert old in OBJECT
    assert (code, at) in findings(OBJECT.replace(old, new, 1))


def test_keys_of_child_routes_are_taken_in_upper_and_lower_case_as_go_does() -> None:
    text = OBJECT.replace("- receiver: chat", "- Receiver: chat")
    assert findings(text) == []
    assert findings(OBJECT.replace("groupBy:", "groupby:")) == [("SLO110", "groupby")]


def test_what_only_one_version_has() -> None:
    old = OBJECT.replace("matchType: =\n", "regex: true\n")
    assert [code for code, _ in findings(old)] == ["SLO521"]
    assert findings(NEWER.replace("matchType: =\n", "regex: true\n")) == [("SLO110", "regex")]
    optional = "{name: pagerduty, key: shop, optional: true}"
    assert findings(OBJECT.replace("{name: pagerduty, key: shop}", optional)) == []
    assert findings(NEWER.replace("{name: pagerduty, key: shop}", optional)) == [("SLO110", "optional")]


def test_another_version_is_told_and_no_object_of_another_group_is() -> None:
    ((code, at),) = findings(OBJECT.replace("v1alpha1", "v1"))
    assert (code, at) == ("SLO103", "monitoring.coreos.com/v1")
    assert findings(OBJECT.replace("monitoring.coreos.com", "monitoring.example.com")) == []


# the namespace ----------------------------------------------------------------------------------------

CLOSED = RULES.replace('up{namespace="shop"} == 0', "sum(up) == 0")
STATED = """
apiVersion: slogen.dev/v1
kind: Settings
spec: {alertmanager: {namespace: NAMESPACE, matcher_strategy: STRATEGY}}
"""


@pytest.mark.parametrize(
    ("rules", "strategy", "namespace", "expected"),
    [
        (CLOSED, "", "", ["SLO536"]),
        (CLOSED, "OnNamespace", "shop", ["SLO530"]),
        (CLOSED, "None", "x", []),
        (CLOSED, "OnNamespaceExceptForAlertmanagerNamespace", "shop", []),
        (CLOSED, "OnNamespaceExceptForAlertmanagerNamespace", "x", ["SLO530"]),
        # Nobody knows the namespace of these before they fire.
        (CLOSED.replace("sum(up)", "sum by (namespace) (up)"), "", "", []),
        (CLOSED.replace("sum(up)", "up"), "", "", []),
        (CLOSED.replace("{team: shop", "{namespace: shop, team: shop"), "", "", []),
        (CLOSED.replace("{team: shop", "{namespace: other, team: shop"), "", "", ["SLO536"]),
        # It is for the alerts of others.
        (CLOSED.replace("team: shop", "team: other"), "", "", []),
    ],
)
def test_an_object_that_no_alert_comes_to(
    rules: str, strategy: str, namespace: str, expected: list[str]
) -> None:
    settings = [STATED.replace("STRATEGY", strategy).replace("NAMESPACE", namespace)] if strategy else []
    texts = [OBJECT, rules, *settings]
    report = pipeline.compile([Source(f"{i}.yaml", one) for i, one in enumerate(texts)]).report
    assert strategy == "" or not [d for d in report if d.at.source.path == "2.yaml"]
    found = [(d.code.id, d.at.text) for d in report if d.code.id in ("SLO530", "SLO536")]
    assert found == [(code, "shop") for code in expected]
    # In a part of a project, the alerts may be in the rest of it.
    part = pipeline.Options(elsewhere=frozenset())
    whole = pipeline.compile([Source(f"{i}.yaml", one) for i, one in enumerate(texts)], part).report
    assert not [d for d in whole if d.code.id in ("SLO530", "SLO536")]
