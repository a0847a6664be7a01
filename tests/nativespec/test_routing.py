"""Routing documents: what is read, what is refused where, and how several are one."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from slogen import pipeline
from slogen.ir import Millis, Urgency
from slogen.nativespec.schema import schema
from slogen.source import Source
from slogen.teams import Owner, Routing, Timing

ROOT = Path(__file__).parents[2]

HEAD = "apiVersion: slogen.dev/v1\nkind: Routing\n"
RECEIVERS = """\
  receivers:
    sre-pager: {pagerduty: {routing_key: {secret: pagerduty, key: sre}}}
    sre-tickets: {webhook: {url: 'http://tickets.example.com/sre'}}
    shop-pager: {pagerduty: {routing_key: {file: /etc/secrets/shop}}}
    shop-tickets: {webhook: {url: 'http://tickets.example.com/shop'}}
"""
FULL = f"""\
{HEAD}metadata: {{name: teams, namespace: monitoring, labels: {{release: prometheus}}}}
spec:
  fallback: sre
  defaults: {{group_by: [alertname, service], group_wait: 10s, repeat_interval: 4h}}
  severities: {{page: [critical], ticket: [warning, info]}}
  time_intervals:
    office: [{{weekdays: ['monday:friday']}}]
    freeze: [{{months: ['december']}}]
  owners:
    sre: {{page: sre-pager, ticket: sre-tickets, hours: office}}
    shop:
      page: {{receiver: shop-pager, group_by: ['...'], group_wait: 0s}}
      ticket: {{receiver: shop-tickets, active: [office], mute: freeze, repeat_interval: 1d}}
      escalation: {{to: sre, after: 30m}}
{RECEIVERS}"""


def read(*texts: str) -> tuple[Routing | None, list[str]]:
    """What Routing documents say, and the findings with their places."""
    sources = [Source(f"{number}.yaml", text) for number, text in enumerate(texts)]
    result = pipeline.compile(sources)
    found = [
        f"{d.code.id} {d.at.line} <{d.at.text}> {d.message}" for d in result.report if d.severity == "error"
    ]
    return result.program.notifying.routing, found


def owner(routing: Routing | None, name: str) -> Owner:
    found = routing.owner(name) if routing else None
    assert found is not None
    return found


def test_what_is_read() -> None:
    routing, errors = read(FULL)
    assert errors == []
    assert routing is not None
    assert (routing.name, routing.namespace, routing.labels) == (
        "teams",
        "monitoring",
        {"release": "prometheus"},
    )
    assert routing.defaults == Timing(("alertname", "service"), Millis(10_000), None, Millis(14_400_000))
    assert routing.severities == {
        "critical": Urgency.PAGE,
        "warning": Urgency.TICKET,
        "info": Urgency.TICKET,
    }
    assert [receiver.name for receiver in routing.receivers] == [
        "sre-pager",
        "sre-tickets",
        "shop-pager",
        "shop-tickets",
    ]
    assert [named.name for named in routing.times] == ["office", "freeze"]
    sre, shop = owner(routing, "sre"), owner(routing, "shop")
    assert (sre.ticket.receiver, sre.ticket.active, sre.page.active) == ("sre-tickets", ("office",), ())
    assert shop.page.timing == Timing(("...",), Millis(0))
    assert (shop.ticket.active, shop.ticket.mute) == (("office",), ("freeze",))
    assert shop.ticket.at("mute.0").text == "freeze"
    assert shop.ticket.at("repeat_interval").text == "1d"
    assert shop.escalation is not None
    assert (shop.escalation.to, shop.escalation.after) == ("sre", 1_800_000)


def test_a_team_without_tickets_of_its_own_finds_them_where_it_is_paged() -> None:
    routing, errors = read(FULL.replace("ticket: sre-tickets, ", ""))
    assert errors == []
    sre = owner(routing, "sre")
    assert (sre.ticket.receiver, sre.ticket.active) == ("sre-pager", ("office",))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        # names that lead nowhere
        (
            "page: sre-pager",
            "page: sre-pagr",
            "SLO201 12 <sre-pagr> no document declares the receiver `sre-pagr`",
        ),
        ("to: sre", "to: sra", "SLO201 16 <sra> no document declares the owner `sra`"),
        ("fallback: sre", "fallback: ops", "SLO201 5 <ops> no document declares the owner `ops`"),
        ("hours: office", "hours: night", "SLO201 12 <night> no document declares the time interval `night`"),
        ("mute: freeze", "mute: [office, a]", "SLO201 15 <a> no document declares the time interval `a`"),
        # what nobody can act on
        ("sre: {page: sre-pager, ", "sre: {", "SLO111 12 <ticket> `page` is missing in the owner `sre`"),
        (
            "sre: {page: sre-pager, ticket: sre-tickets, hours: office}",
            "sre:",
            "SLO112 12 <sre> nothing is said of the owner `sre`",
        ),
        (
            "{pagerduty: {routing_key: {file: /etc/secrets/shop}}}",
            "{}",
            "SLO514 20 <shop-pager> the receiver `shop-pager` notifies nobody",
        ),
        ("to: sre", "to: shop", "SLO516 16 <shop> the escalation of `shop` leads to itself"),
        (
            "hours: office}",
            "escalation: {to: shop, after: 1h}}",
            "SLO516 12 <shop> the escalation of `sre` leads back to it: `sre` to `shop` to `sre`",
        ),
        ("{to: sre, after: 30m}", "sre", "SLO113 16 <sre> `sre` does not say when"),
        # receivers and times, which Alertmanager has its say on
        (
            "{routing_key: {file: /etc/secrets/shop}}",
            "{routing_key: 0123456789abcdef}",
            "SLO515 20 <0123456789abcdef> the secret `routing_key` is written into the document",
        ),
        (
            "'http://tickets.example.com/sre'",
            "'http://sre:hunter2@tickets.example.com'",
            "SLO515 19 <hunter2> the URL of `url` holds a password",
        ),
        (
            "{pagerduty: {routing_key: {file: /etc/secrets/shop}}}",
            "{slack: {channel: '#shop'}}",
            "SLO520 20 <channel> `api_url` is missing in `slack`, and `slack_api_url` in `global`",
        ),
        ("[{months: ['december']}]", "[]", "SLO113 10 <freeze> no time lies in the time interval `freeze`"),
        # values
        (
            "[warning, info]",
            "[warning, critical]",
            "SLO113 7 <critical> the severity `critical` both pages and makes tickets",
        ),
        (
            "[warning, info]",
            "[warning, warning]",
            "SLO113 7 <warning> the severity `warning` is listed twice",
        ),
        ("[warning, info]", "[]", "SLO113 7 <[]> `ticket` is empty"),
        (", ticket: [warning, info]", "", "SLO111 7 <severities> `ticket` is missing in `severities`"),
        ("after: 30m", "after: 0s", "SLO113 16 <0s> `0s` is no time at all"),
        (
            "[alertname, service]",
            "[alertname, alertname]",
            "SLO113 6 <alertname> `alertname` is listed twice in `group_by`",
        ),
        ("['...']", "['...', a]", "SLO113 14 <'...'> `...` groups by all labels, and others stand beside it"),
        ("['...']", "[a-b]", "SLO113 14 <a-b> `a-b` is no label name"),
        ("active: [office]", "active: []", "SLO113 15 <[]> `active` is empty"),
        ("repeat_interval: 4h", "repeat_interval: 0s", "SLO113 6 <0s> `0s` is no time at all"),
        (
            "    shop:\n",
            "    shop:\n      hours: office\n",
            "SLO113 14 <hours> the hours of tickets are stated twice",
        ),
        ("fallback: sre", "fallbak: sre", "SLO110 5 <fallbak> unknown key `fallbak`"),
        ("receiver: shop-tickets", "reciever: shop-tickets", "SLO110 15 <reciever> unknown key `reciever`"),
    ],
)
def test_what_is_refused(old: str, new: str, expected: str) -> None:
    assert old in FULL
    assert read(FULL.replace(old, new))[1] == [expected]


def test_what_is_too_new_for_the_alertmanager_in_use() -> None:
    rules = "inhibit_rules: [{source_matchers: [a=b], target_matchers: [c=d], equal: [a.b]}]"
    [error] = read(f"{FULL}  {rules}\n")[1]
    assert error.startswith("SLO518 22 <a.b> the label name `a.b` is known from Alertmanager 0.28 on")
    # Of one integration it is said once, with the version that knows all of it.
    teams = FULL.replace(
        "webhook: {url: 'http://tickets.example.com/sre'}", "msteams: {webhook_url: {file: /run/x}}"
    )
    [error] = read(teams)[1]
    assert "`webhook_url_file` of `msteams` is known from Alertmanager 0.27 on" in error


def test_all_errors_come_at_once() -> None:
    text = FULL.replace("page: sre-pager", "pag: sre-pager").replace("after: 30m", "after: 30")
    assert [error.split(" ")[0] for error in read(text)[1]] == ["SLO110", "SLO113"]


def test_errors_of_one_part_hide_none_of_another() -> None:
    broken = (
        FULL.replace("fallback: sre", "fallback: srx")
        .replace("group_wait: 10s", "group_wait: 10 s")
        .replace("page: sre-pager", "pag: sre-pager")
        .replace("mute: freeze", "mute: freze")
        .replace("to: sre", "to: shop")
        .replace("{secret: pagerduty, key: sre}", "0123456789")
    )
    rules = "groups: [{name: a, rules: [{alert: A, expr: up, labels: {owner: shp, severity: crit}}]}]"
    codes = sorted(error.split(" ")[0] for error in read(broken, rules)[1])
    expected = ["SLO110", "SLO113", "SLO201", "SLO201", "SLO510", "SLO512", "SLO515", "SLO516"]
    assert codes == expected


def test_a_secret_in_plain_text_is_not_missing_elsewhere() -> None:
    above = f"{FULL}  global: {{slack_api_url: 'https://hooks.slack.com/services/a/b/c'}}\n"
    text = above.replace("webhook: {url: 'http://tickets.example.com/sre'}", "slack: {channel: '#sre'}")
    assert [error.split(" ")[0] for error in read(text)[1]] == ["SLO515"]
    lacking = FULL.replace("webhook: {url: 'http://tickets.example.com/sre'}", "slack: {channel: '#sre'}")
    broken = lacking.replace("after: 30m", "after: 30")
    assert [error.split(" ")[0] for error in read(broken)[1]] == ["SLO113", "SLO520"]
    keys = "sns: {topic_arn: 'arn:aws:sns:a:b:c', sigv4: {access_key: a, secret_key: b, region: c}}"
    text = FULL.replace("webhook: {url: 'http://tickets.example.com/sre'}", keys)
    assert [error.split(" ")[0] for error in read(text)[1]] == ["SLO515"]


def test_a_name_that_is_missing_is_one_finding_for_all_who_name_it() -> None:
    text = FULL.replace("    office: [{weekdays: ['monday:friday']}]\n", "")
    assert read(text)[1] == ["SLO201 11 <office> no document declares the time interval `office`"]


TEAM = f"""\
{HEAD}spec:
  owners:
    cart: {{page: cart-pager, ticket: sre-tickets, escalation: {{to: sre, after: 1h}}}}
  receivers:
    cart-pager: {{pagerduty: {{routing_key: {{file: /etc/secrets/cart}}}}}}
