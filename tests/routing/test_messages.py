"""What notifications read, as the real amtool renders it.

Each folder of `messages` has what one group of alerts becomes, field by field. `pytest --update` writes it.
"""

from __future__ import annotations

import html
import json
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import amtool
from slogen.alertmanager.configuration import Value
from slogen.routing import messages
from slogen.routing.messages import Terms

EXPECTED = Path(__file__).parent / "messages"
KINDS = (
    "slack",
    "pagerduty",
    "email",
    "opsgenie",
    "msteams",
    "msteamsv2",
    "discord",
    "telegram",
    "webex",
    "pushover",
    "victorops",
)
# What Alertmanager renders as HTML; the rest as text.
HTML = {"email.html", "telegram.message"}
# What services take, or Alertmanager cuts, in characters.
LIMITS = {
    "slack.title": 1024,
    "slack.text": 40_000,
    "pagerduty.description": 1024,
    "opsgenie.message": 130,
    "opsgenie.description": 15_000,
    "msteams.text": 20_000,
    "discord.title": 256,
    "discord.message": 2048,
    "telegram.message": 4096,
    "webex.message": 7000,
    "pushover.title": 250,
    "pushover.message": 1024,
    "victorops.state_message": 20_480,
}

LABELS = {
    "alertname": "KthenaHighErrorRate",
    "cluster": "eu",
    "owner": "ml-ops",
    "service": "kthena-router",
    "severity": "critical",
    "slo": "availability",
    "sloth_id": "kthena-router-availability",
    "sloth_service": "kthena-router",
    "sloth_severity": "page",
    "sloth_slo": "availability",
}
ANNOTATIONS = {
    "summary": "kthena-router availability (model llama) burns its error budget at 13.4 times "
    "the sustainable rate",
    "description": "Inference requests get an answer.\n1.34% of the events are bad, 0.1% are allowed.\n"
    "Error budget left: 80%; the last 1h spent 2% of it all.",
    "runbook_url": "https://runbooks.example.com/kthena-router/availability",
    "dashboard": "https://grafana.example.com/d/slo-detail?var-service=kthena-router&var-slo=availability",
}

Alert = Mapping[str, Any]


def alert(labels: Mapping[str, str], annotations: Mapping[str, str], *, ended: bool = False) -> Alert:
    return {
        "status": "resolved" if ended else "firing",
        "labels": dict(labels),
        "annotations": dict(annotations),
        "startsAt": "2026-11-22T11:00:05.123+01:00",
        "endsAt": "2026-11-22T12:30:05.123+01:00" if ended else "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus.example.com/graph?g0.expr=up+%3D%3D+0&g0.tab=1",
        "fingerprint": "c0ffee",
    }


def group(alerts: Sequence[Alert]) -> Mapping[str, Any]:
    """What Alertmanager gives to templates."""

    def common(part: str) -> dict[str, str]:
        return {
            key: value
            for key, value in alerts[0][part].items()
            if all(other[part].get(key) == value for other in alerts)
        }

    return {
        "receiver": "somebody",
        "status": "firing" if any(one["status"] == "firing" for one in alerts) else "resolved",
        "alerts": alerts,
        "groupLabels": {},
        "commonLabels": common("labels"),
        "commonAnnotations": common("annotations"),
        "externalURL": "https://alerts.example.com",
    }


def model(name: str, *, ended: bool = False) -> Alert:
    summary = ANNOTATIONS["summary"].replace("llama", name)
    return alert({**LABELS, "model": name}, {**ANNOTATIONS, "summary": summary}, ended=ended)


GROUPS: Mapping[str, Sequence[Alert]] = {
    "page": [model("llama")],
    "resolved": [model("llama", ended=True)],
    "many": [*(model(f"m{i}") for i in range(25)), model("gone", ended=True)],
    "nothing_annotated": [
        alert({"alertname": "TargetDown", "job": "node", "namespace": "prod", "severity": "warning"}, {})
    ],
    "other_annotations": [
        alert(
            {"alertname": "QueueIsLong"},
            {"message": "The queue\nis long", "impact": "Answers are late", "runbook": "wiki: queues"},
        )
    ],
}


