"""Small changes of rules: which there are, that they are sound PromQL, and which nothing can notice."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from slogen import pipeline, promql
from slogen.ir import Rule, RuleGroup, RuleSet
from slogen.mutants import Subject, applied, kinds, mutants
from slogen.mutants.kinds.matcher import alternatives
from slogen.mutants.kinds.window import neighbours
from slogen.mutants.pieces import pieces
from slogen.source import Source

TRICKY = (
    "1 + 2 > bool 2",
    "-x ^ 2 / 3",
    "2 ^ -3 ^ 2",
    "sum(rate(x[5m])) by (job, instance,) > 1e3",
    "SUM WITHOUT () (x) < 0x10",
    'count_values("version", build_version) or vector(0)',
    "histogram_quantile(.9, sum by (le) (rate(x_bucket[5m] offset -5m)))",
    "x{a=`\\d+`,} # a comment with (brackets\n > 5 # and one at the end",
    """{__name__="x", a='it\\'s "x"', sum=~"by|on"}""",
    "sum + count - by{by='x'}",
    "sum(x)[5m:1m] @ end() offset 1h30m",
    "x[5m] @ start()",
    "(x > 1)[1h:] offset 5m",
    "a * on (job) group_left (version) b - on () group_right c",
    "a / ignoring (code) group_left b",
    "a > 1 < 5 unless on (x) b == 3 and c",
    "round(x / 3, 0.5) % 2 atan2 y",
    'label_join(x, "a", "-", "b") > time() - 300',
    "quantile by (a) (0.9, x) >= Inf or NaN * y",
    'x{a!="", b=~"", c!~"[|]|(d|e)"} != 0',
    "clamp(absent_over_time(x{a='b'}[1d]), 0, 1)",
)
SPEC = """\
apiVersion: slogen.dev/v1
kind: ServiceLevels
metadata: {name: shop}
spec:
  service: shop
  slos:
    - name: checkout
      objective: 99.9
      group_by: [region]
      sli:
        events:
          total: http_requests_total{job="shop"}
          bad: http_requests_total{job="shop", code=~"5..|429"}
    - name: latency
      objective: 99
      sli: {latency: {histogram: http_request_duration_seconds, threshold: 500ms}}
"""


def compiled(text: str = SPEC) -> RuleSet:
    result = pipeline.compile([Source("slos/shop.yaml", text)])
    assert not result.report.failed
    return result.program.rule_sets[0]


def group(*rules: Rule, name: str = "g") -> RuleGroup:
    return RuleGroup(name, rules)


def expressions(expr: str, kind: str) -> list[str]:
    """The expressions that a kind of change makes of one."""
    found = [m for m in mutants([group(Rule(expr, alert="A"))]) if m.kind == kind]
    return [m.changed.rules[0].expr for m in found]


CHANGES = [
    ("comparison", "a > 5", ["a < 5", "a >= 5"]),
    ("comparison", "a <= -5", ["a > -5", "a < -5"]),
    ("comparison", "a == b", ["a != b"]),
    # Rounding decides whether a value is exactly at a product.
    ("comparison", "a > (14.4 * 0.001)", ["a < (14.4 * 0.001)"]),
    ("number", "a > 50", ["a > 55", "a > 45.4545454545"]),
    ("number", "a > (14.4 * 0.001)", ["a > (15.84 * 0.001)", "a > (13.0909090909 * 0.001)"]),
    ("number", "a or 0 * b", ["a or 1 * b"]),
    ("number", "a > 0", []),
    ("number", "topk(3, a)", []),
    ("window", "rate(a[5m])", ["rate(a[2m30s])", "rate(a[10m])"]),
    (
        "window",
        "max_over_time(a[1h:1m])",
        [f"max_over_time(a[{inner}])" for inner in ("30m:1m", "2h:1m", "1h:30s", "1h:2m")],
    ),
    ("offset", "a offset 1h10m > 0", ["a  > 0", "a offset 2h20m > 0"]),
    ("connective", "a and b or c", ["a and b and c", "a or b or c"]),
    ("connective", "a unless on (b) c", ["a and on (b) c"]),
    ("exchange", "sum(a) / (b + c)", ["(b + c) / sum(a)"]),
    ("exchange", "a * b - -c", ["(-c) - (a * b)"]),
    ("exchange", "a / on (x) group_left b", []),
    ("guard", "a / (b > 0)", ["a / (b)"]),
    ("guard", "absent(a) or b", ["absent(a)", "b"]),
    ("guard", "a + b unless c", ["(a + b)"]),
    ("guard", "clamp_min(a - b, 0)", ["(a - b)"]),
    ("guard", "a > bool 0", []),
    ("matcher", 'a{b="c", d!~"e|f(g|h)"}', [
        'a{d!~"e|f(g|h)"}',
        'a{b!="c", d!~"e|f(g|h)"}',
        'a{b="c_altered", d!~"e|f(g|h)"}',
        'a{b="c"}',
        'a{b="c", d=~"e|f(g|h)"}',
        'a{b="c", d!~"f(g|h)"}',
        'a{b="c", d!~"e"}',
    ]),
    ("matcher", '{b="c",}', ['{b!="c",}', '{b="c_altered",}']),
    ("matcher", '{__name__=~"a|b"}', []),
    ("label", "sum by (a, b) (c)", ["sum by (b) (c)", "sum by (a) (c)"]),
    ("label", "a / ignoring (b) c", ["a / ignoring () c"]),
    ("function", "sum(rate(a[5m]))", ["max(rate(a[5m]))", "sum(increase(a[5m]))"]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "expr", "changed"), CHANGES)
