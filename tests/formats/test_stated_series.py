"""Series that an author states for the proof of an SLO: `proof: series:`, and documents of the kind Proof."""

from __future__ import annotations

import math

import jsonschema
import pytest
import yaml
from hypothesis import assume, example, given
from hypothesis import strategies as st

from slogen import conversion, pipeline, reading, statements
from slogen.diagnostics import Report
from slogen.ir import Draft, Extensions, Grouping, Slo
from slogen.nativespec.proving import statements as read_statements
from slogen.nativespec.schema import schema
from slogen.source import Source, documents
from slogen.synthetic import ABSENT, Counter, Gauge, Series, Synthetic

HEAD = """\
apiVersion: slogen.dev/v1
kind: ServiceLevels
metadata: {name: shop}
spec:
  service: shop
  slos:
    - name: sold
      objective: 99.9
      sli: {events: {total: orders_total, bad: failed_total}}
"""
SLOTH = """\
version: prometheus/v1
service: shop
slos:
  - name: sold
    objective: 99.9
    sli: {raw: {error_ratio_query: 'avg_over_time(ratio[{{.window}}])'}}
    alerting: {name: Sold}
"""
PROOF = """\
apiVersion: slogen.dev/v1
kind: Proof
spec:
  slo: shop-sold
  series:
    - {series: ratio, good: 0, bad: 1}
"""


def spec(series: str, more: str = "") -> str:
    listed = "".join(f"          - {line}\n" for line in series.strip().splitlines())
    return f"{HEAD}{more}      proof:\n        series:\n{listed}"


def findings(*texts: str) -> list[tuple[str, int, int, str]]:
    sources = [Source(f"{i}.yaml", text) for i, text in enumerate(texts)]
    return [(d.code.id, d.at.line, d.at.column, d.at.text) for d in pipeline.compile(sources).report]


def slos(*texts: str) -> tuple[Slo, ...]:
    result = pipeline.compile([Source(f"{i}.yaml", text) for i, text in enumerate(texts)])
    assert [f"{d.at} {d.message}" for d in result.report if d.severity == "error"] == []
    return result.program.slos


def proof(series: str, more: str = "") -> tuple[Synthetic, ...]:
    """What a spec states, whatever its indicator says of it."""
    report = Report()
    found = reading.read(
        [Source("a.yaml", spec(series, more))], report, Extensions(), lambda done, total: None
    )
    assert [f"{d.at} {d.message}" for d in report] == []
    return found.of(Draft)[0].proof


def test_counters_and_gauges() -> None:
    stated = """
{series: 'sales_total{code="200", zone=""}', good: 10/s, bad: 0.5e1 / s}
{series: 'sales_total{code="500"}', bad: 5/s}
{series: 'queue_size{queue="a"}', good: 3, bad: 500.5}
{series: down, good: absent, bad: -1}
"""
    (only,) = proof(stated)
    assert only.labels == {}
    assert only.counters == (
        Counter(Series("sales_total", {"code": "200"}), good=10, bad=5),
        Counter(Series("sales_total", {"code": "500"}), good=0, bad=5),
    )
    size, down = only.gauges
    assert size == Gauge(Series("queue_size", {"queue": "a"}), good=3, bad=500.5)
    assert math.isnan(down.good)
    assert down.bad == -1
    assert not only.mixes


def test_only_counters_move() -> None:
    (only,) = proof("{series: a_total, good: 1/s, bad: 0/s}\n{series: info, good: 1, bad: 1}")
    assert only.mixes


def test_a_budget_for_each_value_of_the_grouping() -> None:
    stated = """
{series: 'ok_total{zone="a", code="200"}', good: 1/s}
{series: 'ok_total{zone="b", code="200"}', good: 1/s}
{series: 'bad_total{zone="a", code="500"}', bad: 1/s}
"""
    first, second = proof(stated, "      group_by: [zone]\n")
    assert (first.labels, [c.series.name for c in first.counters]) == (
        {"zone": "a"},
        ["ok_total", "bad_total"],
    )
    assert (second.labels, [c.series.name for c in second.counters]) == ({"zone": "b"}, ["ok_total"])


def test_each_series_is_a_budget_but_for_its_buckets() -> None:
    stated = """
{series: 'd_bucket{le="1", zone="a"}', good: 1/s, bad: 0/s}
{series: 'd_bucket{le="+Inf", zone="a"}', good: 1/s, bad: 1/s}
{series: 'd_bucket{le="1", zone="b"}', good: 1/s, bad: 0/s}
"""
    budgets = proof(stated, "      each_series: true\n")
    assert [(b.labels, len(b.counters)) for b in budgets] == [({"zone": "a"}, 2), ({"zone": "b"}, 1)]


