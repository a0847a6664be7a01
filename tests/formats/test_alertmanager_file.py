"""Configurations of Alertmanager: slogen refuses what amtool refuses, at its place, and nothing else."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import amtool
from slogen import pipeline
from slogen.diagnostics import Diagnostic
from slogen.source import Source

RECEIVER = "route: {receiver: a}\nreceivers:\n  - name: a\n"


def found(text: str, *others: str) -> tuple[Diagnostic, ...]:
    sources = [Source(f"{i}.yml", one) for i, one in enumerate((text, *others))]
    return pipeline.compile(sources).report.diagnostics


def errors(text: str, *others: str) -> list[Diagnostic]:
    return [finding for finding in found(text, *others) if finding.severity == "error"]


def of_route(text: str) -> str:
    return f"route:\n  receiver: a\n  {text}\nreceivers: [{{name: a}}]\n"


def of_child(text: str) -> str:
    return of_route(f"routes:\n    - {text}")


def of_kind(kind: str, text: str) -> str:
    return f"{RECEIVER}    {kind}_configs: [{{{text}}}]\n"


def of_time(text: str) -> str:
    return f"{RECEIVER}time_intervals: [{{name: t, time_intervals: [{{{text}}}]}}]\n"


def of_connection(text: str) -> str:
    return of_kind("webhook", f"url: 'http://a', http_config: {{{text}}}")


EMAIL = "to: a, from: b, smarthost: 'c:25'"

# A configuration that Alertmanager refuses, the code of the finding, and the text that must change.
REFUSED = (
    (of_route("group_wiat: 30s"), "SLO110", "group_wiat"),
    (of_route("continue: true"), "SLO520", "continue"),
    (of_route("matchers: [a=b]"), "SLO520", "matchers"),
    (of_route("match: {a: b}"), "SLO520", "match"),
    (
        f"{of_route('mute_time_intervals: [t]')}time_intervals: [{{name: t}}]\n",
        "SLO520",
        "mute_time_intervals",
    ),
    (of_route("group_by: ['...', alertname]"), "SLO520", "'...'"),
    (of_route("group_by: [alertname, alertname]"), "SLO520", "alertname"),
    (of_route("group_by: alertname"), "SLO520", "alertname"),
    (of_route("group_interval: 0s"), "SLO520", "0s"),
    (of_route("group_wait: 30"), "SLO520", "30"),
    (of_route("repeat_interval: 1.5h"), "SLO520", "1.5h"),
    (of_route("routes: {receiver: a}"), "SLO520", "{receiver: a}"),
    (of_child("receiver: b"), "SLO201", "b"),
    (of_child("active_time_intervals: [t]"), "SLO201", "t"),
    (of_child("continue: 'true'"), "SLO520", "'true'"),
    (of_child("matchers: 'a=b'"), "SLO520", "'a=b'"),
    (of_child("matchers: [a: b]"), "SLO520", "a: b"),
    (of_child("matchers: ['a: b']"), "SLO520", "'a: b'"),
    (of_child("matchers: ['a=~\"(\"']"), "SLO520", "'a=~\"(\"'"),
    (of_child("match: {a-b: c}"), "SLO520", "a-b"),
    (of_child("match_re: {a: '['}"), "SLO520", "'['"),
    ("route: {group_wait: 1s}\nreceivers: [{name: a}]\n", "SLO520", "group_wait"),
    ("route:\nglobal: {}\nreceivers: [{name: a, webhook_configs: []}]\n", "SLO103", "receivers"),
    ("route: {receiver: a}\nreceivers: [{name: a}, {name: a}]\n", "SLO520", "a"),
    (f"{RECEIVER}  - webhook_configs: []\n", "SLO520", "webhook_configs"),
    (f"{RECEIVER}    slack_config: []\n", "SLO110", "slack_config"),
    ("route: {receiver: a, group_by: [b]}\nrecievers: [{name: a}]\n", "SLO103", "recievers"),
    (f"{RECEIVER}templates: x\n", "SLO520", "x"),
    (f"{RECEIVER}templates: ['/etc/[a']\n", "SLO520", "'/etc/[a'"),
    (f"{RECEIVER}global: {{resolve_timeout: 5}}\n", "SLO520", "5"),
    (f"{RECEIVER}global: {{smtp_auth_password: $P, smtp_auth_password_file: b}}\n", "SLO520", None),
    (f"{RECEIVER}inhibit_rules: [{{equal: a}}]\n", "SLO520", "a"),
    (f"{RECEIVER}inhibit_rules: [{{source_matcher: [a=b]}}]\n", "SLO110", "source_matcher"),
    (f"{RECEIVER}time_intervals: [{{name: t}}, {{name: t}}]\n", "SLO520", "t"),
    (of_kind("email", "to: a, from: b"), "SLO520", "to"),
    (of_kind("email", "to: a, from: b, smarthost: mail"), "SLO520", "mail"),
    (of_kind("email", f"{EMAIL}, subject: x"), "SLO110", "subject"),
    (of_kind("email", f"{EMAIL}, headers: {{Subject: x, subject: y}}"), "SLO520", "subject"),
    (of_kind("slack", "channel: '#a'"), "SLO520", "channel"),
    (of_kind("slack", "api_url: hooks.slack.com"), "SLO520", "hooks.slack.com"),
    (of_kind("slack", "api_url_file: a, api_url: 'http://a'"), "SLO520", "api_url"),
    (of_kind("slack", "api_url_file: a, actions: [{type: button, text: b}]"), "SLO520", "type"),
    (of_kind("slack", "api_url_file: a, text: [b]"), "SLO520", "[b]"),
    (f"{RECEIVER}    slack_configs: [null]\nglobal: {{slack_api_url_file: b}}\n", "SLO520", "null"),
    (of_kind("pagerduty", "severity: page"), "SLO520", "severity"),
    (of_kind("pagerduty", "routing_key_file: ''"), "SLO520", "routing_key_file"),
    (of_kind("webhook", "url: 'http://a b/'"), "SLO520", "'http://a b/'"),
    (of_kind("webhook", "url: 'ftp://a'"), "SLO520", "'ftp://a'"),
    (of_kind("webhook", "url: 'http://a', max_alerts: '1'"), "SLO520", "'1'"),
    (of_kind("webhook", "url: 'http://a', send_resolved: 'yes'"), "SLO520", "'yes'"),
    (of_kind("opsgenie", "api_key_file: a, responders: [{name: b, type: tema}]"), "SLO520", "tema"),
    (of_kind("pushover", "user_key_file: a, token_file: b, retry: 1d"), "SLO520", "1d"),
    (of_kind("sns", "topic_arn: a, phone_number: b"), "SLO520", "phone_number"),
    (of_kind("telegram", "bot_token_file: a, chat_id: '1'"), "SLO520", "'1'"),
    (of_kind("victorops", "api_key_file: a"), "SLO520", "api_key_file"),
    (of_kind("webex", "room_id: a"), "SLO520", "room_id"),
    (of_kind("wechat", "api_secret: $S, corp_id: b, message_type: html"), "SLO520", "html"),
    (of_connection("authorization: {type: basic}"), "SLO520", "type"),
    (of_connection("bearer_token_file: a, basic_auth: {username: b}"), "SLO520", "bearer_token_file"),
    (of_connection("tls_config: {min_version: TLS9}"), "SLO520", "TLS9"),
    (of_time("weekdays: ['saturday:sunday']"), "SLO520", "'saturday:sunday'"),
    (of_time("weekdays: ['Mon:Fri']"), "SLO520", "Mon"),
    (of_time("weekdays: monday"), "SLO520", "monday"),
    (of_time("times: [{start_time: '9:00', end_time: '17:00'}]"), "SLO520", "'9:00'"),
    (of_time("times: [{start_time: '22:00', end_time: '06:00'}]"), "SLO520", "'06:00'"),
    (of_time("times: [{start_time: '22:00'}]"), "SLO520", "start_time"),
    (of_time("days_of_month: ['0']"), "SLO520", "'0'"),
    (of_time("days_of_month: ['28:-1']"), "SLO520", "'28:-1'"),
    (of_time("days_of_month: ['-5:5']"), "SLO520", "'-5:5'"),
    (of_time("months: ['december:january']"), "SLO520", "'december:january'"),
    (of_time("years: ['2027:2026']"), "SLO520", "'2027:2026'"),
    (of_time("location: Mars/Base"), "SLO517", "Mars/Base"),
    (of_time("location: europe/berlin"), "SLO517", "europe/berlin"),
    (of_time("month: [1]"), "SLO110", "month"),
)


@pytest.mark.parametrize(("text", "code", "at"), REFUSED)
def test_what_alertmanager_refuses(text: str, code: str, at: str | None) -> None:
    (error,) = errors(text)
    assert (error.code.id, error.at.text) == (code, error.at.text if at is None else at)


def test_amtool_refuses_it_too(tmp_path: Path) -> None:
    assert said(tmp_path, [text for text, *_ in REFUSED]).count("") == 0


def said(folder: Path, texts: list[str]) -> list[str]:
    paths = [folder / f"{i}.yml" for i in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text, encoding="utf-8")
    return amtool.check_all(paths)


# Odd things that Alertmanager takes.
TAKEN = (
    of_route("continue: no"),
    of_route("group_wait: 0"),
    of_route("group_by: ['...', '...']"),
    of_route("matchers: []"),
    of_route("routes:"),
    of_child("matchers: ['', '{}', a=b, '{c!~\"d\", e=f}']"),
    of_child("match: {a: 1, b: true}"),
    of_child("continue: yes"),
    "route: {receiver: 1}\nreceivers: [{name: 1}]\n",
    f"{RECEIVER}global:\ntemplates:\ninhibit_rules: [{{}}]\ntime_intervals: [{{name: t}}]\n",
    f"{RECEIVER}    slack_configs:\n",
    f"{RECEIVER}    slack_configs: [{{title: 1}}]\nglobal: {{slack_api_url: <secret>}}\n",
    of_kind("email", f"{EMAIL}, headers: {{Subject: }}, auth_password: $P, auth_password_file: b"),
    of_kind("email", "to: a, from: b, smarthost: '[::1]:25'"),
    of_kind("webhook", "url: 'HTTP://u:p@[::1]:80/{{ .x }}?q=%zz', max_alerts: 1.0"),
    of_kind("pagerduty", "routing_key_file: a, service_key_file: b, details: {n: 1}"),
    of_kind("opsgenie", "api_key_file: a, responders: [{name: b, type: TEAM}, {id: c, type: '{{ .d }}'}]"),
    of_connection("authorization: {credentials_file: a}, basic_auth: "),
    of_time("weekdays: [MONDAY, 'tuesday:tuesday'], months: ['january:3', 13], years: [2026]"),
    of_time("times: [{start_time: 00:00, end_time: 24:00}], days_of_month: [-1, '1:-1', +1]"),
    of_time("location: Local"),
    of_time("location: EST"),
)


@pytest.mark.parametrize("text", TAKEN)
def test_what_alertmanager_takes(text: str) -> None:
    assert errors(text) == []


def test_amtool_takes_it_too(tmp_path: Path) -> None:
    assert said(tmp_path, list(TAKEN)) == [""] * len(TAKEN)


# What is filled in before Alertmanager reads it cannot be judged, and is left alone.
FILLED_IN = (
    of_kind("slack", "api_url: '${SLACK_URL}', channel: a"),
    of_kind("slack", "api_url: $SLACK_URL, channel: a"),
    of_kind("slack", "api_url: 'https://$(HOST)/services', channel: a"),
    of_kind("email", "to: a, from: b, smarthost: '${SMTP}', require_tls: '{{ smtp_tls }}'"),
    of_kind("telegram", "bot_token: __TOKEN__, chat_id: '{{ telegram_chat }}'"),
    of_kind("slack", "api_url: 'ENC[AES256_GCM,data:abc=,type:str]', channel: a"),
    of_kind("pagerduty", "routing_key: 'vault:secret/data/pagerduty#key'"),
    of_route("repeat_interval: ${REPEAT}"),
)


@pytest.mark.parametrize("text", FILLED_IN)
def test_what_is_filled_in_later(text: str) -> None:
    assert found(text) == ()


# mutations --------------------------------------------------------------------------------------------

GOOD = """\
global: {smtp_smarthost: 'mail:587', smtp_from: a@b.c, slack_api_url_file: /s, resolve_timeout: 5m}
templates: ['/etc/*.tmpl']
route:
  receiver: all
  group_by: [alertname, cluster]
  group_wait: 30s
  repeat_interval: 4h
  routes:
    - matchers: ['severity="critical"', 'team=~"a|b"']
      receiver: pager
      continue: true
      routes:
        - {match: {team: a}, receiver: chat, mute_time_intervals: [nights]}
        - {match_re: {team: 'b|c'}, active_time_intervals: [office], group_by: ['...']}
