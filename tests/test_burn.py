"""Burn-rate arithmetic against the SRE workbook's own numbers (chapter 5, table 5-8)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slogen import burn, durations, pipeline
from slogen.ir import Compat, Millis, Slo, Tier, Urgency
from slogen.source import Source

THIRTY_DAYS = durations.parse("30d")


def factors(period: str) -> list[str]:
    millis = durations.parse(period)
    return [burn.decimal_text(burn.factor(tier, millis)) for tier in burn.default_tiers(millis)]


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ("30d", ["14.4", "6", "3", "1"]),
        ("28d", ["13.44", "5.6", "2.8", "0.933333333"]),
        ("90d", ["43.2", "18", "9", "3"]),
        # A week: what the workbook's shares give, but never a burn rate below 1.
        ("7d", ["3.36", "1.4", "1", "1"]),
        ("1d", ["1", "1", "1"]),
        ("12h", ["1", "1"]),
    ],
)
def test_factors_follow_from_budget_shares(period: str, expected: list[str]) -> None:
    assert factors(period) == expected


def test_the_workbooks_table() -> None:
    table = [
        (
            tier.urgency.value,
            durations.render(tier.long),
            durations.render(tier.short),
            str(tier.budget_share),
        )
        for tier in burn.default_tiers(THIRTY_DAYS)
    ]
    assert table == [
        ("page", "1h", "5m", "1/50"),
        ("page", "6h", "30m", "1/20"),
        ("ticket", "1d", "2h", "1/10"),
        ("ticket", "3d", "6h", "1/10"),
    ]


@pytest.mark.parametrize(
    ("objective", "fires"),
    [("93.05", False), ("93.06", True), ("90", False), ("99.9", True)],
)
def test_the_fast_page_needs_an_objective_above_93(objective: str, fires: bool) -> None:
    fast = burn.default_tiers(THIRTY_DAYS)[0]
    budget = (100 - Decimal(objective)) / 100
    assert burn.can_fire(fast, THIRTY_DAYS, budget) is fires
    assert burn.lowest_objective(fast, THIRTY_DAYS) == Decimal("93.06")


def test_a_threshold_of_exactly_one_never_fires() -> None:
    tier = Tier(Urgency.PAGE, durations.parse("1h"), durations.parse("5m"), Fraction(1, 72))
    assert burn.factor(tier, THIRTY_DAYS) == 10
    assert not burn.can_fire(tier, THIRTY_DAYS, Decimal("0.1"))
    assert burn.can_fire(tier, THIRTY_DAYS, Decimal("0.0999"))


def test_detection_of_a_total_outage() -> None:
    fast = burn.default_tiers(THIRTY_DAYS)[0]
    assert burn.detection(fast, THIRTY_DAYS, Decimal("0.001"), Fraction(1)) == Fraction(51_840)
    with pytest.raises(ValueError, match="below the threshold"):
        burn.detection(fast, THIRTY_DAYS, Decimal("0.001"), Fraction(1, 100))


RATIOS = st.fractions(min_value=Fraction(2, 1000), max_value=1)


@given(RATIOS, st.sampled_from(burn.default_tiers(THIRTY_DAYS)))
def test_a_tier_fires_when_its_budget_share_is_spent(ratio: Fraction, tier: Tier) -> None:
    budget = Decimal("0.001")
    if ratio <= burn.threshold(tier, THIRTY_DAYS, budget):
        with pytest.raises(ValueError, match="below the threshold"):
            burn.reset(tier, THIRTY_DAYS, budget, ratio)
        return
    elapsed = burn.detection(tier, THIRTY_DAYS, budget, ratio)
    assert burn.budget_spent(THIRTY_DAYS, budget, ratio, elapsed) == tier.budget_share
    gone = burn.exhaustion(THIRTY_DAYS, budget, ratio)
    assert burn.budget_spent(THIRTY_DAYS, budget, ratio, gone) == 1


@given(RATIOS, st.sampled_from(burn.default_tiers(THIRTY_DAYS)), st.fractions(min_value=1, max_value=10**4))
def test_a_tier_resolves_when_its_first_window_is_at_the_threshold(
    ratio: Fraction, tier: Tier, longer: Fraction
) -> None:
    budget = Decimal("0.001")
    limit = burn.threshold(tier, THIRTY_DAYS, budget)
    if ratio <= limit:
        return
    lasted = longer * burn.detection(tier, THIRTY_DAYS, budget, ratio)
    reset = burn.reset(tier, THIRTY_DAYS, budget, ratio)

    def seen(window: int, after: Fraction) -> Fraction:
        """The error ratio over a window, some time after errors that lasted for a while have ended."""
        return ratio * max(Fraction(0), min(lasted, window - after)) / window

    assert seen(tier.short, reset) == limit
    assert seen(tier.long, reset) >= limit
    assert seen(tier.short, reset * Fraction(9, 10)) > limit


def test_what_spends_nothing_never_exhausts_a_budget() -> None:
    with pytest.raises(ValueError, match="no errors"):
        burn.exhaustion(THIRTY_DAYS, Decimal("0.001"), Fraction(0))


def slo_of(more: str = "", compat: Compat | None = None) -> Slo:
    text = f"""\
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: shop
  slos:
    - {{name: sold, objective: 99.9, sli: {{events: {{total: a_total, bad: b_total}}}}{more}}}
