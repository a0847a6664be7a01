"""The configuration of the Alertmanager as it is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml
from hypothesis import given
from hypothesis import strategies as st

import amtool
from slogen import pipeline
from slogen.alertmanager.configuration import Configuration, Integration, Receiver, SecretFile, SecretKey
from slogen.alertmanager.inhibition import Inhibition
from slogen.alertmanager.matchers import Matcher
from slogen.alertmanager.routes import Route
from slogen.alertmanager.times import NamedTimes, TimeInterval
from slogen.alertmanagerspec import text
from slogen.alertmanagerspec.file import read_file
from slogen.diagnostics import Report
from slogen.pipeline import Options, Result
from slogen.seal import is_intact
from slogen.source import Source, documents
from slogen.units import Millis

PROJECT = Path(__file__).parents[2]


def plain(value: object) -> object:
    """What a value says, without places, and without what is known of versions."""
    if is_dataclass(value) and not isinstance(value, type):
        said = [one.name for one in fields(value) if one.compare and one.name != "newer"]
        return {name: plain(getattr(value, name)) for name in said}
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(item) for item in value]
    return value


def read(written: str) -> Configuration:
    report = Report()
    nodes = documents(Source("alertmanager.yaml", written))
    assert not nodes.problems, nodes.problems
    found = read_file(nodes.nodes[0], report)
    assert not report.failed, [f"{d.at} {d.message}" for d in report]
    assert found is not None
    return found


def own_project() -> Result:
    paths = sorted(path for folder in ("slos", "rules") for path in (PROJECT / folder).rglob("*.yaml"))
    return pipeline.compile(
        [Source(str(path.relative_to(PROJECT)), path.read_text(encoding="utf-8")) for path in paths]
    )


# reading it back ----------------------------------------------------------------------------------------

TEXTS = st.one_of(
    st.sampled_from(
        ["a", "a b", "1", "yes", "#x", "{{ .X }}", "a: b", "a,b", "[x]", "'", '"', "ä", "\\", "line\nother\n"]
    ),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=5),
)
NAMES = st.sampled_from(["a", "b_c", "severity"])
PATTERNS = st.sampled_from(["a|b", "x.*", "a\\.b", 'q"', "1"])
MATCHERS = st.one_of(
    st.builds(Matcher, NAMES, st.sampled_from(["=", "!="]), TEXTS),
    st.builds(Matcher, NAMES, st.sampled_from(["=~", "!~"]), PATTERNS),
)
MATCHERS_OF = st.lists(MATCHERS, min_size=1, max_size=3).map(tuple)
DURATIONS = st.one_of(st.none(), st.integers(1, 10**8).map(Millis))
TIMES = ("office", "no, yes")
RECEIVER_NAMES = ("r", "r: 2", "null")


def with_routes(routes: st.SearchStrategy[tuple[Route, ...]]) -> st.SearchStrategy[Route]:
    return st.builds(
        Route,
        receiver=st.one_of(st.none(), st.sampled_from(RECEIVER_NAMES)),
        matchers=MATCHERS_OF,
        continue_=st.booleans(),
        routes=routes,
        group_by=st.one_of(st.none(), st.just(("...",)), st.lists(NAMES, min_size=1, unique=True).map(tuple)),
        group_wait=DURATIONS,
        group_interval=DURATIONS,
        repeat_interval=DURATIONS,
        mute=st.sampled_from([(), TIMES]),
        active=st.sampled_from([(), TIMES[:1]]),
        remark=TEXTS,
    )


ROUTES = st.recursive(
    with_routes(st.just(())),
    lambda below: with_routes(st.lists(below, max_size=2).map(tuple)),
    max_leaves=4,
)
INTERVALS = st.builds(
    TimeInterval,
    times=st.sampled_from([(), ((0, 1440),), ((540, 1080), (61, 62))]),
    weekdays=st.sampled_from([(), ((1, 5),), ((0, 0), (6, 6))]),
    days_of_month=st.sampled_from([(), ((1, 1),), ((-3, -1), (2, 9))]),
    months=st.sampled_from([(), ((1, 12),), ((5, 5),)]),
    years=st.sampled_from([(), ((2026, 2030),)]),
    zone=st.sampled_from([UTC, ZoneInfo("Europe/Berlin")]),
)
INTEGRATIONS = st.one_of(
    st.builds(
        lambda url, secret, details: Integration(
            "pagerduty", {"routing_key": secret, "url": url, "details": details}
        ),
        st.just("http://pager/"),
        st.sampled_from([SecretFile("/etc/a b"), SecretFile("/x")]),
        st.dictionaries(TEXTS, TEXTS, min_size=1, max_size=2),
    ),
    st.builds(
        lambda again, title: Integration(
            "slack",
            {
                "api_url": SecretFile("/x"),
                "send_resolved": again,
                "title": title,
                "actions": [{"type": "button", "text": title, "url": "http://x"}],
            },
        ),
        st.booleans(),
        TEXTS,
    ),
)
# A file has those of one kind together.
LISTS_OF_INTEGRATIONS = st.lists(INTEGRATIONS, max_size=2).map(
    lambda listed: tuple(sorted(listed, key=lambda one: one.kind))
)
CONFIGURATIONS = st.builds(
    lambda routes, integrations, rules, named, templates: Configuration(
        Route("r", routes=routes),
        tuple(Receiver(name, one) for name, one in zip(RECEIVER_NAMES, integrations, strict=True)),
        rules,
        tuple(NamedTimes(name, one) for name, one in zip(TIMES, named, strict=True)),
        templates,
    ),
    st.lists(ROUTES, max_size=2).map(tuple),
    st.tuples(*[LISTS_OF_INTEGRATIONS] * 3),
    st.lists(
        st.builds(
            Inhibition, MATCHERS_OF, MATCHERS_OF, st.lists(NAMES, unique=True).map(tuple), remark=TEXTS
        ),
        max_size=2,
    ).map(tuple),
    st.tuples(*[st.lists(INTERVALS, min_size=1, max_size=2).map(tuple)] * 2),
    st.sampled_from([(), ("templates/*.tmpl", "/x y")]),
)


@given(CONFIGURATIONS)
def test_what_is_written_is_read_again(configuration: Configuration) -> None:
    assert plain(read(text.document(configuration))) == plain(configuration)


# what is written ----------------------------------------------------------------------------------------


def test_secrets_are_the_files_that_hold_them() -> None:
    integration = Integration(
        "webhook",
        {
            "url": "http://x/",
            "http_config": {
                "authorization": {"credentials": SecretKey("tokens", "a")},
                "tls_config": {"ca": SecretFile("/ca.pem")},
                "http_headers": {"X-Key": {"secrets": [SecretFile("/key"), SecretKey("keys", "b")]}},
            },
        },
    )
    written = yaml.safe_load(text.receivers([Receiver("r", (integration,))], 0))
    assert written[0]["webhook_configs"][0]["http_config"] == {
        "authorization": {"credentials_file": "/etc/alertmanager/secrets/tokens/a"},
        "tls_config": {"ca_file": "/ca.pem"},
        "http_headers": {"X-Key": {"files": ["/key", "/etc/alertmanager/secrets/keys/b"]}},
    }


def files_of(spec: str, options: Options = pipeline.DEFAULTS) -> dict[str, str]:
    document = f"apiVersion: slogen.dev/v1\nkind: Routing\nmetadata: {{name: x}}\nspec: {spec}\n"
    result = pipeline.compile([Source("teams/routing.yaml", document)], options)
    assert not result.report.failed, [f"{d.at} {d.message}" for d in result.report]
    return {file.path: file.text for file in result.files if file.path.startswith("alertmanager/")}


OWNERS = "fallback: a, owners: {a: {page: r}}"


def test_what_the_author_says_is_not_replaced() -> None:
    slack = "{api_url: {file: /url}, channel: '#x', title: mine}"
    files = files_of(f"{{{OWNERS}, receivers: {{r: {{slack: {slack}}}}}}}")
    written = yaml.safe_load(files["alertmanager/alertmanager.yaml"])
    (config,) = written["receivers"][0]["slack_configs"]
    assert config["title"] == "mine"
    assert config["text"] == '{{ template "slogen.slack.text" . }}'
    assert written["templates"] == ["templates/slogen.tmpl"]
    assert all(is_intact(content) for content in files.values())
    assert files["alertmanager/alertmanager.yaml"].startswith(
        "# Code generated by slogen from teams/routing.yaml."
    )
    assert '{{ define "slogen.slack.text"' in files["alertmanager/templates/slogen.tmpl"]


def test_no_templates_where_nothing_reads_them() -> None:
    files = files_of(f"{{{OWNERS}, receivers: {{r: {{webhook: {{url: 'http://x/'}}}}}}}}")
    assert [*files] == ["alertmanager/alertmanager.yaml"]
    assert "templates" not in files["alertmanager/alertmanager.yaml"]


def test_nothing_is_written_where_not_all_alerts_are_known() -> None:
    spec = f"{{{OWNERS}, receivers: {{r: {{webhook: {{url: 'http://x/'}}}}}}}}"
    assert not files_of(spec, Options(elsewhere=frozenset()))


def test_alertmanager_takes_our_own_project(tmp_path: Path) -> None:
    result = own_project()
    for file in result.files:
        if file.path.startswith("alertmanager/"):
            path = tmp_path / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(file.text, encoding="utf-8")
    path = tmp_path / "alertmanager" / "alertmanager.yaml"
    made = result.program.notifying.configuration
    assert made is not None
    assert plain(read(path.read_text(encoding="utf-8")).route) == plain(made.route)
    assert not amtool.check(path)