def test_what_a_kind_changes(kind: str, expr: str, changed: list[str]) -> None:
    assert sorted(expressions(expr, kind)) == sorted(changed)
    assert kind in kinds()


def test_what_is_changed_besides_expressions() -> None:
    rules = (
        Rule("a", record="r", labels={"x": "1"}),
        Rule("r > 1", alert="A", for_="10m", keep_firing_for="1m", labels={"severity": "page"}),
    )
    found = [m for m in mutants([group(*rules)]) if m.kind in ("deletion", "patience", "order", "label")]
    assert [(m.rule, m.what, m.silences) for m in found] == [
        (0, "the rule `r` is deleted", False),
        (1, "the alert `A` is deleted", True),
        (0, 'the label `x="1"` is dropped', False),
        (1, 'the label `severity="page"` is dropped', False),
        (1, "the rules of the group are in reverse order", False),
        (1, "`for: 10m` is left out", False),
        (1, "`for: 10m` became `for: 5m`", False),
        (1, "`for: 10m` became `for: 20m`", False),
        (1, "`keep_firing_for: 1m` is left out", False),
        (1, "`keep_firing_for: 1m` became `keep_firing_for: 30s`", False),
        (1, "`keep_firing_for: 1m` became `keep_firing_for: 2m`", False),
    ]


def test_recorded_windows_take_the_next_one() -> None:
    windows = ("5m", "30m", "1h", "6h", "1d")
    subject = Subject((group(*(Rule("x", record=f"slo:total:rate{w}") for w in windows)),))
    assert list(neighbours("slo:total:rate30m", subject)) == ["slo:total:rate5m", "slo:total:rate1h"]
    assert list(neighbours("slo:total:rate1d", subject)) == ["slo:total:rate6h"]
    assert list(neighbours("slo:other:rate1h", subject)) == ["slo:other:rate1h"][1:]


@pytest.mark.parametrize(
    ("pattern", "parts"),
    [
        ("a|b", ("a", "b")),
        ("a(b|c)|d", ("a(b|c)", "d")),
        (r"a\|b|c", (r"a\|b", "c")),
        ("[|]|[]|]|[^]|]|[[:alpha:]|]|x", ("[|]", "[]|]", "[^]|]", "[[:alpha:]|]", "x")),
        (r"[\]|]|y", (r"[\]|]", "y")),
        (r"\Qa|b\E|c", (r"\Qa|b\E|c",)),
        ("", ("",)),
        ("|", ("", "")),
    ],
)
def test_alternatives(pattern: str, parts: tuple[str, ...]) -> None:
    assert alternatives(pattern) == parts


def test_mutants_are_sound_and_differ() -> None:
    rules = compiled()
    originals = {group.name: group for group in rules.groups}
    found = list(mutants(rules.groups))
    assert {m.kind for m in found} == set(kinds())
    for mutant in found:
        assert mutant.changed != originals[mutant.group]
        if mutant.at:
            changed = mutant.changed.rules[mutant.rule]
            assert not promql.check(changed.expr), (mutant.what, changed.expr)
    assert len({(m.group, m.rule, repr(m.changed)) for m in found}) == len(found)


