"""Whole scrapes and answers: what is seen in them, and what is told of broken ones."""

from __future__ import annotations

import io
import json
import tracemalloc
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slogen import exposition
from slogen.catalog import KnownLabel, Metric
from slogen.exposition import Broken, Facts, Observed
from slogen.exposition.families import TOO_MANY
from slogen.exposition.prefixes import common_prefixes

SAMPLES = Path(__file__).parents[3] / "shared" / "metrics-samples"


def observed(*inputs: str | bytes) -> tuple[Facts, list[tuple[str, str]]]:
    """The facts of some inputs together, and what cannot be read in them."""
    seen, broken = Observed(), Broken()
    for text in inputs:
        exposition.read("in", io.BytesIO(text if isinstance(text, bytes) else text.encode()), seen, broken)
    places = [f"{found.at.line}:{found.at.column}" for found in broken.diagnostics]
    return exposition.facts(seen), list(zip(places, (d.message for d in broken.diagnostics), strict=True))


TEXT = """\
# HELP shop_requests_total What was asked for.\\nAll of it.
# TYPE shop_requests_total counter
shop_requests_total{code="200",method="get"} 1.7e+06
shop_requests_total{code="500"} 3 1700000000000

# TYPE shop_seconds histogram
shop_seconds_bucket{le="0.5",method=""} 1
shop_seconds_bucket{le="1",method=""} 1
shop_seconds_bucket{le="+Inf",method=""} 2
shop_seconds_sum{method=""} 3
shop_seconds_count{method=""} 2
# TYPE shop_pause_seconds summary
shop_pause_seconds{quantile="0.5",pool="a"} NaN
shop_pause_seconds_sum{pool="a"} 0
shop_pause_seconds_count{pool="a"} 0
# a remark
# TYPE shop_start_time_seconds gauge
shop_start_time_seconds 1.7e9
# TYPE shop_nothing_yet_bytes gauge
shop_untyped{path="C:\\\\a\\"b"} 1
"""


def test_a_scrape_in_the_text_format() -> None:
    facts, findings = observed(TEXT)
    assert findings == []
    assert facts.metrics == (
        Metric("shop_nothing_yet_bytes", "gauge", "bytes"),
        Metric("shop_pause_seconds", "summary", "seconds", (KnownLabel("pool", ("a",)),)),
        Metric(
            "shop_requests_total",
            "counter",
            labels=(KnownLabel("code", ("200", "500")), KnownLabel("method", ("get",), is_optional=True)),
            help="What was asked for.\nAll of it.",
        ),
        Metric("shop_seconds", "histogram", "seconds", buckets=(Decimal("0.5"), Decimal(1))),
        Metric("shop_start_time_seconds", "gauge", "timestamp"),
        Metric("shop_untyped", labels=(KnownLabel("path", ('C:\\a"b',)),)),
    )
    assert facts.exposition == "go"
    assert facts.unseen == {"shop_nothing_yet_bytes"}


OPENMETRICS = """\
# TYPE shop_requests counter
# UNIT shop_requests requests
shop_requests_total{code="200"} 1.0 # {trace_id="a"} 1.0
shop_requests_created{code="200"} 1.7e9
# TYPE shop_build info
shop_build_info{version="1"} 1
# TYPE shop_state stateset
shop_state{shop_state="on"} 1
# TYPE shop_seconds histogram
shop_seconds_bucket{le="1.0"} 1
shop_seconds_bucket{le="+Inf"} 2
shop_seconds_count 2
shop_seconds_sum 3.0
# TYPE shop_load gaugehistogram
shop_load_bucket{le="1.0"} 1
shop_load_bucket{le="+Inf"} 1
shop_load_gcount 1
# EOF
"""


def test_a_scrape_in_openmetrics() -> None:
    facts, findings = observed(OPENMETRICS)
    assert findings == []
    assert [(metric.name, metric.type, metric.unit) for metric in facts.metrics] == [
        ("shop_build_info", "info", ""),
        ("shop_load_bucket", "unknown", ""),
        ("shop_load_gcount", "unknown", ""),
        ("shop_requests_created", "gauge", "timestamp"),
        ("shop_requests_total", "counter", "requests"),
        ("shop_seconds", "histogram", "seconds"),
        ("shop_state", "stateset", ""),
    ]
    assert facts.exposition == "openmetrics"