BAD = {
    "no series": ("{series: 'sum(x)', good: 1/s}", [("SLO401", 12, 23, "sum")]),
    "an empty series": ("{series: '', good: 1/s}", [("SLO401", 12, 23, "")]),
    "a regular expression": (
        '{series: \'x{a="1", code=~"5.."}\', good: 1/s}',
        [("SLO113", 12, 32, 'code=~"5.."')],
    ),
    "no name": ("{series: '{a=\"1\"}', good: 1/s}", [("SLO113", 12, 22, "'{a=\"1\"}'")]),
    "a label twice": ('{series: \'x{a="1",a="2"}\', good: 1/s}', [("SLO113", 12, 31, 'a="2"')]),
    "the same twice": (
        '{series: \'x{a="1",b="2"}\', good: 1/s}\n{series: \'x{b="2",a="1"}\', bad: 1/s}',
        [("SLO203", 13, 22, '\'x{b="2",a="1"}\'')],
    ),
    "nothing moves": (
        "{series: a, good: 1/s, bad: 1/s}\n{series: b, good: 2, bad: 2.0}",
        [("SLO113", 12, 22, "a")],
    ),
    "a negative rate": ("{series: a, good: -1/s, bad: 1/s}", [("SLO113", 12, 31, "-1/s")]),
    "a counter and a gauge": ("{series: a, good: 1/s, bad: 1}", [("SLO113", 12, 41, "1")]),
    "never there": ("{series: a, good: absent}", [("SLO111", 12, 22, "a")]),
    "a rate per minute": ("{series: a, good: 30/m}", [("SLO113", 12, 31, "30/m")]),
    "a number in quotes": ("{series: a, good: '3'}", [("SLO113", 12, 31, "'3'")]),
    "a number that is none": ("{series: a, good: .inf, bad: 1}", [("SLO113", 12, 31, ".inf")]),
    "too large": ("{series: a, good: 1e999999999/s}", [("SLO113", 12, 31, "1e999999999/s")]),
    "too small": ("{series: a, good: 1e-999999999/m}", [("SLO113", 12, 31, "1e-999999999/m")]),
    "a flag": ("{series: a, good: true}", [("SLO112", 12, 31, "true")]),
    "a list": ("{series: a, good: [1]}", [("SLO112", 12, 31, "[1]")]),
    "nothing written": ("{series: a, good: , bad: 1}", [("SLO112", 12, 30, "")]),
    "an unknown key": ("{series: a, god: 1, bad: 2}", [("SLO110", 12, 25, "god")]),
    "all are told": (
        "{series: 'a{b!=\"c\"}', good: 1}\n{series: d, bad: x}",
        [("SLO113", 12, 25, 'b!="c"'), ("SLO113", 13, 30, "x")],
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_wrong_is_said_at_its_place(case: str) -> None:
    stated, expected = BAD[case]
    assert findings(spec(stated)) == expected


GROUPED = "      group_by: [zone, shop]\n"


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        (
            "{series: a, good: 1/s}\n{series: b, bad: 1/s}",
            [(13, "shop"), (13, "zone"), (14, "shop"), (14, "zone")],
        ),
        # Two budgets: whose is it?
        (
            """
{series: 'a{zone="x",shop="1"}', good: 1/s}
{series: 'a{zone="y",shop="1"}', good: 1/s}
{series: 'b{shop="1"}', bad: 1/s}
""",
            [(15, "zone")],
        ),
        (
            "{series: 'a{zone=\"x\"}', good: 1/s}\n{series: 'a{zone=\"y\"}', good: 1/s}",
            [(13, "shop"), (14, "shop")],
        ),
    ],
)
def test_a_series_without_a_label_of_the_grouping(stated: str, expected: list[tuple[int, str]]) -> None:
    report = pipeline.compile([Source("a.yaml", spec(stated, GROUPED))]).report
    assert [(d.at.line, d.message) for d in report] == [
        (line, f"this series has no label `{label}`, by which the SLO is grouped") for line, label in expected
    ]


@pytest.mark.parametrize(
    "stated",
    [
        '{series: \'a{zone="x",shop="1"}\', good: 1/s}\n{series: b, bad: 1/s}',
        "{series: 'a{zone=\"x\"}', good: 1/s}\n{series: 'b{shop=\"1\"}', bad: 1/s}",
    ],
)
def test_series_that_are_joined_are_of_the_only_budget(stated: str) -> None:
    (only,) = proof(stated, GROUPED)
    assert only.labels == {"zone": "x", "shop": "1"}
    assert [counter.series.name for counter in only.counters] == ["a", "b"]