@pytest.mark.parametrize("expr", TRICKY)
def test_mutants_of_tricky_queries_are_sound(expr: str) -> None:
    assert not promql.check(expr)
    assert pieces(expr)
    for mutant in mutants([group(Rule(expr, record="r"))]):
        if mutant.at:
            changed = mutant.changed.rules[mutant.rule].expr
            assert not promql.check(changed), (mutant.what, changed)


@pytest.mark.parametrize(
    "expr", ["", "x +", "sum by (x", "x[5m", 'x{a="b}', "x{{.window}}", "((((" * 40, "a b"]
)
def test_what_is_no_query_is_changed_as_a_rule_only(expr: str) -> None:
    assert {m.kind for m in mutants([group(Rule(expr, alert="A", for_="nonsense"))])} == {"deletion"}


def test_only_one_group_changes() -> None:
    rules = compiled()
    for mutant in list(mutants(rules.groups))[::50]:
        after = applied(mutant, rules.groups)
        assert [a.name for a, b in zip(after, rules.groups, strict=True) if a is not b] == [mutant.group]


def equal(mutant_kind: str, groups: list[RuleGroup], elsewhere: frozenset[str] = frozenset()) -> list[str]:
    return [m.what for m in mutants(groups, elsewhere) if m.kind == mutant_kind and m.equal]


RECORDED = Rule('sum by (job) (x{team="t"})', record="r", labels={"id": "1", "window": "5m"})


@pytest.mark.parametrize(
    ("kind", "expr", "whats"),
    [
        ("matcher", 'r{id="1"} > 0', ['`id="1"` is left out']),
        ("matcher", 'r{id="2"} > 0', []),
        ("matcher", 'r{job="1"} > 0', []),
        ("matcher", 'other{id="1"} > 0', []),
        ("function", 'max without (window) (r{id="1"} > 0)', ["`max` became `min`"]),
        ("function", "max without (window, id) (r / 2)", ["`max` became `min`"]),
        ("function", "max without (window, job) (r)", []),
        ("function", 'max without (window) ({id="1"})', []),
        ("function", "count without (window) (r)", []),
        ("function", "max by (job) (r)", []),
        ("comparison", "x and count(y) > 0", ["`>` became `>=`"]),
        ("comparison", "x and count(y) > 1", []),
        ("comparison", "x and count(y) > bool 0", []),
        ("guard", "x and count(y) > 0", ["`> 0` is left out"]),
        ("guard", "x and sum(y) > 0", []),
    ],
)
def test_what_cannot_be_noticed(kind: str, expr: str, whats: list[str]) -> None:
    told = {"summary": "{{ $value }}"}
    groups = [group(RECORDED, Rule(expr, alert="A", annotations=told))]
    assert equal(kind, groups) == whats


@pytest.mark.parametrize(
    ("expr", "needless"),
    [
        ('r{id="1"} / 2 > 1', True),
        ("r / on (job) r", False),
        ("r / ignoring (id) r", False),
        ("r / r", True),
        ("r and x", True),
        ("r or x", False),
        ('r or x{id="1"}', True),
        ("sum by (job) (r)", False),
        ("sum by (id) (r)", True),
        ("sum without (job) (r)", True),
        ("topk(1, r)", True),
        ("rate(r[5m])", True),
        ('absent(r{id="1"})', True),
        ('absent(r{id="1", id=~".+"})', False),
        ("absent(r)", False),
        ('label_replace(r, "id", "2", "", "")', False),
        ("x * on (job) group_left (id) r", False),
        ("vector(1)", False),
    ],
)
def test_labels_that_the_expression_has_anyway(expr: str, needless: bool) -> None:
    groups = [group(RECORDED, Rule(expr, alert="A", labels={"id": "1"}))]
    assert (equal("label", groups) == ['the label `id="1"` is dropped']) == needless


