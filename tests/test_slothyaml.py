"""YAML as Sloth's printer, go-yaml version 2, lays it out.

The expected texts are what go-yaml itself wrote for these values.
"""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from slogen import slothyaml
from slogen.ir import Labels, Manifest, Rule, RuleGroup

STYLES = [
    # what is no text to a reader of YAML 1.1, or to go-yaml
    ("", '""'),
    ("2", '"2"'),
    ("true", '"true"'),
    ("y", '"y"'),
    ("No", '"No"'),
    ("~", '"~"'),
    ("0x1F", '"0x1F"'),
    ("08", '"08"'),
    ("1_000", '"1_000"'),
    ("1e3", '"1e3"'),
    (".5", '".5"'),
    (".5_0", '".5_0"'),
    ("-.inf", '"-.inf"'),
    (".nan", '".nan"'),
    ("0b11", '"0b11"'),
    ("0o17", '"0o17"'),
    ("18446744073709551616", '"18446744073709551616"'),
    ("2020-01-31", '"2020-01-31"'),
    ("2020-1-2T3:4:5Z", '"2020-1-2T3:4:5Z"'),
    ("12:30", '"12:30"'),
    # what only looks like that
    ("5m", "5m"),
    ("1h30m", "1h30m"),
    ("1e999", "1e999"),
    ("2020-02-30", "2020-02-30"),
    ("1:60", "1:60"),
    ("=", "="),
    # what has a meaning in YAML
    ("a: b", "'a: b'"),
    ("a:", "'a:'"),
    ("a #b", "'a #b'"),
    ("#x", "'#x'"),
    ("- a", "'- a'"),
    ("-", "'-'"),
    ("? x", "'? x'"),
    ("---x", "'---x'"),
    ("...", "'...'"),
    ("@x", "'@x'"),
    ("`x", "'`x'"),
    ("%x", "'%x'"),
    ("[a]", "'[a]'"),
    ("'q'", "'''q'''"),
    ('"q"', "'\"q\"'"),
    ("x ", "'x '"),
    ("  x", "'  x'"),
    # what has none where it stands
    ("a:b", "a:b"),
    ("a#b", "a#b"),
    ("-a", "-a"),
    ("?x", "?x"),
    (":x", ":x"),
    ("a, b", "a, b"),
    ("it's", "it's"),
    ("a  b", "a  b"),
    # other characters
    ("été", "été"),
    ("日本", "日本"),
    ("\xa0x", "\xa0x"),
    ("😀", r'"\U0001F600"'),
    ("a\tb", r'"a\tb"'),
    # several lines
    ("a\nb", "|-\n      a\n      b"),
    ("a\nb\n", "|\n      a\n      b"),
    ("a\n\n", "|+\n      a\n"),
    ("\na", "|2-\n\n      a"),
    ("\n", "|2+\n"),
    (" a\nb", "|2-\n       a\n      b"),
    ("a\n  b\n\nc\n", "|\n      a\n        b\n\n      c"),
    ("a\n#b\n", "|\n      a\n      #b"),
    ("é\nb", "|-\n      é\n      b"),
    ("a \nb", r'"a \nb"'),
    ("a\nb ", r'"a\nb "'),
    ("a\r\nb", r'"a\r\nb"'),
]


@pytest.mark.parametrize(("text", "written"), STYLES)
def test_the_style_of_a_text(text: str, written: str) -> None:
    group = RuleGroup("g", (Rule(text, record="r"),))
    assert (
        slothyaml.rule_file([group]) == f"groups:\n- name: g\n  rules:\n  - record: r\n    expr: {written}\n"
    )


LONG = (
    "(page) {{$labels.sloth_service}} {{$labels.sloth_slo}} SLO error budget "
    "burn rate is too fast, and it's fast."
)

FOLDED = {
    LONG: """(page) {{$labels.sloth_service}} {{$labels.sloth_slo}} SLO error budget
        burn rate is too fast, and it's fast.""",
    f"'{LONG[1:]}": """'''page) {{$labels.sloth_service}} {{$labels.sloth_slo}} SLO error budget
        burn rate is too fast, and it''s fast.'""",
    f"\t{LONG}": r'''"\t(page) {{$labels.sloth_service}} {{$labels.sloth_slo}} SLO error
        budget burn rate is too fast, and it's fast."''',
    "word  " * 20 + "end": "word  " * 20 + "end",
    "w" * 100 + " " + "v" * 5: "w" * 100 + "\n        " + "v" * 5,
}


@pytest.mark.parametrize("text", FOLDED)
def test_long_lines_are_folded_at_single_blanks(text: str) -> None:
    name = {"(": "plain", "'": "single", "\t": "double"}.get(text[0], "plain")
    written = slothyaml.rule_file([RuleGroup("g", (Rule("x", record="r", labels={name: text}),))])
    assert written.endswith(f"    labels:\n      {name}: {FOLDED[text]}\n")


