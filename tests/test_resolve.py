"""Every gap of a draft is filled from the nearest place that says something; no reference leads nowhere."""

from __future__ import annotations

import pytest

from slogen import pipeline
from slogen.ir import Millis, Profile, Slo
from slogen.pipeline import Options
from slogen.source import Source

DAY = 86_400_000
NO_OPTIONS = Options()
SPEC = """\
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: shop
{service}
  slos:
    - name: sold
      objective: 99.9
{slo}
      sli: {{events: {{total: t, bad: b}}}}
"""
SETTINGS = "apiVersion: slogen.dev/v1\nkind: Settings\nspec: {%s}\n"
WINDOWS = """\
apiVersion: slogen.dev/v1
kind: AlertWindows
metadata: {name: %s}
spec: {%s}
"""
TIER = "page: [{budget: 2, long: 1h, short: 5m}]"


def spec(slo: str = "", service: str = "") -> str:
    return SPEC.format(service=f"  {service}" if service else "", slo=f"      {slo}" if slo else "")


def findings(*texts: str, options: Options = NO_OPTIONS) -> list[tuple[str, str, str]]:
    sources = [Source(f"{i}.yaml", text) for i, text in enumerate(texts)]
    return [(d.code.id, str(d.at), d.at.text) for d in pipeline.compile(sources, options).report]


def resolved(*texts: str, options: Options = NO_OPTIONS) -> Slo:
    sources = [Source(f"{i}.yaml", text) for i, text in enumerate(texts)]
    result = pipeline.compile(sources, options)
    assert [f"{d.at} {d.message}" for d in result.report] == []
    [slo] = result.program.slos
    return slo


# which of several wins -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slo", "service", "option", "settings", "expected"),
    [
        ("", "", None, "", 30),
        ("", "", None, "window: 28d", 28),
        ("", "", 7, "window: 28d", 7),
        ("", "window: 14d", 7, "window: 28d", 14),
        ("window: 90d", "window: 14d", 7, "window: 28d", 90),
    ],
)
def test_the_window(slo: str, service: str, option: int | None, settings: str, expected: int) -> None:
    options = Options(Millis(option * DAY) if option else None)
    found = resolved(spec(slo, service), *([SETTINGS % settings] if settings else []), options=options)
    assert found.window == expected * DAY


@pytest.mark.parametrize("key", ["owner", "runbook", "dashboard"])
def test_the_nearest_place_wins(key: str) -> None:
    values = [f"https://{place}.example.com" for place in ("settings", "service", "slo")]
    settings = SETTINGS % f"{key}: '{values[0]}'"
    assert getattr(resolved(spec()), key) is None
    assert getattr(resolved(spec(), settings), key) == values[0]
    assert getattr(resolved(spec("", f"{key}: '{values[1]}'"), settings), key) == values[1]
    assert (
        getattr(resolved(spec(f"{key}: '{values[2]}'", f"{key}: '{values[1]}'"), settings), key) == values[2]
    )


def test_labels_add_up_and_the_nearest_value_wins() -> None:
    settings = SETTINGS % "labels: {a: settings, b: settings, c: settings, d: settings}"
    text = spec("labels: {c: slo}", "labels: {b: service, c: service}")
    slo = resolved(text, settings, options=Options(extra_labels={"d": "option"}))
    assert slo.labels == {"a": "settings", "b": "service", "c": "slo", "d": "option"}


def test_labels_of_alerts_add_up_and_the_nearest_value_wins() -> None:
    alerting = "alerting: {labels: {b: all, c: all}, page: {labels: {c: page}, severity: high}}"
    slo = resolved(spec(alerting, "labels: {a: service, b: service, c: service}"), SETTINGS % "owner: sre")
    page, ticket = slo.alerts
    identity = {"sloth_id": "shop-sold", "sloth_service": "shop", "sloth_slo": "sold"}
    named = {"service": "shop", "slo": "sold", "owner": "sre", "a": "service", "b": "all"}
    assert page.labels == identity | named | {"c": "page", "severity": "high", "sloth_severity": "page"}
    assert ticket.labels == identity | named | {"c": "all", "severity": "warning", "sloth_severity": "ticket"}
    assert slo.absence is not None
    assert slo.absence.labels["sloth_severity"] == "absent"


def test_the_owner_stands_in_the_label_that_settings_name() -> None:
    slo = resolved(spec("owner: shop"), SETTINGS % "owner_label: team")
    assert slo.owner == "shop"
    assert [alert.labels.get("team") for alert in slo.alerts] == ["shop", "shop"]
    assert "owner" not in slo.alerts[0].labels


@pytest.mark.parametrize(
    "label", ["sloth_id", "sloth_service", "sloth_slo", "sloth_severity", "sloth_window"]
)
@pytest.mark.parametrize(
    "place", ["alerting: {{labels: {{{}: x}}}}", "alerting: {{absent: {{labels: {{{}: x}}}}}}"]
)
def test_no_alert_is_tied_to_another_slo(label: str, place: str) -> None:
    found = findings(spec(place.format(label)))
    assert [code for code, *_ in found] == ["SLO204"]


