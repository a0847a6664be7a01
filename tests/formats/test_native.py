"""The native format: what is written wrong is said at its place, all of it in one run."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import jsonschema
import pytest
import yaml

from slogen import pipeline
from slogen.adjustments import USUAL, BareSeries, BudgetAlert, InfoLabels, Intervals
from slogen.ir import Compat, Millis, Program
from slogen.nativespec.schema import schema as json_schema
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


def test_a_label_of_the_service_is_reported_there() -> None:
    """Also where an SLO has labels of its own."""
    for written in ("sloth_id: x", "crew: '{{'"):
        text = changed("  slos:\n", f"  labels: {{{written}}}\n  slos:\n")
        text = text.replace("objective: 99.9", "objective: 99.9\n      labels: {a: b}")
        assert [at for _, _, _, at in findings(text)] == [f"{{{written}}}"]


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


def with_slo(*lines: str) -> str:
    """The document whose SLO has these lines as well, from line 10 on."""
    return changed("objective: 99.9", "\n      ".join(("objective: 99.9", *lines)))


def adjusted(*items: str) -> str:
    """The document whose SLO has these adjustments, from line 11 on."""
    return with_slo("adjustments:", *(f"- {item}" for item in items))


def alerted(text: str) -> str:
    return with_slo(f"alerting: {{{text}}}")


def settings(text: str) -> str:
    return f"{SPEC}---\napiVersion: slogen.dev/v1\nkind: Settings\nspec: {{{text}}}\n"


BAD_ADDITIONS = {
    "every series and a grouping": (
        with_slo("group_by: [shop]", "each_series: true"),
        [("SLO110", 10, 7, "group_by")],
    ),
    "every series that is no truth": (with_slo("each_series: 1"), [("SLO112", 10, 20, "1")]),
    "a strategy that Thanos does not have": (
        with_slo("partial_response_strategy: warm"),
        [("SLO113", 10, 34, "warm")],
    ),
    "alert windows that are a number": (with_slo("alert_windows: 7"), [("SLO112", 10, 22, "7")]),
    "alert windows without tiers": (with_slo("alert_windows: {page: []}"), [("SLO111", 10, 23, "page")]),
    "alert windows with nothing": (with_slo("alert_windows: {}"), [("SLO111", 10, 22, "{}")]),
    "an unknown key in alert windows": (
        with_slo("alert_windows: {pages: [{budget: 2, long: 1h, short: 5m}]}"),
        [("SLO110", 10, 23, "pages")],
    ),
    "values of alert windows": (
        with_slo("alert_windows: {page: [{budget: 0, long: 1h, short: 1h}], ticket: [{budget: 1, long: 1}]}"),
        [("SLO111", 10, 75, "budget"), ("SLO113", 10, 92, "1")],
    ),
    "shares of alert windows": (
        with_slo("alert_windows: {page: [{budget: 0, long: 1h, short: 1h}]}"),
        [("SLO113", 10, 39, "0"), ("SLO113", 10, 59, "1h")],
    ),
    "a key of a tier": (
        with_slo("alert_windows: {page: [{bugdet: 1, long: 1h, short: 5m}]}"),
        [("SLO110", 10, 31, "bugdet")],
    ),
    "a tier that looks back further than the default window": (
        with_slo("alert_windows: {page: [{budget: 2, long: 60d, short: 5m}]}"),
        [("SLO113", 10, 48, "60d")],
    ),
    "a tier of its own that cannot fire": (
        with_slo("alert_windows: {ticket: [{budget: 50, long: 1h, short: 5m}]}").replace("99.9", "99"),
        [("SLO303", 10, 41, "50")],
    ),
    "a severity that is a number": (alerted("page: {severity: 1}"), [("SLO112", 10, 35, "1")]),
    "no severity at all": (alerted("page: {severity: []}"), [("SLO113", 10, 35, "[]")]),
    "a severity in a list that is none": (
        alerted("page: {severity: [high, 1]}"),
        [("SLO112", 10, 42, "1")],
    ),
    "more severities than alert windows": (
        alerted("page: {severity: [a, b, c]}, ticket: {severity: [d, e]}"),
        [("SLO113", 10, 35, "[a, b, c]")],
    ),
    "more severities than alert windows of its own": (
        with_slo(
            "alert_windows: {page: [{budget: 2, long: 1h, short: 5m}]}",
            "alerting: {page: {severity: [a, b]}, ticket: {severity: [a, b], disable: true}}",
        ),
        [("SLO113", 11, 35, "[a, b]")],
    ),
    "several severities of missing data": (
        alerted("absent: {severity: [a, b]}"),
        [("SLO112", 10, 37, "[a, b]")],
    ),
    "an alert without a name": (alerted("page: {name: ''}"), [("SLO113", 10, 31, "''")]),
    "severities that the labels of the alert make equal": (
        alerted("page: {severity: [a, b], labels: {severity: c}}"),
        [("SLO205", 10, 24, "{severity: [a, b], labels: {severity: c}}")],
    ),
    "adjustments that are no list": (
        with_slo("adjustments: {intervals: {}}"),
        [("SLO112", 10, 20, "{intervals: {}}")],
    ),
    "an unknown adjustment": (adjusted("budget_alerts: {}"), [("SLO110", 11, 9, "budget_alerts")]),
    "an adjustment that is a text": (adjusted("budget_alert"), [("SLO112", 11, 9, "budget_alert")]),
    "an adjustment without a kind": (adjusted("{}"), [("SLO111", 11, 9, "{}")]),
    "an adjustment without a value": (adjusted("budget_alert:"), [("SLO112", 11, 22, "")]),
    "two kinds in one adjustment": (
        adjusted("{intervals: {default: 1m}, budget_alert: {}}"),
        [("SLO110", 11, 36, "budget_alert")],
    ),
    "info without labels": (
        adjusted("info_labels: {labels: {}}", "info_labels: {series: sloth_slo_info}"),
        [("SLO113", 11, 31, "{}"), ("SLO111", 12, 23, "series")],
    ),
    "label names in adjustments": (
        adjusted(
            "info_labels: {labels: {plug-l1: a}}",
            "bare_series: {keep: [a-b]}",
            "budget_alert: {labels: {a-b: c}, selector: {c-d: e}}",
        ),
        [
            ("SLO113", 11, 32, "plug-l1"),
            ("SLO113", 12, 30, "a-b"),
            ("SLO113", 13, 33, "a-b"),
            ("SLO113", 13, 53, "c-d"),
        ],
    ),
    "info of a series that is not recorded": (
        adjusted("info_labels: {labels: {a: b}, series: sloth_info}"),
        [("SLO113", 11, 47, "sloth_info")],
    ),
    "bare series that are not recorded": (
        adjusted("bare_series: {all_but: ['slo:objective:ratio', 'slo:sli_error:ratio_rate5x', up]}"),
        [("SLO113", 11, 56, "'slo:sli_error:ratio_rate5x'"), ("SLO113", 11, 86, "up")],
    ),
    "intervals of zero": (
        adjusted("intervals: {default: 0s, alerts: 0}"),
        [("SLO113", 11, 30, "0s"), ("SLO113", 11, 42, "0")],
    ),
    "intervals without a default": (adjusted("intervals: {ratios: 1m}"), [("SLO111", 11, 21, "ratios")]),
    "shares of the budget that cannot be left": (
        adjusted("budget_alert: {threshold: 1}", "budget_alert: {name: x, threshold: -0.1}"),
        [("SLO113", 11, 35, "1"), ("SLO113", 12, 44, "-0.1")],
    ),
    "budget alerts with one name": (
        adjusted("budget_alert: {}", "budget_alert: {threshold: 0.1, name: ErrorBudgetExhausted}"),
        [("SLO205", 12, 46, "ErrorBudgetExhausted")],
    ),
    "labels of adjustments that slogen sets": (
        adjusted(
            "info_labels: {labels: {sloth_mode: x}}",
            "budget_alert: {labels: {sloth_id: x}, selector: {sloth_service: x}}",
        ),
        [
            ("SLO204", 11, 31, "{sloth_mode: x}"),
            ("SLO204", 12, 32, "{sloth_id: x}"),
            ("SLO204", 12, 57, "{sloth_service: x}"),
        ],
    ),
    "labels of adjustments that tell groups apart": (
        with_slo(
            "group_by: [shop]",
            "adjustments: [{info_labels: {labels: {shop: x}}}, {budget_alert: {labels: {shop: y}}}]",
        ),
        [("SLO204", 11, 44, "{shop: x}"), ("SLO204", 11, 81, "{shop: y}")],
    ),
    "a template of a budget alert": (
        adjusted("budget_alert: {annotations: {summary: '{{ $value'}}"),
        [("SLO501", 11, 9, "budget_alert: {annotations: {summary: '{{ $value'}}")],
    ),
    "the rules of an unknown tool": (
        settings("compat: [{paths: ['**'], rules: slot}]"),
        [("SLO113", 14, 40, "slot")],
    ),
    "the rules of a tool for no paths": (
        settings("compat: [{paths: [], rules: sloth}]"),
        [("SLO113", 14, 25, "[]")],
    ),
}


@pytest.mark.parametrize("name", BAD_ADDITIONS)
def test_bad_additions_are_found_at_their_place(name: str) -> None:
    text, expected = BAD_ADDITIONS[name]
    assert findings(text) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (adjusted("budget_alerts: {}"), "`budget_alerts` is no adjustment | did you mean `budget_alert`?"),
        (adjusted("foo: {}"), "| there are info_labels, bare_series, intervals, budget_alert"),
        (
            adjusted("info_labels: {labels: {a: b}, series: slo:objectives:ratio}"),
            "is no metadata series that slogen records | did you mean `slo:objective:ratio`?",
        ),
        (
            adjusted("bare_series: {all_but: ['slo:sli_error:ratio_rate5x']}"),
            "did you mean `slo:sli_error:ratio_rate5m`?",
        ),
        (with_slo("each_series: true", "group_by: [a]"), "has both `each_series` and `group_by` | keep one"),
        (alerted("page: {severity: [a, b, c]}"), "3 severities, but the page has 2 pairs of alert windows"),
        (
            with_slo("alert_windows: {ticket: [{budget: 50, long: 1h, short: 5m}]}").replace("99.9", "99"),
            "fire at an objective of 99 | write a budget below 13.88, or raise the objective above 99.73",
        ),
        (
            settings("compat: [{paths: [a], rules: slot}]"),
            "`slot` is not allowed here | did you mean `sloth`?",
        ),
    ],
)
def test_messages_of_additions_say_what_to_type(text: str, said: str) -> None:
    assert any(said in message for message in messages(text)), messages(text)


def test_everything_that_can_be_said_of_the_rules() -> None:
    text = with_slo(
        "each_series: true",
        "partial_response_strategy: warn",
        "alert_windows:",
        "  page: [{budget: 2, long: 2h, short: 10m}]",
        "  ticket: [{budget: 5, long: 2d, short: 4h}]",
        "alerting:",
        "  page: {name: A b, severity: [high]}",
        "  ticket: {name: c, severity: low}",
        "  absent: {name: d}",
        "adjustments:",
        "- info_labels: {labels: {a: b}}",
        "- bare_series: {keep: [c], all_but: [sloth_slo_info, 'slo:sli_error:ratio_rate10m']}",
        "- intervals: {default: 1m, ratios: 2m, metadata: 3m, alerts: 30s}",
        "- budget_alert: {name: e, threshold: 0.25, for: 0s, labels: {f: g}, selector: {h: i}, "
        "annotations: {j: k}}",
    )
    slo = program(text.replace('sales_total{code=~"5.."}', "refused_total")).slos[0]
    assert slo.grouping.each
    assert slo.partial_response_strategy == "warn"
    assert [(tier.urgency.value, tier.long, tier.short) for tier in slo.tiers] == [
        ("page", 7_200_000, 600_000),
        ("ticket", 172_800_000, 14_400_000),
    ]
    assert [(alert.name, alert.labels["severity"]) for alert in slo.alerts] == [("A b", "high"), ("c", "low")]
    assert slo.absence is not None
    assert slo.absence.name == "d"
    assert (slo.paces.fast, slo.paces.slow) == (30_000, 180_000)
    *usual, info, bare, intervals, budget = slo.adjustments
    assert tuple(usual) == USUAL
    assert info == InfoLabels({"a": "b"}, "sloth_slo_info")
    assert bare == BareSeries(("c",), ("sloth_slo_info", "slo:sli_error:ratio_rate10m"))
    assert intervals == Intervals(Millis(60_000), Millis(120_000), Millis(180_000), Millis(30_000))
    assert isinstance(budget, BudgetAlert)
    assert (budget.name, budget.threshold, budget.for_) == ("e", Decimal("0.25"), 0)
    assert (budget.selector, budget.annotations) == ({"h": "i"}, {"j": "k"})
    assert budget.labels.items() >= {"f": "g", "owner": "sales", "severity": "warning", "slo": "sold"}.items()


def test_an_slo_or_its_service_has_the_alert_windows() -> None:
    own = "alert_windows: {page: [{budget: 2, long: 1h, short: 5m}]}"
    of_the_service = SPEC.replace("owner: sales", own)
    assert len(program(of_the_service).slos[0].tiers) == 1
    named = of_the_service.replace("objective: 99.9", "objective: 99.9\n      alert_windows: two")
    two = """---
