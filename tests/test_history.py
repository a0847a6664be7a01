"""What the rule files of two builds say of lost history: the reader, and properties of the comparison."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from slogen import history, slothyaml
from slogen.ir import Manifest, Rule, RuleGroup, RuleSet, Where
from slogen.ruletext import group_texts
from slogen.source import Source, Span

WHERE = Where(Span(Source("rules.yaml", ""), 0, 0))
NAMES = st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True)
TEXTS = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp")), max_size=12)
LABELS = st.dictionaries(NAMES, TEXTS, max_size=3)
EXPRS = st.lists(
    st.sampled_from(["sum(a)", 'a{b="c: d # e"}', "/", "# a: b", "1", "-1", "'x'"]), min_size=1
).map("\n".join)
RULES = st.lists(
    st.builds(lambda record, expr, labels: Rule(expr, record=record, labels=labels), NAMES, EXPRS, LABELS),
    min_size=1,
    max_size=3,
)
GROUPS = st.lists(
    st.builds(lambda name, rules, labels: RuleGroup(name, tuple(rules), labels=labels), NAMES, RULES, LABELS),
    min_size=1,
    max_size=3,
)


def recorded(text: str) -> list[tuple[str, str, dict[str, str]]]:
    """What a real reader of YAML finds."""
    return [
        (rule["record"], rule["expr"].rstrip("\n"), {**group.get("labels", {}), **rule.get("labels", {})})
        for group in yaml.safe_load(text)["groups"]
        for rule in group["rules"]
    ]


@settings(deadline=None)
@given(GROUPS)
@example([RuleGroup("a", (Rule("sum(a)", record="b", labels={"c": "\N{NO-BREAK SPACE}"}),))])
def test_the_reader_finds_what_was_written(groups: list[RuleGroup]) -> None:
    plain = [RuleGroup(group.name, group.rules) for group in groups]
    rules = RuleSet(Manifest("a"), tuple(groups), WHERE)
    for text in ("groups:\n" + "".join(group_texts(rules)), slothyaml.rule_file(plain)):
        found = [
            (rule.record, rule.expr.rstrip("\n"), dict(rule.labels))
            for rule in history._rules(history._chunks([text]))
        ]
        # Two groups that are the same are one.
        assert {str(one) for one in found} == {str(one) for one in recorded(text)}


@settings(deadline=None)
@given(GROUPS, GROUPS)
def test_nothing_is_lost_where_nothing_changes(groups: list[RuleGroup], others: list[RuleGroup]) -> None:
    def text(written: list[RuleGroup]) -> str:
        return "groups:\n" + "".join(group_texts(RuleSet(Manifest("a"), tuple(written), WHERE)))

    assert history.losses({"a": text(groups)}, {"a": text(groups)}) == ()
    # Groups that move to another file, and rules that are added or deleted, cut nothing off.
    assert history.losses({"a": text(groups)}, {"b": text(groups[::-1])}) == ()
    assert history.losses({}, {"a": text(others)}) == ()
    assert history.losses({"a": text(groups)}, {}) == ()


SLO = """\
groups:
  - name: slogen-{id}:slow
    interval: 4m
    rules:
      - record: slo:sli_total:increase1h
        expr: sum(increase(a_total[1h]))
        labels:
          sloth_id: {id}
      - record: slo:sli_total:increase{period}
        expr: sum_over_time(slo:sli_total:increase1h{{sloth_id="{id}"}}[{period}]) / 15
        labels:
          sloth_id: {id}
"""
SLOTH = """\
groups:
- name: sloth-slo-sli-recordings-{id}
  rules:
  - record: slo:sli_error:ratio_rate5m
    expr: (sum(rate(a_total[5m])))
    labels:
      sloth_id: {id}
"""


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        # From Sloth's rules to slogen's: the budget is counted from a series that nobody recorded.
        (SLOTH, SLO, ("source", "", "slo:sli_total:increase1h")),
        (SLO, SLOTH, None),
        (SLO, SLO.replace("4m", "2m"), None),
        (SLO, SLO.replace("a_total", "b_total"), None),
        (SLO, SLO.replace("sum(increase", "sum by (b) (increase"), ("grouping", "", "b")),
        (SLO, SLO.replace("{id}", "x-{id}"), ("renamed", "a-b", "x-a-b")),
        # Another name and another query: one SLO is deleted, another one is new.
        (SLO, SLO.replace("{id}", "x-{id}").replace("a_total", "b_total"), None),
        # Read again and again, but not for long.
        (SLOTH, SLO.replace("[{period}]", "[2h]"), None),
    ],
)
def test_losses_of_an_slo(old: str, new: str, expected: tuple[str, str, str] | None) -> None:
    texts = [text.format(id="a-b", period="28d") for text in (old, new)]
    found = history.losses({"a": texts[0]}, {"a": texts[1]})
    assert [(loss.kind, loss.before, loss.after) for loss in found] == ([expected] if expected else [])
