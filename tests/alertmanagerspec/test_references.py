"""Integrations as Routing documents write them: secrets are references, and nothing else."""

from __future__ import annotations

import pytest

from slogen.alertmanager.configuration import Integration, Receiver, SecretFile, SecretKey
from slogen.alertmanagerspec.receivers import check_inherited, read_integrations
from slogen.diagnostics import Report
from slogen.source import Node, Source, documents


def node(text: str) -> Node:
    (found,) = documents(Source("routing.yaml", text)).nodes
    return found


def read(text: str) -> tuple[tuple[Integration, ...], list[tuple[str, str, str]]]:
    report = Report()
    found = read_integrations(node(text), report, references=True)
    return found, [(finding.code.id, finding.at.text, finding.help) for finding in report]


def test_one_or_several_of_a_kind() -> None:
    found, findings = read(
        "slack: {api_url: {file: /s}}\nwebhook: [{url: 'http://a'}, {url: {secret: b, key: c}}]"
    )
    assert findings == []
    assert [(one.kind, dict(one.fields)) for one in found] == [
        ("slack", {"api_url": SecretFile("/s")}),
        ("webhook", {"url": "http://a"}),
        ("webhook", {"url": SecretKey("b", "c")}),
    ]
    assert str(found[0].at("api_url")) == "routing.yaml:1:9"


def test_headers_and_connections() -> None:
    found, findings = read(
        "webhook:\n  url: http://a\n  http_config:\n    authorization: {credentials: {file: /t}}\n"
        "    http_headers: {X-Key: {secrets: [{secret: a, key: b}]}}\n"
    )
    assert findings == []
    assert found[0].fields["http_config"] == {
        "authorization": {"credentials": SecretFile("/t")},
        "http_headers": {"X-Key": {"secrets": [SecretKey("a", "b")]}},
    }


@pytest.mark.parametrize(
    ("text", "code", "at", "help_"),
    [
        ("pagerduty: {routing_key: abc}", "SLO515", "abc", "{secret: NAME, key: KEY}"),
        ("pagerduty: {routing_key_file: /k}", "SLO110", "routing_key_file", "routing_key: {file: /k}"),
        ("pagerduty: {routing_key: {secret: a}}", "SLO111", "secret", "add `key:`"),
        ("pagerduty: {routing_key: {file: a, key: b}}", "SLO520", "key", "keep one"),
        ("pagerduty: {routing_key: {fil: a}}", "SLO110", "fil", "did you mean `file`?"),
        ("pagerduty: {routing_key: {file: ''}}", "SLO113", "''", "write a name"),
        (
            "pagerduty_configs: [{routing_key: {file: a}}]",
            "SLO110",
            "pagerduty_configs",
            "write `pagerduty:`",
        ),
        ("pagerdty: {routing_key: {file: a}}", "SLO110", "pagerdty", "did you mean `pagerduty`?"),
        ("hipchat: {}", "SLO110", "hipchat", "HipChat is no more"),
        ("slack: {webhook_url: {file: a}}", "SLO110", "webhook_url", "write `api_url`"),
        ("webhook: {max_alerts: 5}", "SLO520", "max_alerts", "add `url:`"),
        ("webhook: http://a", "SLO520", "http://a", "key: value"),
        ("sns: {topic_arn: a, sigv4: {secret_key: {file: b}}}", "SLO520", "{file: b}", "delete it"),
        ("[slack]", "SLO520", "[slack]", "webhook"),
    ],
)
def test_findings(text: str, code: str, at: str, help_: str) -> None:
    _, ((found_code, found_at, found_help), *rest) = read(text)
    assert (found_code, found_at) == (code, at)
    assert help_ in found_help
    assert [one[0] for one in rest] in ([], ["SLO520"])


def test_what_global_stands_in_for() -> None:
    found, findings = read("slack: {channel: '#a'}\nemail: {to: a, from: b}")
    assert findings == []
    report = Report()
    receiver = Receiver("a", found)
    check_inherited([receiver], {"slack_api_url": SecretFile("/s"), "smtp_smarthost": "b:25"}, report)
    assert report.diagnostics == ()
    check_inherited([receiver], {"slack_api_url": SecretFile("/s")}, report)
    assert [(one.code.id, one.at.text) for one in report] == [("SLO520", "to")]
