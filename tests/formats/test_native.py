"""The native format: what is written wrong is said at its place, all of it in one run."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
import yaml

from slogen import pipeline
from slogen.formats import native
from slogen.ir import Program
from slogen.source import Source

SPEC = """\
apiVersion: slogen.dev/v1
kind: ServiceLevels
metadata: {name: shop, labels: {release: prometheus}}
spec:
  service: shop
  owner: sales
  slos:
    - name: sold
      objective: 99.9
      sli: {events: {total: sales_total, bad: 'sales_total{code=~"5.."}'}}
"""


def findings(text: str) -> list[tuple[str, int, int, str]]:
    """Code, line, column and the underlined text of each finding."""
    report = pipeline.compile([Source("shop.yaml", text)]).report
    return [(d.code.id, d.at.line, d.at.column, d.at.text) for d in report]


def messages(text: str) -> list[str]:
    report = pipeline.compile([Source("shop.yaml", text)]).report
    return [f"{d.message} | {d.help}" for d in report]


def program(text: str) -> Program:
    result = pipeline.compile([Source("shop.yaml", text)])
    assert [f"{d.at} {d.message}" for d in result.report] == []
    return result.program


def changed(old: str, new: str) -> str:
    assert old in SPEC
    return SPEC.replace(old, new)


BAD = {
    "an unknown key": (("owner: sales", "ownr: sales"), [("SLO110", 6, 3, "ownr")]),
    "an unknown key in an SLO": (
        ("objective: 99.9", "objective: 99.9\n      windw: 7d"),
        [("SLO110", 10, 7, "windw")],
    ),
    "a missing key": (
        ("    - name: sold\n      objective: 99.9\n", "    - name: sold\n"),
        [("SLO111", 8, 7, "name")],
    ),
    "a misspelt key is one finding": (("objective: 99.9", "objectiv: 99.9"), [("SLO110", 9, 7, "objectiv")]),
    "text for a number": (("objective: 99.9", "objective: '99.9'"), [("SLO112", 9, 18, "'99.9'")]),
    "a number for text": (("service: shop", "service: 7"), [("SLO112", 5, 12, "7")]),
    "a label value that is no text": (
        ("owner: sales", "labels: {tier: true}"),
        [("SLO112", 6, 18, "true")],
    ),
    "a label name with a dash": (("owner: sales", "labels: {a-b: c}"), [("SLO113", 6, 12, "a-b")]),
    "a duration without a unit": (
        ("objective: 99.9", "objective: 99.9\n      window: 300"),
        [("SLO113", 10, 15, "300")],
    ),
    "a duration with a fraction": (
        ("objective: 99.9", "objective: 99.9\n      window: 1.5h"),
        [("SLO113", 10, 15, "1.5h")],
    ),
    "an objective of 100": (("99.9", "100"), [("SLO301", 9, 18, "100")]),
    "an objective of 0": (("99.9", "0"), [("SLO301", 9, 18, "0")]),
    "an objective above 100": (("99.9", "100.5"), [("SLO301", 9, 18, "100.5")]),
    "a negative objective": (("99.9", "-1"), [("SLO301", 9, 18, "-1")]),
    "an objective as a ratio": (("99.9", "0.999"), [("SLO302", 9, 18, "0.999")]),
    "a threshold that is never reached": (("99.9", "90"), [("SLO303", 9, 18, "90")]),
    "a selector that is a query": (
        ("total: sales_total", "total: 'rate(sales_total[5m])'"),
        [("SLO401", 10, 30, "rate")],
    ),
    "two kinds of indicators": (
        ("bad: 'sales_total{code=~\"5..\"}'}", "bad: b}, ratio: {error: 'x[{{.window}}]'}"),
        [("SLO110", 10, 51, "ratio")],
    ),
    "an unknown kind of indicator": (("events:", "event:"), [("SLO110", 10, 13, "event")]),
    "no kind of indicator": (
        ("sli: {events: {total: sales_total, bad: 'sales_total{code=~\"5..\"}'}}", "sli: {}"),
        [("SLO111", 10, 12, "{}")],
    ),
    "bad and good": (("total: sales_total,", "total: sales_total, good: g,"), [("SLO110", 10, 51, "bad")]),
    "an empty list of SLOs": (
        (SPEC[SPEC.index("  slos:") :], "  slos: []\n"),
        [("SLO113", 7, 9, "[]")],
    ),
    "a namespace that is none": (
        ("{name: shop,", "{name: shop, namespace: Shop,"),
        [("SLO113", 3, 35, "Shop")],
    ),
    "grouping by a reserved label": (
        ("objective: 99.9", "objective: 99.9\n      group_by: [sloth_id]"),
        [("SLO204", 10, 17, "[sloth_id]")],
    ),
    "a window shorter than every alert window": (
        ("objective: 99.9", "objective: 99.9\n      window: 30m"),
        [("SLO113", 10, 15, "30m")],
    ),
    "alert windows that nobody declares": (
        ("objective: 99.9", "objective: 99.9\n      alert_windows: strict"),
        [("SLO201", 10, 22, "strict")],
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_found_at_its_place(name: str) -> None:
    (old, new), expected = BAD[name]
    assert findings(changed(old, new)) == expected


def test_all_findings_come_in_one_run() -> None:
    text = changed("objective: 99.9", "objective: '99'\n      widow: 7d").replace(
        "total: sales_total", "total: 'x['"
    )
    assert [code for code, *_ in findings(text)] == ["SLO112", "SLO110", "SLO401"]


def test_a_broken_slo_does_not_hide_the_others() -> None:
    text = (
        SPEC
        + SPEC[SPEC.index("    - name") :].replace("sold", "paid").replace("99.9", "100")
        + "    - name: x\n"
    )
    assert [code for code, *_ in findings(text)] == ["SLO301", "SLO111", "SLO111"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("owner: sales", "ownr: sales", "unknown key `ownr` | did you mean `owner`?"),
        ("objective: 99.9", "objective: '99.9'", "`'99.9'` is a text, not a number | write it as a number"),
        ("service: shop", "service: 7", '`7` is a number, not a name in text | put it in quotes: `"7"`'),
        ("objective: 99.9", "objective: 99.9\n      window: 300", "`300` has no unit | write `300s` or `5m`"),
        ("99.9", "0.999", "`0.999` is a ratio; objectives are percent | write `99.9`"),
        ("events:", "event:", "`event` is no kind of indicator | did you mean `events`?"),
        ("kind: ServiceLevels", "kind: ServiceLevel", "did you mean `ServiceLevels`?"),
        (
            "slogen.dev/v1",
            "slogen.dev/v2",
            "is no version of slogen's format | write `apiVersion: slogen.dev/v1`",
        ),
        ("99.9", "90", "raise the objective above 93.06"),
    ],
)
def test_messages_say_what_to_type(old: str, new: str, said: str) -> None:
    assert any(said in message for message in messages(changed(old, new))), messages(changed(old, new))


def test_defaults_come_from_settings() -> None:
    settings = """---
