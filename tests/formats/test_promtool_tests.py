"""The users' own promtool tests: what promtool refuses, and what it passes over, is an error at its place."""

from __future__ import annotations

import random
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

import promtool
from slogen import pipeline
from slogen.ownproofs import firing
from slogen.source import Source

RULES = "groups: [{name: shop, rules: [{alert: ShopClosed, expr: shop_open == 0, for: 1m}]}]\n"
SETTINGS = "apiVersion: slogen.dev/v1\nkind: Settings\nspec: {}\n"
TESTS = """\
rule_files: [shop.yaml]
evaluation_interval: 1m
group_eval_order: [shop]
tests:
  - interval: 1m
    name: 5
    input_series:
      - {series: 'shop_open{city="Bonn"}', values: 1 0x9}
      - {series: up, values: 1}
    external_labels: {zone: 1}
    external_url: http://a.example
    alert_rule_test:
      - {eval_time: 0, alertname: ShopClosed}
      - eval_time: 5m
        alertname: ShopClosed
        exp_alerts: [{exp_labels: {city: Bonn}, exp_annotations: {}}]
    promql_expr_test:
      - {expr: shop_open, eval_time: 5m, exp_samples: [{labels: 'shop_open{city="Bonn"}', value: 0}]}
      - {expr: 1 / 0, eval_time: 5m, exp_samples: [{labels: "{}", value: .inf}, ]}
"""
# What is replaced in the tests, by what, and what is said about which text.
REFUSED: dict[tuple[str, str], tuple[str, str, str]] = {
    ("rule_files:", "rule_file:"): ("SLO110", "rule_file", "did you mean `rule_files`?"),
    ("alert_rule_test:", "alert_rule_tests:"): (
        "SLO110",
        "alert_rule_tests",
        "did you mean `alert_rule_test`?",
    ),
    ("exp_labels:", "labels:"): ("SLO110", "labels", "did you mean `exp_labels`?"),
    ("eval_time: 5m\n", "eval_time: 5\n"): ("SLO113", "5", "write `5s` or `5m`"),
    ("evaluation_interval: 1m", "evaluation_interval: 1.5m"): ("SLO113", "1.5m", "write `1m30s`"),
    ("interval: 1m\n    name", "interval: 1 m\n    name"): ("SLO113", "1 m", "write `1m`"),
    ("[shop]", "[shop, shop]"): ("SLO113", "shop", "delete one of them"),
    ("values: 1 0x9", "values: 1 0x1F"): ("SLO113", "0x1F", "write numbers, `_`"),
    ("values: 1 0x9", "values: 1 _ 1.0.0"): ("SLO113", "1.0.0", "write numbers, `_`"),
    ("values: 1 0x9", "values: [1, 0]"): ("SLO112", "[1, 0]", ""),
    ('{city="Bonn"}\', values', '{city=~"B.*"}\', values'): ("SLO113", 'city=~"B.*"', 'write `city="..."`'),
    ('{city="Bonn"}\', values', "{city=\"Bonn', values"): ("SLO401", '"', ""),
    ("expr: shop_open,", "expr: sum(shop_open,"): ("SLO401", "(", ""),
    ("0, alertname: ShopClosed", "0"): ("SLO111", "eval_time", "add `alertname:`"),
    ("0, alertname: ShopClosed", "0, alertname: ''"): ("SLO113", "''", "write the alert's name"),
    ("value: 0}", "value: zero}"): ("SLO112", "zero", "write a number"),
    ("value: 0}", "value: true}"): ("SLO112", "true", "write a number"),
    ("tests:\n", "fuzzy_compare: 1\ntests:\n"): ("SLO112", "1", ""),
    ("values: 1 0x9}", 'values: "1\\n0"}'): ("SLO113", '"1\\n0"', "write it in one line"),
    ("{series: up,", '{series: "up\\n",'): ("SLO113", '"up\\n"', "write it in one line"),
}
# What promtool takes without a word, or with no more than a warning.
PASSED_OVER: dict[tuple[str, str], tuple[str, str, str]] = {
    ("0, alertname: ShopClosed", "0, alertname: ShopClose"): (
        "SLO704",
        "ShopClose",
        "did you mean `ShopClosed`?",
    ),
    ("0, alertname: ShopClosed", "0, alertname: Other"): ("SLO704", "Other", "add `../out/rules/other.yaml`"),
    ("[shop.yaml]", "[shop.yaml, shop.yml]"): ("SLO705", "shop.yml", "did you mean `shop.yaml`?"),
    ("[shop.yaml]", "[shop.yaml, empty.yaml]"): ("SLO705", "empty.yaml", "name a file with rules"),
    ("[shop.yaml]", "[shop.yaml, nothing*]"): ("SLO705", "nothing*", "compiled along with these tests"),
}
UNREADABLE: dict[tuple[str, str], tuple[str, str, str]] = {
    ("[shop.yaml]", "[shop.yaml, other.yaml]"): (
        "SLO705",
        "other.yaml",
        "name `../out/rules/other.yaml` instead",
    ),
    ("[shop.yaml]", "[shop.yaml, shop.test*]"): ("SLO705", "shop.test*", "narrow the pattern"),
}
OTHERS = (
    Source("rules/empty.yaml", "groups: []\n"),
    Source(
        "rules/other.yaml",
        "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: {name: other}\n"
        "spec: {groups: [{name: other, rules: [{alert: Other, expr: ok == 0}]}]}\n",
    ),
)