def test_no_series_at_all() -> None:
    assert findings(f"{HEAD}      proof: {{series: []}}\n") == [("SLO113", 10, 23, "[]")]
    assert findings(f"{HEAD}      proof: {{}}\n") == [("SLO111", 10, 7, "proof")]


# apart from the spec ----------------------------------------------------------------------------------


def test_a_document_for_an_slo_in_another_format() -> None:
    (slo,) = slos(PROOF, SLOTH)
    assert slo.proof == (Synthetic({}, (), (Gauge(Series("ratio"), good=0, bad=1),)),)


def test_the_wrong_document() -> None:
    assert findings(PROOF.replace("shop-sold", "shop-sould"), SLOTH) == [("SLO201", 4, 8, "shop-sould")]
    assert findings(PROOF, PROOF, SLOTH) == [("SLO203", 4, 8, "shop-sold")]
    assert findings(PROOF.replace("bad: 1", "bad: 0"), SLOTH) == [("SLO113", 6, 16, "ratio")]
    own = spec("{series: ratio, good: 0, bad: 1}")
    assert findings(PROOF, own) == [("SLO203", 4, 8, "shop-sold")]


def test_an_slo_that_cannot_be_read_is_not_missing() -> None:
    assert [code for code, *_ in findings(PROOF, SLOTH.replace("objective", "objectiv"))] == ["SLO110"]


# what the indicator says of it -------------------------------------------------------------------------


def with_sli(sli: str, series: str, more: str = "") -> str:
    return spec(series, more).replace("events: {total: orders_total, bad: failed_total}", sli)


EVENTS = "events: {total: orders_total, bad: failed_total}"
QUERY = "ratio: {error: 'sum(rate(a_total[{{.window}}])) / sum(rate(b_total[{{.window}}] offset 1d))'}"
CONDITION = "condition: {metric: queue_size, good_when: '<= 50'}"
# Only the series that the others are joined with has the label of the grouping.
JOIN = "* on (ns) group_left (team) namespaces"
JOINED = (
    f"query: {{total: 'sum by (team) (rate(orders_total[{{{{.window}}}}]) {JOIN})', "
    f"bad: 'sum by (team) (rate(failed_total[{{{{.window}}}}]) {JOIN})'}}"
)
JOINED_SERIES = """
{series: 'orders_total{ns="a"}', good: 10/s, bad: 10/s}
{series: 'failed_total{ns="a"}', bad: 10/s}
{series: 'namespaces{ns="a", team="sales"}', good: 1, bad: 1}
"""
PODS = """
{{series: 'queue_size{{pod="a"}}', good: 3, bad: 500}}
{{series: 'queue_size{{pod="b"}}', good: 3, bad: {}}}
"""


@pytest.mark.parametrize(
    ("sli", "series", "more", "mixes"),
    [
        (
            EVENTS,
            "{series: orders_total, good: 10/s, bad: 10/s}\n{series: failed_total, bad: 10/s}",
            "",
            True,
        ),
        # A service that handles less while it fails: a quarter of both is no quarter of the events.
        (EVENTS, "{series: orders_total, good: 10/s, bad: 5/s}\n{series: failed_total, bad: 5/s}", "", False),
        (QUERY, "{series: b_total, good: 10/s, bad: 10/s}\n{series: a_total, bad: 10/s}", "", True),
        (CONDITION, "{series: queue_size, good: 3, bad: 500}", "", False),
        (
            CONDITION,
            PODS.format(51),
            "      group_by: [pod]\n",
            False,
        ),
        (JOINED, JOINED_SERIES, "      group_by: [team]\n", True),
        (
            "ratio: {error: 'avg_over_time(errors[{{.window}}])'}",
            "{series: errors, good: 0, bad: 1}",
            "",
            True,
        ),
        # Further back than the evaluator is asked to look: the tests will tell.
        (
            "ratio: {error: 'avg_over_time(errors[{{.window}}] offset 90d)'}",
            "{series: errors, good: 0, bad: 7}",
            "",
            False,
        ),
    ],
)
def test_whether_a_part_of_the_events_can_be_bad(sli: str, series: str, more: str, mixes: bool) -> None:
    (slo,) = slos(with_sli(sli, series, more))
    assert {budget.mixes for budget in slo.proof} == {mixes}


