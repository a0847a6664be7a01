"""The chain of SLO plugins: which run, in which order, and what their configurations mean."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slogen.adjustments import (
    USUAL,
    Adjustment,
    BareSeries,
    BudgetAlert,
    BurnAlerts,
    InfoLabels,
    Intervals,
    MetadataRecordings,
    RatioRecordings,
)
from slogen.diagnostics import Report
from slogen.ir import Millis
from slogen.sloth import chain, slo_plugins
from slogen.sloth.chain import Chain, Link
from slogen.sloth.dialect import PROMETHEUS
from slogen.sloth.table import Table
from slogen.source import Source, Span, documents

PLACE = Span(Source("x.yaml", "x"), 0, 1)
LINKS = st.lists(
    st.builds(Link, st.sampled_from("abcdef"), st.sampled_from([-9, -1, 0, 0, 1, 9])), max_size=4
).map(tuple)
CHAINS = st.builds(Chain, LINKS, st.sampled_from([None, PLACE]))


@given(CHAINS, CHAINS)
def test_the_order_of_a_chain(service: Chain, slo: Chain) -> None:
    """As a list that is filled by one priority after the other."""
    written = [*([] if slo.override else service.links), *slo.links]
    expected: list[str] = []
    for priority in range(-10, 10):
        if priority == 0 and not (service.override or slo.override):
            expected += slo_plugins.USUAL
        expected += [link.id for link in written if link.priority == priority]
    assert [link.id for link in chain.effective(service, slo)] == expected


def test_nothing_written_is_what_sloth_does() -> None:
    assert chain.adjustments_of(chain.effective(chain.NONE, chain.NONE)) is USUAL
    assert chain.adjustments_of(chain.effective(Chain((Link("x"),)), chain.NONE)) == USUAL


def read(text: str) -> tuple[Chain, list[str]]:
    """The chain that is written under `plugins`, and the findings."""
    report = Report()
    node = documents(Source("x.yaml", f"plugins: {text}\n")).nodes[0]
    owner = Table(node, ("plugins",), PROMETHEUS, report, "an SLO", node.span)
    return chain.read(owner, "plugins"), [f"{d.code.id} {d.at.text}" for d in report]


CORE, CONTRIB = "sloth.dev/core/", "sloth.dev/contrib/"
BUDGET = f"{CONTRIB}error_budget_exhausted_alert/v1"
MEANINGS: dict[str, tuple[str, str, Adjustment | None]] = {
    "validate": (f"{CORE}validate/v1", "", None),
    "ratios": (f"{CORE}sli_rules/v1", "", RatioRecordings()),
    "plain ratios": (f"{CORE}sli_rules/v1", "{disableOptimized: yes}", RatioRecordings(plain_period=True)),
    "metadata": (f"{CORE}metadata_rules/v1", "{}", MetadataRecordings()),
    "alerts": (f"{CORE}alert_rules/v1", "~", BurnAlerts()),
    "debug": (f"{CORE}debug/v1", "{msg: here, result: true, request: no}", None),
    "noop": (f"{CORE}noop/v1", "", None),
    "victoria": (f"{CONTRIB}validate_victoria_metrics/v1", "", None),
    "info": (
        f"{CONTRIB}info_labels/v1",
        "{labels: {plug-l1: a, 'ü.x': ''}}",
        InfoLabels({"plug-l1": "a", "ü.x": ""}),
    ),
    "info elsewhere": (
        f"{CONTRIB}info_labels/v1",
        "{labels: {a: b}, metricName: 'slo:objective:ratio'}",
        InfoLabels({"a": "b"}, "slo:objective:ratio"),
    ),
    "bare": (f"{CONTRIB}remove_labels/v1", "", BareSeries()),
    "bare but": (
        f"{CONTRIB}remove_labels/v1",
        "{preserveLabels: [team, env], skipMetrics: ['slo:objective:ratio']}",
        BareSeries(("team", "env"), ("slo:objective:ratio",)),
    ),
    "intervals": (f"{CONTRIB}rule_intervals/v1", "{interval: {default: 5m}}", Intervals(Millis(300_000))),
    "all intervals": (
        f"{CONTRIB}rule_intervals/v1",
        "{interval: {default: 1m, sliError: 2m, metadata: 3m, alert: 1m30s}}",
        Intervals(Millis(60_000), Millis(120_000), Millis(180_000), Millis(90_000)),
    ),
    "no intervals": (
        f"{CONTRIB}rule_intervals/v1",
        "{interval: {default: 1m, sliError: 0s, alert: '0'}}",
        Intervals(Millis(60_000)),
    ),
    "budget": (BUDGET, "", BudgetAlert()),
    "budget at once": (BUDGET, "{for: 0s, threshold: -0.1}", BudgetAlert(threshold=Decimal("-0.1"))),
    "budget in full": (
        BUDGET,
        """{threshold: 0.05, for: 10m, alert_name: Gone, alert_labels: {severity: page},
            selector_labels: {a: b}, annotations: {summary: gone}}""",
        BudgetAlert(
            "Gone", Decimal("0.05"), Millis(600_000), {"severity": "page"}, {"a": "b"}, {"summary": "gone"}
        ),
    ),
    "denominator": (
        f"{CONTRIB}denominator_corrected_rules/v1",
        "",
        RatioRecordings(corrected=True),
    ),
    "plain denominator": (
        f"{CONTRIB}denominator_corrected_rules/v1",
        "{disableOptimized: true}",
        RatioRecordings(plain_period=True, corrected=True),
    ),
}


@pytest.mark.parametrize("case", MEANINGS)
def test_what_a_plugin_means(case: str) -> None:
    id_, config, adjustment = MEANINGS[case]
    found, findings = read(f"{{chain: [{{id: {id_}, config: {config}}}]}}")
    assert findings == []
    assert [link.adjustment for link in found.links] == [adjustment]


def test_every_plugin_has_a_meaning_in_these_tests() -> None:
    assert {id_ for id_, _, _ in MEANINGS.values()} == set(slo_plugins.PLUGINS)


BAD = {
    "unknown": ("{chain: [{id: sloth.dev/core/sli_rules/v2}]}", ["SLO116 sloth.dev/core/sli_rules/v2"]),
    "one's own": ("{chain: [{id: acme/rules}]}", ["SLO116 acme/rules"]),
    "no id": ("{chain: [{priority: 1}]}", ["SLO111 priority"]),
    "an empty id": ("{chain: [{id: ''}]}", ["SLO113 ''"]),
    "half a priority": (f"{{chain: [{{id: {CORE}noop/v1, priority: 1.5}}]}}", ["SLO112 1.5"]),
    "a priority in quotes": (f"{{chain: [{{id: {CORE}noop/v1, priority: '1'}}]}}", ["SLO112 '1'"]),
    "an id alone": (f"{{chain: [{CORE}noop/v1]}}", [f"SLO112 {CORE}noop/v1"]),
    "no list": (f"{{chain: {{id: {CORE}noop/v1}}}}", [f"SLO112 {{id: {CORE}noop/v1}}"]),
    "another spelling": ("{override_previous: true}", ["SLO110 override_previous"]),
    "no flag": ("{overridePrevious: 1}", ["SLO112 1"]),
    "a configuration where there is none": (
        f"{{chain: [{{id: {CORE}noop/v1, config: {{a: 1}}}}]}}",
        ["SLO117 a"],
    ),
    "a list for a configuration": (f"{{chain: [{{id: {CORE}noop/v1, config: [1]}}]}}", ["SLO112 [1]"]),
    "no labels": (f"{{chain: [{{id: {CONTRIB}info_labels/v1}}]}}", ["SLO117 id"]),
    "empty labels": (
        f"{{chain: [{{id: {CONTRIB}info_labels/v1, config: {{labels: {{}}}}}}]}}",
        ["SLO113 {}"],
    ),
    "a number for a label": (
        f"{{chain: [{{id: {CONTRIB}info_labels/v1, config: {{labels: {{a: 1}}}}}}]}}",
        ["SLO112 1"],
    ),
    "no interval": (f"{{chain: [{{id: {CONTRIB}rule_intervals/v1, config: {{}}}}]}}", ["SLO117 config"]),
    "no default": (
        f"{{chain: [{{id: {CONTRIB}rule_intervals/v1, config: {{interval: {{alert: 0s}}}}}}]}}",
        ["SLO117 interval"],
    ),
    "an interval without unit": (
        f"{{chain: [{{id: {CONTRIB}rule_intervals/v1, config: {{interval: {{default: 300}}}}}}]}}",
        ["SLO113 300"],
    ),
    "another spelling of an option": (
        f"{{chain: [{{id: {BUDGET}, config: {{alertName: X}}}}]}}",
        ["SLO117 alertName"],
    ),
    "a threshold in quotes": (
        f"{{chain: [{{id: {BUDGET}, config: {{threshold: '0'}}}}]}}",
        ["SLO112 '0'"],
    ),
    "a label that no selector takes": (
        f"{{chain: [{{id: {BUDGET}, config: {{selector_labels: {{a-b: c}}}}}}]}}",
        ["SLO113 a-b"],
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_broken_chain_is_reported_at_its_place(case: str) -> None:
    text, expected = BAD[case]
    assert read(text)[1] == expected