def compiled(tests: str, path: str = "rules/shop.test.yaml", *others: Source) -> pipeline.Result:
    sources = [*(others or (*OTHERS, Source("rules/shop.yaml", RULES))), Source(path, tests)]
    return pipeline.compile(sorted(sources, key=lambda source: source.path))


def changed(change: tuple[str, str]) -> str:
    assert change[0] in TESTS
    return TESTS.replace(*change, 1)


def test_what_is_right_is_read() -> None:
    result = compiled(TESTS)
    assert [f"{d.at} {d.message}" for d in result.report] == []
    (tests,) = result.program.own_tests
    assert tests.path == "rules/shop.test.yaml"
    assert [pattern.text for pattern in tests.rule_files] == ["shop.yaml"]
    assert [(check.alert, check.fires) for check in tests.alerts] == [
        ("ShopClosed", False),
        ("ShopClosed", True),
    ]
    assert firing(result.program.own_tests) == {"ShopClosed"}


@pytest.mark.parametrize("change", [*REFUSED, *PASSED_OVER, *UNREADABLE], ids=lambda change: change[1])
def test_what_is_wrong_is_found_at_its_place(change: tuple[str, str]) -> None:
    code, text, help_ = (REFUSED | PASSED_OVER | UNREADABLE)[change]
    (found,) = compiled(changed(change)).report
    assert (found.code.id, found.at.text) == (code, text)
    assert help_ in found.help


@pytest.mark.parametrize(
    ("rules", "path", "pattern"),
    [
        ("rules/shop.yaml", "rules/shop.test.yaml", "shop.yaml"),
        ("rules/shop.yaml", "rules/shop.test.yaml", "./sh[a-p]p.y?ml"),
        ("rules/shop.yaml", "rules/tests/shop.yaml", "../shop.yaml"),
        ("rules/shop.yaml", "rules/tests/shop.yaml", "../../*/shop.yaml"),
        ("rules/shop.yaml", "rules/tests/shop.yaml", "../../out/rules/shop.yaml"),
        ("rules/shop.yaml", "rules/tests/shop.yaml", "../../generated/rules/shop.yaml"),
        ("rules/shop.yaml", "shop.test.yaml", "rules/s*p.yaml"),
        ("rules/shop.yaml", "shop.test.yaml", r"rules/sh\op.yaml"),
        ("../rules/shop.yaml", "../shop.test.yaml", "rules/shop.yaml"),
    ],
)
def test_a_pattern_leads_to_the_rules(rules: str, path: str, pattern: str) -> None:
    text = TESTS.replace("[shop.yaml]", f"['{pattern}']")
    assert [d.message for d in compiled(text, path, Source(rules, RULES)).report] == []


@pytest.mark.parametrize(
    "pattern", ["**/shop.yaml", "*", "sh[^a-z]p.yaml", "../generated/rules/nothing.yaml", ""]
)
def test_a_pattern_leads_nowhere(pattern: str) -> None:
    text = TESTS.replace("[shop.yaml]", f"['{pattern}']")
    found = compiled(text, "tests/shop.test.yaml", Source("rules/shop.yaml", RULES)).report
    assert {d.code.id for d in found} == {"SLO705"}


def test_tests_alone_are_not_blamed_for_rules_that_are_elsewhere() -> None:
    assert (
        compiled(TESTS, "rules/shop.test.yaml", Source("slos/settings.yaml", SETTINGS)).report.diagnostics
        == ()
    )


def test_only_the_first_document_of_a_file_is_read() -> None:
    (found,) = compiled(f"{TESTS}---\n{TESTS}").report
    assert (found.code.id, found.at.line) == ("SLO113", TESTS.count("\n") + 2)


def test_a_misspelt_key_is_told() -> None:
    (found,) = compiled(TESTS.replace("\ntests:", "\ntest:")).report
    assert (found.code.id, found.at.text, found.help) == ("SLO103", "test", "write `tests:` instead")


