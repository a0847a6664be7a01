"""Comments come out at the place of what they are about, in whatever format; none is lost."""

from __future__ import annotations

import random
import re
from textwrap import dedent

import pytest
import yaml
from conversions import notes_on, text_in

from slogen.source import Source
from slogen.source.outline import outline

NATIVE = dedent(
    """\
    # file head

    # above the document
    apiVersion: slogen.dev/v1  # version
    kind: ServiceLevels
    # about the object
    metadata:
      name: shop # object
    spec:
      # who
      service: shop # sells
      owner: sales   # calls
      # list
      slos:
        # first
        # SLO
        - name: sold # one
          # promise
          objective: 99.9 # nines
          window: 28d # four weeks
          group_by: [model] # per model
          # measured
          sli:
            events: # counters
              # all
              total: all_total # a
              bad: # b
                - 'bad_total{x="#"}' # c
                - worse_total # d
          alerting:
            # loud
            page: {severity: p1, for: 2m} # e
            absent:
              # calm
              for: 20m # f
          # end of one
        # second
        - {name: two, objective: 99, # g
           sli: {latency: {histogram: x_seconds, threshold: 1s}}} # h
    # foot
    """
)


def lines_around(text: str, comment: str) -> str:
    """The line that a comment stands on; for one on its own line, the next line that is none."""
    lines = text.split("\n")
    number = next(i for i, line in enumerate(lines) if re.search(rf"(^|\s){re.escape(comment)}$", line))
    while lines[number].strip().startswith("#") or not lines[number].strip():
        number += 1
    return re.sub(r"\s+#.*", "", lines[number]).strip()


@pytest.mark.parametrize(
    ("target", "places"),
    [
        (
            "native",
            {
                "# file head": "apiVersion: slogen.dev/v1",
                "# about the object": "metadata:",
                "# object": "name: shop",
                "# who": "service: shop",
                "# calls": "owner: sales",
                "# list": "slos:",
                "# SLO": "- name: sold",
                "# one": "- name: sold",
                "# promise": "objective: 99.9",
                "# per model": "group_by: [model]",
                "# measured": "sli:",
                "# all": "total: all_total",
                "# a": "total: all_total",
                "# b": "bad:",
                "# d": "- worse_total",
                "# loud": "page: {severity: p1, for: 2m}",
                "# calm": "for: 20m",
                "# second": "- name: two",
            },
        ),
        (
            "sloth",
            {
                "# above the document": "apiVersion: sloth.slok.dev/v1",
                "# sells": "service: shop",
                "# nines": "objective: 99.9",
                "# four weeks": "- name: sold",
                "# measured": "sli:",
                "# all": "totalQuery: sum by (model) (rate(all_total[{{.window}}]))",
                "# b": "errorQuery: |-",
                "# loud": "pageAlert:",
                "# second": "- name: two",
            },
        ),
        (
            "openslo",
            {
                "# above the document": "apiVersion: openslo/v1",
                "# first": "apiVersion: openslo/v1",
                "# one": "name: sold",
                "# nines": "- target: 0.999",
                "# four weeks": "timeWindow:",
                "# measured": "indicator:",
                "# a": "total:",
                "# b": "bad:",
                "# second": "apiVersion: openslo/v1",
            },
        ),
    ],
)
def test_comments_keep_their_places(target: str, places: dict[str, str]) -> None:
    text = text_in(target, NATIVE)
    assert {comment: lines_around(text, comment) for comment in places} == places