inhibit_rules:
  - {source_matchers: [severity="critical"], target_match_re: {severity: 'warning|info'}, equal: [alertname]}
time_intervals:
  - name: nights
    time_intervals: [{times: [{start_time: '22:00', end_time: '24:00'}]}]
  - name: office
    time_intervals:
      - {weekdays: ['monday:friday'], days_of_month: ['1:5', '-3:-1'], months: ['may:7'], years: ['2026']}
      - {location: Europe/Berlin}
receivers:
  - name: all
    email_configs: [{to: a, headers: {Subject: b}, require_tls: false, tls_config: {ca_file: c}}]
    opsgenie_configs: [{api_key_file: a, responders: [{name: b, type: team}], details: {c: d}}]
  - name: pager
    pagerduty_configs: [{routing_key_file: a, details: {b: c}, links: [{href: d, text: e}]}]
    webhook_configs:
      - {url: 'http://a', max_alerts: 5, http_config: {basic_auth: {username: b, password_file: c}}}
    victorops_configs: [{api_key_file: a, routing_key: b, custom_fields: {c: d}}]
    sns_configs: [{topic_arn: a, sigv4: {region: b}}]
  - name: chat
    slack_configs:
      - {channel: a, fields: [{title: b, value: c, short: true}], actions: [{type: d, text: e, url: f}]}
    webex_configs: [{room_id: a, http_config: {authorization: {credentials_file: b}}}]
    wechat_configs: [{api_secret: $S, corp_id: a, message_type: markdown}]
    discord_configs: [{webhook_url: 'http://a'}]
    telegram_configs: [{bot_token: $T, chat_id: -5, parse_mode: HTML}]
