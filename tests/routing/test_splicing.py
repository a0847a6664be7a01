"""Our routes within a configuration that is there already: nothing of its text changes."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

import amtool
from slogen import pipeline
from slogen.alertmanagerspec import text
from slogen.alertmanagerspec.file import read_file
from slogen.diagnostics import Report
from slogen.pipeline import Result
from slogen.seal import is_intact
from slogen.source import Source, documents

ROUTING = """
apiVersion: slogen.dev/v1
kind: Routing
metadata: {name: x}
spec:
  base: base.yml
  defaults: {group_by: [alertname]}
  owners:
    red: {page: red, ticket: {receiver: tickets, active: [office]}, escalation: {to: blue, after: 10m}}
    blue: {page: blue}
  receivers:
    red: {slack: {channel: '#red', api_url: {file: /url}, send_resolved: true}}
    tickets: {webhook: {url: 'http://tickets/'}}
    blue: {webhook: {url: 'http://blue/'}}
  time_intervals:
    office: [{weekdays: ['monday:friday'], times: [{start_time: '09:00', end_time: '17:00'}]}]
  inhibit_rules:
    - {source_matchers: ['a="b"'], target_matchers: ['c="d"'], equal: [e]}
"""


def built(base: str, path: str = "base.yml") -> Result:
    routing = ROUTING.replace("base.yml", path)
    return pipeline.compile([Source("routing.yaml", routing), Source(path, base)])


def spliced(base: str, path: str = "base.yml") -> str:
    """The configuration that is written, without the line that slogen puts first."""
    result = built(base, path)
    assert not result.report.failed, [f"{d.at} {d.message}" for d in result.report]
    found = {file.path: file.text for file in result.files}
    _, body = found["alertmanager/alertmanager.yaml"].split("\n", 1)
    assert said(body) == composed(result)
    return body


def composed(result: Result) -> str:
    """What Alertmanager should be told, but for messages."""
    made = result.program.notifying.configuration
    assert made is not None
    return without_messages(text.document(made))


def said(body: str) -> str:
    """What a file tells, in the spelling of slogen."""
    report = Report()
    found = read_file(documents(Source("alertmanager.yaml", body)).nodes[0], report)
    assert found is not None
    assert not [d for d in report if d.severity == "error"]
    return without_messages(text.document(found))


def without_messages(written: str) -> str:
    lines = [
        line for line in written.splitlines() if "slogen." not in line and not line.lstrip().startswith("#")
    ]
    return "\n".join(line for line in lines if line not in ("", "templates:"))


def is_kept(base: str, body: str) -> bool:
    """Whether all characters of the base are there, in their order."""
    rest = iter(body)
    return all(char in rest for char in base)


def has_all_lines(base: str, body: str) -> bool:
    rest = iter(body.splitlines())
    return all(line in rest for line in base.splitlines())


BLOCK = {
    "as little as possible": """
        route:
          receiver: d
        receivers:
          - name: d
        """,
    "all there is": """
        # Ours.
        global:
            resolve_timeout: 5m   # trailing\ttab

        templates:
        - '/etc/alertmanager/*.tmpl'
        route:
            receiver: d
            group_by: [a]
            routes:
            # The first one.
            - receiver: d
              continue: true
            # The second one.
            -
              receiver: "d"
              matchers: [ severity = warning ]
              # inner

            # The third one.
            - receiver: d
              routes: []

        # Quiet.
        inhibit_rules:
          - source_matchers: [a="b"]
            target_matchers: [b="c"]
        time_intervals:
          - name: night
            time_intervals:
            - times: [{start_time: "00:00", end_time: "06:00"}]
        receivers:
        - name: d
          webhook_configs:
                - url: http://d/
        # The end.
        """,
    "keys without values": """
        global:
        templates:  # none
        inhibit_rules:
        time_intervals:
        route:
          receiver: d
          routes:
        receivers:
          - name: d
        """,
    "the markers of documents": "---\nroute:\n  receiver: d\nreceivers:\n  - name: d\n...\n# end\n",
    "a directive": "%YAML 1.1\n---\nroute:\n  receiver: d\nreceivers:\n  - name: d\n",
    "another document": """
        route:
          receiver: d
        receivers:
          - name: d
        ---
        apiVersion: v1
        kind: ConfigMap
        """,
    "keys in quotes": """
        "receivers":
          - "name": "d"
        "route":
          "receiver": "d"
          "routes":
            - "receiver": "d"
        """,
    "anchors and aliases": """
        route: &root
          receiver: d
          routes: &routes
          - &first {receiver: d, continue: true}
          - *first
          # The one that ends it.
          - {receiver: d}
        receivers: &all
        - name: d
          webhook_configs:
          - &hook {url: 'http://d/'}
          - *hook
        """,
    "a text that keeps its blank lines": """
        route:
          receiver: d
        receivers:
        - name: d
          slack_configs:
          - api_url: http://d/
            channel: x
            text: |+
              - no item


        """,
    "texts that look like lists": """
        route:
          receiver: d
        receivers:
        - name: d
          slack_configs:
          - api_url: http://d/
            channel: x
            text: >-
              one
              - two
            title: "a
              - b

              - c"
        # end

        """,
    "lists in the column of their key": """
        route:
          receiver: d
          routes:
          - receiver: d
            routes:
            - receiver: d
              matchers:
              - a=b
          - receiver: d
        receivers:
        - name: d
        """,
}
BASES = {name: dedent(base).removeprefix("\n") for name, base in BLOCK.items()}


@pytest.mark.parametrize("ending", ["\n", "\r\n", ""], ids=["lf", "crlf", "none"])
@pytest.mark.parametrize("name", [name for name in BASES if not name.startswith("a text that")])
def test_only_lines_are_added(name: str, ending: str) -> None:
    base = BASES[name].replace("\n", ending) if ending else BASES[name].rstrip("\n")
    body = spliced(base)
    assert is_kept(base, body)
    assert has_all_lines(base, body)
    if ending == "\r\n":
        assert "\n" not in body.replace("\r\n", "")


def test_blank_lines_stay_where_they_are_a_value() -> None:
    base = BASES["a text that keeps its blank lines"]
    assert has_all_lines(base, spliced(base))


FLOW = {
    "one line": "route: {receiver: d}\nreceivers: [{name: d}]\n",
    "empty lists": """
        global: {}
        templates: []
        inhibit_rules: [ ]
        route:
          receiver: d
          routes: []
        receivers:
          - name: d
        """,
    "several lines": """
        route:
          receiver: d
          routes: [
            {receiver: d, continue: true}, # first
            {receiver: d},
          ]
        receivers: [
          {name: d}, # d
        ]
        """,
    "JSON": """
        {
          "route": {"receiver": "d", "routes": [{"receiver": "d", "matchers": ["a=b"]}]},
          "receivers": [{"name": "d", "webhook_configs": [{"url": "http://d/"}]}],
          "inhibit_rules": []
        }
        """,
}


@pytest.mark.parametrize("name", FLOW)
def test_items_are_added_in_flow_style(name: str) -> None:
    base = dedent(FLOW[name]).removeprefix("\n")
    assert is_kept(base, spliced(base))


def test_json_stays_json() -> None:
    written = json.loads(spliced(dedent(FLOW["JSON"])))
    assert [receiver["name"] for receiver in written["receivers"]] == ["d", "red", "tickets", "blue"]


def test_a_configuration_within_an_object() -> None:
    inner = BASES["all there is"]
    indented = "".join(f"    {line}\n" if line else "\n" for line in inner.splitlines())
    base = (
        f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: am}}\ndata:\n  alertmanager.yml: |\n{indented}"
    )
    body = spliced(base, "cm.yaml")
    assert has_all_lines(inner, body)
    assert "ConfigMap" not in body


def test_git_may_change_line_breaks() -> None:
    files = built(BASES["as little as possible"].replace("\n", "\r\n")).files
    (written,) = (file.text for file in files if file.path == "alertmanager/alertmanager.yaml")
    assert is_intact(written)
    assert is_intact(written.replace("\r\n", "\n"))


def test_where_it_is_added() -> None:
    body = spliced(BASES["all there is"])
    lines = body.splitlines()
    at = lines.index("    - matchers: ['owner=~\"red|blue\"']")
    assert lines[at - 1 : at] == ["      continue: true"]
    assert lines.index("    # The second one.") > at
    assert lines.index("# Quiet.") < lines.index("inhibit_rules:")
    assert lines[lines.index("# The end.") - 1].strip().startswith("- url: http://blue/")


@pytest.mark.parametrize(
    ("base", "line", "message"),
    [
        (
            "x: &r\n  - name: d\nroute:\n  receiver: d\nreceivers: *r\n",
            5,
            "nothing can be added to `receivers` as it is written here",
        ),
        (
            "route: &r\n  receiver: d\nx: *r\nreceivers:\n  - name: d\n",
            1,
            "nothing can be added to `routes` as it is written here",
        ),
        (
            "route:\n  receiver: d\n  routes: null\nreceivers:\n  - name: d\n",
            3,
            "nothing can be added to `routes`, which is `null`",
        ),
        (
            "x: 1\n---\nroute:\n  receiver: d\nreceivers:\n  - name: d\n",
            3,
            "Alertmanager reads only the first document of a file",
        ),
    ],
)
def test_what_cannot_be_added_has_a_place(base: str, line: int, message: str) -> None:
    found = [(d.at.line, d.message) for d in built(base).report if d.severity == "error"]
    assert (line, message) in found


# any style ----------------------------------------------------------------------------------------------


@st.composite
def styled(draw: st.DrawFn) -> str:
    """A configuration in some style: sections in any order, any indentation, comments and blank lines."""
    step, dash = draw(st.sampled_from([(2, 0), (2, 2), (4, 0), (4, 4), (3, 1)]))
    pad, item = " " * step, " " * dash
    below = item + " " * draw(st.integers(2, 4))

    def dashed(*lines: str) -> list[str]:
        first = below[:dash] + "-" + " " * (len(below) - dash - 1)
        return [first + lines[0], *(below + line for line in lines[1:])]

    routes = [
        dashed("receiver: d", "continue: true"),
        dashed("matchers:", "- a=b", "receiver: d"),
        dashed("receiver: d", "routes:", "- receiver: d", "  matchers: [c=d]"),
    ][: draw(st.integers(0, 3))]
    sections = {
        "route": [pad + "receiver: d", *([pad + "routes:"] if routes else [])]
        + [pad + line for route in routes for line in route],
        "receivers": dashed("name: d", "webhook_configs:", "- url: http://d/"),
        "global": [pad + "resolve_timeout: 1m"],
        "inhibit_rules": dashed("source_matchers: [a=b]", "target_matchers: [c=d]"),
        "templates": [item + "- x.tmpl"],
        "time_intervals": dashed("name: night", "time_intervals:", "- weekdays: [sunday]"),
    }
    chosen = ["route", "receivers", *draw(st.lists(st.sampled_from([*sections][2:]), unique=True))]
    lines: list[str] = []
    for name in draw(st.permutations(chosen)):
        for line in (f"{name}:", *sections[name]):
            if draw(st.integers(0, 4)) == 0:
                lines.append(draw(st.sampled_from(["", "# - note", "      # note: 'it", " "])))
            lines.append(line + draw(st.sampled_from(["", "", " # note", "  "])))
    ending = draw(st.sampled_from(["\n", "\r\n"]))
    return ending.join(lines) + draw(st.sampled_from(["", ending, ending + "# end" + ending, ending * 3]))


@given(styled())
def test_any_style(base: str) -> None:
    body = spliced(base)
    assert is_kept(base, body)
    assert has_all_lines(base, body)


def test_alertmanager_takes_all_of_them(tmp_path: Path) -> None:
    paths = []
    texts = {**BASES, **{name: dedent(base).removeprefix("\n") for name, base in FLOW.items()}}
    for name, base in texts.items():
        path = tmp_path / f"{name}.yml"
        path.write_text(spliced(base), encoding="utf-8", newline="")
        paths.append(path)
    assert amtool.check_all(paths) == [""] * len(paths)