def rendered(
    folder: Path, text: str, alerts: Sequence[Alert], *, as_html: bool = False, file: str = ""
) -> str:
    """What the real amtool makes of a text beside a file of templates."""
    (folder / "slogen.tmpl").write_text(file, encoding="utf-8")
    (folder / "data.json").write_text(json.dumps(group(alerts)), encoding="utf-8")
    command = [
        *(amtool.needed(), "template", "render"),
        f"--template.glob={folder / 'slogen.tmpl'}",
        f"--template.type={'html' if as_html else 'text'}",
        f"--template.data={folder / 'data.json'}",
        f"--template.text={text}",
    ]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout.removesuffix("\n")


def texts(fields: Mapping[str, Value], at: str) -> Iterator[tuple[str, str]]:
    """All templates of the fields of an integration, by where they stand."""
    for name, value in fields.items():
        if isinstance(value, str):
            yield f"{at}.{name}", value
        elif isinstance(value, Mapping):
            yield from texts(value, f"{at}.{name}")
        elif isinstance(value, Sequence):
            for i, part in enumerate(value):
                assert isinstance(part, Mapping)
                yield from texts(part, f"{at}.{name}.{i}")


def all_rendered(folder: Path, alerts: Sequence[Alert], kinds: Sequence[str] = KINDS) -> dict[str, str]:
    """All fields of all kinds."""
    found = [pair for kind in kinds for pair in texts(messages.fields(kind), kind)]
    result: dict[str, str] = {}
    for as_html in (False, True):
        some = [(name, text) for name, text in found if (name in HTML) == as_html]
        between = "\n=====\n"
        made = rendered(
            folder,
            between.join(text for _, text in some),
            alerts,
            as_html=as_html,
            file=messages.defines(),
        )
        result.update(zip((name for name, _ in some), made.split(between), strict=True))
    return {name: result[name] for name, _ in found}