SLOTH = dedent(
    """\
    # head
    version: prometheus/v1 # version
    service: shop # sells
    # shared
    labels: {team: x} # l
    slos:
      # first
      - name: sold # one
        objective: 99.9 # nines
        sli: # what
          events:
            # wrong
            error_query: sum(rate(a{x="#"}[{{.window}}])) # e
            # all
            total_query: | # header
              sum(rate(b[{{.window}}])) # within
        alerting:
          name: Sold # named
          page_alert: # page
            disable: true # off
    # foot
    """
)
OPENSLO = dedent(
    """\
    # the policy
    apiVersion: openslo/v1
    kind: AlertCondition
    metadata: {name: fast} # fast
    spec: {severity: page, condition: {kind: burnrate, op: gte, threshold: 14.4, lookbackWindow: 1h}}
    ---
    # head
    apiVersion: openslo/v1
    kind: SLO
    metadata:
      name: sold # one
    spec:
      service: shop # sells
      timeWindow:
        - duration: 28d # four weeks
          isRolling: true
      indicator: # what
        metadata: {name: x}
        spec:
          ratioMetric:
            counter: true
            # good ones
            good: {metricSource: {type: prometheus, spec: {query: good_total}}} # g
            total:
              metricSource:
                type: prometheus
                spec:
                  query: all_total # all
      budgetingMethod: Occurrences
      objectives:
        - target: 0.999 # nines
      alertPolicies:
        - kind: AlertPolicy
          spec: {conditions: [{conditionRef: fast}]} # p
    """
)
PYRRA = dedent(
    """\
    # head
    apiVersion: pyrra.dev/v1alpha1
    kind: ServiceLevelObjective
    metadata:
      name: sold # one
    spec:
      target: "99.9" # nines
      window: 4w # four weeks
      indicator:
        ratio:
          # wrong
          errors:
            metric: bad_total{x="y"} # e
          total:
            metric: all_total # all
    """
)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        (
            SLOTH,
            {
                "# sells": "service: shop",
                "# l": "labels:",
                "# one": "- name: sold",
                "# nines": "objective: 99.9",
                "# what": "sli:",
                "# wrong": 'bad: sum(rate(a{x="#"}[{{.window}}]))',
                "# header": "total: |",
                "# named": "name: Sold",
                "# off": "disable: true",
            },
        ),
        (
            OPENSLO,
            {
                "# the policy": "apiVersion: slogen.dev/v1",
                "# one": "- name: sold",
                "# sells": "service: shop",
                "# four weeks": "window: 28d",
                "# what": "sli:",
                "# good ones": "good: good_total",
                "# all": "total: all_total",
                "# nines": "objective: 99.9",
                "# p": "- name: sold",
            },
        ),
        (
            PYRRA,
            {
                "# one": "- name: sold",
                "# nines": "objective: 99.9",
                "# four weeks": "window: 28d",
                "# wrong": 'bad: bad_total{x="y"}',
                "# all": "total: all_total",
            },
        ),
    ],
)
def test_comments_of_other_formats_find_their_places(text: str, places: dict[str, str]) -> None:
    converted = text_in("native", text)
    assert {comment: lines_around(converted, comment) for comment in places} == places


CONFIG_MAP = "# outer\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata:\n  a.yaml: |\n" + re.sub(
    "(?m)^(?=.)", "    ", SLOTH
)


def comments(text: str) -> list[str]:
    inside = [text.index("version: prometheus/v1")] if "ConfigMap" in text else []
    return sorted(comment.text for comment in outline(Source("a.yaml", text), inside).comments)


@pytest.mark.parametrize("target", ["native", "sloth", "openslo"])
@pytest.mark.parametrize("text", [NATIVE, SLOTH, OPENSLO, PYRRA, CONFIG_MAP])
def test_no_comment_is_lost(text: str, target: str) -> None:
    assert comments(text_in(target, text)) == comments(text)


@pytest.mark.parametrize("target", ["native", "sloth", "openslo"])
@pytest.mark.parametrize("text", [NATIVE, SLOTH, OPENSLO, PYRRA])
def test_comments_anywhere_change_nothing_else(text: str, target: str) -> None:
    random_ = random.Random(7)
    meant = list(yaml.safe_load_all(text))
    bare = list(yaml.safe_load_all(text_in(target, text)))
    compared = 0
    for round_ in range(30):
        lines = text.split("\n")
        for i in range(4):
            indent = " " * random_.randrange(12)
            lines.insert(random_.randrange(len(lines)), f"{indent}# put {round_} {i}")
        source = "\n".join(lines)
        if documents(source) != meant:  # it went into a text
            continue
        compared += 1
        result = text_in(target, source)
        assert comments(result) == comments(source)
        assert list(yaml.safe_load_all(result)) == bare
    assert compared > 10


def documents(text: str) -> list[object]:
    try:
        return list(yaml.safe_load_all(text))
    except yaml.YAMLError:
        return []


def test_a_comment_on_the_schema_of_the_other_format_is_left_out() -> None:
    modeline = "# yaml-language-server: $schema=x.json\n"
    assert modeline in text_in("native", modeline + NATIVE)
    assert "yaml-language-server" not in text_in("sloth", modeline + NATIVE)
    assert "yaml-language-server" not in text_in("native", modeline + SLOTH)
    below = text_in("native", f"# Copyright\n#\n{modeline}# of the team\n{SLOTH}")
    assert below.startswith("# Copyright\n#\n# of the team\n")


def test_windows_line_ends_and_marks_of_the_byte_order() -> None:
    text = "\ufeff" + NATIVE.replace("\n", "\r\n")
    assert text_in("native", text) == text_in("native", NATIVE)


def test_a_comment_that_sloth_empties_within_a_text() -> None:
    text = """\
# head
version: prometheus/v1
service: shop # sells
slos:
  - name: sold
    objective: 99.9
    sli:
      raw:
        error_ratio_query: |
          avg_over_time(
#            old_ratio
            errors_ratio[{{.window}}]
          )
# what comes next
    alerting: {name: Shop is down}
"""
    result = text_in("native", text)
    assert comments(result) == ["# head", "# sells", "# what comes next"]
    assert "avg_over_time(\n\n" in result
    assert notes_on("native", text) == ["11: left out: a comment in the first column, within a text"]
