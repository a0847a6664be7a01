"""MetricCatalog documents: what they mean, and what they must not say."""

from __future__ import annotations

from decimal import Decimal

import pytest

from slogen import pipeline
from slogen.catalog import Catalog, Caution, KnownLabel, Metric, Scrape
from slogen.source import Source

HEAD = "apiVersion: slogen.dev/v1\nkind: MetricCatalog\nmetadata: {name: shop}\nspec:\n"
WHOLE = """\
  version: v0.5.0
  services: [checkout]
  paths: ['rules/shop/**']
  owns: ['shop_*']
  exposition: go
  scrapes:
    - {kind: servicemonitor, interval: 30s, honor_labels: false, target_labels: [zone], keep: 'shop_.*',
       jobs: [shop], prometheus: true, drops_unready: true}
  metrics:
    shop_requests_total:
      type: counter
      unit: requests
      help: What was asked for.
      labels:
        model: {unbounded: the client chooses it}
        code: ['200', '500']
        reason: {values: [none, timeout], closed: true, optional: true, success: [none]}
        path:
      status: deprecated
      since: v0.1.0
      until: v0.6.0
      replaced_by: [store_requests_total]
      cautions:
        - trait: excludes
          metrics: [shop_rejected_total]
          matchers: {code: '500'}
          unless: [namespace]
          text: requests that are rejected are not counted
    shop_rejected_total:
    shop_load_ratio: {type: gauge, unit: ratio, range: [0, 1], labels: [zone, pool]}
    shop_seconds:
      type: histogram
      buckets: [0.005, 1, 2.5e+0]
"""


def read(text: str) -> tuple[tuple[Catalog, ...], list[tuple[str, str, str]]]:
    """The catalogs of a document, and its findings: code, message, and what is underlined."""
    result = pipeline.compile([Source("slos/shop.yaml", HEAD + text)])
    return result.program.catalogs.all, [(d.code.id, d.message, d.at.text) for d in result.report]


def test_everything_that_can_be_said() -> None:
    (found,), findings = read(WHOLE)
    assert findings == []
    assert (found.component, found.version, found.services, found.paths, found.owns, found.exposition) == (
        *("shop", "v0.5.0", ("checkout",), ("rules/shop/**",), ("shop_*",)),
        "go",
    )
    assert found.scrapes == (
        Scrape("servicemonitor", 30_000, False, ("zone",), "shop_.*", "", ("shop",), True, True),  # type: ignore[arg-type]
    )
    assert found.metrics == (
        Metric(
            "shop_requests_total",
            "counter",
            "requests",
            (
                KnownLabel("model", unbounded="the client chooses it"),
                KnownLabel("code", ("200", "500")),
                KnownLabel(
                    "reason", ("none", "timeout"), is_closed=True, is_optional=True, success=("none",)
                ),
                KnownLabel("path"),
            ),
            status="deprecated",
            since="v0.1.0",
            until="v0.6.0",
            replacements=("store_requests_total",),
            help="What was asked for.",
            cautions=(
                Caution(
                    "excludes",
                    "requests that are rejected are not counted",
                    ("shop_rejected_total",),
                    {"code": "500"},
                    ("namespace",),
                ),
            ),
        ),
        Metric("shop_rejected_total"),
        Metric(
            "shop_load_ratio",
            "gauge",
            "ratio",
            (KnownLabel("zone"), KnownLabel("pool")),
            lowest=Decimal(0),
            highest=Decimal(1),
        ),
        Metric("shop_seconds", "histogram", buckets=(Decimal("0.005"), Decimal(1), Decimal("2.5"))),
    )


def test_places_are_where_names_stand() -> None:
    (found,), _ = read(WHOLE)
    metric = found.metrics[0]
    label = metric.label("reason")
    assert found.where is not None
    assert metric.where is not None
    assert label is not None
    assert label.where is not None
    assert (found.where.text, metric.where.text, label.where.text) == (
        "shop",
        "shop_requests_total",
        "reason",
    )


@pytest.mark.parametrize(
    ("version", "until", "status"),
    [
        ("v1.6.0", "v1.6", "removed"),
        ("v1.5.9", "v1.6", "current"),
        ("main", "v1.6", "current"),
        ("", "v1", "current"),
    ],
)
def test_what_is_gone_in_the_version_in_use_is_removed(version: str, until: str, status: str) -> None:
    (found,), _ = read(f"  version: '{version}'\n  metrics: {{a: {{until: {until}}}}}\n")
    assert found.metrics[0].status == status


