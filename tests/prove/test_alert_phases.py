from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slogen.promql.evaluation import Sample
from slogen.prove.alerts.phases import Phase, moving
from slogen.synthesis.worlds import Motion
from slogen.synthetic import Series
from slogen.units import Millis

MINUTE = 60_000
X = Series("x")
NUMBER = r"(?:\d+(?:\.\d+)?(?:e[+-]\d+)?|NaN|Inf)"
STEP = re.compile(rf"(?P<value>-?{NUMBER})(?P<each>[+-]{NUMBER})?(?:x(?P<times>\d+))?")


def expanded(text: str) -> list[Sample]:
    """The samples, a minute apart, that promtool makes of its notation."""
    found: list[Sample] = []
    at = 0
    for item in text.split():
        if item.startswith("_"):
            at += int(item[2:] or 1)
            continue
        if item == "stale":
            found.append((at * MINUTE, None))
            at += 1
            continue
        match = STEP.fullmatch(item)
        assert match, item
        value = float(match["value"])
        for _ in range(int(match["times"] or 0) + 1):
            found.append((at * MINUTE, value))
            value += float(match["each"] or 0)
            at += 1
    return found


def phase(minutes: int, motion: Motion | None) -> Phase:
    return Phase({} if motion is None else {X: motion}, Millis(minutes * MINUTE))


@pytest.mark.parametrize(
    ("phases", "text"),
    [
        ((phase(2, Motion(1)), phase(1, Motion(1)), phase(0, Motion(1))), "1x3"),
        ((phase(2, Motion(1)), phase(1, Motion(0.5))), "1x1 0.5x1"),
        ((phase(2, Motion(0, 0.1, "counter")), phase(1, Motion(7, 0.2, "counter"))), "0+6x1 12+12x1"),
        ((phase(2, None), phase(1, Motion(3, 0, "counter"))), "_x2 3x1"),
        ((phase(2, Motion(1)), phase(3, None)), "1x1 stale _x3"),
        ((phase(2, Motion(1)), phase(3, None), phase(1, None)), "1x1 stale _x4"),
        ((phase(2, Motion(-90, 1, "time")), phase(2, Motion(-10, 0, "time"))), "-90+60x1 110x2"),
        ((phase(3, Motion(5, -0.05)),), "5-3x3"),
        ((phase(1, Motion(float("nan"))), phase(1, Motion(float("inf")))), "NaN Infx1"),
    ],
)
def test_the_notation_of_promtool(phases: tuple[Phase, ...], text: str) -> None:
    (found,) = moving(phases, Millis(MINUTE))
    assert " ".join(found.written.values) == text


motions = st.none() | st.builds(
    Motion,
    st.integers(-1000, 1000) | st.floats(-1e6, 1e6),
    st.sampled_from((0.0, 0.1, 1 / 3, 250.0)),
    st.sampled_from(("gauge", "counter", "time")),
)


@given(st.lists(st.tuples(st.integers(0, 5), motions), min_size=1, max_size=5))
def test_what_is_written_is_what_is_evaluated(parts: list[tuple[int, Motion | None]]) -> None:
    phases = [phase(minutes, motion) for minutes, motion in parts]
    for found in moving(phases, Millis(MINUTE)):
        assert found.samples(Millis(MINUTE)) == expanded(" ".join(found.written.values))
        assert sum(run.count for run in found.runs) == sum(minutes for minutes, _ in parts) + 1
