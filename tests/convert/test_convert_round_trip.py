"""Slogen's own format says all that it says: written anew, a spec reads back equal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
import yaml
from conversions import converted, groups, read, text_in
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from slogen.ir import AlertWindows, Draft
from slogen.source import Source

ROOT = Path(__file__).parent.parent.parent
SPECS = sorted((ROOT / "slos").rglob("*.yaml")) + sorted(
    path for path in ROOT.glob("tests/golden/*/slos/*.yaml") if "errors" not in str(path)
)

# Texts that YAML takes for something else, or that need care wherever they stand.
ODD = (
    *("yes", "No", "on", "null", "~", "1", "0x1F", "1e3", "08", "1_000", ".inf", "12:30", "2024-01-01", "="),
    *("# no comment", "a # b", "a: b", "- a", "? a", "{a}", "[a]", "a,", "'", '"', "\\", "a\\nb", "%", "@a"),
    *(
        "`a`",
        "!a",
        "&a",
        "*a",
        "|",
        ">",
        "<<",
        "--- a",
        "...",
        " a",
        "a ",
        "\ta",
        "a\t",
        "a\n",
        "\na",
        "a\n\n",
    ),
    *("a\n  b\nc", "a\r\nb", "é ü 日本 🎉", "\u2028", "\x85", "\u200b", "\ufeff", "a" * 300, "a b " * 80, ""),
    *("{{ $labels.x }}", "{{.window}}", "${x}"),
)
texts = st.sampled_from(ODD) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20
)
filled = texts.filter(bool)
label_names = st.sampled_from(["team", "env", "region", "y", "no", "null", "e3", "_1", "tier"])
labels = st.dictionaries(label_names, texts, max_size=3)
durations = st.sampled_from(["1h", "90m", "6h", "1d", "36h", "1w", "28d", "30d", "4w2d", "90d", "1y"])
urls = st.sampled_from(["https://x.example.com/a#b", "http://x/{service}?a={slo}", "/runbooks/a"])
selectors = st.sampled_from(
    ["all_total", 'all_total{x="#"}', 'bad_total{y=~"a: .*",z!=""}', "{__name__='x_total'}", 'a:b{c="\\n"}']
)
queries = st.sampled_from(
    [
        "sum(rate(a_total[{{.window}}]))",
        'sum by (x) (\n  rate(a_total{b="c # d"}[{{ .window }}]) # comment\n)',
        "sum(rate(b_total[{{.window}}]))\n",
        "  sum(rate(c_total[{{.window}}])) or vector(0)",
        "sum(rate(a_total{" + ", ".join(f'l{i}="{i}"' for i in range(20)) + "}[{{.window}}]))",
    ]
)


def several(one: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    return one | st.lists(one, min_size=1, max_size=3)


def one_part(values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(
        lambda total, part, name: {"total": total, name: part},
        values,
        values,
        st.sampled_from(["bad", "good"]),
    )


indicators: st.SearchStrategy[dict[str, Any]] = st.one_of(
    one_part(several(selectors)).map(lambda said: {"events": said}),
    one_part(queries).map(lambda said: {"query": said}),
    queries.map(lambda error: {"ratio": {"error": error}}),
    st.fixed_dictionaries(
        {"histogram": st.just("x_seconds"), "threshold": st.sampled_from(["1s", "250ms"])},
        optional={"where": st.sampled_from(['{a="b"}', 'a="b", c!~"d: #"']), "native": st.booleans()},
    ).map(lambda said: {"latency": said}),
    st.fixed_dictionaries(
        {
            "metric": st.sampled_from(['up{job="x"}', "max by (x) (\n  y # z\n)", "queue_length > 0"]),
            "good_when": st.sampled_from(["<= 50", "== 1", "!= 1e3", ">= -.5"]),
        }
    ).map(lambda said: {"condition": said}),
)
slices = st.builds(
    lambda of, target: {"timeslice": {"slice": "2m", "target": target, "of": of}},
    indicators,
    st.sampled_from([99, 99.95]),
)
tiers = st.lists(
    st.sampled_from(
        [
            {"budget": 2, "long": "1h", "short": "5m"},
            {"budget": 12.5, "long": "90m", "short": "90s"},
            {"budget": 0.001, "long": "3d", "short": "6h"},
        ]
    ),
    min_size=1,
    max_size=2,
)
alerts = st.fixed_dictionaries(
    {},
    optional={
        "name": filled,
        "labels": labels,
        "annotations": labels,
        "for": st.sampled_from(["0s", "2m", "1d"]),
        "disable": st.booleans(),
    },
)


def with_severity(value: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(lambda alert, severity: {**alert, **severity}, alerts, st.just({}) | value)


severities = (filled | st.lists(filled, min_size=1, max_size=3)).map(lambda said: {"severity": said})
adjustments = st.lists(
    st.one_of(
        st.builds(lambda said: {"info_labels": {"labels": {"a": said}}}, texts),
        st.just({"info_labels": {"labels": {"b": "c"}, "series": "slo:objective:ratio"}}),
        st.sampled_from([{}, {"keep": ["team"]}, {"all_but": ["slo:sli_error:ratio_rate5m"]}]).map(
            lambda said: {"bare_series": said}
        ),
        st.just({"intervals": {"default": "1m", "alerts": "30s"}}),
        st.builds(
            lambda name, given: {"budget_alert": {"name": name, **given}},
            filled,
            st.sampled_from([{}, {"threshold": 0.05, "for": "0s", "labels": {"a": "b"}}]),
        ),
    ),
    max_size=2,
)
described = {
    "owner": filled,
    "runbook": urls,
    "dashboard": urls,
    "labels": labels,
    "annotations": labels,
    "window": durations,
    "profile": st.sampled_from(["exact", "cheap"]),
    "alert_windows": st.just("weekly") | st.fixed_dictionaries({"page": tiers}, optional={"ticket": tiers}),
}
slos = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["a", "b-c", "no", "1", "1e3", "x.y_z"]),
        "objective": st.sampled_from([99, 99.9, 99.99, 50.5]),
        "sli": indicators | slices,
    },
    optional={
        **described,
        "description": texts | st.just("word " * 60),
        "partial_response_strategy": st.sampled_from(["abort", "warn"]),
        "adjustments": adjustments,
        "alerting": st.fixed_dictionaries(
            {},
            optional={
                "name": filled,
                "labels": labels,
                "annotations": labels,
                "page": with_severity(severities),
                "ticket": with_severity(severities),
                "absent": with_severity(filled.map(lambda said: {"severity": said})),
            },
        ),
    },
)
grouped = st.builds(
    lambda slo, how: {**slo, **how},
    slos,
    st.sampled_from([{}, {"each_series": True}, {"group_by": ["x"]}, {"group_by": ["b", "no", "a"]}]),
)
specs = st.fixed_dictionaries(
    {
        "apiVersion": st.just("slogen.dev/v1"),
        "kind": st.just("ServiceLevels"),
        "spec": st.fixed_dictionaries(
            {
                "service": st.sampled_from(["shop", "yes", "0x1"]),
                "slos": st.lists(grouped, min_size=1, max_size=3),
            },
            optional=described,
        ),
    },
    optional={
        "metadata": st.fixed_dictionaries(
            {},
            optional={
                "name": st.sampled_from(["shop", "1e3", "a.b"]),
                "namespace": st.sampled_from(["prod", "null"]),
                "labels": st.just({"a.b/c": "d", "release": "1"}),
                "annotations": st.dictionaries(st.just("x/y"), texts),
            },
        )
    },
)


def drafts(text: str) -> Sequence[Draft]:
    return read([Source("slos/a.yaml", text)]).of(Draft)


def is_sound(spec: dict[str, Any]) -> bool:
    """Whether no indicator has the same text on both sides, which is an error."""
    sides = [side for slo in spec["spec"]["slos"] for side in _sides(slo["sli"])]
    return all(total != part for total, part in sides)


def _sides(sli: dict[str, Any]) -> list[tuple[Any, Any]]:
    kind, said = next(iter(sli.items()))
    if kind == "timeslice":
        return _sides(said["of"])
    part = said.get("bad", said.get("good"))
    listed = [[value] if isinstance(value, str) else value for value in (said.get("total"), part)]
    stripped = [[text.strip() for text in each] if each else each for each in listed]
    return [(stripped[0], stripped[1])] if "total" in said else []


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@given(specs.filter(is_sound))
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_is_written_reads_back_equal(spec: dict[str, Any]) -> None:
    text = yaml.safe_dump(spec, default_style='"')
    once = text_in("native", text)
    assert drafts(once) == drafts(text)
    assert text_in("native", once) == once
    assert next(yaml.safe_load_all(once))["kind"] == "ServiceLevels"


@pytest.mark.parametrize("path", SPECS, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_of_projects_read_back_equal(path: Path) -> None:
    source = Source("slos/a.yaml", path.read_text(encoding="utf-8"))
    documents = read([source])
    if not documents.of(Draft) and not documents.of(AlertWindows):
        return
    written, notes = converted([source], "native")
    again = read(written)
    if all(draft.spec == "slogen.dev/v1" for draft in documents.of(Draft)):
        assert notes == []
        assert again.of(Draft) == documents.of(Draft)
    windows = [(item.window, item.tiers) for item in documents.of(AlertWindows)]
    assert [(item.window, item.tiers) for item in again.of(AlertWindows)] == windows
    assert converted(written, "native")[0] == written


def test_json_anchors_and_merges_are_read_as_what_they_mean() -> None:
    text = dedent(
        """\
        apiVersion: slogen.dev/v1
        kind: ServiceLevels
        spec:
          service: shop
          slos:
            - &first
              name: one
              objective: 99.9
              labels: &labels {team: a, env: b}
              sli: &sli {events: {total: all_total, bad: bad_total}}
            - <<: *first
              name: two
              labels: {<<: *labels, env: c}
              sli: *sli
        """
    )
    assert drafts(text_in("native", text)) == drafts(text)
    as_json = json.dumps(yaml.safe_load(text))
    assert drafts(text_in("native", as_json)) == drafts(text)


def test_several_documents_stay_several() -> None:
    slo = "{name: a, objective: 99, sli: {events: {bad: b, total: t}}}"
    one = "apiVersion: slogen.dev/v1\nkind: ServiceLevels\nspec: {service: SERVICE, slos: [" + slo + "]}\n"
    text = "---\n".join(one.replace("SERVICE", name) for name in ("x", "x", "y"))
    with pytest.raises(AssertionError, match="declared twice"):
        groups([Source("slos/a.yaml", text)])
    assert text_in("native", text).count("kind: ServiceLevels") == 3


def test_the_style_is_that_of_a_person() -> None:
    text = json.dumps(
        {
            "kind": "ServiceLevels",
            "apiVersion": "slogen.dev/v1",
            "spec": {
                "slos": [
                    {
                        "sli": {
                            "query": {
                                "bad": 'sum(rate(a_total{code=~"5.."}[{{.window}}]))',
                                "total": "sum(\n  rate(a_total[{{.window}}])\n)",
                            }
                        },
                        "alerting": {
                            "ticket": {"disable": True},
                            "page": {"for": "1m", "severity": "critical"},
                            "absent": {"labels": {"a": "b"}},
                        },
                        "group_by": ["model"],
                        "window": "4w",
                        "objective": 99.50,
                        "name": "availability",
                        "owner": "me",
                        "labels": {"tier": "1", "env": "prod"},
                    },
                    {
                        "name": "latency",
                        "owner": "me",
                        "labels": {"tier": "1", "env": "dev"},
                        "objective": 99,
                        "description": "many words " * 12,
                        "alert_windows": {"page": [{"short": "5m", "long": "1h", "budget": 2}]},
                        "sli": {"latency": {"threshold": "1s", "histogram": "a_seconds"}},
                    },
                ],
                "service": "shop",
                "labels": {},
            },
            "metadata": {"labels": {"release": "prometheus"}, "name": "shop"},
        }
    )
    assert text_in("native", text) == dedent(
        """\
        apiVersion: slogen.dev/v1
        kind: ServiceLevels
        metadata:
          name: shop
          labels:
            release: prometheus
        spec:
          service: shop
          owner: me
          labels:
            tier: "1"
          slos:
            - name: availability
              objective: 99.5
              window: 28d
              group_by: [model]
              labels:
                env: prod
              sli:
                query:
                  total: |-
                    sum(
                      rate(a_total[{{.window}}])
                    )
                  bad: sum(rate(a_total{code=~"5.."}[{{.window}}]))
              alerting:
                page: {severity: critical, for: 1m}
                ticket: {disable: true}
                absent:
                  labels:
                    a: b

            - name: latency
              description: >-
                many words many words many words many words many words many words many words many words many words
                many words many words many words
              objective: 99
              labels:
                env: dev
              alert_windows:
                page:
                  - {budget: 2, long: 1h, short: 5m}
              sli:
                latency:
                  histogram: a_seconds
                  threshold: 1s
        """  # noqa: E501 - a line as wide as they get
    )