"""
ODD: tuple[Any, ...] = (
    *(None, "", 0, -1, 1.5, True, "true", "yes", [], {}, ["a"], {"a": "b"}, [None], "5m", "30", "1d"),
    *("http://x", "monday", "09:00", "[", "a=b", 'a=~"("', "...", "Europe/Berlin", "x:25"),
)
KEYS = ("foo", "name", "url", "match", "routes", "text", "http_config", "to", "url_file", "times", "labels")
MUTATIONS = 250
SETTINGS = "apiVersion: slogen.dev/v1\nkind: Settings\n"


def paths(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in pairs:
        yield from paths(child, (*path, key))


def at(value: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


def mutated(seed: int) -> str:
    """The good configuration with a part deleted, replaced, renamed, or put elsewhere."""
    chance = random.Random(seed)
    document = yaml.safe_load(GOOD)
    *path, last = chance.choice([one for one in paths(document) if len(one) > 1])
    parent, kind = at(document, tuple(path)), chance.random()
    if kind < 0.25:
        del parent[last]
    elif kind < 0.6:
        parent[last] = chance.choice(ODD)
    elif kind < 0.8 and isinstance(parent, dict):
        parent[chance.choice((*KEYS, f"{last}s"))] = parent.pop(last)
    else:
        parent[last] = copy.deepcopy(at(document, chance.choice(list(paths(document)))))
    return yaml.safe_dump(document, sort_keys=False)


def test_slogen_refuses_mutations_where_amtool_does(tmp_path: Path) -> None:
    texts = [text for text in map(mutated, range(MUTATIONS)) if "\nreceivers:\n" in text]
    version = ".".join(map(str, amtool.version()))
    stated = f"{SETTINGS}spec: {{alertmanager: {{version: '{version}'}}}}\n"
    judged = dict(zip(texts, said(tmp_path, texts), strict=True))
    ours = {text: [f"{error.code.id} {error.message}" for error in errors(text, stated)] for text in texts}
    assert {
        text: (judged[text], ours[text]) for text in texts if bool(judged[text]) != bool(ours[text])
    } == {}
    assert 20 < [bool(problem) for problem in judged.values()].count(False) < len(texts) - 20


# warnings ---------------------------------------------------------------------------------------------

SLACK = "https://hooks.slack.com/services/T0AB/B0CD/k9XbVq2mN7"
# A configuration that works, and what is said of it: the code, and the text that is meant.
WARNED: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (of_child("match: {a: b}"), (("SLO521", "match"),)),
    (of_child("match_re: {a: b.*}"), (("SLO521", "match_re"),)),
    (f"{RECEIVER}mute_time_intervals: [{{name: t}}]\n", (("SLO521", "mute_time_intervals"),)),
    (f"{RECEIVER}inhibit_rules: [{{source_match: {{a: b}}, equal: [c]}}]\n", (("SLO521", "source_match"),)),
    (of_child("matchers: ['a=~\"b\\.c\"']"), (("SLO523", "'a=~\"b\\.c\"'"),)),
    (of_child("matchers: ['a=\"b\\u00e9\"']"), (("SLO523", "'a=\"b\\u00e9\"'"),)),
    (of_child("matchers: ['a=~\"b\\\\.c\"', 'd = e', 'f!~g|h']"), ()),
    # One of them: what is read in two ways is written anew in any case.
    (of_child("matchers: ['a=b\\d+']"), (("SLO523", "'a=b\\d+'"),)),
    (of_child("matchers: ['a=b|c']"), (("SLO535", "b|c"),)),
    (of_child("matchers: ['a!=\"b.*\"']"), (("SLO535", "b.*"),)),
    (of_child("match: {a: 'b|c'}"), (("SLO521", "match"), ("SLO535", "'b|c'"))),
    (of_child("matchers: ['a=\"b (c) [d]\"', 'e=/f/*', 'g=\"h || i\"', 'j=1.5', 'k=$l', 'm=^']"), ()),
    (of_kind("slack", f"api_url: '{SLACK}'"), (("SLO534", f"'{SLACK}'"),)),
    (f"{RECEIVER}global: {{slack_api_url: '{SLACK}'}}\n", (("SLO534", f"'{SLACK}'"),)),
    (of_kind("pagerduty", "routing_key: 4f1b2c"), (("SLO534", "4f1b2c"),)),
    (of_connection("basic_auth: {username: a, password: hunter2}"), (("SLO534", "hunter2"),)),
    (of_connection("authorization: {credentials: ''}"), ()),
    (of_kind("slack", "api_url: 'https://hooks.slack.com/services/YOUR/OWN/URL'"), ()),
    (of_kind("slack", "api_url: 'https://hooks.slack.com/services/XXX/XXX'"), ()),
    (of_kind("pagerduty", "routing_key: <key>"), ()),
    (of_kind("pagerduty", "routing_key: PAGERDUTY_KEY"), ()),
    (of_kind("webhook", "url: 'http://bridge/alerts'"), ()),
)
OWN = ("SLO521", "SLO523", "SLO534", "SLO535")


@pytest.mark.parametrize(("text", "expected"), WARNED)
def test_what_works_and_is_not_meant(text: str, expected: tuple[tuple[str, str], ...]) -> None:
    said_of = [(finding.code.id, finding.at.text) for finding in found(text)]
    assert [one for one in said_of if one[0] in OWN] == list(expected)
    assert errors(text) == []


MATCHES = """\
route:
  receiver: a
  routes:
  - match:
      severity: critical  # pages
      "team": 'o''x'
    receiver: a
  - match: {severity: warning, team: b}
    receiver: a
  - match: {x: y}
    match_re: {x: y.*}
    receiver: a
