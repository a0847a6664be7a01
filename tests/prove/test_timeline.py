"""The arithmetic of scenarios: windows over phases, tiers, and how long conditions hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slogen.prove.timeline import Phase, TierModel, Timeline, any_tier, firing
from slogen.units import Millis

MINUTE = 60_000


def phase(minutes: int, bad: float = 0.0, traffic: float = 1.0) -> Phase:
    return Phase(Millis(minutes * MINUTE), bad, traffic)


@pytest.mark.parametrize(
    ("phases", "window", "at", "ratio"),
    [
        ((phase(10, 0.5),), 5, 10, 0.5),
        ((phase(10), phase(10, 1.0)), 20, 20, 0.5),
        ((phase(10), phase(10, 1.0)), 5, 12, 0.4),
        # Events count, not time: the busy past outweighs the present.
        ((phase(10, 0.0, 9.0), phase(10, 1.0)), 20, 20, 0.1),
        # A window that begins before the first event sees all there is.
        ((phase(10), phase(10, 1.0)), 600, 20, 0.5),
        ((phase(10, 1.0, 0.0),), 5, 10, 0.0),
    ],
)
def test_the_ratio_of_a_window_is_bad_events_over_all(
    phases: tuple[Phase, ...], window: int, at: int, ratio: float
) -> None:
    assert Timeline(phases).ratio(window * MINUTE, at * MINUTE) == pytest.approx(ratio)


phases_strategy = st.lists(
    st.builds(phase, st.integers(1, 30), st.floats(0, 1), st.floats(0, 50)), min_size=1, max_size=6
)


@given(phases_strategy, st.integers(1, 200), st.integers(1, 180))
def test_a_ratio_is_within_its_bounds_and_those_within_0_and_1(
    phases: list[Phase], window: int, at: int
) -> None:
    timeline = Timeline(tuple(phases), missing=MINUTE, extra=MINUTE)
    least, greatest = timeline.ratios(window * MINUTE, at * MINUTE)
    ratio = timeline.ratio(window * MINUTE, at * MINUTE)
    assert -1e-9 <= least <= ratio <= greatest <= 1 + 1e-9


@given(phases_strategy, st.integers(1, 60))
def test_the_period_that_is_counted_in_hours_is_that_of_all_events(phases: list[Phase], step: int) -> None:
    """Consecutive slices of a step add up to everything."""
    timeline = Timeline(tuple(phases))
    length = step * MINUTE
    at = timeline.end // length * length
    if at:
        counted = timeline.counted(length, 10**12, length, at)
        assert counted == pytest.approx(timeline.ratio(at, at), abs=1e-9)


def test_a_tier_needs_both_windows() -> None:
    timeline = Timeline((phase(60), phase(10, 0.5), phase(10)))
    tier = TierModel(5 * MINUTE, 60 * MINUTE, 0.05)
    assert [tier.holds(timeline, at * MINUTE) for at in (60, 63, 70, 80)] == [False, False, True, False]
    assert tier.exceeds(timeline, 63 * MINUTE) == (True, False)
    assert tier.exceeds(timeline, 80 * MINUTE) == (False, True)


def test_what_is_too_close_to_the_threshold_is_left_open() -> None:
    timeline = Timeline((phase(60, 0.05),))
    assert TierModel(5 * MINUTE, 60 * MINUTE, 0.05).holds(timeline, 60 * MINUTE) is None
    assert any_tier([TierModel(5, 60, 0.05), TierModel(5, 60, 0.01)], timeline)(60 * MINUTE) is True


@pytest.mark.parametrize(
    ("conditions", "for_", "states"),
    [
        ([False, True, True], 0, (False, True, True)),
        ([False, True, True, True], 2, (False, False, False, True)),
        ([True, False, True, True], 1, (False, False, False, True)),
        ([True, None, True, True], 1, (False, None, None, True)),
        ([None, True, True, True], 2, (False, False, None, True)),
    ],
)
def test_an_alert_fires_when_its_condition_has_held_for_long_enough(
    conditions: list[bool | None], for_: int, states: tuple[bool | None, ...]
) -> None:
    assert firing(lambda at: conditions[at], for_, range(len(conditions))) == states
