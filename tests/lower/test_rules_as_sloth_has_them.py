"""The rules of `--compat sloth` are those that Sloth makes: names, order, labels, texts and numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

import promtool
from slogen import pipeline
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
from slogen.ir import Compat, Millis, Rule, RuleGroup, Slo, Tier, Urgency
from slogen.lower import lower
from slogen.pipeline import Options
from slogen.source import Source

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR

SPEC = """
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: shop
  labels: {team: sales}
  slos:
    - name: sold
      objective: 99.9
      sli:
        query: {bad: 'sum(rate(sales_total{code="500"}[{{.window}}]))', total: 'sum(rate(sales_total[{{.window}}]))'}
      alerting:
        name: ShopSold
"""  # noqa: E501 - one query per line
FILTER = '{sloth_id="shop-sold", sloth_service="shop", sloth_slo="sold"}'
WINDOWS = ["5m", "30m", "1h", "2h", "6h", "1d", "3d"]
IDENTITY = {"sloth_id": "shop-sold", "sloth_service": "shop", "sloth_slo": "sold"}


def compiled(*texts: str, compat: Compat | None = Compat.SLOTH, **options: Any) -> pipeline.Result:
    sources = [Source(f"{'ab'[i]}.yaml", text) for i, text in enumerate(texts)]
    result = pipeline.compile(sources, Options(compat=compat, **options))
    assert [f"{d.at} {d.code.id} {d.message}" for d in result.report] == []
    return result


def resolved(text: str = SPEC, **changes: Any) -> Slo:
    [slo] = compiled(text).program.slos
    return replace(slo, **changes)


def groups(**changes: Any) -> Mapping[str, RuleGroup]:
    """The groups by what is in them: `sli`, `meta`, `alerts`."""
    found = lower(resolved(**changes))
    assert all(group.name.endswith("-shop-sold") for group in found)
    return {group.name.removeprefix("sloth-slo-").partition("-")[0]: group for group in found}


def rule(name: str, **changes: Any) -> Rule:
    [found] = [rule for group in groups(**changes).values() for rule in group.rules if rule.name == name]
    return found


def with_sli(sli: str) -> str:
    return f"{SPEC[: SPEC.index('        query:')]}{sli}\n{SPEC[SPEC.index('      alerting:') :]}"


# the usual rules -------------------------------------------------------------------------------------------


def test_three_groups_in_order() -> None:
    found = lower(resolved())
    assert [group.name for group in found] == [
        "sloth-slo-sli-recordings-shop-sold",
        "sloth-slo-meta-recordings-shop-sold",
        "sloth-slo-alerts-shop-sold",
    ]
    assert [rule.name for group in found for rule in group.rules] == [
        *(f"slo:sli_error:ratio_rate{window}" for window in (*WINDOWS, "30d")),
        "slo:objective:ratio",
        "slo:error_budget:ratio",
        "slo:time_period:days",
        "slo:current_burn_rate:ratio",
        "slo:period_burn_rate:ratio",
        "slo:period_error_budget_remaining:ratio",
        "sloth_slo_info",
        *("ShopSold", "ShopSold"),
    ]
    assert {(group.interval, rule.for_) for group in found for rule in group.rules} == {("", "")}


TEXTS = {
    "slo:sli_error:ratio_rate6h": (
        '(sum(rate(sales_total{code="500"}[6h])))\n/\n(sum(rate(sales_total[6h])))\n'
    ),
    "slo:sli_error:ratio_rate30d": (
        f"sum_over_time(slo:sli_error:ratio_rate5m{FILTER}[30d])\n"
        "/ ignoring (sloth_window)\n"
        f"count_over_time(slo:sli_error:ratio_rate5m{FILTER}[30d])\n"
    ),
    "slo:objective:ratio": "vector(0.9990000000000001)",
    "slo:error_budget:ratio": "vector(1-0.9990000000000001)",
    "slo:time_period:days": "vector(30)",
    "slo:current_burn_rate:ratio": (
        f"slo:sli_error:ratio_rate5m{FILTER}\n"
        "/ on(sloth_id, sloth_slo, sloth_service) group_left\n"
        f"slo:error_budget:ratio{FILTER}\n"
    ),
    "slo:period_burn_rate:ratio": (
        f"slo:sli_error:ratio_rate30d{FILTER}\n"
        "/ on(sloth_id, sloth_slo, sloth_service) group_left\n"
        f"slo:error_budget:ratio{FILTER}\n"
    ),
    "slo:period_error_budget_remaining:ratio": f"1 - slo:period_burn_rate:ratio{FILTER}",
    "sloth_slo_info": "vector(1)",
}


@pytest.mark.parametrize("name", TEXTS)
def test_the_text_of_a_recording(name: str) -> None:
    assert rule(name).expr == TEXTS[name]


def test_the_alerts() -> None:
    page, ticket = groups()["alerts"].rules
    assert ticket.expr == (
        "(\n"
        f"    max(slo:sli_error:ratio_rate2h{FILTER} > (3 * 0.0009999999999999432)) without (sloth_window)\n"
        "    and\n"
        f"    max(slo:sli_error:ratio_rate1d{FILTER} > (3 * 0.0009999999999999432)) without (sloth_window)\n"
        ")\n"
        "or\n"
        "(\n"
        f"    max(slo:sli_error:ratio_rate6h{FILTER} > (1 * 0.0009999999999999432)) without (sloth_window)\n"
        "    and\n"
        f"    max(slo:sli_error:ratio_rate3d{FILTER} > (1 * 0.0009999999999999432)) without (sloth_window)\n"
        ")\n"
    )
    assert page.labels == {"sloth_severity": "page"}
    assert ticket.labels == {"sloth_severity": "ticket"}
    slo = "{{$labels.sloth_service}} {{$labels.sloth_slo}} SLO error budget burn rate is"
    assert page.annotations == {"title": f"(page) {slo} too fast.", "summary": f"{slo} over expected."}
    assert ticket.annotations == {"title": f"(ticket) {slo} too fast.", "summary": f"{slo} over expected."}


# indicators ------------------------------------------------------------------------------------------------

GOOD = """\
(
  1 - (
    (
      sum(rate(good_total[5m]))
    )
    /
    (
      sum(rate(all_total[5m]))
    )
  )
)"""


@pytest.mark.parametrize(
    ("sli", "text"),
    [
        ("ratio: {error: 'avg_over_time(bad[{{.window}}])'}", "(avg_over_time(bad[5m]))"),
        ('ratio: {error: "avg_over_time(bad[{{.window}}])\\n"}', "(avg_over_time(bad[5m])\n)"),
        (
            "query: {good: 'sum(rate(good_total[{{.window}}]))', total: 'sum(rate(all_total[{{.window}}]))'}",
            GOOD,
        ),
        # A comment would swallow the parenthesis: Prometheus refuses what Sloth writes here.
        ("ratio: {error: 'max_over_time(bad[{{.window}}]) # bad'}", "(max_over_time(bad[5m]) # bad\n)"),
        ("ratio: {error: 'max_over_time(bad{a=\"#\"}[{{.window}}])'}", '(max_over_time(bad{a="#"}[5m]))'),
        (
            "query: {bad: 'sum(rate(b[{{.window}}])) # b', total: 'sum(rate(a[{{.window}}])) # a'}",
            "(sum(rate(b[5m])) # b\n)\n/\n(sum(rate(a[5m])) # a\n)\n",
        ),
    ],
)
def test_every_kind_of_queries(sli: str, text: str) -> None:
    found = lower(resolved(with_sli(f"        {sli}")))
    assert found[0].rules[0].expr == text


KINDS = {
    "events": "{bad: 'e_total', total: 'a_total'}",
    "latency": "{histogram: request_duration_seconds, threshold: 5s}",
    "condition": "{metric: queue_size, good_when: '<= 50'}",
    "ratio": "{error: 'avg_over_time(bad[{{.window}}]) # bad'}",
}


@pytest.mark.promtool
@pytest.mark.parametrize("grouping", ["", "      group_by: [region]\n"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_indicator_loads(kind: str, grouping: str, tmp_path: Path) -> None:
    text = with_sli(f"        {kind}: {KINDS[kind]}").replace("      sli:", f"{grouping}      sli:")
    files = {file.path: file.text for file in compiled(text).files}
    path = tmp_path / "a.yaml"
    path.write_text(files["rules/a.yaml"], encoding="utf-8")
    result = promtool.check(path)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "17 rules found" in result.stdout


# windows and numbers ---------------------------------------------------------------------------------------


def tier(urgency: Urgency, percent: str, long: int, short: int) -> Tier:
    return Tier(urgency, Millis(long), Millis(short), Fraction(percent) / 100)


WEEK = (
    tier(Urgency.PAGE, "8", HOUR, 5 * MINUTE),
    tier(Urgency.PAGE, "12.5", 6 * HOUR, 30 * MINUTE),
    tier(Urgency.TICKET, "20", DAY, 2 * HOUR),
    tier(Urgency.TICKET, "42", 3 * DAY, 6 * HOUR),
)
USUAL_TIERS = (
    tier(Urgency.PAGE, "2", HOUR, 5 * MINUTE),
    tier(Urgency.PAGE, "5", 6 * HOUR, 30 * MINUTE),
    tier(Urgency.TICKET, "10", DAY, 2 * HOUR),
    tier(Urgency.TICKET, "10", 3 * DAY, 6 * HOUR),
)


def resolved_over(window: int, tiers: tuple[Tier, ...]) -> Slo:
    alerts = tuple(
        replace(alert, tiers=tuple(t for t in tiers if t.urgency is alert.urgency))
        for alert in resolved().alerts
        if any(t.urgency is alert.urgency for t in tiers)
    )
    return resolved(window=Millis(window), tiers=tiers, alerts=alerts)


@pytest.mark.parametrize(
    ("window", "tiers", "factors"),
    [
        (7 * DAY, WEEK, ["13.44", "3.5", "1.4000000000000001", "0.98"]),
        (28 * DAY, USUAL_TIERS, ["13.44", "5.6000000000000005", "2.8000000000000003", "0.9333333333333333"]),
        (30 * DAY, USUAL_TIERS, ["14.4", "6", "3", "1"]),
        (30 * DAY, (tier(Urgency.PAGE, "0.5", 90 * MINUTE, 90_000),), ["2.4"]),
    ],
)
def test_the_factors(window: int, tiers: tuple[Tier, ...], factors: list[str]) -> None:
    *_, alerts = lower(resolved_over(window, tiers))
    texts = "".join(rule.expr for rule in alerts.rules).split(" > (")[1::2]
    assert [text.partition(" * ")[0] for text in texts] == factors


@pytest.mark.parametrize(
    ("window", "text", "days"),
    [
        (7 * DAY, "1w", "7"),
        (28 * DAY, "4w", "28"),
        (90 * DAY, "90d", "90"),
        (365 * DAY, "1y", "365"),
        (36 * HOUR, "1d12h", "1.5"),
    ],
)
def test_the_period(window: int, text: str, days: str) -> None:
    ratios, metadata, _ = lower(resolved_over(window, WEEK))
    assert ratios.rules[-1].record == f"slo:sli_error:ratio_rate{text}"
    assert ratios.rules[-1].labels["sloth_window"] == text
    assert ratios.rules[-1].expr.startswith(f"sum_over_time(slo:sli_error:ratio_rate5m{FILTER}[{text}])\n")
    assert metadata.rules[2].expr == f"vector({days})"


def test_a_period_that_is_a_window_is_recorded_twice() -> None:
    ratios, _, _ = lower(resolved_over(3 * DAY, WEEK))
    names = [rule.record.removeprefix("slo:sli_error:ratio_rate") for rule in ratios.rules]
    assert names == [*WINDOWS, "3d"]
    assert ratios.rules[-1] == ratios.rules[-2]
    assert "sum_over_time" in ratios.rules[-1].expr


def test_a_period_as_short_as_the_shortest_window_is_measured() -> None:
    ratios, *_ = lower(resolved_over(5 * MINUTE, WEEK))
    assert (
        ratios.rules[0].expr
        == ratios.rules[-1].expr
        == TEXTS["slo:sli_error:ratio_rate6h"].replace("6h", "5m")
    )


def test_the_fastest_page_is_the_current_burn_rate() -> None:
    slow_first = (WEEK[2], *WEEK[:2])
    _, metadata, _ = lower(resolved_over(7 * DAY, slow_first))
    assert metadata.rules[3].expr.startswith(f"slo:sli_error:ratio_rate5m{FILTER}")
    _, metadata, _ = lower(resolved_over(7 * DAY, WEEK[2:]))
    assert metadata.rules[3].expr.startswith(f"slo:sli_error:ratio_rate2h{FILTER}")


@pytest.mark.parametrize("count", [1, 3])
def test_any_number_of_tiers(count: int) -> None:
    tiers = tuple(tier(Urgency.PAGE, "2", i * HOUR, i * MINUTE) for i in range(1, count + 1))
    *_, alerts = lower(resolved_over(30 * DAY, tiers))
    [page] = alerts.rules
    assert page.expr.count("\n)\nor\n(\n") == count - 1
    assert page.expr.count("without (sloth_window)\n    and\n") == count


@pytest.mark.parametrize(
    ("objective", "ratio", "budget", "label"),
    [
        ("99.9", "0.9990000000000001", "0.0009999999999999432", "99.9"),
        ("99.99", "0.9998999999999999", "0.00010000000000005117", "99.99"),
        ("99.999", "0.9999899999999999", "1.0000000000047748e-05", "99.999"),
        ("99.50", "0.995", "0.005", "99.5"),
        ("95", "0.95", "0.05", "95"),
        ("0.005", "5e-05", "0.99995", "0.005"),
    ],
)
def test_numbers_are_computed_in_floating_point(objective: str, ratio: str, budget: str, label: str) -> None:
    found = {
        rule.name: rule for group in groups(objective=Decimal(objective)).values() for rule in group.rules
    }
    assert found["slo:objective:ratio"].expr == f"vector({ratio})"
    assert found["slo:error_budget:ratio"].expr == f"vector(1-{ratio})"
    assert f" * {budget}))" in found["ShopSold"].expr
    assert found["sloth_slo_info"].labels["sloth_objective"] == label


# labels ----------------------------------------------------------------------------------------------------


def test_the_authors_labels_are_on_the_series_and_not_on_the_alerts() -> None:
    extra = {"env": "prod"}
    [slo] = compiled(SPEC, extra_labels=extra).program.slos
    ratios, metadata, alerts = lower(slo)
    own = {**IDENTITY, "team": "sales", "env": "prod"}
    assert ratios.rules[0].labels == {**own, "sloth_window": "5m"}
    assert [rule.labels for rule in metadata.rules[:-1]] == [own] * 6
    info = {"sloth_mode": "cli-gen-prom", "sloth_objective": "99.9"}
    origin = {"sloth_spec": "slogen.dev/v1", "sloth_version": "slogen"}
    assert metadata.rules[-1].labels == {**own, **info, **origin}
    assert [rule.labels for rule in alerts.rules] == [
        {"sloth_severity": "page"},
        {"sloth_severity": "ticket"},
    ]


def test_the_authors_labels_win_over_sloths() -> None:
    labels = {"sloth_service": "other", "sloth_window": "all", "sloth_version": "mine"}
    found = groups(labels=labels)
    assert found["sli"].rules[0].labels == {
        **IDENTITY,
        "sloth_service": "other",
        "sloth_window": "all",
        "sloth_version": "mine",
    }
    # Sloth knows its own version better.
    assert found["meta"].rules[-1].labels["sloth_version"] == "slogen"
    assert found["meta"].rules[-1].labels["sloth_service"] == "other"


@pytest.mark.parametrize(
    ("spec", "mode"),
    [
        ("prometheus/v1", "cli-gen-prom"),
        ("sloth.slok.dev/v1", "cli-gen-k8s"),
        ("openslo/v1alpha", "cli-gen-openslo"),
        ("openslo/v1", "cli-gen-openslo"),
        ("pyrra.dev/v1alpha1", "cli-gen-prom"),
    ],
)
def test_the_mode_is_that_of_the_spec(spec: str, mode: str) -> None:
    info = rule("sloth_slo_info", spec=spec)
    assert (info.labels["sloth_mode"], info.labels["sloth_spec"]) == (mode, spec)


def test_labels_and_annotations_of_alerts_add_up() -> None:
    alerting = """
        labels: {category: availability, severity: high}
        annotations: {summary: sold out}
        page: {labels: {severity: urgent}, annotations: {runbook: 'https://x'}, for: 2m}
        ticket: {disable: true}