def test_a_text_below_a_long_name_starts_at_its_end() -> None:
    names = {"x" * 128: LONG[:30], "y" * 129: LONG}
    written = slothyaml.rule_file([RuleGroup("g", (Rule("x", record="r", labels=names),))])
    assert written.endswith(
        f"      {'x' * 128}: (page)\n        {{{{$labels.sloth_service\n"
        f"      ? {'y' * 129}\n"
        "      : (page) {{$labels.sloth_service}} {{$labels.sloth_slo}} SLO error budget burn\n"
        "        rate is too fast, and it's fast.\n"
    )


def test_names_are_in_natural_order() -> None:
    expected = [
        "_a",
        "0",
        "9",
        "10",
        "A",
        "Z",
        "a",
        "a-b",
        "a_b",
        "a0",
        "a1",
        "a2",
        "a02",
        "a10",
        "a100",
        "ab",
    ]
    names = [*expected, "app.kubernetes.io/x", "sloth_id"]
    labels = dict.fromkeys(sorted(names), "x")
    written = slothyaml.rule_file([RuleGroup("g", (Rule("x", record="r", labels=labels),))])
    assert [line.strip().partition(":")[0].strip('"') for line in written.splitlines()[6:]] == names


GROUPS = (
    RuleGroup(
        "first",
        (
            Rule("vector(1)", record="r", labels={"tier": "2"}),
            Rule("a\n/\nb\n", alert="A", for_="5m", labels={"b": "c"}, annotations={"summary": "x: y"}),
        ),
        interval="30s",
    ),
    RuleGroup("second", (Rule("up", record="s"),)),
)


def test_a_rule_file_names_the_rule_first() -> None:
    assert (
        slothyaml.rule_file(GROUPS)
        == """\
groups:
- name: first
  interval: 30s
  rules:
  - record: r
    expr: vector(1)
    labels:
      tier: "2"
  - alert: A
    expr: |
      a
      /
      b
    for: 5m
    labels:
      b: c
    annotations:
      summary: 'x: y'
- name: second
  rules:
  - record: s
    expr: up
"""
    )


def test_an_object_has_its_keys_in_alphabetical_order() -> None:
    about = Manifest("shop", "monitoring", {"release": "prometheus"}, {"note": "1"})
    assert (
        slothyaml.manifest(about, "shop-2", slothyaml.manifest_groups(GROUPS))
        == """\
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  annotations:
    note: "1"
  labels:
    release: prometheus
  name: shop-2
  namespace: monitoring
spec:
  groups:
  - interval: 30s
    name: first
    rules:
    - expr: vector(1)
      labels:
        tier: "2"
      record: r
    - alert: A
      annotations:
        summary: 'x: y'
      expr: |
        a
        /
        b
      for: 5m
      labels:
        b: c
  - name: second
    rules:
    - expr: up
      record: s
"""
    )


def test_nothing_is_an_empty_list() -> None:
    assert slothyaml.rule_file([]) == "groups: []\n"
    assert slothyaml.manifest(Manifest("x"), "x", []).endswith("spec:\n  groups: []\n")


# A reader that takes every scalar for text: the styles above are what tells text from the rest.
TEXTS = st.text(
    st.one_of(
        st.sampled_from(" \n'\"\\:#-?{}[]|>%&*!@`,.~01ab\t\r\x85\u2028"),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=30,
)
LONG_TEXTS = st.lists(st.one_of(TEXTS, st.sampled_from(["word", "{{ $labels.x }}", ""])), max_size=40).map(
    " ".join
)


@given(st.one_of(TEXTS, LONG_TEXTS), st.dictionaries(TEXTS.filter(bool), LONG_TEXTS, max_size=4))
@example("\u2028", {"\ufeff": "\ufeff a"})
@example("0" * 5000, {"1" * 5000: "9" * 5000, "1" * 4999 + "2": ""})
def test_what_is_written_reads_back(text: str, labels: Labels) -> None:
    rule = Rule(text, alert="A", labels=labels, annotations=labels)
    expected: Any = {"alert": "A", "expr": text}
    if labels:
        expected |= {"labels": labels, "annotations": labels}
    groups = [RuleGroup("g", (rule, rule))]
    in_file = yaml.load(slothyaml.rule_file(groups), Loader=yaml.BaseLoader)
    assert in_file == {"groups": [{"name": "g", "rules": [expected, expected]}]}
    in_object = yaml.load(
        slothyaml.manifest(Manifest("x"), "x", slothyaml.manifest_groups(groups)), Loader=yaml.BaseLoader
    )
    assert in_object["spec"] == in_file