def test_a_series_that_others_record_needs_its_matcher() -> None:
    groups = [group(RECORDED, Rule('r{id="1"} > 0', alert="A", labels={"id": "1", "window": "5m"}))]
    assert equal("matcher", groups, frozenset({"r"})) == []
    assert equal("label", groups, frozenset({"r"})) == [
        'the label `id="1"` is dropped',
        'the label `window="5m"` is dropped',
    ]


TOTAL = Rule("sum by (g) (rate(all[5m]))", record="sli_total:a", labels={"id": "1"})
ERRORS = Rule(
    'clamp_min(sli_total:a{id="1"} - on (g) (sum by (g) (rate(y[5m])) or on (g) 0 * sli_total:a{id="1"}), 0)',
    record="sli_errors:a",
    labels={"id": "1"},
)
BAD = Rule(
    'sum by (g) (rate(all{code="5"}[5m])) or on (g) 0 * sli_total:a{id="1"}',
    record="sli_errors:a",
    labels={"id": "1"},
)
APART = Rule(
    'sum by (g) (rate(bad[5m])) or on (g) 0 * sli_total:a{id="1"}', record="sli_errors:a", labels={"id": "1"}
)
BARE = Rule('sum by (g) (rate(all{code="5"}[5m]))', record="sli_errors:a", labels={"id": "1"})
SIGNED = Rule("sum by (g) (delta(all[5m]))", record="sli_total:a", labels={"id": "1"})
_PARTS = """sum by (g) (
  label_replace(sum by (g) (rate(all[5m])), "part", "1", "", "")
  or label_replace(sum by (TO) (rate(bad[5m])), "part", "2", "", "")
)"""
PARTS = Rule(_PARTS.replace("TO", "g, h"), record="sli_total:a", labels={"id": "1"})
OTHER_PARTS = Rule(_PARTS.replace("TO", "h"), record="sli_total:a", labels={"id": "1"})
MEAN = "(X + (X offset 5m or 0 * X)) / 2"


def ratio(errors: str = "sli_errors:a", total: str = "sli_total:a") -> Rule:
    total = f'{total}{{id="1"}}'
    return Rule(f'{errors}{{id="1"}} / ({total} > 0) or 0 * {total}', record="ratio", labels={"id": "1"})


def mean(of: str, record: str) -> Rule:
    return Rule(MEAN.replace("X", f'{of}{{id="1"}}'), record=record, labels={"id": "1"})


@pytest.mark.parametrize(
    ("rules", "needless"),
    [
        # Where there are errors there is a total, and the other way round: zero times either is the same.
        ((TOTAL, ERRORS, ratio()), {("exchange", "ratio"), ("number", "ratio")}),
        ((TOTAL, BAD, ratio()), {("exchange", "ratio"), ("number", "ratio")}),
        # Errors of another metric may be there without a total.
        ((TOTAL, APART, ratio()), {("number", "ratio")}),
        # But wherever there is a total, there are errors.
        ((TOTAL, APART, mean("sli_total:a", "sli_total:b")), {("exchange", "sli_total:b")}),
        ((TOTAL, APART, mean("sli_errors:a", "sli_errors:b")), set()),
        # Errors of a metric that is a part of the total.
        ((PARTS, APART, ratio()), {("exchange", "ratio"), ("number", "ratio")}),
        ((OTHER_PARTS, APART, ratio()), {("number", "ratio")}),
        # Errors may be missing, so the fallback is reached with traffic.
        ((TOTAL, BARE, ratio()), set()),
        ((SIGNED, ERRORS, ratio()), set()),
        (
            (
                TOTAL,
                ERRORS,
                mean("sli_total:a", "sli_total:b"),
                mean("sli_errors:a", "sli_errors:b"),
                ratio("sli_errors:b", "sli_total:b"),
            ),
            {
                ("exchange", "sli_total:b"),
                ("exchange", "sli_errors:b"),
                ("exchange", "ratio"),
                ("number", "ratio"),
            },
        ),
    ],
)
def test_fallbacks_that_are_zero_either_way(rules: tuple[Rule, ...], needless: set[tuple[str, str]]) -> None:
    found = [m for m in mutants([group(*rules)]) if m.equal and m.kind in ("exchange", "number")]
    assert {(m.kind, rules[m.rule].record) for m in found} == needless