"""


def test_documents_add_up() -> None:
    routing, errors = read(FULL, TEAM)
    assert errors == []
    assert routing is not None
    assert [owner.name for owner in routing.owners] == ["sre", "shop", "cart"]
    assert routing.name == "teams"
    assert len(routing.where) == 2


@pytest.mark.parametrize(
    ("team", "expected"),
    [
        (TEAM.replace("cart:", "sre:"), "SLO203 5 <sre> the owner `sre` is declared twice"),
        (
            TEAM.replace("cart-pager", "shop-pager"),
            "SLO203 7 <shop-pager> the receiver `shop-pager` is declared twice",
        ),
        (f"{TEAM}  fallback: cart\n", "SLO203 8 <cart> `fallback` is stated in two Routing documents"),
        (f"{TEAM}  fallback: sre\n", None),
        (
            f"{TEAM}  defaults: {{group_wait: 1s}}\n",
            "SLO203 8 <defaults> `defaults` is stated in two Routing documents",
        ),
        (
            f"{TEAM}  severities: {{page: [p1], ticket: [p2]}}\n",
            "SLO203 8 <severities> `severities` is stated in two Routing documents",
        ),
    ],
)
def test_what_is_for_all_is_stated_once(team: str, expected: str | None) -> None:
    assert read(FULL, team)[1] == ([expected] if expected else [])


SETTINGS = "apiVersion: slogen.dev/v1\nkind: Settings\nspec: {owner: shop}\n"


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ((FULL,), "sre"),
        ((FULL.replace("  fallback: sre\n", ""), SETTINGS), "shop"),
        (
            (TEAM.replace(", escalation: {to: sre, after: 1h}", "").replace("sre-tickets", "cart-pager"),),
            "cart",
        ),
    ],
)
def test_somebody_gets_what_names_no_owner(texts: tuple[str, ...], expected: str) -> None:
    routing, errors = read(*texts)
    assert errors == []
    assert routing is not None
    assert routing.fallback == expected


def test_nobody_gets_what_names_no_owner() -> None:
    text = FULL.replace("  fallback: sre\n", "")
    assert read(text, SETTINGS.replace("shop", "nobody"))[1] == [
        "SLO111 2 <Routing> nobody gets the alerts that name no owner"
    ]


def test_a_document_without_owners_is_none() -> None:
    assert read(f"{HEAD}spec:\n{RECEIVERS}")[1] == ["SLO111 2 <Routing> no Routing document has an owner"]


BASE = """\
route: {receiver: ops}
receivers:
  - name: ops
  - name: shop-tickets
