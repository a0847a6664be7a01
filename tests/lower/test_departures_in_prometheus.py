"""What an SLO can say about its own rules, in the real engine."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

import promtool

SPEC = """
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: shop
  slos:
    - name: sold
      objective: 99.9
      sli: {events: {total: 'sales_total', bad: 'refused_total'}}
      %s
"""
ID = 'sloth_id="shop-sold"'
IDENTITY = {"sloth_id": "shop-sold", "sloth_service": "shop", "sloth_slo": "sold"}
Check = tuple[str, str, list[tuple[str, float]]]


def rules(*lines: str, spec: str = SPEC) -> str:
    return promtool.compiled(spec % "\n      ".join(lines))["rules/shop.yaml"]


def passes(result: object) -> None:
    assert getattr(result, "returncode") == 0, getattr(result, "stderr")  # noqa: B009 - reads better in a failure


def firing(*by: str, **labels: str) -> str:
    """How many alerts fire, by labels."""
    matchers = ", ".join(f'{name}="{value}"' for name, value in {"alertstate": "firing", **labels}.items())
    return f"count by ({', '.join(by)}) (ALERTS{{{matchers}}})"


# each series by itself -------------------------------------------------------------------------------------

# Two tills of one shop, of which one refuses everything, and one till with a label more than the others.
TILLS = {
    'sales_total{till="a",service="north"}': "0+100x300",
    'sales_total{till="a",service="south"}': "0+100x300",
    'sales_total{till="a",service="south",floor="2"}': "0+100x300",
    'refused_total{till="a",service="south"}': "0+10x300",
}


def test_every_series_is_measured_and_alerted_on_by_itself(tmp_path: Path) -> None:
    broken = {"till": "a", "service": "south"}
    ratio = f"slo:sli_error:ratio_rate1h{{{ID}}}"
    remaining = f"slo:period_error_budget_remaining:ratio{{{ID}}}"
    checks: list[Check] = [
        ("2h", f"count by (till, service, floor) ({ratio} > 0.09)", [('{till="a", service="south"}', 1)]),
        ("2h", f"count({ratio})", [("{}", 3)]),
        ("2h", f"count by (service, floor) ({remaining} < 0)", [('{service="south"}', 1)]),
        (
            "2h",
            firing("till", "service", "floor", sloth_severity="page"),
            [('{till="a", service="south"}', 1)],
        ),
    ]
    page = {
        "exp_labels": {**IDENTITY, **broken, "slo": "sold", "severity": "critical", "sloth_severity": "page"},
        "exp_annotations": {
            "summary": (
                "shop sold service south till a burns its error budget at 100 times the sustainable rate"
            ),
            "description": (
                "10% of the events are bad, 0.1% are allowed (99.9% over 30 days): a burn rate of 100.\n"
                "Fires when over 1.44% are bad in both 5m and 1h (14.4 x 0.1%; 2% of the budget in 1h), "
                "or over 0.6% are bad in both 30m and 6h (6 x 0.1%; 5% of the budget in 6h)."
            ),
        },
    }
    text = rules("each_series: true", "alerting: {ticket: {disable: true}}")
    alerts = [("2h", "ShopSoldBudgetBurn", [page])]
    passes(promtool.run_tests(tmp_path, text, TILLS, expressions=checks, alerts=alerts))


def test_a_single_series_may_go_and_the_loss_of_all_is_told(tmp_path: Path) -> None:
    """Every release replaces the series of pods: that is no reason to call anybody."""
    one_goes = {**TILLS, 'sales_total{till="b"}': "0+100x120 stale"}
    all_go = {name: f"{values.partition('x')[0]}x120 stale" for name, values in TILLS.items()}
    absent = firing("till", "service", sloth_severity="absent")
    text = rules("each_series: true")
    for series, expected in ((one_goes, []), (all_go, [('{service="shop"}', 1.0)])):
        checks: list[Check] = [("1h", absent, []), ("1h30m", absent, expected)]
        passes(promtool.run_tests(tmp_path, text, series, expressions=checks))


def test_a_service_label_of_the_series_keeps_its_alerts_apart(tmp_path: Path) -> None:
    """Prometheus would refuse to evaluate an alert two of whose series have the same labels."""
    series = {
        'sales_total{service="north"}': "0+100x300",
        'sales_total{service="south"}': "0+100x300",
        'refused_total{service="north"}': "0+10x300",
        'refused_total{service="south"}': "0+10x300",
        "sales_total": "0+100x300",
        "refused_total": "0+10x300",
    }
    each = [(f'{{service="{service}"}}', 1.0) for service in ("north", "south", "shop")]
    checks: list[Check] = [("2h", firing("service", sloth_severity="page"), each)]
    passes(promtool.run_tests(tmp_path, rules("each_series: true"), series, expressions=checks))


def test_the_cheap_profile_keeps_series_apart_as_well(tmp_path: Path) -> None:
    text = rules("each_series: true", "profile: cheap")
    checks: list[Check] = [
        ("2h", f"count(slo:sli_error:ratio_rate{w}{{{ID}}} > 0.09)", [("{}", 1.0)])
        for w in ("6h", "3d", "30d")
    ]
    passes(promtool.run_tests(tmp_path, text, TILLS, expressions=checks, every="5m"))


# labels ----------------------------------------------------------------------------------------------------

ALL_WINDOWS = ("5m", "30m", "1h", "2h", "6h", "1d", "3d", "30d")
METADATA = (
    *("slo:objective:ratio", "slo:error_budget:ratio", "slo:time_period:days", "slo:current_burn_rate:ratio"),
    *("slo:period_burn_rate:ratio", "slo:period_error_budget_remaining:ratio"),
)
RATIOS = tuple(f"slo:sli_error:ratio_rate{window}" for window in ALL_WINDOWS)
BROKEN = {"sales_total": "0+100x300", "refused_total": "0+10x300"}


def bare(text: str) -> str:
    return rules("labels: {team: tills, env: prod}", f"adjustments: [{{bare_series: {{{text}}}}}]")


def having(label: str, series: tuple[str, ...]) -> list[Check]:
    """These of Sloth's series have a label of the author's, and the others have not."""
    return [
        ("2h", f'count({name}{{{ID}, {label}!=""}})', [("{}", 1.0)] if name in series else [])
        for name in (*RATIOS, *METADATA, "sloth_slo_info")
    ]


@pytest.mark.parametrize(
    ("text", "with_team", "with_env"),
    [
        ("", (), ()),
        ("keep: [env]", (), (*RATIOS, *METADATA)),
        # What is made of a series that keeps its labels does not take them over.
        ("all_but: ['slo:sli_error:ratio_rate5m']", RATIOS[:1], RATIOS[:1]),
        ("all_but: ['slo:period_burn_rate:ratio']", METADATA[4:5], METADATA[4:5]),
    ],
)
def test_bare_series_have_no_labels_and_their_alerts_have(
    text: str, with_team: tuple[str, ...], with_env: tuple[str, ...], tmp_path: Path
) -> None:
    checks = having("team", (*with_team, "sloth_slo_info")) + having("env", (*with_env, "sloth_slo_info"))
    checks += [
        ("2h", f"count(slo:period_error_budget_remaining:ratio{{{ID}}} < 0)", [("{}", 1.0)]),
        ("2h", firing("team", "env", sloth_severity="page"), [('{team="tills", env="prod"}', 1.0)]),
        ("2h", firing("team", "env", sloth_severity="ticket"), [('{team="tills", env="prod"}', 1.0)]),
    ]
    passes(promtool.run_tests(tmp_path, bare(text), BROKEN, expressions=checks, every="2m"))


def test_bare_series_of_groups_keep_the_labels_of_the_grouping(tmp_path: Path) -> None:
    text = rules("group_by: [till]", "labels: {team: tills}", "adjustments: [{bare_series: {}}]")
    series = {'sales_total{till="a"}': "0+100x300", 'refused_total{till="a"}': "0+10x300"}
    checks: list[Check] = [
        ("2h", f"count by (till, team) ({name}{{{ID}}})", [('{till="a"}', 1.0)])
        for name in (*RATIOS, *METADATA[3:])
    ]
    checks.append(("2h", firing("till", "team", sloth_severity="page"), [('{till="a", team="tills"}', 1.0)]))
    passes(promtool.run_tests(tmp_path, text, series, expressions=checks, every="2m"))


def test_labels_of_metadata_are_on_that_series_alone(tmp_path: Path) -> None:
    text = rules(
        "adjustments:",
        "- info_labels: {labels: {tier: gold}}",
        "- info_labels: {labels: {unit: sales}, series: 'slo:period_burn_rate:ratio'}",
    )
    checks = having("tier", ("sloth_slo_info",)) + having("unit", ("slo:period_burn_rate:ratio",))
    passes(promtool.run_tests(tmp_path, text, BROKEN, expressions=checks, every="2m"))


def test_labels_before_the_series_are_made_bare_are_lost_and_those_after_are_not(tmp_path: Path) -> None:
    text = rules(
        "adjustments:",
        "- info_labels: {labels: {lost: a}, series: 'slo:objective:ratio'}",
        "- info_labels: {labels: {stays: b}}",
        "- bare_series: {}",
        "- info_labels: {labels: {late: c}, series: 'slo:objective:ratio'}",
    )
    checks = having("lost", ()) + having("stays", ("sloth_slo_info",))
    checks += having("late", ("slo:objective:ratio",))
    passes(promtool.run_tests(tmp_path, text, BROKEN, expressions=checks, every="2m"))


# the alert on the budget -----------------------------------------------------------------------------------


def test_the_alert_on_the_budget(tmp_path: Path) -> None:
    # One sale in 1250 is refused, four fifths of what may be: a fifth of the budget is left.
    series = {"sales_total": "0+1250x300", "refused_total": "0+1x300"}
    text = rules(
        "owner: sales",
        "labels: {env: prod}",
        "adjustments:",
        "- budget_alert: {}",
        "- budget_alert: {name: Low, threshold: 0.25, labels: {severity: info}, selector: {env: prod}}",
        "- budget_alert: {name: Elsewhere, threshold: 0.25, selector: {env: test}}",
    )
    low = {
        "exp_labels": {
            **IDENTITY,
            "sloth_window": "30d",
            "sloth_severity": "budget",
            "severity": "info",
            "owner": "sales",
            "service": "shop",
            "slo": "sold",
            "env": "prod",
        },
        "exp_annotations": {
            "summary": "shop sold has at most 25% of its error budget left",
            "description": (
                "Error budget left: 20%, counted up to an hour ago; "
                "0.1% of the events may be bad (99.9% over 30 days)."
            ),
        },
    }
    alerts: list[tuple[str, str, list[dict[str, dict[str, str]]]]] = [
        ("2h", "Low", [low]),
        ("2h", "ErrorBudgetExhausted", []),
        ("2h", "Elsewhere", []),
    ]
    passes(promtool.run_tests(tmp_path, text, series, alerts=alerts))
    checks: list[Check] = [
        ("2h", firing("severity", alertname="ErrorBudgetExhausted"), [('{severity="warning"}', 1)])
    ]
    passes(promtool.run_tests(tmp_path, text, BROKEN, expressions=checks))


def test_the_alert_on_the_budget_of_every_group(tmp_path: Path) -> None:
    series = {'sales_total{till="a"}': "0+100x300", 'sales_total{till="b"}': "0+100x300"}
    series['refused_total{till="b"}'] = "0+10x300"
    for grouping in ("group_by: [till]", "each_series: true"):
        text = rules(grouping, "adjustments: [{budget_alert: {}}]")
        checks: list[Check] = [("2h", firing("till", alertname="ErrorBudgetExhausted"), [('{till="b"}', 1)])]
        passes(promtool.run_tests(tmp_path, text, series, expressions=checks))


# intervals and severities ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "intervals", ["default: 1m", "default: 10m, alerts: 15s", "default: 2m, metadata: 90s"]
)
def test_the_budget_is_right_whatever_the_interval(intervals: str, tmp_path: Path) -> None:
    """The hours that overlap are counted once: the divisor follows the interval."""
    text = rules(f"adjustments: [{{intervals: {{{intervals}}}}}]")
    slow = next(group["interval"] for group in yaml.safe_load(text)["groups"] if ":slow" in group["name"])
    # 12,000 sales an hour for ten hours, of which half of the last one is not counted yet.
    total = f"slo:sli_total:increase30d{{{ID}}}"
    checks: list[Check] = [("10h", f"count(abs({total} - 114000) < 3000)", [("{}", 1.0)])]
    passes(promtool.run_tests(tmp_path, text, {"sales_total": "0+100x1300"}, expressions=checks, every=slow))


def test_each_severity_has_its_own_alert(tmp_path: Path) -> None:
    # From 5 h on a tenth is refused: 1.44 % of an hour's sales after 8.6 minutes, and 0.6 % of all that were
    # ever made after 19 minutes.
    series = {"sales_total": "0+100x1000", "refused_total": "0x600 0+10x400"}
    text = rules("alerting: {page: {severity: [critical, high]}, ticket: {disable: true}}")
    page = firing("severity", sloth_severity="page")
    checks: list[Check] = [
        ("5h10m", page, [('{severity="critical"}', 1)]),
        ("5h30m", page, [('{severity="critical"}', 1), ('{severity="high"}', 1)]),
    ]
    passes(promtool.run_tests(tmp_path, text, series, expressions=checks))
