"""Findings that are allowed: what a comment is about, what is no comment, and what cannot be allowed."""

from __future__ import annotations

from textwrap import dedent, indent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages import blocks, files, without_carets
from slogen import pipeline
from slogen.allowances.comments import mentions
from slogen.allowances.grammar import Complaint, Directive, read
from slogen.diagnostics import Code
from slogen.source import Source

PROVEN = pipeline.Options(prove=True)


def compiled(*texts: str, options: pipeline.Options = PROVEN) -> pipeline.Result:
    return pipeline.compile([Source(f"slos/{i}.yaml", text) for i, text in enumerate(texts)], options)


def left(*texts: str, options: pipeline.Options = PROVEN) -> list[str]:
    """The findings that are not allowed: code and line, of another file than the first with its number."""
    found = compiled(*texts, options=options).report
    return [f"{d.code.id}:{d.at.line}" + d.at.source.path[5:-5].lstrip("0") for d in found]


NATIVE = dedent(
    """\
    apiVersion: slogen.dev/v1
    kind: ServiceLevels
    spec:
      service: shop
      slos:
        - name: sold
          objective: 0.999
          sli:
            events:
              bad: sales_total{code=~"2.."}
              total: sales_total
        - name: paid
          objective: 0.99
          sli:
            events: {bad: 'payments_total{code="500"}', total: payments_total}
    """
)
BOTH = "# slogen: allow SLO302, SLO414 a promise for a demo"
OF_302 = "# slogen: allow SLO302 a promise for a demo"
OF_414 = "# slogen: allow SLO414 a promise for a demo"


def above(text: str, lines: dict[int, str]) -> str:
    """The text with further lines, each above the line that has the number without them."""
    written = text.splitlines(keepends=True)
    return "".join(f"{lines[i]}\n{line}" if i in lines else line for i, line in enumerate(written, 1))


def beside(text: str, ends: dict[int, str]) -> str:
    """The text with something at the ends of lines."""
    return "\n".join(line + ends.get(i, "") for i, line in enumerate(text.split("\n"), 1))


def test_the_text_without_comments() -> None:
    assert left(NATIVE) == ["SLO302:7", "SLO414:10", "SLO302:13"]


BESIDE = {
    "the line": ({7: f"  {OF_302}"}, ["SLO414:10", "SLO302:13"]),
    "the item that the line opens": ({6: f"  {BOTH}"}, ["SLO302:13"]),
    "the list that the line opens": ({5: f"  {BOTH}"}, []),
    "the mapping that the line opens": ({8: f"  {OF_414}"}, ["SLO302:7", "SLO302:13"]),
    "another code": ({7: f"  {OF_414}"}, ["SLO302:7", "SLO414:10", "SLO302:13"]),
    "behind a tab": ({7: f"\t{OF_302}"}, ["SLO414:10", "SLO302:13"]),
    "two lines": ({7: f" {OF_302}", 10: f" {OF_414}", 13: f" {OF_302}"}, []),
}


@pytest.mark.parametrize("case", BESIDE)
def test_at_the_end_of_a_line(case: str) -> None:
    ends, expected = BESIDE[case]
    assert left(beside(NATIVE, ends)) == expected
    # Line ends of Windows change nothing.
    assert left(beside(NATIVE, ends).replace("\n", "\r\n")) == expected


ABOVE = {
    "the item": ({6: f"    {BOTH}"}, ["SLO302:14"]),
    "whatever the indentation": ({6: BOTH}, ["SLO302:14"]),
    "a key": ({7: f"      {OF_302}"}, ["SLO414:11", "SLO302:14"]),
    "a key with a block": ({8: f"      {OF_414}"}, ["SLO302:7", "SLO302:14"]),
    "all of the document's spec": ({3: BOTH}, []),
    "with other comments and an empty line between": (
        {6: f"    {BOTH}\n    # See the wiki.\n"},
        ["SLO302:16"],
    ),
    "two on one item": ({6: f"    {OF_302}\n    {OF_414}"}, ["SLO302:15"]),
    "not the item before": ({12: f"    {BOTH}"}, ["SLO302:7", "SLO414:10"]),
    "a document": ({1: f"{BOTH}\n---"}, []),
}


@pytest.mark.parametrize("case", ABOVE)
def test_on_a_line_of_its_own(case: str) -> None:
    lines, expected = ABOVE[case]
    assert left(above(NATIVE, lines)) == expected
    assert left(above(NATIVE, lines).replace("\n", "\r\n")) == expected