"""


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        ("1.yaml", "SLO203 21 <shop-tickets> the receiver `shop-tickets` is declared in `1.yaml`, too"),
        ("2.yaml", "SLO201 5 <2.yaml> no configuration of Alertmanager among the inputs is `2.yaml`"),
    ],
)
def test_a_base_is_one_of_the_inputs(base: str, expected: str) -> None:
    assert read(FULL.replace("fallback: sre", f"base: {base}"), BASE)[1] == [expected]


def test_what_the_base_says_itself_has_no_effect() -> None:
    base = BASE.replace("shop-tickets", "others")
    report = pipeline.compile([Source("0.yaml", f"{FULL}  base: 1.yaml\n"), Source("1.yaml", base)]).report
    assert [d.at.text for d in report if d.code.id == "SLO115"] == ["sre"]


def test_owners_may_name_receivers_of_the_base() -> None:
    text = FULL.replace("fallback: sre", "base: 1.yaml").replace("page: sre-pager", "page: ops")
    assert read(text, BASE.replace("shop-tickets", "others"))[1] == []


def test_the_schema_says_the_same() -> None:
    json_schema = json.loads(json.dumps(schema()))
    own = (ROOT / "slos" / "routing.yaml").read_text(encoding="utf-8")
    for text in (FULL, TEAM, own):
        jsonschema.validate(yaml.safe_load(text), json_schema)
    for old, new in (("page: sre-pager", "pag: sre-pager"), ("after: 30m", "after: 30"), ("to: sre, ", "")):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(yaml.safe_load(FULL.replace(old, new)), json_schema)