METADATA = """{"status": "success", "data": {
  "shop_requests_total": [{"type": "counter", "help": "What was asked for.", "unit": ""}],
  "shop_seconds": [{"type": "histogram", "help": "", "unit": ""}],
  "shop_pause_seconds": [{"type": "histogram", "help": "", "unit": ""}],
  "shop_load": [{"type": "gauge"}, {"type": "counter"}]}}"""
SERIES = """{"status": "success", "data": [
  {"__name__": "shop_requests_total", "job": "shop", "instance": "a:1", "namespace": "shops",
   "exported_namespace": "eu", "code": "200"},
  {"__name__": "shop_seconds_bucket", "job": "shop", "le": "1.0"},
  {"__name__": "shop_seconds_bucket", "job": "shop", "le": "+Inf"},
  {"__name__": "shop_seconds_sum", "job": "shop"}, {"__name__": "shop_seconds_count", "job": "shop"},
  {"__name__": "shop_pause_seconds", "job": "shop"}, {"__name__": "shop_load", "job": "shop"}]}"""


@pytest.mark.parametrize(
    "inputs", [(METADATA, SERIES), (SERIES, METADATA)], ids=["types first", "series first"]
)
def test_answers_of_the_api(inputs: tuple[str, str]) -> None:
    facts, findings = observed(*inputs)
    assert findings == []
    assert facts.metrics == (
        Metric("shop_load"),
        Metric("shop_pause_seconds", "native_histogram", "seconds"),
        Metric(
            "shop_requests_total",
            "counter",
            labels=(KnownLabel("code", ("200",)), KnownLabel("namespace", ("eu",))),
            help="What was asked for.",
        ),
        Metric("shop_seconds", "histogram", "seconds", buckets=(Decimal(1),)),
    )
    assert facts.exposition == "unknown"


def test_series_without_types_are_told_by_what_they_have() -> None:
    facts, _ = observed(SERIES)
    assert [(metric.name, metric.type) for metric in facts.metrics] == [
        ("shop_load", "unknown"),
        ("shop_pause_seconds", "unknown"),
        ("shop_requests_total", "counter"),
        ("shop_seconds", "histogram"),
    ]


def test_a_federation_has_labels_of_targets() -> None:
    lines = [
        f'# TYPE {name} untyped\n{name}{{{labels}instance="a:1",job="shop"}} 1 1700000000000\n'
        for name, labels in (
            ("shop_requests_total", 'code="200",'),
            ("shop_seconds_bucket", 'le="1",'),
            ("shop_seconds_count", ""),
            ("shop_seconds_sum", ""),
        )
    ]
    facts, findings = observed("".join(lines))
    assert findings == []
    assert [(m.name, m.type, [label.name for label in m.labels]) for m in facts.metrics] == [
        ("shop_requests_total", "counter", ["code"]),
        ("shop_seconds", "histogram", []),
    ]
    assert facts.exposition == "unknown"


@pytest.mark.parametrize(
    ("lines", "buckets"),
    [
        ('h_bucket{le="1"} 1\nh_bucket{le="+Inf"} 1\n', (Decimal(1),)),
        ('h_bucket{le="1.048576e+06"} 1\nh_bucket{le="+Inf"} 1\n', (Decimal(1_048_576),)),
        ('h_bucket{a="x",le="1"} 1\nh_bucket{a="x",le="+Inf"} 1\nh_bucket{a="y",le="+Inf"} 1\n', None),
        ('h_bucket{le="1"} 1\nh_count 1\n', None),
        ('h_bucket{le="x"} 1\nh_bucket{le="+Inf"} 1\n', None),
        ('h_bucket{le="+Inf"} 1\n', None),
    ],
)
def test_buckets_are_known_if_all_series_have_the_same(
    lines: str, buckets: tuple[Decimal, ...] | None
) -> None:
    facts, _ = observed(f"# TYPE h histogram\n{lines}")
    assert facts.metrics[0].buckets == buckets