@pytest.mark.parametrize("name", GROUPS)
def test_messages_read_well(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    made = all_rendered(tmp_path, GROUPS[name])
    text = "".join(f"--- {field}\n{value}\n" for field, value in made.items())
    path = EXPECTED / f"{name}.txt"
    if request.config.getoption("--update"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
    for field, limit in LIMITS.items():
        assert len(made[field]) <= limit, field


@pytest.mark.parametrize("kind", KINDS)
def test_texts_that_stand_alone_say_the_same(kind: str, tmp_path: Path) -> None:
    alone = dict(texts(messages.inlined(kind), kind))
    alerts = GROUPS["many"]
    for name, text in texts(messages.fields(kind), kind):
        as_html = name in HTML
        expected = rendered(tmp_path, text, alerts, as_html=as_html, file=messages.defines())
        assert rendered(tmp_path, alone[name], alerts, as_html=as_html) == expected, name
        file = messages.defines(kinds=[kind])
        assert rendered(tmp_path, text, alerts, as_html=as_html, file=file) == expected, name


def test_what_the_author_states_is_left() -> None:
    assert "text" not in messages.fields("slack", stated={"text": "mine"})
    assert "title" in messages.inlined("slack", stated={"text": "mine"})
    # Our message is written in HTML.
    assert messages.fields("telegram", stated={"parse_mode": "MarkdownV2"}) == {}
    assert "message" in messages.fields("telegram", stated={"parse_mode": "HTML"})


def test_a_project_has_its_own_words(tmp_path: Path) -> None:
    terms = Terms("team", ('p"1', "a|b"))
    labels = {"alertname": "A", "team": "ops"}
    said = {}
    for severity in ('p"1', "a|b", "a", "critical"):
        text = str(messages.inlined("opsgenie", terms)["priority"])
        said[severity] = rendered(tmp_path, text, [alert({**labels, "severity": severity}, {})])
    assert said == {'p"1': "P1", "a|b": "P1", "a": "P3", "critical": "P3"}
    group_of = str(messages.fields("pagerduty", terms)["group"])
    assert rendered(tmp_path, group_of, [alert(labels, {})]) == "ops"


def test_no_severity_pages_if_none_does(tmp_path: Path) -> None:
    text = str(messages.inlined("opsgenie", Terms(pages=()))["priority"])
    assert rendered(tmp_path, text, [alert({"alertname": "A"}, {})]) == "P3"


def test_payloads_of_webhooks_are_fixed() -> None:
    assert messages.fields("webhook") == {}
    assert messages.inlined("webhook") == {}


# hostile words ----------------------------------------------------------------------------------------

HOSTILE = (
    "<b>\"quoted\" 'q'\n*bold* _it_ `code` {{ .x }} \\ & | ~ [l](u) <!channel> <script>alert(1)</script>"
)


class Tags(HTMLParser):
    """The tags of a text, and whether each is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.open: list[str] = []
        self.targets: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.targets += [value or "" for name, value in attrs if name == "href"]
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def slack_without_links(text: str) -> str:
    return re.sub(r"<https?://[^<>|\x00-\x20]+\|[A-Z][a-z]+>", "", text)


def check_slack(text: str) -> None:
    rest = slack_without_links(text)
    assert "<" not in rest
    assert ">" not in rest
    assert re.sub(r"&(?:amp|lt|gt);", "", rest).count("&") == 0


words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=200) | st.text(
    "<>&\"'*_`[]()|\\{} \n%#+", max_size=200
)


@settings(max_examples=30)
@given(summaries=st.lists(words, min_size=1, max_size=4), value=words)
def test_words_break_no_message(
    tmp_path_factory: pytest.TempPathFactory, summaries: Sequence[str], value: str
) -> None:
    alerts = [
        alert(
            {**LABELS, "model": f"{i}{value}"},
            {"summary": summary, "description": summary * 9, "runbook_url": f"https://x/{summary}"},
        )
        for i, summary in enumerate(summaries)
    ]
    made = all_rendered(tmp_path_factory.mktemp("words"), alerts, ("slack", "email", "telegram"))
    check_slack(made["slack.text"])
    check_slack(made["slack.title"])
    assert Tags(made["telegram.message"]).seen <= {"b", "a"}
    email = Tags(made["email.html"])
    assert email.seen == {"html", "head", "meta", "title", "body", "h2", "pre", "b", "a"}
    assert email.open == []
    assert all(target.startswith("http") for target in email.targets)
    assert "\n" not in made["email.headers.Subject"]


def test_hostile_words_are_shown_as_they_are(tmp_path: Path) -> None:
    long = HOSTILE * 150
    notes = {
        "summary": long,
        "description": long,
        "runbook_url": "javascript:alert(1)",
        "dashboard": "x" * 9999,
    }
    made = all_rendered(tmp_path, [alert({**LABELS, "model": HOSTILE}, notes)])
    # One line of what is cut, as a person sees it.
    head = re.sub(r"\s+", " ", HOSTILE)[:80]
    assert head in html.unescape(made["slack.title"])
    assert head in html.unescape(made["telegram.message"])
    assert head in re.sub(r"\\([\\*_`~|<>\[\]])", r"\1", made["discord.title"])
    assert "javascript:" not in "".join(Tags(made["email.html"]).targets)
    assert made["pagerduty.links.0.href"] == ""
    for field, limit in LIMITS.items():
        # Alertmanager cuts these itself, and nothing in their ends breaks.
        if field not in {"discord.message", "pushover.message"}:
            assert len(made[field]) <= limit, field


def test_large_groups_are_cut_with_a_count(tmp_path: Path) -> None:
    alerts = [
        alert({**LABELS, "model": f"{i}" + "m" * 9999}, {"summary": f"{i}" + "s" * 9999}) for i in range(300)
    ]
    made = all_rendered(tmp_path, alerts)
    assert "(10 of 300)" in made["slack.text"]
    assert made["slack.text"].count("• ") == 10
    for field, limit in LIMITS.items():
        if field not in {"discord.message", "pushover.message", "telegram.message", "webex.message"}:
            assert len(made[field]) <= limit, field


def silence(text: str) -> str:
    found = re.search(r"#/silences/new\?filter=([^|>\s)\"]+)", text)
    assert found
    return found[1]


def test_the_address_of_a_silence_names_what_the_alerts_share(tmp_path: Path) -> None:
    from urllib.parse import unquote  # noqa: PLC0415 - beside its only use

    odd = 'a "b" \\ (c) | +d&e#f 50%'
    alerts = [alert({"alertname": "A", "severity": "s", "path": odd, "pod": str(i)}, {}) for i in range(2)]
    made = all_rendered(tmp_path, alerts, ("slack", "email", "discord"))
    expected = '{alertname="A", path="a \\"b\\" \\\\ (c) | +d&e#f 50%", severity="s"}'
    for text in (made["slack.text"], made["discord.message"], made["email.text"]):
        assert unquote(silence(text)) == expected
    [target] = [target for target in Tags(made["email.html"]).targets if "silences" in target]
    assert unquote(silence(target)) == expected
