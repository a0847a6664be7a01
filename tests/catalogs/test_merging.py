"""What is added to the text of a catalog and what is left alone, and what a catalog is as text."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slogen import pipeline
from slogen.catalog import Catalog, Caution, KnownLabel, Metric, Scrape
from slogen.catalogs import text as catalogtext
from slogen.catalogs.merging import CannotMerge, Merged, merge
from slogen.source import Source, documents
from slogen.units import Millis

HEAD = "apiVersion: slogen.dev/v1\nkind: MetricCatalog\nmetadata: {name: shop}\nspec:\n"


def read(text: str) -> Catalog:
    result = pipeline.compile([Source("slos/shop.yaml", text)])
    assert [(d.message, str(d.at)) for d in result.report] == []
    return result.program.catalogs.all[0]


def merged(spec: str, *seen: Metric) -> Merged:
    text = HEAD + spec
    found = merge(documents(Source("slos/shop.yaml", text)).nodes[0], read(text), seen)
    assert {m.name: m for m in read(found.text).metrics} == {m.name: m for m in found.metrics}
    assert found.text.startswith(HEAD)
    return found


REQUESTS = Metric("shop_requests_total", "counter", labels=(KnownLabel("code", ("200", "500")),))
SECONDS = Metric("shop_seconds", "histogram", "seconds", buckets=(Decimal("0.5"), Decimal(1)))

AUTHORED = """\
  # what we know
  metrics:
    shop_requests_total:   # the front door
      type: counter
      labels:
        code: ['500', '200']  # in this order
        tenant: {unbounded: the client chooses it}
      cautions:
        - {trait: note, text: it is slow}   # sic

    # the end
    shop_up: {type: gauge}
