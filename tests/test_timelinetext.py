"""The page about an SLO: its text, and what it says against the rules in a real promtool."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path

import pytest

import promtool
from slogen import burn, pipeline, timelinetext
from slogen.ir import Compat, Slo
from slogen.source import Source

SPEC = """\
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: shop
  slos:
    - name: sold
      objective: 99.9
      window: 28d
      group_by: [zone]
      description: Orders are taken.
      sli: {events: {total: orders_total, bad: failures_total}}
      alerting: {page: {for: 1m}}
"""

PAGE = """\
shop sold
  shop-sold, written at shop.yaml:6
  Orders are taken.

  Objective  99.9% of the events are good over 28 days
             for each zone by itself
  Budget     0.1% of the events may be bad: 1,000 of every 1,000,000
             or 40m 19s of total outage

When the alerts fire: after errors begin, from none, at a constant ratio, at most
  alert   windows   burn rate  fires above  at 100% bad  at 1% bad  budget spent  resolves
  page    1h / 5m   13.44      1.344%       2m 19s       never      2%            5m 26s
  page    6h / 30m  5.6        0.56%        7m 31s       3h 28m     5%            30m 20s
  ticket  1d / 2h   2.8        0.28%        38m 32s      7h 18m     10%           2h 5m
  ticket  3d / 6h   0.9333     0.09333%     38m 32s      7h 18m     10%           6h 5m

By the share of events that are bad: when each fires, the budget spent by then, when it
resolves after the errors end; all at most
         bad  burn rate  page     spent  ticket   spent  budget gone  page ends  ticket ends
        100%       1000  2m 19s   5.7%   38m 32s  96%    40m 19s      30m 20s    6h 5m
         50%        500  3m 7s    3.9%   42m 34s  53%    1h 21m       30m 10s    6h 4m
         10%        100  9m 34s   2.4%   1h 15m   19%    6h 43m       28m 50s    6h 2m
          5%         50  17m 38s  2.2%   1h 56m   14%    13h 26m      27m 9s     5h 58m
    > 1.344%      13.44  1h 2m    2%     5h 35m   11%    2d 2h        18m        5h 40m
          1%         10  3h 28m   5.1%   7h 18m   11%    2d 19h       13m 42s    5h 31m
     > 0.56%        5.6  6h 6m    5.1%   12h 35m  10%    5d           30s        5h 5m
     > 0.28%        2.8  never           1d 1h    10%    10d                     4h 5m
        0.1%          1  never           2d 20h   10%    28d                     28m 30s
  > 0.09333%     0.9333  never           3d 1h    10%    never                   4m 30s

How long it takes, by the share of events that are bad; times on a logarithmic scale
  █ the page fires   ▒ only the ticket fires   ✕ the budget is gone

     bad  after errors begin                                    after they end
    100%  ···········████████████✕████████████████████████████  ████████████████████▒▒▒▒▒▒▒▒▒···
     50%  ············█████████████✕██████████████████████████  ████████████████████▒▒▒▒▒▒▒▒▒···
     20%  ···············██████████████✕██████████████████████  ████████████████████▒▒▒▒▒▒▒▒▒···
     10%  ·················███████████████✕███████████████████  ████████████████████▒▒▒▒▒▒▒▒▒···
      5%  ····················███████████████✕████████████████  ███████████████████▒▒▒▒▒▒▒▒▒▒···
      2%  ·······················████████████████✕████████████  ███████████████████▒▒▒▒▒▒▒▒▒▒···
      1%  ······························████████████✕█████████  █████████████████▒▒▒▒▒▒▒▒▒▒▒▒···
    0.5%  ····································▒▒▒▒▒▒▒▒▒✕▒▒▒▒▒▒  ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒···
    0.2%  ········································▒▒▒▒▒▒▒▒▒✕▒▒  ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒·····
    0.1%  ··········································▒▒▒▒▒▒▒▒▒▒  ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒············
   0.05%  ····················································  ································
          10s    1m        10m    1h      6h    1d  3d  7d      10s   1m       10m    1h     6h