def test_fallbacks_over_other_windows() -> None:
    """What is recorded behind a rule is of the evaluation before, and not as good."""
    windows = (mean("sli_total:rate5m", "sli_total:rate10m"), mean("sli_total:rate10m", "sli_total:rate20m"))
    shortest = replace(TOTAL, record="sli_total:rate5m")
    share = ratio("sli_errors:a", "sli_total:rate10m")
    for rules, told in (
        ((shortest, *windows, share), {"sli_total:rate20m": 1, "ratio": 2}),
        ((shortest, windows[0], share, windows[1]), {"sli_total:rate20m": 1, "ratio": 1}),
    ):
        found = [m for m in mutants([group(*rules)]) if m.equal and m.kind == "window"]
        assert Counter(rules[m.rule].record for m in found) == told


@pytest.mark.parametrize(
    ("expr", "whats"),
    [
        ("x unless on (a) count by (a) (y)", ["`count` became `sum`"]),
        ("x unless on (a) count by (a) (y) > 1", []),
        ("absent(sum(rate(x[5m])))", ["`sum` became `max`", "`rate` became `increase`"]),
        ("x and on (a) topk(1, y)", []),
        ("count by (a) (sum by (a, b) (x)) > 2", ["`sum` became `max`"]),
        ("histogram_quantile(0.9, sum by (le) (rate(x[5m]))) > 1", ["`rate` became `increase`"]),
        # Buckets of both metrics may meet in one histogram.
        ("histogram_quantile(0.9, sum by (le) (rate(x[5m])) or sum by (le) (rate(y[5m])))", []),
        (
            "sum(rate(x[5m]) + rate(y[5m])) == 0",
            ["`sum` became `max`", *["`rate` became `increase`"] * 2],
        ),
        ("sum(rate(x[5m]) - rate(y[5m])) == 0", []),
        ("sum(rate(x[5m])) > 0", []),
        ("sum(rate(x[5m])) == 0.5", []),
    ],
)
def test_functions_of_which_only_a_part_matters(expr: str, whats: list[str]) -> None:
    told = {"summary": "{{ $value }}"}
    assert equal("function", [group(Rule(expr, alert="A", annotations=told))]) == whats


@pytest.mark.parametrize(
    ("rule", "whats"),
    [
        (Rule("count by (a) (x) unless on (a) y", alert="A"), ["`count` became `sum`"]),
        (Rule("count by (a) (x) unless on (a) y", record="r"), []),
        (Rule("count by (a) (x) > 3", alert="A"), []),
        (Rule("sum(x) or sum(y)", alert="A", annotations={"s": "{{ .Value }}"}), []),
    ],
)
def test_values_that_an_alert_does_not_tell(rule: Rule, whats: list[str]) -> None:
    assert equal("function", [group(rule)]) == whats


def test_a_rule_proves_nothing_about_itself() -> None:
    """Errors that fall back on themselves never begin."""
    found = [m for m in mutants([group(TOTAL, ERRORS)]) if m.kind == "exchange" and m.rule == 1]
    assert len(found) == 3
    assert not any(m.equal for m in found)
    own = Rule('r or x{id="1"}', record="r", labels={"id": "1"})
    assert equal("label", [group(own)]) == []


def test_tangled_rules_end_soon() -> None:
    """What is beyond a certain amount of thought is not taken for equal."""
    wide = [Rule(" + ".join(["x"] * 30), record="sli_total:0"), Rule("y + x", record="sli_errors:0")]
    for number in range(12):
        for part in ("sli_total", "sli_errors"):
            source = f"{part}:{number}"
            wide.append(
                Rule(f"({source} + {source}) or ({source} * {source})", record=f"{part}:{number + 1}")
            )
    wide.append(Rule("a or 0 * sli_total:12", record="r"))
    assert equal("exchange", [group(*wide)]) == []


def test_mutants_come_in_the_same_order() -> None:
    rules = compiled()
    first = [(m.kind, m.group, m.rule, m.what, m.at) for m in mutants(rules.groups)]
    assert first == [(m.kind, m.group, m.rule, m.what, m.at) for m in mutants(compiled().groups)]


def test_there_is_a_module_for_each_kind() -> None:
    folder = Path(pipeline.__file__).parent / "mutants" / "kinds"
    assert sorted(path.stem for path in folder.glob("[a-z]*.py")) == sorted(kinds())