def test_a_list_may_be_indented_as_far_as_its_key() -> None:
    text = "\n".join(line[2:] if i > 5 else line for i, line in enumerate(NATIVE.split("\n"), 1))
    assert left(text) == ["SLO302:7", "SLO414:10", "SLO302:13"]
    assert left(beside(text, {5: f" {BOTH}"})) == []
    assert left(above(text, {5: f" {BOTH}"})) == []


def test_what_is_allowed_is_lowered_as_if_nothing_was_found() -> None:
    allowed = compiled(beside(NATIVE, {5: f" {BOTH}"}))
    assert [slo.id for slo in allowed.program.slos] == ["shop-sold", "shop-paid"]
    assert [(a.finding.code.id, a.reason, a.in_source) for a in allowed.report.allowed] == [
        (code, "a promise for a demo", True) for code in ("SLO302", "SLO414", "SLO302")
    ]
    sound = compiled(NATIVE.replace("0.999", "99.9").replace("0.99\n", "99\n").replace('"2.."', '"5.."'))
    assert [file.path for file in allowed.files] == [file.path for file in sound.files] != []


@pytest.mark.parametrize(
    ("code", "text"),
    [(code, text) for code, text in blocks("Wrong") if not code.firm],
    ids=lambda value: getattr(value, "id", ""),
)
def test_what_a_page_shows_can_be_allowed_where_it_is_unless_it_is_firm(code: Code, text: str) -> None:
    sources = []
    for path, part in files(text, "wrong.yaml"):
        yaml, places = without_carets(part)
        comment = f"  # slogen: allow {code.id} as the page shows"
        sources.append(Source(path, beside(yaml, {line: comment for line, _, _ in places})))
    report = pipeline.compile(sources, PROVEN).report
    assert {allowed.finding.code.id for allowed in report.allowed} == {code.id}
    # What else a page happens to show is another finding.
    own = {code.id, "SLO902", "SLO903"}
    assert [f"{d.code.id} {d.message}" for d in report if d.code.id in own] == []


# formats ----------------------------------------------------------------------------------------------

SLOTH = """\
version: prometheus/v1
service: shop
slos:
  - name: sold
    objective: 0.999
    sli:
      events:
        error_query: sum(rate(sales_total{code=~"5.."}[{{.window}}]))
        total_query: sum(rate(sales_total[{{.window}}]))
    alerting: {name: Sold}
"""
OPENSLO = """\
apiVersion: openslo/v1
kind: SLO
metadata: {name: sold}
spec:
  service: shop
  timeWindow: [{duration: 30d, isRolling: true}]
  budgetingMethod: Occurrences
  indicator:
    metadata: {name: sold}
    spec:
      ratioMetric:
        counter: true
        bad:
          metricSource:
            type: Prometheus
            spec:
              query: sales_total{code=~"2.."}
        total: {metricSource: {type: Prometheus, spec: {query: sales_total}}}
  objectives: [{target: 0.999}]
"""
PYRRA = """\
apiVersion: pyrra.dev/v1alpha1
kind: ServiceLevelObjective
metadata: {name: sold}
spec:
  target: "99.9"
  window: 4w
  indicator:
    ratio:
      errors:
        metric: sales_total{code=~"2.."}
      total:
        metric: sales_total
"""
RULES = """\
groups:
  - name: shop
    rules:
      - alert: ShopClosed
        expr: shop_open == 0
        annotations:
          summary: "{{ $label.shop }} is closed"
"""
OBJECT = (
    "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: {name: shop}\nspec:\n"
    f"{indent(RULES, '  ')}"
)
SOUND = RULES.replace("{{ $label.shop }} is", "it is")
LIST = f"apiVersion: v1\nkind: List\nitems:\n  - {indent(PYRRA, '    ')[4:]}"
CONFIG_MAP = (
    f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata:\n  shop.yaml: |\n{indent(SLOTH, '    ')}"
)
FORMATS = {
    "Sloth": (SLOTH, "SLO302", 4, 5),
    "OpenSLO": (OPENSLO, "SLO414", 4, 17),
    "Pyrra": (PYRRA, "SLO414", 8, 10),
    "rules": (RULES, "SLO501", 4, 7),
    "PrometheusRule": (OBJECT, "SLO501", 8, 11),
    "a Kubernetes List": (LIST, "SLO414", 4, 13),
    "a ConfigMap": (CONFIG_MAP, "SLO302", 9, 10),
    "a ConfigMap, all of it": (CONFIG_MAP, "SLO302", 5, 10),
}