Alerts are evaluated every 30s.
The times include evaluation intervals and `for` (1m), but not the scrape interval.
Missing data is told by ShopSoldNoData, which waits for 10 minutes.
"""


def slos(text: str, compat: Compat | None = None) -> tuple[Slo, ...]:
    result = pipeline.compile([Source("shop.yaml", text)], pipeline.Options(compat=compat))
    assert [f"{d.at} {d.message}" for d in result.report if d.severity == "error"] == []
    return result.program.slos


def test_the_page() -> None:
    assert timelinetext.text(slos(SPEC)[0]) == PAGE


def test_the_page_in_ascii() -> None:
    blocks = str.maketrans({"█": "#", "▒": "+", "·": ".", "✕": "X"})
    assert timelinetext.text(slos(SPEC)[0], ascii_only=True) == PAGE.translate(blocks)
    assert PAGE.translate(blocks).isascii()


SLI = "sli: {events: {total: orders_total, bad: failures_total}}"
ODD_SLOS = {
    "nine nines": "objective: 99.9999999, alerting: {page: {disable: true}}",
    "a severity for each tier": (
        "objective: 99.999, window: 90d, alerting: {page: {severity: [p1, p2], for: 2m}}"
    ),
    "a short period": "objective: 99, window: 1h",
    "each series": "objective: 99, window: 7d, profile: cheap, each_series: true",
    "few good": "objective: 50, alert_windows: {page: [{budget: 2, long: 1d, short: 2h}]}",
    "a late page": "objective: 99.9, alert_windows: {page: [{budget: 50, long: 1d, short: 2h}]}",
    "no alert": "objective: 99.9, alerting: {page: {disable: true}, ticket: {disable: true}}",
}


def odd(what: str, compat: Compat | None = None) -> str:
    head = SPEC.partition("    - name")[0]
    return timelinetext.text(slos(f"{head}    - {{name: sold, {ODD_SLOS[what]}, {SLI}}}\n", compat)[0])


@pytest.mark.parametrize("compat", [None, Compat.SLOTH])
@pytest.mark.parametrize("what", ODD_SLOS)
def test_a_hundred_columns(what: str, compat: Compat | None) -> None:
    assert [line for line in odd(what, compat).splitlines() if len(line) > 100 or line != line.rstrip()] == []


@pytest.mark.parametrize(
    ("what", "compat", "expected"),
    [
        ("nine nines", None, "It raises no page."),
        ("no alert", None, "It raises no alert on its budget."),
        ("no alert", None, "or 43m 12s of total outage"),
        ("each series", None, "for each series by itself"),
        ("a severity for each tier", None, "  page p2  6h / 30m  18 "),
        ("a severity for each tier", None, "and `for` (2m), but"),
        ("a late page", None, "Above 0.1% and up to 1.5% the budget is spent too fast, and nobody is told."),
        ("a late page", None, "█ the page fires   ✕ the budget is gone"),
        ("a late page", Compat.SLOTH, "Alerts are evaluated every 1m, if Prometheus evaluates as often"),
        ("few good", None, "or 15d of total outage"),
    ],
)
def test_what_is_odd_is_told(what: str, compat: Compat | None, expected: str) -> None:
    assert expected in odd(what, compat)


@pytest.mark.parametrize(
    ("millis", "up", "expected"),
    [
        (Fraction(51_840), True, "52s"),
        (Fraction(518_400), True, "8m 39s"),
        (Fraction(2_419_200), False, "40m 19s"),
        (Fraction(59_999_999, 1000), True, "1m"),
        (Fraction(86_399_000), True, "1d"),
        (Fraction(90_000_000), True, "1d 1h"),
        (Fraction(242), False, "242ms"),
        (Fraction(1, 1000), True, "1ms"),
        (Fraction(0), True, "0s"),
        (Fraction(3_600_000), True, "1h"),
        (Fraction(25_401_600_000), True, "294d"),
    ],
)
def test_times(millis: Fraction, up: bool, expected: str) -> None:
    assert timelinetext.time_text(millis, up=up) == expected


@pytest.mark.parametrize("percent", [100, 10, 2])
def test_the_rules_do_what_the_page_says(tmp_path: Path, percent: int) -> None:
    """An hour without errors, one with, one after: a tier fires and resolves no sooner than is ideal, and no
    later than the page says and one scrape more."""
    spec = SPEC.replace("group_by: [zone]", "alert_windows: {page: [{budget: 2, long: 1h, short: 5m}]}")
    spec = spec.replace("for: 1m", "disable: false")
    (slo,) = slos(spec)
    alert, tier = slo.alerts[0], slo.tiers[0]
    ratio = Fraction(percent, 100)
    firing = timelinetext.times(slo, alert, tier, ratio)
    assert firing is not None
    ideal = burn.detection(tier, slo.window, slo.budget, ratio)
    ends = burn.reset(tier, slo.window, slo.budget, ratio)
    hour, scrape = 3600, 15
    query = 'count(ALERTS{alertstate="firing",sloth_severity="page"})'
    checks = [
        (hour + _evaluation(ideal, before=True), False),
        (hour + scrape + _evaluation(firing.after), True),
        # Since Prometheus 3 a window of 5m holds one sample less.
        (2 * hour - scrape + _evaluation(ends, before=True), True),
        (2 * hour + scrape + _evaluation(firing.until), False),
    ]
    samples = hour // scrape
    outcome = promtool.run_tests(
        tmp_path,
        promtool.compiled(spec)["rules/shop.yaml"],
        {
            "orders_total": f"0+1500x{4 * samples}",
            "failures_total": f"0+0x{samples} {15 * percent}+{15 * percent}x{samples - 1}"
            f" {15 * percent * samples}+0x{samples}",
        },
        expressions=[(f"{at}s", query, [("{}", 1.0)] if fires else []) for at, fires in checks],
        every="15s",
        samples=f"{scrape}s",
    )
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


def _evaluation(millis: Fraction, *, before: bool = False) -> int:
    """The evaluation, in seconds, at a time or right after it; the last one `before` it."""
    count = Fraction(millis, 15_000)
    return 15 * (math.ceil(count) - 1 if before else math.ceil(count))