"""
    result = pipeline.compile([Source("shop.yaml", text)], pipeline.Options(compat=compat))
    assert not result.report.failed
    return result.program.slos[0]


@pytest.mark.parametrize(
    ("more", "compat", "delays"),
    [
        ("", None, {"5m": "30s", "1h": "30s", "2h": "4m30s", "6h": "4m30s", "1d": "34m30s"}),
        (", profile: cheap", None, {"1h": "30s", "2h": "7m", "1d": "37m"}),
        (", adjustments: [{intervals: {default: 2m, alerts: 15s}}]", None, {"5m": "15s", "2h": "2m15s"}),
        # Sloth records all windows in one group, and its alerts in another.
        ("", Compat.SLOTH, {"5m": "2m", "3d": "2m"}),
        (
            ", adjustments: [{intervals: {default: 2m, alerts: 15s}}]",
            Compat.SLOTH,
            {"5m": "2m15s", "3d": "2m15s"},
        ),
    ],
)
def test_how_late_an_alert_is(more: str, compat: Compat | None, delays: dict[str, str]) -> None:
    slo = slo_of(more, compat)
    found = {window: burn.delay(slo, durations.parse(window)) for window in delays}
    assert found == {window: durations.parse(delay) for window, delay in delays.items()}


def test_an_alert_is_pending_for_whole_evaluations() -> None:
    slo = slo_of()
    waits = [burn.pending(slo, durations.parse(text)) for text in ("0s", "1s", "30s", "45s")]
    assert waits == [0, 30_000, 30_000, 60_000]


@pytest.mark.parametrize(
    ("objective", "minutes"), [("99.99", 10), ("99.9", 10), ("99.5", 22), ("99", 44), ("95", 60)]
)
def test_absence_is_borne_for_as_long_as_the_slowest_ticket(objective: str, minutes: int) -> None:
    tiers = burn.default_tiers(THIRTY_DAYS)
    budget = (100 - Decimal(objective)) / 100
    assert burn.bearable_absence(tiers, THIRTY_DAYS, budget) == minutes * 60_000


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Decimal("0.001"), "0.001"),
        (Fraction(144, 10), "14.4"),
        (Fraction(14, 15), "0.933333333"),
        (Decimal("0.00001"), "0.00001"),
        (Fraction(0), "0"),
        (Fraction(2_592_000), "2592000"),
        (Decimal("99.900"), "99.9"),
        (Fraction(1_234_567_891_234), "1234567890000"),
    ],
)
def test_numbers_in_expressions(number: Fraction | Decimal, text: str) -> None:
    assert burn.decimal_text(number) == text


@given(st.fractions(min_value=Fraction(1, 10**9), max_value=10**6))
def test_numbers_are_exact_to_nine_digits(number: Fraction) -> None:
    assert abs(Fraction(burn.decimal_text(number)) - number) <= number / 10**8


@given(st.integers(min_value=3_600_000, max_value=10**11))
def test_no_default_tier_alerts_on_a_service_that_meets_its_objective(period: int) -> None:
    millis = Millis(period)
    for tier in burn.default_tiers(millis):
        assert tier.long <= period
        assert burn.factor(tier, millis) >= Fraction(9, 10)
        assert tier.short < tier.long


@pytest.mark.parametrize(
    ("objective", "expected"),
    [
        ("99.9", ["0.0144", "0.006", "0.003", "0.001"]),
        ("94.45", ["0.7992", "0.333", "0.1665", "0.0555"]),
        ("93.5", ["0.8", "0.39", "0.195", "0.065"]),
        ("80", ["0.8", "0.8", "0.6", "0.2"]),
        # Half way between the errors that are allowed and a total outage.
        ("20", ["0.9", "0.9", "0.9", "0.8"]),
    ],
)
def test_fitted_tiers_fire_before_a_total_outage_and_after_the_objective(
    objective: str, expected: list[str]
) -> None:
    budget = (100 - Decimal(objective)) / 100
    tiers = burn.fitted(burn.default_tiers(THIRTY_DAYS), THIRTY_DAYS, budget)
    thresholds = [burn.threshold(tier, THIRTY_DAYS, budget) for tier in tiers]
    assert [burn.decimal_text(found) for found in thresholds] == expected
    assert all(Fraction(budget) <= found < 1 for found in thresholds)


def test_a_fitted_tier_says_what_it_spends() -> None:
    budget = Decimal("0.1")
    fast = burn.fitted(burn.default_tiers(THIRTY_DAYS), THIRTY_DAYS, budget)[0]
    # Four fifths of one hour of 720, with a tenth of them to spend.
    assert fast.budget_share == Fraction(8, 720)