apiVersion: slogen.dev/v1
kind: Settings
spec:
  window: 28d
  runbook: https://runbooks.example.com/{service}/{slo}
  labels: {env: prod}
  severities: {page: p1}
  manifest: {namespace: monitoring}
"""
    slo = program(SPEC + settings).slos[0]
    assert slo.window == 28 * 86_400_000
    assert slo.runbook == "https://runbooks.example.com/shop/sold"
    assert slo.labels == {"env": "prod"}
    assert slo.manifest.namespace == "monitoring"
    assert [(alert.urgency.value, alert.labels["severity"]) for alert in slo.alerts] == [
        ("page", "p1"),
        ("ticket", "warning"),
    ]


def test_what_an_slo_says_wins_over_its_service_and_the_settings() -> None:
    text = changed(
        "objective: 99.9", "objective: 99.9\n      owner: tills\n      window: 7d\n      labels: {env: test}"
    )
    text = text.replace("owner: sales", "owner: sales\n  labels: {env: prod, tier: a}\n  window: 90d")
    slo = program(text).slos[0]
    assert (slo.owner, slo.window, slo.labels) == ("tills", 7 * 86_400_000, {"env": "test", "tier": "a"})


def test_alert_windows_replace_the_tiers() -> None:
    windows = """---
apiVersion: slogen.dev/v1
kind: AlertWindows
metadata: {name: strict}
spec:
  page:
    - {budget: 1, long: 30m, short: 5m}
"""
    text = changed("objective: 99.9", "objective: 99.9\n      alert_windows: strict") + windows
    slo = program(text).slos[0]
    assert [(tier.long, tier.short, str(tier.budget_share)) for tier in slo.tiers] == [
        (1_800_000, 300_000, "1/100")
    ]
    assert [alert.urgency.value for alert in slo.alerts] == ["page"]


def test_disabled_alerts_are_not_emitted_but_still_recorded() -> None:
    text = SPEC + "      alerting: {page: {disable: true}, absent: {disable: true}}\n"
    rules = program(text).rule_sets[0]
    names = [rule.name for group in rules.groups for rule in group.rules]
    assert names.count("ShopSoldBudgetBurn") == 1
    assert "ShopSoldNoData" not in names
    assert "slo:sli_error:ratio_rate1h" in names


def schema() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(native.schema()))
    return found


def test_the_schema_is_valid_and_accepts_what_compiles() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.validate(yaml.safe_load(SPEC), schema())


@pytest.mark.parametrize(
    "name",
    [
        "an unknown key",
        "a missing key",
        "text for a number",
        "two kinds of indicators",
        "a label name with a dash",
    ],
)
def test_the_schema_refuses_what_does_not_compile(name: str) -> None:
    (old, new), _ = BAD[name]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(changed(old, new)), schema())