CONTRADICTIONS = [
    ("a: {type: counter, buckets: [1]}", "a counter has no buckets", "buckets"),
    ("a: {type: histogram, buckets: [1, 2, 1]}", "the bound `1` is listed twice", "1"),
    ("a: {type: histogram, buckets: [1, 0.5]}", "the bound `0.5` comes after `1`, which is above it", "0.5"),
    (
        "a: {type: histogram, buckets: [1, +Inf]}",
        "`+Inf` is no bound to write down: every histogram has it",
        "+Inf",
    ),
    ("a: {type: histogram, buckets: [.nan]}", "`.nan` is no bound of a bucket", ".nan"),
    ("a: {range: [1, 0]}", "no value is at least 1 and at most 0", "[1, 0]"),
    ("a: {range: [0, .inf]}", "`.inf` is no limit", ".inf"),
    ("a: {since: v2, until: v1}", "no version has `a`: it is gone in v1, but comes in v2", "v1"),
    ("a: {replaced_by: [a]}", "`a` is replaced by itself", "a"),
    ("a: {labels: {b: {values: [x], closed: true, success: [y]}}}", "`y` is no value of `b`", "y"),
    (
        "a: {labels: {b: {closed: true}}}",
        "no values of `b` are listed, and there are no others",
        "true",
    ),
    ("a: {type: histogram, labels: [le]}", "`le` is no label to declare: every histogram has it", "le"),
    (
        "a: {type: summary, labels: {quantile: }}",
        "`quantile` is no label to declare: every summary has it",
        "quantile",
    ),
    ("a: {labels: [__name__]}", "`__name__` is no label: it holds the name of the metric", "__name__"),
    ("a: {labels: [1b]}", "`1b` is no name of a label", "1b"),
    ("a: {labels: [b, b]}", "the label `b` is listed twice", "b"),
    ("a b: {}", "`a b` is no name of a metric", "a b"),
    (
        "{a: {type: histogram}, a_count: {type: counter}}",
        "`a_count` is a series of the histogram `a`, too",
        "a_count",
    ),
    (
        "a: {labels: [code], cautions: [{trait: note, text: t, matchers: {cod: '1'}}]}",
        "`a` has no label `cod`",
        "cod",
    ),
]


@pytest.mark.parametrize(("metrics", "message", "underlined"), CONTRADICTIONS)
def test_contradictions(metrics: str, message: str, underlined: str) -> None:
    found, findings = read(f"  metrics: {metrics if metrics[0] == '{' else '{' + metrics + '}'}\n")
    assert findings == [("SLO120", message, underlined)]
    assert not found


@pytest.mark.parametrize(
    ("spec", "message", "underlined"),
    [
        ("owns: ['*']", "`*` fits the metrics of every component", "'*'"),
        ("owns: ['shop{a}']", "`shop{a}` is no pattern of metric names", "'shop{a}'"),
        ("scrapes: [{kind: x, keep: '('}]", "`(` is no regular expression: a group is not closed", "'('"),
        (
            "{owns: ['a_*'], metrics: {a_b: {cautions: [{trait: excludes, text: t, metrics: [a_c]}]}}}",
            "this catalog has no metric `a_c`",
            "a_c",
        ),
    ],
)
def test_contradictions_of_the_whole(spec: str, message: str, underlined: str) -> None:
    text = spec if spec[0] != "{" else spec[1:-1].replace(", metrics: {a", "\n  metrics: {a")
    _, findings = read(f"  {text}\n")
    assert findings == [("SLO120", message, underlined)]


@pytest.mark.parametrize(
    "metrics",
    [
        "{a: {type: histogram, until: v1}, a_count: {type: counter, since: v1}}",
        "{a: {type: histogram, status: removed}, a_count: {type: counter}}",
        "{a: {type: gauge}, a_count: {type: counter}, a_total: {type: counter}, a_bucket: {}}",
        "{a: {type: gauge, labels: [le, quantile]}}",
        "{a: {type: native_histogram, buckets: [1]}, b: {buckets: [-1, 0]}}",
        "{a: {range: [0, null]}, b: {range: [null, 0]}, c: {range: [1, 1]}}",
        "{a: {since: main, until: v1}}",
        "{'vllm:a': {}, http.server.duration: {labels: [service.name]}, ':a': {}}",
        "{a: {labels: {b: {values: [x], success: [y]}}}}",
        "{a: {replaced_by: [b], cautions: [{trait: excludes, text: t, metrics: [up]}]}}",
        "{a: {labels: [b], cautions: [{trait: note, text: t, unless: [pod, exported_pod, b]}]}}",
        "{}",
    ],
)
def test_what_is_no_contradiction(metrics: str) -> None:
    found, findings = read(f"  owns: ['shop_*']\n  metrics: {metrics}\n")
    assert findings == []
    assert len(found) == 1


def test_all_that_is_wrong_comes_at_once_and_the_catalog_judges_nothing() -> None:
    found, findings = read(
        "  versoin: 1\n"
        "  scrapes: [{interval: 30}]\n"
        "  metrics:\n"
        "    a: {typ: counter, labels: {b: {valus: [c]}}, cautions: [{trait: exludes, text: ''}]}\n"
        "    b: {type: counter, buckets: [1], range: [1]}\n"
        "    c: {labels: {b: [200], c: {unbounded: true}}}\n"
    )
    assert not found
    assert [(code, underlined) for code, _, underlined in findings] == [
        ("SLO110", "versoin"),
        ("SLO111", "interval"),
        ("SLO113", "30"),
        ("SLO110", "typ"),
        ("SLO110", "valus"),
        ("SLO113", "exludes"),
        ("SLO113", "''"),
        ("SLO120", "buckets"),
        ("SLO113", "[1]"),
        ("SLO112", "200"),
        ("SLO113", "true"),
    ]


def test_a_component_has_one_catalog() -> None:
    sources = [Source(path, f"{HEAD}  metrics: {{}}\n") for path in ("a.yaml", "b.yaml")]
    result = pipeline.compile(sources)
    assert [(d.code.id, d.message, str(d.at)) for d in result.report] == [
        ("SLO120", "there are two catalogs of `shop`", "b.yaml:3:18")
    ]
    assert len(result.program.catalogs.all) == 1