@pytest.mark.parametrize("name", FORMATS)
def test_it_works_in_every_format(name: str) -> None:
    text, code, item, line = FORMATS[name]
    comment = f"# slogen: allow {code} because"
    assert left(text) == [f"{code}:{line}"]
    # Within a text, a comment is a part of it; so it is indented as what follows.
    start = len(text.split("\n")[item - 1]) - len(text.split("\n")[item - 1].lstrip())
    assert left(above(text, {item: f"{' ' * start}{comment}"})) == []
    assert left(beside(text, {line: f"  {comment}"})) == []
    assert left(f"{text}---\n{NATIVE}", beside(text, {})) != []


def test_only_its_own_document_and_its_own_file() -> None:
    twice = f"{above(RULES, {4: '# slogen: allow SLO501 because'})}---\n{RULES.replace('shop', 'sale')}"
    assert left(twice) == ["SLO501:16"]
    assert left(above(RULES, {4: "# slogen: allow SLO501 because"}), RULES.replace("Shop", "Sale")) == [
        "SLO501:71"
    ]


def test_each_text_of_a_config_map_has_its_own_comments() -> None:
    second = RULES.replace("shop", "sale").replace("Shop", "Sale")
    text = CONFIG_MAP.partition("  shop.yaml")[0] + "".join(
        f"  {name}.yaml: |\n{indent(rules, '    ')}" for name, rules in (("a", RULES), ("b", second))
    )
    comment = "# slogen: allow SLO501 because"
    assert left(text) == ["SLO501:12", "SLO501:20"]
    assert left(above(text, {9: f"          {comment}"})) == ["SLO501:21"]
    assert left(above(text, {17: f"          {comment}"})) == ["SLO501:12"]
    assert left(beside(text, {12: f"  {comment}", 20: f"  {comment}"})) == []
    assert left(above(text, {4: comment})) == []


def test_comments_in_the_first_column_of_a_text_of_sloth() -> None:
    query = 'error_query: |\n          sum(rate(sales_total{code=~"2.."}[{{.window}}]))'
    text = SLOTH.replace('error_query: sum(rate(sales_total{code=~"5.."}[{{.window}}]))', query).replace(
        "0.999", "99.9"
    )
    assert left(text) == ["SLO414:8"]
    assert left(above(text, {9: "# slogen: allow SLO414 because"})) == []
    assert left(above(text, {9: "# not yet", 8: "        # slogen: allow SLO414 because"})) == []
    assert left(above(text, {9: "# not yet", 10: OF_414})) == ["SLO414:8", "SLO903:11"]


# queries ----------------------------------------------------------------------------------------------

QUERY = """\
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: shop
  slos:
    - name: sold
      objective: 99.9
      sli:
        ratio:
          error: |
            sum by (pod) (rate(errors_total[{{.window}}]))
              / sum by (shop) (rate(sales_total[{{.window}}]))
"""
ALLOWED = "# slogen: allow SLO410 because"


def test_in_promql_a_comment_is_about_what_follows_it() -> None:
    assert left(QUERY) == ["SLO410:12"]
    assert left(above(QUERY, {11: f"            {ALLOWED}"})) == []
    assert left(above(QUERY, {12: f"            {ALLOWED}"})) == []
    assert left(beside(QUERY, {12: f"  {ALLOWED}"})) == []
    assert left(beside(QUERY, {10: f"  {ALLOWED}"})) == []
    assert left(beside(QUERY, {11: f"  {ALLOWED}"})) == ["SLO410:12"]
    assert left(f"{QUERY}              {ALLOWED}\n") == ["SLO410:12"]


def test_a_comment_above_a_query_is_about_all_that_is_found_at_its_key() -> None:
    text = SOUND.replace("shop_open == 0", 'count(ALERTS{alertstate="firing"}) > 10')
    assert left(text) == ["SLO702:5"]
    block = text.replace("expr: ", "expr: |\n          ")
    assert left(block) == ["SLO702:6"]
    assert left(above(block, {6: "          # slogen: allow SLO702 because"})) == []


