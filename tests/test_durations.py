"""Durations as Prometheus reads and prints them, and the advice for texts that are none."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slogen import durations
from slogen.durations import DurationError
from slogen.ir import Millis

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
LONGEST = (2**63 - 1) // 1_000_000


@pytest.mark.parametrize(
    ("text", "millis"),
    [
        ("0", 0),
        ("0s", 0),
        ("0y0ms", 0),
        ("1ms", 1),
        ("500ms", 500),
        ("300s", 300 * SECOND),
        ("5m", 5 * MINUTE),
        ("05m", 5 * MINUTE),
        ("90m", 90 * MINUTE),
        ("1h30m", 90 * MINUTE),
        ("1d12h", 36 * HOUR),
        ("28d", 28 * DAY),
        ("4w", 28 * DAY),
        ("1y", 365 * DAY),
        ("1y2w3d4h5m6s7ms", 382 * DAY + 4 * HOUR + 5 * MINUTE + 6 * SECOND + 7),
        ("1y7ms", 365 * DAY + 7),
        (f"{'0' * 5_000}7s", 7 * SECOND),
        ("292y", 292 * 365 * DAY),
        (f"{LONGEST}ms", LONGEST),
    ],
)
def test_reads_what_prometheus_reads(text: str, millis: int) -> None:
    assert durations.parse(text) == millis


@pytest.mark.parametrize(
    ("text", "problem", "remedy"),
    [
        ("", "a duration is missing", "write a number and a unit, such as `5m`"),
        (" \t", "a duration is missing", "write a number and a unit, such as `5m`"),
        ("1.5h", "`1.5h` has a fraction", "write `1h30m`"),
        ("1,5h", "`1,5h` has a fraction", "write `1h30m`"),
        (".5d", "`.5d` has a fraction", "write `12h`"),
        ("0.0s", "`0.0s` has a fraction", "write `0s`"),
        ("1.5", "`1.5` has a fraction", "write `1s500ms`"),
        ("0.0005s", "`0.0005s` is not a whole number of milliseconds", "write `1ms`"),
        ("300", "`300` has no unit", "write `300s` or `5m`"),
        ("30", "`30` has no unit", "write `30s`"),
        ("00", "`00` has no unit", "write `0s`"),
        ("1h30", "`1h30` has a number without a unit", "write `1h30m`"),
        ("1h90", "`1h90` has a number without a unit", "write `1h90m` or `2h30m`"),
        ("-5m", "`-5m` is negative", "write `5m`"),
        ("\u22125m", "`\u22125m` is negative", "write `5m`"),
        ("-0", "`-0` is negative", "write `0s`"),
        ("+5m", "`+5m` has a sign", "write `5m`"),
        ("30m1h", "`30m1h` does not start with its largest unit", "write `1h30m`"),
        ("5ms5s", "`5ms5s` does not start with its largest unit", "write `5s5ms`"),
        ("1h1h", "`1h1h` has the unit `h` twice", "write `2h`"),
        ("1h2m3h", "`1h2m3h` has the unit `h` twice", "write `4h2m`"),
        ("5M", "`5M` has the unknown unit `M`", "write `5m`"),
        ("2Days", "`2Days` has the unknown unit `Days`", "write `2d`"),
        ("5 minutes", "`5 minutes` has the unknown unit `minutes`", "write `5m`"),
        ("5minuets", "`5minuets` has the unknown unit `minuets`", "did you mean `m`?"),
        ("5q", "`5q` has the unknown unit `q`", "the units are y, w, d, h, m, s, ms"),
        ("1e3s", "`1e3s` has the unknown unit `e`", "the units are y, w, d, h, m, s, ms"),
        ("3months", "`3months` counts in months, which differ in length", "write days, such as `30d`"),
        ("500us", "`500us` is finer than a millisecond", "write at least `1ms`"),
        ("500µs", "`500µs` is finer than a millisecond", "write at least `1ms`"),
        ("5\uff4d", "`5\uff4d` has the unknown unit `\uff4d`", "the units are y, w, d, h, m, s, ms"),
        ("\uff15m", "`\uff15m` has digits other than 0 to 9", "write `5m`"),
        ("\u0663d", "`\u0663d` has digits other than 0 to 9", "write `3d`"),
        ("1h 30m", "`1h 30m` has a space in it", "write `1h30m`"),
        ("5m\n", "`5m ` has a space in it", "write `5m`"),
        ("293y", "`293y` is longer than Prometheus can count", "write at most `292y`"),
        (
            f"{LONGEST + 1}ms",
            f"`{LONGEST + 1}ms` is longer than Prometheus can count",
            "write at most `292y`",
        ),
        ("9" * 5_000 + "h", f"`{'9' * 39}…` is longer than Prometheus can count", "write at most `292y`"),
        ("9" * 5_000, f"`{'9' * 39}…` is longer than Prometheus can count", "write at most `292y`"),
        ("soon", "`soon` is not a duration", "write whole numbers with units, such as `5m` or `1h30m`"),
        ("m", "`m` is not a duration", "write whole numbers with units, such as `5m` or `1h30m`"),
        ("²s", "`²s` is not a duration", "write whole numbers with units, such as `5m` or `1h30m`"),
        ("1_000s", "`1_000s` is not a duration", "write whole numbers with units, such as `5m` or `1h30m`"),
        (
            "{{.window}}",
            "`{{.window}}` is not a duration",
            "write whole numbers with units, such as `5m` or `1h30m`",
        ),
    ],
)
def test_says_what_is_wrong_and_what_to_write(text: str, problem: str, remedy: str) -> None:
    with pytest.raises(DurationError) as caught:
        durations.parse(text)
    assert (caught.value.problem, caught.value.remedy) == (problem, remedy)
    assert str(caught.value) == f"{problem}: {remedy}"


@pytest.mark.parametrize(
    ("millis", "text"),
    [
        (0, "0s"),
        (1, "1ms"),
        (1_500, "1s500ms"),
        (30 * SECOND, "30s"),
        (5 * MINUTE, "5m"),
        (90 * MINUTE, "1h30m"),
        (24 * HOUR, "1d"),
        (36 * HOUR, "1d12h"),
        (7 * DAY, "1w"),
        (28 * DAY, "4w"),
        (30 * DAY, "30d"),
        (90 * DAY, "90d"),
        (91 * DAY, "13w"),
        (365 * DAY, "1y"),
        (366 * DAY, "366d"),
        (371 * DAY, "53w"),
        (730 * DAY, "2y"),
        (7 * 365 * DAY, "7y"),
        (28 * DAY + 1, "28d1ms"),
        (LONGEST, "106751d23h47m16s854ms"),
    ],
)
def test_prints_as_prometheus_does(millis: int, text: str) -> None:
    assert durations.render(Millis(millis)) == text


@pytest.mark.parametrize(
    ("millis", "text"),
    [
        (0, "0 seconds"),
        (1, "1 millisecond"),
        (500, "500 milliseconds"),
        (SECOND, "1 second"),
        (1_500, "1 second 500 milliseconds"),
        (90 * SECOND, "90 seconds"),
        (5 * MINUTE, "5 minutes"),
        (90 * MINUTE, "90 minutes"),
        (150 * MINUTE, "2 hours 30 minutes"),
        (HOUR, "1 hour"),
        (DAY, "1 day"),
        (36 * HOUR, "36 hours"),
        (3 * DAY, "3 days"),
        (28 * DAY, "28 days"),
        (365 * DAY, "365 days"),
        (100 * HOUR, "4 days 4 hours"),
    ],
)
def test_words_are_for_people(millis: int, text: str) -> None:
    assert durations.words(Millis(millis)) == text


@pytest.mark.parametrize("write", [durations.render, durations.words])
def test_there_is_no_negative_duration(write: object) -> None:
    assert callable(write)
    with pytest.raises(ValueError, match="cannot be negative: -1 ms"):
        write(-1)


@given(st.one_of(st.integers(0, LONGEST), st.integers(0, 400).map(lambda days: days * DAY)))
@settings(deadline=None)
def test_what_is_printed_reads_back(millis: int) -> None:
    assert durations.parse(durations.render(Millis(millis))) == millis


@given(st.integers(0, LONGEST))
@settings(deadline=None)
def test_words_name_the_same_length(millis: int) -> None:
    lengths = {"day": DAY, "hour": HOUR, "minute": MINUTE, "second": SECOND, "millisecond": 1}
    said = durations.words(Millis(millis)).split(" ")
    counted = zip(said[::2], said[1::2], strict=True)
    assert sum(int(count) * lengths[name.removesuffix("s")] for count, name in counted) == millis


NEARLY = st.lists(
    st.tuples(
        st.sampled_from(["", "", "", "-", "+", " "]),
        st.one_of(
            st.integers(0, 10**25).map(str), st.integers(0, 99).map(str), st.text("0123456789.,_", max_size=6)
        ),
        st.sampled_from(
            ["y", "w", "d", "h", "m", "s", "ms", "", " ", "M", "hour", "us", "months", "x", "ｍ"]
        ),
    ).map("".join),
    max_size=8,
).map("".join)


@given(st.one_of(NEARLY, st.text(max_size=12)))
@settings(deadline=None)
def test_every_text_is_a_duration_or_explained(text: str) -> None:
    """The grammar of Prometheus decides which of the two; advice to write something else can be followed."""
    grammar = r"([0-9]+y)?([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?"
    lengths = {"y": 365 * DAY, "w": 7 * DAY, "d": DAY, "h": HOUR, "m": MINUTE, "s": SECOND, "ms": 1}
    valid = text == "0" or (text != "" and re.fullmatch(grammar, text) is not None)
    counts = re.findall(r"([0-9]+)(ms|[ywdhms])", text) if valid else []
    total = sum(int(number) * lengths[unit] for number, unit in counts)
    if valid and total <= LONGEST:
        assert durations.parse(text) == total
        return
    with pytest.raises(DurationError) as caught:
        durations.parse(text)
    assert "\n" not in str(caught.value)
    for advice in re.findall(r"`([^`]+)`", caught.value.remedy):
        if not caught.value.remedy.startswith("did you mean"):
            durations.parse(advice)
