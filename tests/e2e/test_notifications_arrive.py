"""A real Alertmanager sends slogen's messages to services: each takes what it gets."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from email import message_from_string, policy
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import yaml
from receiving import Inbox, mail_inbox, web_inbox
from servers import ALERTMANAGER, Alertmanager, alertmanager, program, until

import amtool
from slogen.routing import messages

NASTY = "<b>\"quoted\" 'q'\n*bold* _it_ `code` {{ .x }} \\ & | ~ [l](u) <!channel>"
SUMMARY = "checkout availability burns its error budget at 13.4 times the sustainable rate"
RUNBOOK = "https://runbooks.example.com/checkout?a=1&b=2"

STORIES: Mapping[str, Mapping[str, str]] = {
    "usual": {"summary": SUMMARY, "description": "One line.\nAnother.", "runbook_url": RUNBOOK},
    "nasty": {"summary": NASTY * 200, "description": NASTY * 200, "runbook_url": NASTY},
    "bare": {},
}


def targets(web: Inbox, mail: Inbox) -> Mapping[str, Mapping[str, object]]:
    """An integration of each kind that can be sent to loopback, as the Alertmanager here knows it."""
    found: dict[str, Mapping[str, object]] = {
        "slack": {"api_url": web.url("/slack"), "channel": "#x"},
        "pagerduty": {"url": web.url("/pagerduty"), "routing_key": "k"},
        "opsgenie": {"api_url": web.url("/opsgenie"), "api_key": "k"},
        "discord": {"webhook_url": web.url("/discord")},
        "telegram": {"api_url": web.url("/telegram"), "bot_token": "t", "chat_id": 1},
        "webex": {
            "api_url": web.url("/webex"),
            "room_id": "r",
            "http_config": {"authorization": {"credentials": "t"}},
        },
        "victorops": {"api_url": web.url("/victorops/"), "api_key": "k", "routing_key": "r"},
        "email": {
            "to": "ops@example.com",
            "from": "alerts@example.com",
            "smarthost": f"127.0.0.1:{mail.port}",
            "require_tls": False,
        },
    }
    if amtool.version() >= (0, 26):
        found["msteams"] = {"webhook_url": web.url("/msteams")}
    if amtool.version() >= (0, 28):
        found["msteamsv2"] = {"webhook_url": web.url("/msteamsv2")}
    return found


def configuration(found: Mapping[str, Mapping[str, object]]) -> str:
    """One receiver with all integrations."""
    integrations = {
        f"{kind}_configs": [{**target, "send_resolved": True, **messages.fields(kind)}]
        for kind, target in found.items()
    }
    receiver = {"name": "all", **integrations}
    route = {"receiver": "all", "group_by": ["story"], "group_wait": "1s", "group_interval": "1s"}
    return yaml.safe_dump({"route": route, "receivers": [receiver], "templates": ["*.tmpl"]})


def send(server: Alertmanager, alerts: Sequence[Mapping[str, object]]) -> None:
    body = json.dumps(alerts).encode()
    request = Request(f"{server.url}/api/v2/alerts", body, {"Content-Type": "application/json"})
    urlopen(request, timeout=10).close()


def story(name: str) -> Mapping[str, object]:
    labels = {"alertname": "CheckoutDown", "severity": "critical", "owner": "shop", "story": name}
    value = NASTY if name == "nasty" else "a"
    return {
        "labels": {**labels, "till": value},
        "annotations": STORIES[name],
        "generatorURL": "http://prometheus.example.com/graph?g0.expr=up+%3D%3D+0",
    }


def sent(folder: Path) -> Mapping[tuple[str, str], Any]:
    """What each service got of each story, by service and story."""
    found: dict[tuple[str, str], Any] = {}
    with web_inbox() as web, mail_inbox() as mail:
        (folder / "slogen.tmpl").write_text(messages.defines(), encoding="utf-8")
        services = targets(web, mail)
        (folder / "alertmanager.yaml").write_text(configuration(services), encoding="utf-8")
        with alertmanager(folder, folder / "alertmanager.yaml") as server:
            for name in STORIES:
                web.told.clear()
                mail.told.clear()
                send(server, [story(name)])
                until(
                    lambda: len(web.told) + len(mail.told) >= len(services),
                    30,
                    f"all services are told of {name}",
                    lambda: [[one.path for one in web.told], server.log.read_text()[-3000:]],
                )
                found |= {(one.path.strip("/").split("/")[0], name): one.body for one in web.told + mail.told}
    return found


Told = Mapping[tuple[str, str], Any]


def title(name: str) -> str:
    """The title of a story, as far as it is the same everywhere."""
    return {"usual": f"[CRITICAL] {SUMMARY}", "bare": "[CRITICAL] CheckoutDown, "}.get(name, "[CRITICAL] ")


def check_slack(told: Told, name: str) -> None:
    [attachment] = told["slack", name]["attachments"]
    assert attachment["title"].startswith(title(name))
    assert attachment["color"] == "danger"
    assert "<!" not in attachment["text"] + attachment["title"] + attachment["fallback"]
    assert "|Silence>" in attachment["text"]
    assert ("<https://runbooks.example.com/checkout?a=1&amp;b=2|Runbook>" in attachment["text"]) == (
        name == "usual"
    )


def check_pagerduty(told: Told, name: str) -> None:
    event = told["pagerduty", name]
    assert event["event_action"] == "trigger"
    assert event["payload"]["summary"].startswith(title(name))
    assert event["payload"]["severity"] == "critical"
    assert event["payload"]["custom_details"]["firing"].startswith("Firing since 2")
    # An address that is none would be refused with all the rest.
    assert all(link["href"].startswith("http") for link in event["links"])
    assert [link["text"] for link in event["links"]][-1] == "Silence"


def check_opsgenie(told: Told, name: str) -> None:
    alert = told["opsgenie", name]
    assert alert["message"].startswith(title(name))
    assert len(alert["message"]) <= 130
    assert (alert["priority"], alert["tags"]) == ("P1", ["shop"])


def check_victorops(told: Told, name: str) -> None:
    message = told["victorops", name]
    assert message["entity_display_name"].startswith(title(name))
    assert message["message_type"] == "CRITICAL"


def check_telegram(told: Told, name: str) -> None:
    message = told["telegram", name]
    text = message["text"]
    assert message["parse_mode"] == "HTML"
    assert text.startswith(f"<b>{title(name)}")
    assert len(text) <= 4096
    # Telegram refuses a message with any other tag, or with one that is not closed.
    assert Tags(text).seen == Counter(b=1, a=text.count("<a "))
    assert text.count("<a ") == text.count("</a>") > 0


def check_markdown(told: Told, name: str) -> None:
    [embed] = told["discord", name]["embeds"]
    assert embed["title"].startswith(title(name))
    assert len(embed["description"]) <= 2048
    assert told["webex", name]["markdown"].startswith(f"**{title(name)}")
    assert len(told["webex", name]["markdown"].encode()) <= 7439
    for service in ("msteams", "msteamsv2"):
        if (service, name) in told:
            assert title(name) in json.dumps(told[service, name])


def check_email(told: Told, name: str) -> None:
    mail = message_from_string(told["mail", name], policy=policy.default)
    assert str(mail["Subject"]).startswith(title(name))
    plain, page = (part.get_content() for part in mail.iter_parts())
    assert plain.startswith(title(name))
    assert Tags(page).seen.keys() == {"html", "head", "meta", "title", "body", "h2", "pre", "b", "a"}


class Tags(HTMLParser):
    """How often each tag begins in a text of HTML."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.seen: Counter[str] = Counter()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen[tag] += 1


def test_services_take_our_messages(tmp_path: Path) -> None:
    program(ALERTMANAGER, "alertmanager")
    amtool.needed()
    told = sent(tmp_path)
    for name in STORIES:
        check_slack(told, name)
        check_pagerduty(told, name)
        check_opsgenie(told, name)
        check_victorops(told, name)
        check_telegram(told, name)
        check_markdown(told, name)
        check_email(told, name)