"""

MANY = [f"'{code}'" for code in range(402, 413)]
LABELLED = "  metrics:\n    shop_requests_total:\n      type: counter\n      labels:\n"

ADDED = [
    (
        "  metrics:\n    a: {type: gauge}\n",
        [SECONDS],
        "    a: {type: gauge}\n    shop_seconds:\n      type: histogram\n",
    ),
    ("  owns: [shop_*]\n", [REQUESTS], "  metrics:\n    shop_requests_total:\n      type: counter\n"),
    ("  metrics: {}\n  owns: []\n", [REQUESTS], "  metrics:\n    shop_requests_total:\n"),
    ("  metrics:\n    a: {}", [REQUESTS], "    a: {}\n    shop_requests_total:\n"),
    (
        "  metrics:\n    shop_requests_total:\n      labels:\n        code: ['404']  # rare\n      help: x\n",
        [REQUESTS],
        '      type: counter\n      labels:\n        code: [\'404\', "200", "500"]  # rare\n      help: x\n',
    ),
    (
        "  metrics:\n    shop_requests_total:\n      type: counter\n      labels: [tenant]\n",
        [REQUESTS],
        '      labels:\n        tenant:\n        code: ["200", "500"]\n',
    ),
    (
        "  metrics:\n    shop_requests_total:\n      type: counter\n      labels:\n        tenant:\n    b:\n",
        [REQUESTS],
        '        tenant:\n        code: ["200", "500"]\n    b:\n',
    ),
    (
        "  metrics:\n    shop_requests_total: {type: counter}  # x\n    b:\n",
        [REQUESTS],
        "    shop_requests_total:\n      type: counter\n",
    ),
    (
        "  metrics:\n    shop_requests_total:\n    b:\n",
        [REQUESTS],
        "    shop_requests_total:\n      type: counter\n",
    ),
    (
        "  metrics:\n    shop_seconds:\n      help: |\n        a\n        b\n    b:\n",
        [SECONDS],
        "      help: |\n        a\n        b\n      buckets: [0.5, 1]\n    b:\n",
    ),
    (
        "  metrics:\n    shop_requests_total:\n      type: counter\n      labels:\n        code:\n",
        [REQUESTS],
        '        code: ["200", "500"]\n',
    ),
    (
        LABELLED + "        code: # those\n          - '404'  # rare\n          - '500'\n",
        [REQUESTS],
        "        code: # those\n          - '404'  # rare\n          - '500'\n          - \"200\"\n",
    ),
    (
        LABELLED + "        code: {values: ['404', # rare\n          '500'], success: [a]}\n",
        [REQUESTS],
        "        code: {values: ['404', # rare\n          '500', \"200\"], success: [a]}\n",
    ),
    (
        LABELLED + "        code:\n          # those\n          values:\n          - '500' # x\n",
        [REQUESTS],
        "          # those\n          values:\n          - '500' # x\n          - \"200\"\n",
    ),
    (
        LABELLED + f"        code: [{', '.join(MANY)}]\n",
        [REQUESTS],
        ', \'412\', "200",\n               "500"]\n',
    ),
    (
        "  metrics:\n    a:\n      labels: {b: [x]}\n",
        [Metric("a", labels=(KnownLabel("b", ("x",), is_optional=True),))],
        "      labels:\n        b: {values: [x], optional: true}\n",
    ),
]


@pytest.mark.parametrize(("spec", "seen", "part"), ADDED)
def test_what_is_new_is_added_in_its_place(spec: str, seen: list[Metric], part: str) -> None:
    first = merged(spec, *seen)
    assert part in first.text
    again = merged(first.text.removeprefix(HEAD), *seen)
    assert (again.text, again.new, again.completed) == (first.text, (), ())


def test_lines_end_as_they_did() -> None:
    text = f"{HEAD}{LABELLED}        code: ['404']\n".replace("\n", "\r\n")
    found = merge(documents(Source("x", text)).nodes[0], read(text), [REQUESTS, SECONDS])
    assert found.text.count("\n") == found.text.count("\r\n") > text.count("\n")


def test_what_people_wrote_stays_to_the_byte() -> None:
    found = merged(AUTHORED, REQUESTS, Metric("shop_up", "gauge"))
    assert (found.text, found.new, found.completed) == (HEAD + AUTHORED, (), ())
    found = merged(AUTHORED, REQUESTS, SECONDS)
    assert found.text == HEAD + AUTHORED + catalogtext.metric(SECONDS, 4)
    assert (found.new, found.completed) == (("shop_seconds",), ())


@pytest.mark.parametrize(
    ("metric", "seen", "told"),
    [
        ("{type: counter}", Metric("a", "gauge"), "`a` is a counter in the catalog, and a gauge here"),
        (
            "{type: histogram, buckets: [1]}",
            Metric("a", "histogram", buckets=(Decimal(2),)),
            "`a` has other buckets in the catalog than here",
        ),
        ("{status: removed}", Metric("a"), "`a` is removed in the catalog, and is there"),
        (
            "{labels: {b: {values: [x], closed: true}}}",
            Metric("a", labels=(KnownLabel("b", ("x", "y")),)),
            "`b` of `a` has `y` here, which the catalog rules out",
        ),
    ],
)
def test_contradictions_are_told_and_left(metric: str, seen: Metric, told: str) -> None:
    spec = f"  metrics:\n    a: {metric}\n"
    found = merged(spec, seen)
    assert (found.text, found.contradictions) == (HEAD + spec, (told,))


@pytest.mark.parametrize(
    "seen",
    [
        Metric("a", "counter", labels=(KnownLabel("b", ("y", "z")),)),
        Metric("a", labels=(KnownLabel("b", unbounded="more"),)),
    ],
)
def test_what_nobody_can_count_gets_no_values(seen: Metric) -> None:
    spec = "  metrics:\n    a:\n      type: counter\n      labels: {b: {unbounded: free text}}\n"
    assert merged(spec, seen).text == HEAD + spec


@pytest.mark.parametrize(
    "spec",
    [
        "  metrics: {a: {type: gauge}}\n",
        "  metrics:\n    a: &x {type: counter}\n    shop_seconds: *x\n",
        "  metrics:\n    a: {type: gauge, # by hand\n      help: h}\n",
    ],
)
def test_a_layout_that_nothing_can_be_added_to(spec: str) -> None:
    text = HEAD + spec
    with pytest.raises(CannotMerge):
        merge(
            documents(Source("x", text)).nodes[0], read(text), [REQUESTS, SECONDS, Metric("a", "gauge", "x")]
        )


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,10}", fullmatch=True).filter(
    lambda name: name not in ("le", "quantile")
)
LABELS = st.builds(
    KnownLabel,
    NAMES,
    st.lists(WORDS, unique=True, max_size=30).map(tuple),
    unbounded=WORDS,
    is_optional=st.booleans(),
    success=st.lists(WORDS, max_size=2).map(tuple),
)
METRICS = st.builds(
    Metric,
    NAMES.map(lambda name: f"m{name}_x"),
    st.sampled_from(["counter", "gauge", "unknown"]),
    WORDS,
    st.lists(LABELS, unique_by=lambda label: label.name, max_size=4).map(tuple),
    has_more_labels=st.booleans(),
    status=st.sampled_from(["current", "deprecated", "broken"]),
    since=WORDS,
    help=WORDS,
)


@given(st.lists(METRICS, unique_by=lambda metric: metric.name, max_size=4))
def test_a_catalog_means_what_its_text_says(metrics: list[Metric]) -> None:
    found = read(catalogtext.document(Catalog("shop", metrics=tuple(metrics))))
    assert found.metrics == tuple(metrics)


@given(
    st.lists(METRICS, unique_by=lambda metric: metric.name, max_size=3),
    st.lists(METRICS, unique_by=lambda metric: metric.name, max_size=3),
)
def test_nothing_is_lost_and_nothing_is_new_twice(before: list[Metric], seen: list[Metric]) -> None:
    text = catalogtext.document(Catalog("shop", metrics=tuple(before)))
    first = merge(documents(Source("x", text)).nodes[0], read(text), seen)
    after = read(first.text)
    assert {metric.name: metric for metric in after.metrics} == {m.name: m for m in first.metrics}
    assert {metric.name for metric in after.metrics} == {metric.name for metric in (*before, *seen)}
    again = merge(documents(Source("x", first.text)).nodes[0], after, seen)
    assert again.text == first.text


def test_all_of_a_catalog_has_its_place_in_the_text() -> None:
    load = Metric(
        "shop_load",
        "gauge",
        lowest=Decimal(0),
        replacements=("a", "b"),
        until="v2",
        cautions=(Caution("excludes", "a, b: c", ("x",), {"code": "5, 6"}, ("d",)),),
    )
    whole = Catalog(
        "shop",
        version="v1.0.0",
        metrics=(load, SECONDS),
        owns=("shop_*",),
        shared=("http_*",),
        services=("checkout",),
        paths=("rules/**",),
        scrapes=(Scrape("static", Millis(30_000), True, ("zone",), "a|b", "c", ("j",), False, True),),
        exposition="go",
    )
    found = read(catalogtext.document(whole))
    for name in Catalog.__dataclass_fields__.keys() - {"where"}:
        assert getattr(found, name) == getattr(whole, name)


def test_long_lists_go_on_in_the_next_line() -> None:
    values = tuple(f"value_{i}" for i in range(40))
    text = catalogtext.document(Catalog("shop", metrics=(Metric("a", labels=(KnownLabel("b", values),)),)))
    assert max(map(len, text.splitlines())) <= catalogtext.WIDTH + 2
    assert read(text).metrics[0].labels[0].values == values