apiVersion: slogen.dev/v1
kind: AlertWindows
metadata: {name: two}
spec: {page: [{budget: 2, long: 1h, short: 5m}, {budget: 5, long: 6h, short: 30m}]}
"""
    assert len(program(named + two).slos[0].tiers) == 2


def test_specs_of_some_paths_get_the_rules_of_another_tool() -> None:
    text = "compat: [{paths: ['legacy/**', 'old/*.yaml'], rules: sloth}]"
    sources = [
        Source("settings.yaml", settings(text).partition("---\n")[2]),
        Source("slos/legacy/a/shop.yaml", SPEC),
        Source("slos/new/shop.yaml", SPEC.replace("sold", "new")),
    ]
    result = pipeline.compile(sources)
    assert {slo.name: slo.compat for slo in result.program.slos} == {"sold": Compat.SLOTH, "new": None}


def schema() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(json_schema()))
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


# What is wrong with these is no matter of their shape.
ONLY_SLOGEN_REFUSES = {
    *("every series and a grouping", "alert windows without tiers", "alert windows with nothing"),
    *("shares of alert windows", "a tier that looks back further than the default window"),
    *("a tier of its own that cannot fire", "more severities than alert windows"),
    *("more severities than alert windows of its own", "info of a series that is not recorded"),
    *("severities that the labels of the alert make equal", "bare series that are not recorded"),
    *("shares of the budget that cannot be left", "budget alerts with one name"),
    *("labels of adjustments that slogen sets", "labels of adjustments that tell groups apart"),
    "a template of a budget alert",
}


@pytest.mark.parametrize("name", BAD_ADDITIONS)
def test_the_schema_refuses_additions_of_a_wrong_shape(name: str) -> None:
    text, _ = BAD_ADDITIONS[name]
    valid = all(
        jsonschema.Draft202012Validator(schema()).is_valid(document) for document in yaml.safe_load_all(text)
    )
    assert valid == (name in ONLY_SLOGEN_REFUSES)


def test_the_schema_accepts_all_additions() -> None:
    text = settings("compat: [{paths: ['**'], rules: sloth}]")
    for document in yaml.safe_load_all(text):
        jsonschema.validate(document, schema())
    slo = yaml.safe_load(SPEC)["spec"]["slos"][0]
    slo |= {
        "each_series": True,
        "partial_response_strategy": "abort",
        "alert_windows": {"page": [{"budget": 2, "long": "1h", "short": "5m"}]},
        "alerting": {"page": {"severity": ["a", "b"], "name": "x"}, "ticket": {"severity": "c"}},
        "adjustments": [
            {"info_labels": {"labels": {"a": "b"}, "series": "sloth_slo_info"}},
            {"bare_series": {"keep": ["a"], "all_but": ["sloth_slo_info"]}},
            {"intervals": {"default": "5m", "ratios": "1m", "metadata": "2m", "alerts": "3m"}},
            {"budget_alert": {"name": "x", "threshold": 0, "for": "5m", "labels": {}, "selector": {}}},
        ],
        "sli": {"timeslice": {"slice": "1m", "target": 99.5, "of": {"ratio": {"error": "x[{{.window}}]"}}}},
    }
    document = yaml.safe_load(SPEC)
    document["spec"]["slos"] = [slo]
    jsonschema.validate(document, schema())