NO_COMMENTS = {
    "a text": RULES.replace("is closed", f"is closed # {ALLOWED}"),
    "a block of text": RULES.replace(
        'summary: "{{ $label.shop }} is closed"', f"summary: |\n            {ALLOWED}\n            closed"
    ),
    "a string of PromQL": SOUND.replace("shop_open ==", f'shop_open{{note="{ALLOWED}"}} =='),
    "a key": SOUND.replace("summary", f'"a {ALLOWED}"'),
    "part of a word": f"{SOUND}# x\n#slogen.dev is allowed\n",
}


@pytest.mark.parametrize("case", NO_COMMENTS)
def test_what_is_no_comment(case: str) -> None:
    codes = {found.partition(":")[0] for found in left(NO_COMMENTS[case])}
    assert codes.isdisjoint({"SLO902", "SLO903"})
    assert not compiled(NO_COMMENTS[case]).report.allowed


# what comments say ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "comment",
    [
        "# slogen: allow SLO413 because",
        "#slogen: allow SLO413 because",
        "# slogen:allow SLO413 because",
        "##  slogen :  allow  SLO413  because",
        "# Slogen: Allow slo413: because",
        "# slogen: allow(SLO413) because",
        "# slogen: allow: SLO413 - because",
        "# slogen: allow SLO413 — because",
        "# slogen: allow SLO413, because",
    ],
)
def test_harmless_spellings(comment: str) -> None:
    said = read(comment)
    assert isinstance(said, Directive)
    assert ([word.text.upper() for word in said.codes], said.reason) == (["SLO413"], "because")
    assert mentions(comment)


@pytest.mark.parametrize("codes", ["SLO413, SLO414", "SLO413,SLO414", "SLO413 SLO414", "SLO413 and SLO414"])
def test_several_codes(codes: str) -> None:
    said = read(f"# slogen: allow {codes} sóme reason: SLO1")
    assert isinstance(said, Directive)
    assert ([word.text for word in said.codes], said.reason) == (["SLO413", "SLO414"], "sóme reason: SLO1")


WRONG = {
    "# slogen: allow SLO413": "# slogen: allow SLO413",
    "# slogen: allow SLO413 - ": "# slogen: allow SLO413 -",
    "# slogen: allow SLO413, SLO414": "# slogen: allow SLO413, SLO414",
    "# slogen: allow": "# slogen: allow",
    "# slogen: allow because": "because",
    "# slogen: allow SLO999 because": "SLO999",
    "# slogen: allow SLO413, SL0414 because": "SL0414",
    "# slogen: allow SLO101 because": "SLO101",
    "# slogen: allow SLO301 because": "SLO301",
    "# slogen: allow SLO903 because": "SLO903",
    "# slogen: ignore": "ignore",
    "# slogen: disable SLO413 because": "disable",
    "# slogen: alow SLO413 because": "alow",
    "# slogen: SLO413 because": "SLO413",
    "# slogen allow": "slogen allow",
    "# slogen allow SLO413 because": "slogen allow",
    "# slogen-ignore: SLO413": "slogen-ignore",
    "# slogan: allow SLO413 because": "slogan: allow",
}


@pytest.mark.parametrize("comment", WRONG)
def test_what_cannot_be_understood_is_an_error_at_its_place(comment: str) -> None:
    text = f"{comment}\n{SOUND}"
    (found,) = compiled(text).report
    assert (found.code.id, found.at.line, found.at.text) == ("SLO902", 1, WRONG[comment])
    assert found.help


@pytest.mark.parametrize(
    "comment",
    [
        "# slogen compiles this file",
        "# slogen:",
        "# slogen: the compiler of our rules",
        "# generated by slogen: do not edit",
        "# slogen allows 5 alerts",
        "# slogan: allow yourself a break",
        "# sudo: allow",
        "# pint disable promql/series",
        "# slogen.dev/v1",
    ],
)
def test_prose_is_for_people(comment: str) -> None:
    assert left(f"{comment}\n{SOUND}") == []


@given(st.text(alphabet="# \tslogen:alwSLO0134,()[]é—.-", max_size=40))
def test_whatever_a_comment_says_is_read(text: str) -> None:
    said = read(f"# slogen:{text}")
    if isinstance(said, Complaint):
        assert 0 <= said.start < said.end <= len(text) + 9
    elif said is not None:
        assert said.codes
        assert said.reason


# what allows nothing ----------------------------------------------------------------------------------