receivers: [{name: a, webhook_configs: [{url: 'http://a'}]}]
"""
MATCHERS = """\
route:
  receiver: a
  routes:
  - matchers:
      - 'severity="critical"'  # pages
      - 'team="o''x"'
    receiver: a
  - matchers: ['severity="warning"', 'team="b"']
    receiver: a
  - match: {x: y}
    match_re: {x: y.*}
    receiver: a
receivers: [{name: a, webhook_configs: [{url: 'http://a'}]}]
"""


def mended(text: str, code: str = "SLO521") -> str:
    fixes = [fix for finding in found(text) if finding.code.id == code for fix in finding.fixes]
    for fix in sorted(fixes, key=lambda fix: fix.at.start, reverse=True):
        text = text[: fix.at.start] + fix.text + text[fix.at.end :]
    return text


def test_match_is_rewritten_where_it_stands_alone() -> None:
    assert mended(MATCHES) == MATCHERS


def test_a_name_that_can_only_be_meant_is_written() -> None:
    right = RECEIVER.replace("receiver: a", "receiver: 'platform-pager'").replace(
        "name: a", "name: platform-pager"
    )
    assert right != RECEIVER
    assert mended(right.replace("'platform-pager'", "'platform-pagr'"), "SLO201") == right


def test_match_is_not_rewritten_in_quotes() -> None:
    head = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  alertmanager.yaml: "
    quoted = f'{head}"{MATCHERS.replace(chr(10), chr(92) + "n").replace(chr(34), chr(92) + chr(34))}"\n'
    assert mended(quoted) == quoted
    assert [finding.code.id for finding in found(quoted)].count("SLO521") == 2


@pytest.mark.parametrize(("kind", "key"), [("ConfigMap", "data"), ("Secret", "stringData")])
def test_a_configuration_in_an_object(kind: str, key: str) -> None:
    text = of_child("reciever: b").replace("\n", "\n    ")
    held = f"apiVersion: v1\nkind: {kind}\nmetadata: {{name: a}}\n{key}:\n  alertmanager.yml: |\n    {text}\n"
    (error,) = errors(held)
    assert (error.code.id, error.at.text, error.at.line) == ("SLO110", "reciever", 9)


def test_versions_count_only_where_they_are_stated() -> None:
    text = f"{RECEIVER}    msteams_configs: [{{webhook_url_file: a, summary: b}}]\ntracing: {{}}\n"
    settings = f"{SETTINGS}spec: {{alertmanager: {{version: '0.26.1'}}}}\n"
    assert errors(text) == []
    assert [(error.code.id, error.at.text) for error in errors(text, settings)] == [
        ("SLO518", "webhook_url_file"),
        ("SLO518", "summary"),
        ("SLO518", "tracing"),
    ]