def test_annotations_of_alerts_add_up_and_the_nearest_value_wins() -> None:
    alerting = "alerting: {annotations: {c: all, d: all}, ticket: {annotations: {d: ticket}}}"
    text = spec(f"annotations: {{b: slo}}\n      {alerting}", "annotations: {a: service, b: service}")
    slo = resolved(text, SETTINGS % "annotations: {a: settings, e: settings}")
    shared = {"a": "service", "b": "slo", "c": "all", "e": "settings"}
    assert [alert.annotations for alert in slo.alerts] == [shared | {"d": "all"}, shared | {"d": "ticket"}]


def test_a_label_of_the_grouping_is_not_fixed_on_the_alert() -> None:
    # `service` and `slo` are labels that slogen adds; the series' own value is the one to keep.
    slo = resolved(spec("group_by: [service, region]"))
    assert all("service" not in alert.labels for alert in slo.alerts)


def test_placeholders_of_links_are_filled_in() -> None:
    slo = resolved(spec(), SETTINGS % "runbook: 'https://x/{service}/{slo}?{slo}', dashboard: '/d/{service}'")
    assert (slo.runbook, slo.dashboard) == ("https://x/shop/sold?sold", "/d/shop")


def test_the_object_is_named_after_the_service() -> None:
    slo = resolved(
        spec().replace("service: shop", "service: My_Shop.v2"), SETTINGS % "manifest: {namespace: x}"
    )
    assert (slo.manifest.name, slo.manifest.namespace) == ("my-shop.v2", "x")
    assert slo.id == "My_Shop.v2-sold"


def test_the_profile_comes_from_settings_and_is_exact_else() -> None:
    assert resolved(spec()).profile is Profile.EXACT
    assert resolved(spec(), SETTINGS % "profile: cheap").profile is Profile.CHEAP
    assert resolved(spec("profile: exact"), SETTINGS % "profile: cheap").profile is Profile.EXACT


# alerts ----------------------------------------------------------------------------------------------------


def test_alerts_are_named_after_the_slo_or_as_the_author_says() -> None:
    slo = resolved(spec())
    assert {alert.name for alert in slo.alerts} == {"ShopSoldBudgetBurn"}
    assert slo.absence is not None
    assert slo.absence.name == "ShopSoldNoData"
    slo = resolved(spec("alerting: {name: ShopDown}"))
    assert {alert.name for alert in slo.alerts} == {"ShopDown"}
    assert slo.absence is not None
    assert slo.absence.name == "ShopDownNoData"


def test_disabled_alerts_are_gone() -> None:
    slo = resolved(spec("alerting: {page: {disable: true}, absent: {disable: true}}"))
    assert [alert.urgency.value for alert in slo.alerts] == ["ticket"]
    assert slo.absence is None
    assert len(slo.tiers) == 4


def test_an_alert_without_tiers_is_not_there() -> None:
    slo = resolved(spec("alert_windows: w"), WINDOWS % ("w", TIER))
    assert [alert.urgency.value for alert in slo.alerts] == ["page"]


@pytest.mark.parametrize(
    ("objective", "written", "minutes"),
    [
        # As long as a total outage needs to raise the ticket: 10 % of the budget of 30 days is 4.3 minutes at
        # 99.9 % and 43.2 minutes at 99 %; but at least ten minutes, and at most an hour.
        ("99.9", "", 10),
        ("99", "", 44),
        ("95", "", 60),
        ("99", "for: 15m", 15),
        ("99", "for: 0s", 0),
    ],
)
def test_how_long_missing_data_is_borne(objective: str, written: str, minutes: int) -> None:
    text = spec(f"alerting: {{absent: {{{written}}}}}").replace("99.9", objective)
    slo = resolved(text)
    assert slo.absence is not None
    assert slo.absence.for_ == minutes * 60_000


# alert windows ---------------------------------------------------------------------------------------------


def test_alert_windows_of_a_window_apply_to_it_alone() -> None:
    windows = WINDOWS % ("weekly", f"window: 7d, {TIER}")
    assert len(resolved(spec("window: 7d"), windows).tiers) == 1
    assert len(resolved(spec("window: 14d"), windows).tiers) == 4


def test_alert_windows_that_an_slo_names_win_over_those_of_its_window() -> None:
    named = WINDOWS % ("named", "ticket: [{budget: 10, long: 1d, short: 2h}]")
    weekly = WINDOWS % ("weekly", f"window: 7d, {TIER}")
    slo = resolved(spec("window: 7d\n      alert_windows: named"), named, weekly)
    assert [tier.urgency.value for tier in slo.tiers] == ["ticket"]