UNUSED = {
    "nothing is wrong": (above(SOUND, {4: "# slogen: allow SLO501 because"}), ["SLO903:4"]),
    "one of two codes": (above(RULES, {4: "# slogen: allow SLO501, SLO414 because"}), ["SLO903:4"]),
    "it is below the item": (f"{SOUND}# slogen: allow SLO501 because", ["SLO903:8"]),
    "the same twice": (above(RULES, {4: "# slogen: allow SLO501 because\n" * 2}), ["SLO903:5"]),
    "a code twice": (above(RULES, {4: "# slogen: allow SLO501, SLO501 because"}), ["SLO903:4"]),
    "a wider one": (
        above(beside(RULES, {7: " # slogen: allow SLO501 because"}), {1: "# slogen: allow SLO501 because"}),
        ["SLO903:1"],
    ),
}


@pytest.mark.parametrize("case", UNUSED)
def test_what_allows_nothing_is_a_warning(case: str) -> None:
    text, expected = UNUSED[case]
    assert left(text) == expected


def test_of_what_is_not_looked_for_nothing_is_said() -> None:
    text = above(SOUND, {4: "# slogen: allow SLO702 because"})
    assert left(text) == ["SLO903:4"]
    assert left(text, options=pipeline.Options()) == []
    assert left(text.replace("SLO702", "SLO461")) == []
    # Behind an error, much is not found.
    assert left(text, RULES.replace("Shop", "Sale")) == ["SLO501:71"]


# settings ---------------------------------------------------------------------------------------------


def settings(*entries: str) -> str:
    return "apiVersion: slogen.dev/v1\nkind: Settings\nspec:\n  allow:\n" + "".join(
        f"    - {e}\n" for e in entries
    )


def test_settings_allow_by_path() -> None:
    allow = settings("{paths: ['slos/0.yaml'], code: slo501, reason: because}")
    assert left(RULES, allow) == []
    assert left(SOUND, RULES, allow) == ["SLO501:71"]
    (allowed,) = compiled(RULES, allow).report.allowed
    assert (allowed.finding.code.id, allowed.reason, allowed.in_source) == ("SLO501", "because", False)
    assert str(allowed.at) == "slos/1.yaml:5:38"


def test_settings_that_allow_nothing() -> None:
    allow = settings("{paths: ['**'], code: SLO501, reason: because}")
    assert left(SOUND, allow) == ["SLO903:51"]
    assert left(SOUND, allow, options=pipeline.Options(complete=False)) == []
    assert left(above(RULES, {4: "# slogen: allow SLO501 because"}), allow) == ["SLO903:51"]


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        ("{paths: ['**'], code: SLO599, reason: because}", "SLO599"),
        ("{paths: ['**'], code: SLO101, reason: because}", "SLO101"),
        ("{paths: ['**'], code: SLO501, reason: ' '}", "' '"),
    ],
)
def test_settings_that_cannot_be(entry: str, text: str) -> None:
    found = [(d.code.id, d.at.text) for d in compiled(SOUND, settings(entry)).report]
    assert found == [("SLO902", text)]


# many, and odd ----------------------------------------------------------------------------------------


def test_many_comments() -> None:
    rule = dedent(
        """\
        # slogen: allow SLO501 because
        - alert: Shop{0}
          expr: shop_{0} == 0 # slogen: allow SLO501 because
          annotations: {{a: "{{{{ $label }}}}"}}
        """
    )
    rules = "".join(rule.format(i) for i in range(500))
    text = f"groups:\n  - name: shop\n    rules:\n{indent(rules, '      ')}"
    result = compiled(text, options=pipeline.Options())
    assert len(result.report.allowed) == 500
    assert sum(found.code.id == "SLO903" for found in result.report) == 500


@given(
    st.lists(
        st.sampled_from(
            [
                *(
                    "# slogen: allow SLO501 because",
                    "  # slogen: allow",
                    "\t# slogen: ignore",
                    "---",
                    "- ",
                    "{",
                    "}",
                ),
                *(
                    "a: |",
                    "  b # slogen: allow SLO1 x",
                    "'",
                    '"',
                    "expr: >-",
                    "? x",
                    "&a *a",
                    "\ufeff",
                    "\u2028",
                ),
            ]
        ),
        max_size=8,
    ),
    st.sampled_from(["\n", "\r\n", "\r", "\u2028"]),
)
def test_no_text_is_too_odd(lines: list[str], end: str) -> None:
    result = compiled(end.join(lines), f"{SOUND}{end.join(lines)}")
    assert all(0 <= d.at.start <= d.at.end <= len(d.at.source.text) for d in result.report)