def test_a_label_with_too_many_values_is_unbounded() -> None:
    facts, _ = observed("".join(f'a{{b="{i}",c="{i % 2}"}} 1\n' for i in range(51)))
    assert facts.metrics[0].labels == (KnownLabel("b", unbounded=TOO_MANY), KnownLabel("c", ("0", "1")))


BROKEN = [
    ("", "1:1", "this input is empty"),
    ("\n \n", "1:1", "this scrape holds no metric"),
    (
        "<!DOCTYPE html>\n<html><head><title>404 Not Found</title>",
        "1:1",
        "this is a web page with the title `404 Not Found`, not the text of a scrape",
    ),
    (b"\x00\x01\x02", "1:1", "this is binary, not the text of a scrape"),
    (
        "apiVersion: slogen.dev/v1\nkind: MetricCatalog\n",
        "1:1",
        "this is a document with a kind, such as a catalog, and no scrape",
    ),
    ("a 1\n\nb-c 1\n", "3:1", "`b-c` is no name of a metric"),
    (b"a 1\nb\xff 1\n", "2:2", "byte `0xff` is not UTF-8 text"),
    ('a{b="c",b="d"} 1\n', "1:9", "the label `b` is there twice"),
    ("# TYPE a countr\n", "1:10", "`countr` is no type of a metric"),
    ("# TYPE a counter\n# TYPE a gauge\n", "2:10", "`a` is a gauge here, and a counter on line 1"),
    ("# TYPE a unknown\na 1\n", "2:1", "the scrape has no end: OpenMetrics ends with the line `# EOF`"),
    (
        'a 1\nb{c="d',
        "2:5",
        "the scrape ends in the middle of this line: the value of `c` is not closed",
    ),
    (
        '# TYPE h histogram\nh_bucket{le="1"} 1\n',
        "2:1",
        "the scrape ends in the middle of a histogram: the bucket `+Inf` is missing",
    ),
    ("a" * 2_000_000, "1:1", "this line is longer than a megabyte"),
    ("# TYPE b-c counter\n", "1:8", "`b-c` is no name of a metric"),
    ("# TYPE b\n", "1:9", "the type is missing"),
    ("# TYPE\n# TYPE \n", "2:1", "the name or the type is missing"),
    ('{"b c"} 1\n', "1:3", "a catalog cannot hold the metric `b c`"),
    ('b{"c d"="e"} 1\n', "1:4", "a catalog cannot hold the label `c d`"),
    ("".join(f"b{i} 1\n" for i in range(50_002)), "50001:1", "there are more than 50,000 metrics"),
    ("".join(f"# HELP b{i} c\n" for i in range(50_002)), "50001:8", "there are more than 50,000 metrics"),
    ("".join(f'b{{c{i}="d"}} 1\n' for i in range(1_002)), "1001:1", "`b` has more than 1,000 labels"),
    (
        json.dumps([{"__name__": "b", f"c{i}": "d"} for i in range(1_001)]),
        "1:1",
        "`b` has more than 1,000 labels",
    ),
    ('{"status": "error", "error": "no"}', "1:1", "Prometheus answered with an error: no"),
    ('{"status": "success", "data": [{"__name__": "a"}, {"__na', "1:52", "the answer ends in the middle"),
    ('{"status": "success", "data": []}', "1:1", "this answer holds no metric"),
    ("[1, {}]", "1:1", "2 of the items are no series and no metadata"),
    ('{"a": 1}', "1:1", "this JSON is no answer of Prometheus that tells of metrics"),
    ("[" * 100_000, "1:1", "this JSON is nested too deep for an answer of Prometheus"),
]


@pytest.mark.parametrize(("text", "place", "message"), BROKEN, ids=[message[:40] for _, _, message in BROKEN])
def test_what_cannot_be_read(text: str | bytes, place: str, message: str) -> None:
    _, findings = observed(text)
    assert findings == [(place, message)]