@pytest.mark.parametrize(
    "text",
    [
        "rule_files: [a.yaml]\nscrape_configs: []\n",
        "tests: [a, b]\n",
        "tests: 5\n",
        "apiVersion: v1\nkind: Thing\ntests: [{input_series: []}]\nrule_files: []\n",
    ],
)
def test_what_only_resembles_tests(text: str) -> None:
    assert compiled(text).program.own_tests == ()


@pytest.mark.parametrize(
    "text",
    [
        "tests: 5\nrule_files: 3\n",
        "tests: [5, null, {input_series: 5}, {input_series: [5, {series: [], values: {}}]}]\n",
        "tests: [{alert_rule_test: [null, {alertname: {}, exp_alerts: [5]}], promql_expr_test: [{}]}]\n",
        "tests: [{promql_expr_test: [{expr: [], exp_samples: [{labels: [], value: {}}]}]}]\nrule_files: []\n",
        "rule_files: [null, '[', '\\', '[]', '[z-a]', /, '../../..', '[^]']\ntests: null\n",
    ],
)
def test_nonsense_is_found(text: str) -> None:
    result = compiled(text)
    assert result.report.failed
    assert {d.code.id for d in result.report} <= {"SLO111", "SLO112", "SLO113", "SLO705"}


# promtool as the judge --------------------------------------------------------------------------------


def verdicts(folder: Path, texts: Sequence[str]) -> list[bool]:
    """Whether promtool takes each file of tests, which stands beside the rules."""
    (folder / "shop.yaml").write_text(RULES, encoding="utf-8")
    (folder / "empty.yaml").write_text("groups: []\n", encoding="utf-8")
    paths = [folder / f"{i}.test.yaml" for i in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text, encoding="utf-8")
    command = [promtool.needed(), "test", "rules", *map(str, paths)]
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    found = [word == "SUCCESS" for word in re.findall(r"^\s*(SUCCESS|FAILED)\b", result.stdout, re.MULTILINE)]
    assert len(found) == len(texts), result.stdout
    return found


@pytest.mark.promtool
def test_promtool_takes_what_slogen_takes_and_refuses_the_rest(tmp_path: Path) -> None:
    passing = [TESTS, *(changed(change) for change in PASSED_OVER)]
    failing = [changed(change) for change in REFUSED]
    if promtool.version() >= (3, 5):
        failing.remove(changed(("tests:\n", "fuzzy_compare: 1\ntests:\n")))
    assert verdicts(tmp_path, [*passing, *failing]) == [True] * len(passing) + [False] * len(failing)


ITEMS = (
    *(
        "1",
        "-2",
        "1.5",
        ".5",
        "1.",
        "1e3",
        "1E-2",
        "_",
        "stale",
        "NaN",
        "nan",
        "Inf",
        "-inf",
        "+Inf",
        "1+2x3",
    ),
    *("_x3", "1x3", "-1-2x3", "1 -2x3", "0x10", "1x3.5", "x", "x3", "1+-2x3", "1x", "1x-3", "_x", "__", ""),
    *("Inf+1x3", "Infx3", "stalex2", "1+2", "1++2x3", "--1", "1e", "1.5.2", "null", "1,2", "5m", "1x3x4"),
)
CHARACTERS = "0123456789.+-xe_ "


@pytest.mark.promtool
def test_values_are_what_promtool_takes_for_them(tmp_path: Path) -> None:
    rng = random.Random("values")
    drawn = ["".join(rng.choices(CHARACTERS, k=rng.randint(1, 6))) for _ in range(400)]
    # A count of many digits would make promtool count; `1_0` is a number since Prometheus 3.
    drawn = [text for text in drawn if not re.search(r"x\d{3}|\d_\d", text)]
    values = [*ITEMS, *(f"1 {item} " for item in ITEMS), *drawn]
    texts = [
        f"tests: [{{interval: 1m, input_series: [{{series: a, values: '{value}'}}]}}]\n" for value in values
    ]
    taken = verdicts(tmp_path, texts)
    assert 50 < sum(taken) < len(taken) - 50
    ours = [not compiled(text).report.failed for text in texts]
    assert [value for value, a, b in zip(values, taken, ours, strict=True) if a != b] == []


def test_the_tests_that_slogen_writes_are_right() -> None:
    rules = Source("rules/shop.yaml", RULES)
    files = pipeline.compile([rules], pipeline.Options(prove=True)).files
    sources = [Source(f"out/{file.path}", file.text) for file in files if file.path.startswith("tests/")]
    assert sources
    assert [f"{d.at} {d.message}" for d in pipeline.compile([rules, *sources]).report] == []