"""
    settings = "{labels: {env: prod}, annotations: {by: us}, owner: sre}"
    document = f"apiVersion: slogen.dev/v1\nkind: Settings\nspec: {settings}\n"
    result = compiled(SPEC.rstrip() + alerting, document)
    ratios, _, alerts = lower(result.program.slos[0])
    assert ratios.rules[0].labels["env"] == "prod"
    [page] = alerts.rules
    assert page.labels == {"sloth_severity": "page", "category": "availability", "severity": "urgent"}
    assert page.annotations["title"].startswith("(page) ")
    assert {name: page.annotations[name] for name in ("summary", "runbook", "by")} == {
        "summary": "sold out",
        "runbook": "https://x",
        "by": "us",
    }
    assert page.for_ == "2m"


def test_an_alert_per_severity() -> None:
    slo = resolved()
    page, ticket = slo.alerts
    alerts = tuple(
        replace(page, tiers=(own,), labels={"sloth_severity": "page", "severity": severity})
        for own, severity in zip(page.tiers, ("critical", "high"), strict=True)
    )
    found = groups(alerts=(*alerts, ticket))["alerts"].rules
    assert [(rule.alert, rule.labels.get("severity")) for rule in found] == [
        ("ShopSold", "critical"),
        ("ShopSold", "high"),
        ("ShopSold", None),
    ]
    assert [rule.expr.count("\nor\n") for rule in found] == [0, 0, 1]


def test_what_sloth_cannot_say_is_added_where_the_author_says_it() -> None:
    text = SPEC.replace(
        "    - name: sold", "    - name: sold\n      owner: sre\n      runbook: 'https://r/{slo}'"
    )
    *_, alerts = lower(resolved(text.rstrip() + "\n        page: {severity: p1}\n"))
    page, ticket = alerts.rules
    assert page.labels == {"sloth_severity": "page", "severity": "p1", "owner": "sre"}
    assert ticket.labels == {"sloth_severity": "ticket", "owner": "sre"}
    assert ticket.annotations["runbook_url"] == "https://r/sold"


def test_there_is_no_alert_that_sloth_does_not_have() -> None:
    assert resolved().absence is None
    assert "alerts" not in groups(alerts=())


# adjustments -----------------------------------------------------------------------------------------------


def adjusted(*adjustments: Adjustment, **changes: Any) -> Mapping[str, RuleGroup]:
    return groups(adjustments=(*USUAL, *adjustments), **changes)


def test_without_a_step_its_rules_are_missing() -> None:
    assert list(groups(adjustments=())) == []
    assert list(groups(adjustments=(MetadataRecordings(),))) == ["meta"]
    assert list(groups(adjustments=(BurnAlerts(), RatioRecordings()))) == ["sli", "alerts"]


def test_the_period_may_be_measured() -> None:
    found = adjusted(RatioRecordings(plain_period=True))["sli"].rules
    assert found[-1].expr == TEXTS["slo:sli_error:ratio_rate6h"].replace("6h", "30d")
    assert found[:-1] == groups()["sli"].rules[:-1]


def test_the_denominator_may_be_corrected() -> None:
    found = adjusted(RatioRecordings(corrected=True))
    assert found["sli"].rules[0].expr == (
        f"(\nslo:numerator_correction:ratio5m{FILTER}\n* on()\n"
        'sum(rate(sales_total{code="500"}[5m]))\n)\n/\n(sum(rate(sales_total[5m])))\n'
    )
    assert found["sli"].rules[-1].expr == TEXTS["slo:sli_error:ratio_rate30d"]
    corrections = found["meta"].rules[7:]
    assert [rule.record.removeprefix("slo:numerator_correction:ratio") for rule in corrections] == (WINDOWS)
    assert corrections[1].expr == "(sum(rate(sales_total[30m])))/(sum(rate(sales_total[30d])))"
    assert corrections[1].labels == {**IDENTITY, "team": "sales"}
    plain = adjusted(RatioRecordings(corrected=True, plain_period=True))["sli"].rules
    assert plain[-1].expr == TEXTS["slo:sli_error:ratio_rate6h"].replace("6h", "30d")


def test_corrections_go_when_the_metadata_is_written_anew() -> None:
    found = adjusted(RatioRecordings(corrected=True), MetadataRecordings())
    assert len(found["meta"].rules) == 7
    assert "numerator_correction" in found["sli"].rules[0].expr


def test_labels_of_the_information() -> None:
    info = adjusted(InfoLabels({"team": "other", "plug-l1": "x"}))["meta"].rules[-1]
    assert (info.labels["team"], info.labels["plug-l1"]) == ("other", "x")
    found = adjusted(InfoLabels({"a": "b"}, "slo:objective:ratio"))["meta"].rules
    assert [rule.record for rule in found if "a" in rule.labels] == ["slo:objective:ratio"]
    assert adjusted(InfoLabels({"a": "b"}, "nothing")) == groups()
    before = groups(adjustments=(InfoLabels({"a": "b"}), *USUAL))
    assert before == groups()


def test_series_without_the_authors_labels() -> None:
    labels = {"team": "sales", "env": "prod"}
    found = adjusted(BareSeries(keep=("env",)), labels=labels)
    assert found["sli"].rules[0].labels == {**IDENTITY, "sloth_window": "5m", "env": "prod"}
    assert found["meta"].rules[0].labels == {**IDENTITY, "env": "prod"}
    assert found["meta"].rules[-1].labels["team"] == "sales"
    assert found["alerts"] == groups()["alerts"]


def test_metadata_series_share_their_labels() -> None:
    """Sloth strips the one map that its first six metadata rules share, whichever of them it spares."""
    spared = ("slo:objective:ratio", "slo:sli_error:ratio_rate1h", "slo:numerator_correction:ratio5m")
    found = adjusted(RatioRecordings(corrected=True), BareSeries(all_but=spared))
    assert [rule.record for rule in found["sli"].rules if "team" in rule.labels] == [spared[1]]
    assert [rule.record for rule in found["meta"].rules if "team" in rule.labels] == ["sloth_slo_info"]
    # What got labels of its own in between shares nothing.
    found = adjusted(InfoLabels({"a": "b"}, spared[0]), BareSeries(all_but=(spared[0],)))
    assert found["meta"].rules[0].labels == {**IDENTITY, "team": "sales", "a": "b"}
    all_six = tuple(rule.record for rule in groups()["meta"].rules[:6])
    assert adjusted(BareSeries(all_but=all_six))["meta"] == groups()["meta"]


def test_intervals() -> None:
    found = adjusted(Intervals(Millis(5 * MINUTE), metadata=Millis(90_000)))
    assert {kind: group.interval for kind, group in found.items()} == {
        "sli": "5m",
        "meta": "1m30s",
        "alerts": "5m",
    }


@pytest.mark.parametrize(("spec", "for_"), [("prometheus/v1", "10m"), ("sloth.slok.dev/v1", "")])
def test_an_alert_that_the_budget_is_spent(spec: str, for_: str) -> None:
    alert = BudgetAlert(
        "Spent",
        Decimal("0.10"),
        Millis(10 * MINUTE),
        {"severity": "low"},
        {"cluster": 'a"b\\é\n\x00'},
        {"s": "t"},
    )
    [*_, last] = adjusted(alert, spec=spec)["alerts"].rules
    assert last.expr == (
        r'slo:period_error_budget_remaining:ratio{cluster="a\"b\\é\n\x00", '
        'sloth_id="shop-sold", sloth_service="shop", sloth_slo="sold", team="sales"} <= 0.1'
    )
    assert (last.alert, last.labels, last.annotations) == ("Spent", {"severity": "low"}, {"s": "t"})
    # Sloth's Kubernetes objects have no `for`.
    assert last.for_ == for_
    only = groups(adjustments=(BudgetAlert(), BudgetAlert("B")), alerts=())["alerts"].rules
    assert [(rule.alert, rule.for_) for rule in only] == [("ErrorBudgetExhausted", "5m"), ("B", "5m")]
    assert only[0].expr.endswith("} <= 0")


# specs -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spec", "ratio", "label"),
    [
        ("openslo/v1alpha", "0.99999", "99.99900000000001"),
        ("prometheus/v1", "0.9999899999999999", "99.999"),
    ],
)
def test_openslo_states_ratios_which_sloth_makes_percent_of(spec: str, ratio: str, label: str) -> None:
    found = groups(spec=spec, objective=Decimal("99.999"))["meta"].rules
    assert found[0].expr == f"vector({ratio})"
    assert found[-1].labels["sloth_objective"] == label


# objects ---------------------------------------------------------------------------------------------------


def test_an_object_per_file_with_sloths_labels() -> None:
    other = SPEC.replace("service: shop", "service: kiosk")
    files = {file.path: file.text for file in compiled(f"{SPEC}---\n{other}").files}
    assert sorted(files) == ["prometheusrules/a.yaml", "rules/a.yaml"]
    groups = yaml.safe_load(files["rules/a.yaml"])["groups"]
    assert [group["name"] for group in groups][::3] == [
        "sloth-slo-sli-recordings-shop-sold",
        "sloth-slo-sli-recordings-kiosk-sold",
    ]
    manifest = yaml.safe_load(files["prometheusrules/a.yaml"])
    assert manifest["metadata"] == {
        "name": "a",
        "labels": {"app.kubernetes.io/component": "SLO", "app.kubernetes.io/managed-by": "sloth"},
    }
    assert manifest["spec"]["groups"] == groups
    assert "\n- name: sloth-slo" in files["rules/a.yaml"]


SETTINGS = """
apiVersion: slogen.dev/v1
kind: Settings
spec: {compat: [{paths: [a.yaml], rules: sloth}]}
"""


def test_slos_of_an_object_may_have_rules_of_either_kind() -> None:
    other = SPEC.replace("name: sold", "name: paid").replace(
        "kind: ServiceLevels", "kind: ServiceLevels\nmetadata: {name: a}"
    )
    files = {file.path: file.text for file in compiled(SPEC, f"{other}---{SETTINGS}", compat=None).files}
    assert sorted(files) == ["prometheusrules/a.yaml", "rules/a.yaml"]
    names = [group["name"] for group in yaml.safe_load(files["rules/a.yaml"])["groups"]]
    assert names[:3] == [group.name for group in lower(resolved())]
    assert names[3] == "slogen-shop-paid"


# checks ----------------------------------------------------------------------------------------------------


def findings(text: str) -> list[tuple[str, str, str]]:
    result = pipeline.compile([Source("a.yaml", text)], Options(compat=Compat.SLOTH))
    return [(d.code.id, d.at.text, d.help) for d in result.report]


def test_an_alert_that_cannot_fire_is_told() -> None:
    [(code, at, help_)] = findings(SPEC.replace("99.9", "90"))
    assert (code, at) == ("SLO304", "90")
    assert "raise the objective above 93.06" in help_
    assert findings(SPEC.replace("99.9", "90").rstrip() + "\n        page: {disable: true}\n") == []


def test_only_a_label_that_parts_a_series_from_its_slo_is_an_error() -> None:
    own = SPEC.replace("team: sales", "sloth_id: shop-sold, sloth_severity: x, sloth_version: y")
    assert findings(own) == []
    assert [code for code, *_ in findings(SPEC.replace("team: sales", "sloth_id: mine"))] == ["SLO204"]
    assert findings(SPEC.rstrip() + "\n        labels: {sloth_severity: mine}\n") == []
