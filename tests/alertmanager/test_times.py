"""Instants within time intervals, as the documentation of Alertmanager has it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from slogen.alertmanager.times import NamedTimes
from slogen.alertmanagerspec.intervals import read_times
from slogen.diagnostics import Report
from slogen.source import Source, documents


def times(text: str) -> NamedTimes:
    report = Report()
    (node,) = documents(Source("times.yaml", text)).nodes
    found = read_times("a", node, report)
    assert report.diagnostics == ()
    return found


OFFICE = "[{weekdays: ['monday:friday'], times: [{start_time: '09:00', end_time: '17:00'}]}]"
BERLIN = "[{times: [{start_time: '09:00', end_time: '10:00'}], location: Europe/Berlin}]"


@pytest.mark.parametrize(
    ("text", "instant", "expected"),
    [
        ("[{}]", "2026-01-01T00:00", True),
        ("[]", "2026-01-01T00:00", False),
        ("[{weekdays: []}]", "2026-01-01T00:00", False),
        ("[{weekdays: [sunday]}]", "2026-11-22T23:59", True),
        ("[{weekdays: [sunday]}]", "2026-11-23T00:00", False),
        ("[{weekdays: [null]}]", "2026-11-22T12:00", True),
        (OFFICE, "2026-11-23T08:59", False),
        (OFFICE, "2026-11-23T09:00", True),
        (OFFICE, "2026-11-23T16:59", True),
        (OFFICE, "2026-11-23T17:00", False),
        (OFFICE, "2026-11-22T12:00", False),
        ("[{times: [{start_time: '22:00', end_time: '24:00'}]}]", "2026-11-22T23:59", True),
        # In summer Berlin is two hours ahead of UTC, in winter one.
        (BERLIN, "2026-07-01T07:30", True),
        (BERLIN, "2026-12-01T07:30", False),
        (BERLIN, "2026-12-01T08:30", True),
        ("[{weekdays: [monday], location: Asia/Tokyo}]", "2026-11-22T15:00", True),
        ("[{days_of_month: ['-1']}]", "2028-02-29T12:00", True),
        ("[{days_of_month: ['-1']}]", "2028-02-28T12:00", False),
        ("[{days_of_month: ['-3:-1']}]", "2026-04-28T12:00", True),
        ("[{days_of_month: ['30:31']}]", "2026-02-28T12:00", False),
        ("[{days_of_month: ['27:31']}]", "2026-02-28T12:00", True),
        ("[{days_of_month: ['-31:-30']}]", "2026-02-01T12:00", False),
        ("[{days_of_month: ['1:-1']}]", "2026-02-28T12:00", True),
        ("[{months: ['november:12'], years: ['2026']}]", "2026-11-22T12:00", True),
        ("[{months: ['november:12'], years: ['2025']}]", "2026-11-22T12:00", False),
        ("[{months: [may]}, {years: ['2020:2030']}]", "2026-11-22T12:00", True),
    ],
)
def test_contains(text: str, instant: str, expected: bool) -> None:
    assert times(text).contains(datetime.fromisoformat(instant).replace(tzinfo=UTC)) is expected