def test_alert_windows_come_from_settings_or_the_service_as_well() -> None:
    windows = WINDOWS % ("w", TIER)
    assert len(resolved(spec(), SETTINGS % "alert_windows: w", windows).tiers) == 1
    assert len(resolved(spec("", "alert_windows: w"), windows).tiers) == 1


def test_alert_windows_that_nobody_declares_are_found_where_they_are_named() -> None:
    assert findings(spec("alert_windows: w")) == [("SLO201", "0.yaml:9:22", "w")]
    assert findings(spec("", "alert_windows: w")) == [("SLO201", "0.yaml:5:18", "w")]
    assert findings(spec(), SETTINGS % "alert_windows: w") == [("SLO201", "1.yaml:3:23", "w")]


def test_alert_windows_that_look_back_further_than_the_objective() -> None:
    windows = WINDOWS % ("w", "page: [{budget: 2, long: 2d, short: 1h}]")
    found = findings(spec("window: 1d\n      alert_windows: w"), windows)
    assert found == [("SLO113", "0.yaml:9:15", "1d")]


@pytest.mark.parametrize(
    "broken",
    [
        "page: [{budget: 0, long: 1h, short: 5m}]",
        "page: [{budget: 2, long: 1h, short: 1h}]",
        "page: [{budget: 2, long: 1, short: 5m}]",
        "page: []",
        "pages: [{budget: 2, long: 1h, short: 5m}]",
    ],
)
def test_broken_alert_windows_are_one_finding(broken: str) -> None:
    """An SLO that names them is not wrong."""
    found = findings(spec("alert_windows: w"), WINDOWS % ("w", broken))
    assert len(found) == 1
    assert found[0][1].startswith("1.yaml")


def test_severities_follow_the_tiers_and_the_last_is_for_the_rest() -> None:
    three = "page: [{budget: 1, long: 1h, short: 5m}, {budget: 2, long: 2h, short: 10m}, "
    three += "{budget: 3, long: 3h, short: 15m}]"
    slo = resolved(spec(f"alert_windows: {{{three}}}\n      alerting: {{page: {{severity: [a, b]}}}}"))
    hours = [[tier.long // 3_600_000 for tier in alert.tiers] for alert in slo.alerts]
    assert [(alert.labels["severity"], found) for alert, found in zip(slo.alerts, hours, strict=True)] == [
        ("a", [1]),
        ("b", [2, 3]),
    ]


def test_tiers_of_one_severity_are_one_alert() -> None:
    slo = resolved(spec("alerting: {page: {severity: [a, a]}}"))
    assert [(alert.labels["severity"], len(alert.tiers)) for alert in slo.alerts] == [
        ("a", 2),
        ("warning", 2),
    ]


def test_alerts_may_have_names_of_their_own() -> None:
    slo = resolved(spec("alerting: {name: Shop, page: {name: Now}, absent: {name: Silent}}"))
    assert [alert.name for alert in slo.alerts] == ["Now", "Shop"]
    assert slo.absence is not None
    assert slo.absence.name == "Silent"


# intervals -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "intervals", ["fast: 4m", "slow: 4m59s", "long: 6h", "fast: 15s, slow: 1m, long: 5m"]
)
def test_intervals_come_from_settings(intervals: str) -> None:
    assert resolved(spec(), SETTINGS % f"intervals: {{{intervals}}}")


@pytest.mark.parametrize(
    ("intervals", "at"),
    [
        ("fast: 5m", "5m"),
        ("slow: 10m", "10m"),
        ("long: 7h", "7h"),
        ("long: 292y", "292y"),
        ("fast: 0s", "0s"),
    ],
)
def test_intervals_at_which_series_would_vanish_in_between(intervals: str, at: str) -> None:
    found = findings(spec(), SETTINGS % f"intervals: {{{intervals}}}")
    assert [(code, text) for code, _, text in found] == [("SLO113", at)]


@pytest.mark.parametrize(
    ("written", "fast", "slow", "long"),
    [
        ("default: 1m", 60, 60, 1_800),
        # As slow as Prometheus' lookback allows, and never slower than the settings for the long windows.
        ("default: 1h", 240, 240, 3_600),
        ("default: 30d", 240, 240, 21_600),
        ("default: 2m, alerts: 15s, metadata: 3m", 15, 180, 1_800),
        ("default: 2m, ratios: 20s, metadata: 10s", 20, 20, 1_800),
    ],
)
def test_an_slo_has_intervals_of_its_own(written: str, fast: int, slow: int, long: int) -> None:
    paces = resolved(spec(f"adjustments: [{{intervals: {{{written}}}}}]")).paces
    assert [paces.fast, paces.slow, paces.long] == [fast * 1_000, slow * 1_000, long * 1_000]


def test_the_last_intervals_of_an_slo_count() -> None:
    text = "adjustments: [{intervals: {default: 1m}}, {intervals: {default: 2m}}]"
    assert resolved(spec(text)).paces.fast == 120_000