@pytest.mark.parametrize(
    ("sli", "series", "more", "expected"),
    [
        (
            EVENTS,
            "{series: orders_total, good: 10/s, bad: 10/s}\n{series: failed_total, good: 1/s, bad: 5/s}",
            "",
            [
                "while all is good, the indicator gives an error ratio of 0.1",
                "while nothing is good, the indicator gives an error ratio of 0.5",
            ],
        ),
        (
            EVENTS,
            "{series: order_total, good: 10/s, bad: 10/s}\n{series: failed_total, bad: 10/s}",
            "",
            [
                "while all is good, the indicator gives nothing",
                "while nothing is good, the indicator gives nothing",
            ],
        ),
        (
            CONDITION,
            PODS.format(40),
            "      group_by: [pod]\n",
            [
                "while nothing is good, the indicator gives an error ratio of 0",
            ],
        ),
    ],
)
def test_series_that_the_indicator_sees_otherwise(
    sli: str, series: str, more: str, expected: list[str]
) -> None:
    report = pipeline.compile([Source("a.yaml", with_sli(sli, series, more))]).report
    assert [d.message.partition(" on the stated series")[0] for d in report] == expected
    assert all(('of `{pod="b"}`, not 1' in d.message) == bool(more) for d in report)
    assert {d.at.text for d in report} == {"proof"}


# schema and conversion --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "is_valid"),
    [
        (PROOF, True),
        (
            spec(
                "{series: orders_total, good: 10/s, bad: .5e3 / s}\n"
                "{series: failed_total, good: 0/s, bad: +5e2/s}\n{series: b, good: absent, bad: 3}"
            ),
            True,
        ),
        (PROOF.replace("bad: 1", "bad: -1/s"), False),
        (PROOF.replace("bad: 1", "bad: 1/m"), False),
        (PROOF.replace("slo: shop-sold", ""), False),
        (PROOF.replace("series: ratio, ", ""), False),
    ],
)
def test_the_schema_for_editors_agrees(text: str, is_valid: bool) -> None:
    validator = jsonschema.Draft202012Validator(schema())
    assert validator.is_valid(yaml.safe_load(text)) is is_valid
    codes = {code for code, *_ in findings(text, *([SLOTH] if "kind: Proof" in text else []))}
    assert (not codes) is is_valid


def test_conversion_keeps_it_or_says_that_it_is_lost() -> None:
    stated = '{series: \'a_total{b="x\\"y"}\', good: 1e1/s, bad: 0/s}\n{series: c, good: 0.25, bad: absent}'
    source = Source("a.yaml", spec(stated))
    (stated_proof,) = proof(stated)
    native = conversion.convert_all([source], "native").converted["a.yaml"]
    assert native.notes == ()
    again = conversion.convert_all([Source("b.yaml", native.text)], "native")
    assert [draft.proof for draft in again.documents.of(Draft)] == [(stated_proof,)]
    for target in ("sloth", "openslo"):
        notes = conversion.convert_all([source], target).converted["a.yaml"].notes
        assert "`proof` is left out: write a document of kind `Proof` instead" in [n.text for n in notes]
    both = Source("b.yaml", f"{SLOTH}---\n{PROOF}")
    notes = conversion.convert_all([both], "native").converted["b.yaml"].notes
    assert [(note.at.text, note.text[:8]) for note in notes if note.text.startswith("left")] == [
        ("shop-sold", "left out")
    ]


NUMBERS = st.floats(allow_nan=False, allow_infinity=False, min_value=1e-200, max_value=1e200) | st.just(0.0)
LABELS = st.dictionaries(
    st.from_regex("[a-z_][a-z0-9_]{0,5}", fullmatch=True).filter(lambda name: name != "__name__"),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
    max_size=3,
)


@given(LABELS, NUMBERS, NUMBERS, st.booleans())
@example({}, 1.0, 0.0, False)
def test_what_is_written_reads_the_same(labels: dict[str, str], good: float, bad: float, gauge: bool) -> None:
    assume(good != bad)
    series = Series("x", labels)
    budget = Synthetic({}, (Counter(series, good, bad),))
    if gauge:
        budget = Synthetic({}, (), (Gauge(series, good, ABSENT),), mixes=False)
    stated = (budget,)
    text = yaml.safe_dump(
        {"series": [_plain(item) for item in statements.written(stated)]}, allow_unicode=True
    )
    report = Report()
    found = read_statements(documents(Source("a.yaml", text)).nodes[0], report)
    assert found is not None, [d.message for d in report]
    assert statements.budgets(found, Grouping(), report) == stated


def _plain(item: object) -> object:
    assert isinstance(item, dict)
    return {key: value if isinstance(value, str) else float(value) for key, value in item.items()}