@pytest.mark.parametrize(
    "text",
    [
        "a 1",
        "a 1\r\n# TYPE b counter\r\nb 2\r\n",
        "\ufeffa 1\n",
        "# TYPE a counter\n# TYPE a counter\na 1\n",
        "a 1\n# TYPE a counter\n",
        '# TYPE h histogram\nh_sum 1\nh_count 1\nh_bucket{le="1"} 1\nh_bucket{le="+Inf"} 1\n',
        '{"a.b",c="d"} 1\n',
        'a{apiVersion="v1",kind="Pod"} 1\n',
        '{"status": "success", "data": [{"__name__": "a", "kind": "Pod"}]}',
    ],
)
def test_what_is_odd_but_clear(text: str) -> None:
    facts, findings = observed(text)
    assert findings == []
    assert facts.metrics


@pytest.mark.parametrize(
    ("text", "unended"), [("a 1", True), ("a 1\n# HELP b c", True), ("a 1\n", False), ("a 1\n# EOF", False)]
)
def test_a_scrape_that_may_be_cut_off_is_told_of(text: str, unended: bool) -> None:
    seen = Observed()
    exposition.read("in", io.BytesIO(text.encode()), seen, Broken())
    assert seen.unended == ["in"] * unended


def test_of_many_broken_lines_the_first_are_kept() -> None:
    broken = Broken()
    exposition.read("in", io.BytesIO(b"a-b 1\n" * 50), Observed(), broken)
    assert broken.total == 50
    assert [found.at.line for found in broken.diagnostics] == list(range(1, 21))


class _Endless(io.RawIOBase):
    """A long scrape that is nowhere as a whole."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks

    def read(self, size: int = -1) -> bytes:
        return next(self._chunks, b"")


def test_a_long_scrape_takes_little_memory() -> None:
    chunks = (
        "".join(f'a_total{{path="/{i}/{j}",code="200"}} 1\n' for j in range(500)).encode() for i in range(200)
    )
    seen, broken = Observed(), Broken()
    tracemalloc.start()
    try:
        exposition.read("in", cast(io.BufferedReader, _Endless(chunks)), seen, broken)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert seen.series["a_total"].series == 100_000
    assert most < 2_000_000


@given(st.binary(max_size=200) | st.text(alphabet='a{}="\\,# TYPE\n1.', max_size=60).map(str.encode))
def test_nothing_makes_it_fail(data: bytes) -> None:
    observed(data)


@pytest.mark.parametrize(
    ("names", "patterns"),
    [
        (["shop_a_total", "shop_b", "go_gc", "go_info", "process_x", "process_y"], ("shop_*",)),
        (["shop_front_a", "shop_front_b"], ("shop_front_*",)),
        (["vllm:a", "vllm:b", "http_requests_total", "http_x"], ("vllm:*",)),
        (["shop_a", "shop_a_b"], ("shop_*",)),
        (["shop_a", "cart_a"], ()),
        (["shop", "shop_a"], ()),
        ([], ()),
    ],
)
def test_names_that_a_component_owns(names: list[str], patterns: tuple[str, ...]) -> None:
    assert common_prefixes(names) == patterns


def samples() -> list[Path]:
    if not SAMPLES.is_dir():
        return []
    return sorted(path for path in SAMPLES.rglob("*") if path.is_file())


@pytest.mark.skipif(not SAMPLES.is_dir(), reason=f"{SAMPLES} is not there")
def test_public_samples_are_read_but_for_those_that_are_broken() -> None:
    findings = {path.name: observed(path.read_bytes())[1] for path in samples()}
    assert len(findings) > 20
    assert {name: found for name, found in findings.items() if found} == {
        "autoscaler-metric_collector_test-4.prom": [("4:5", "`a` is no value of `not`")],
        # Only the beginning of a histogram stands in that page.
        "usage-metrics-example.prom": [
            ("11:1", "the scrape ends in the middle of a histogram: the bucket `+Inf` is missing")
        ],
    }
