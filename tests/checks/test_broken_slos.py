"""SLOs that cannot work (SLO409 to SLO414), and their neighbours that do."""

from __future__ import annotations

import math
import random
from textwrap import indent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slogen import pipeline, promql
from slogen.promql.evaluation import Failed, Storage, Unknown, evaluate
from slogen.promql.meaning import empty_by, meaning_of
from slogen.source import Source
from slogen.synthesis.signs import ratio_is_never_positive

CODES = frozenset(f"SLO4{number:02d}" for number in range(9, 15))
HEAD = """\
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: ferry
  slos:
    - name: crossings
      objective: 99
      sli:
"""


def found(sli: str) -> set[str]:
    """The codes of broken SLOs that an indicator is reported with."""
    text = HEAD + indent(sli.replace("[w]", "[{{.window}}]").replace("[w:", "[{{.window}}:"), " " * 8)
    report = pipeline.compile([Source("ferry.yaml", text)]).report
    codes = {diagnostic.code.id for diagnostic in report}
    assert codes <= CODES, [f"{d.at} {d.code.id} {d.message}" for d in report]
    return codes


def bad(query: str, total: str = "sum(rate(a[w]))") -> str:
    return f"query:\n  total: '{total}'\n  bad: '{query}'\n"


def good(query: str, total: str = "sum(rate(a[w]))") -> str:
    return f"query:\n  total: '{total}'\n  good: '{query}'\n"


def ratio(query: str) -> str:
    return f"ratio:\n  error: '{query}'\n"


CLICKS = "sum(rate(d_seconds_count[w]))"
FAST = 'sum(rate(d_seconds_bucket{le="0.5"}[w]))'

BROKEN = {
    "SLO409": (
        bad('sum(rate(a{c="200"}[w])) - sum(rate(a[w]))'),
        bad('sum by (x) (rate(a{c=~"2.."}[w])) - sum by (x) (rate(a[w]))'),
        bad(f"{FAST} - {CLICKS}", CLICKS),
        bad('sum(rate(d_bucket{le="0.5"}[w])) - sum(rate(d_bucket{le="2.5"}[w]))'),
        bad("sum(rate(a_success_total[w])) - sum(rate(a_total[w]))", "sum(rate(a_total[w]))"),
        bad('(sum(rate(a{c=~"5.."}[w])) - sum(rate(a[w]))) or vector(0)'),
        bad('-sum(rate(a{c="500"}[w]))'),
        bad("0 * sum(rate(a[w]))"),
        bad("sum_over_time((p == 0)[w:1m])", "count_over_time(p[w])"),
        good("sum(rate(a[w]))", 'sum(rate(a{c!="404"}[w]))'),
        ratio('sum(rate(a{c=~"2.."}[w])) / sum(rate(a[w])) - 1'),
        ratio('1 - sum(rate(a[w])) / sum(rate(a{c!="404"}[w]))'),
    ),
    "SLO410": (
        bad("sum by (x) (rate(a[w])) - sum by (y) (rate(b[w]))"),
        ratio("sum(rate(b[w])) / sum by (pod) (rate(a[w]))"),
        ratio("sum by (pod) (rate(b[w])) / on (pod) sum by (instance) (rate(a[w]))"),
        ratio("1 - (sum by (pod) (rate(b[w])) / sum by (instance) (rate(a[w])))"),
        ratio('rate(a{c="5"}[w]) / sum(rate(a[w]))'),
        ratio('sum by (job) (rate(a{job="x"}[w])) / sum by (job) (rate(a{job="y"}[w]))'),
        ratio("(sum by (pod) (rate(a[w])) and sum by (job) (rate(b[w]))) / sum by (pod) (rate(a[w]))"),
        ratio("(sum by (pod) (rate(a[w])) / sum by (job) (rate(b[w]))) or vector(0)"),
        "condition: {metric: sum by (pod) (a) / sum by (job) (b), good_when: '< 3'}\n",
    ),
    "SLO411": (
        bad("sum(increase(b[w]))"),
        bad("sum(rate(b[w]))", "sum(increase(a[w]))"),
        bad("sum_over_time(b[w])"),
        bad("avg_over_time(b[w])", "count_over_time(b[w])"),
        good("(sum(increase(b[w])) or vector(0))"),
        ratio("1 - sum(rate(b[w])) / sum(increase(a[w]))"),
    ),
    "SLO412": (
        ratio("histogram_quantile(0.9, sum by (pod) (rate(a_bucket[w]))) > bool 0.5"),
        ratio("max(histogram_quantile(0.9, sum without (le) (rate(a_bucket[w])))) > bool 0.5"),
        "condition: {metric: 'histogram_quantile(0.9, sum(rate(a_bucket[5m])))', good_when: '< 3'}\n",
    ),
    "SLO413": (
        bad("sum(rate(mail_queue_size[w]))"),
        bad("sum(rate(b[w]))", "sum(rate(up[w]))"),
        "events: {total: jobs_total, bad: jobs_in_flight}\n",
    ),
    "SLO414": (
        bad('sum(rate(a{code="200"}[w]))'),
        bad('sum(rate(a{code!~"[45].."}[w])) or vector(0)'),
        bad('sum(rate(a[w])) - sum(rate(a{code=~"5.."}[w]))'),
        bad('sum(rate(a{outcome="SUCCESS"}[w]))'),
        bad('sum(rate(a{result!="error"}[w]))'),
        bad('sum(rate(a{grpc_code!~"Unknown|Internal|Unavailable"}[w]))'),
        bad(FAST, CLICKS),
        good('sum(rate(a{status=~"5.."}[w]))'),
        good(f"{CLICKS} - {FAST}", CLICKS),
        ratio(f"{FAST} / {CLICKS}"),
        ratio('1 - sum(rate(a{code=~"5.."}[w])) / sum(rate(a[w]))'),
        "events: {total: a, bad: 'a{code=~\"2..\"}'}\n",
        "timeslice: {target: 99, of: {events: {total: a, good: 'a{code=~\"5..\"}'}}}\n",
    ),
}
SOUND = (
    bad('sum(rate(a[w])) - sum(rate(a{c=~"2.."}[w]))'),
    bad('sum(rate(a{x="1"}[w])) - sum(rate(a{x="2"}[w]))'),
    bad("sum(rate(started_total[w])) - sum(rate(finished_total[w]))"),
    bad('abs(sum(rate(a{c="2"}[w])) - sum(rate(a[w])))'),
    bad("sum(rate(a[w] offset 1d)) - sum(rate(a[w]))"),
    bad('(sum(rate(a{c="2"}[w])) - sum(rate(a[w]))) or sum(rate(b[w]))'),
    bad('clamp_min(sum(rate(a{c="2"}[w])) - sum(rate(a[w])), 1)'),
    bad("2 * sum(rate(a[w])) - sum(rate(a[w]))"),
    bad("count_over_time((p == 0)[w:1m])", "count_over_time(p[w])"),
    good("sum(rate(b[w]))"),
    ratio("sum by (pod) (rate(b[w])) / on () group_left sum(rate(a[w]))"),
    ratio("sum by (pod, code) (rate(a[w])) / on (pod) group_left sum by (pod) (rate(a[w]))"),
    ratio(f"{FAST.replace('0.5', '+Inf')} / sum by (le) (rate(d_seconds_count[w]))"),
    ratio("rate(a[w]) / rate(b[w])"),
    ratio("(sum by (x) (rate(a[w])) / sum by (y) (rate(b[w]))) or (sum(rate(a[w])) / sum(rate(b[w])))"),
    ratio('sum(rate(a{job="x"}[w])) / sum(rate(a{job="y"}[w]))'),
    ratio('sum by (p) (label_replace(rate(a[w]), "p", "$1", "i", "(.*)")) / sum by (p) (rate(b[w]))'),
    bad("sum(increase(b[w])) / 300"),
    bad("sum_over_time(b[w])", "sum(increase(a[w]))"),
    ratio("sum_over_time((up == bool 0)[w:]) / count_over_time(up[w])"),
    ratio("histogram_quantile(0.9, sum(rate(a_seconds[w]))) > bool 0.5"),
    ratio("histogram_quantile(0.9, sum without (pod) (rate(a_bucket[w]))) > bool 0.5"),
    bad("sum(rate(queue_length_count[w]))", "sum(rate(queue_length_total[w]))"),
    bad("sum(rate(content_length[w]))"),
    ratio("1 - avg_over_time(pool_usage_ratio[w])"),
    bad('sum(rate(a{code=~"(5..|429)",version="2.0"}[w]))'),
    bad('sum(rate(a{code=~"3.."}[w]))'),
    bad('sum(rate(a{code="204"}[w]))', 'sum(rate(a{code=~"2.."}[w]))'),
    bad('sum(rate(a{result="miss"}[w]))'),
    bad(f"{CLICKS} - {FAST}", CLICKS),
    good(FAST, CLICKS),
    ratio(f"1 - {FAST} / {CLICKS}"),
)


@pytest.mark.parametrize(("code", "sli"), [(code, sli) for code, slis in BROKEN.items() for sli in slis])
def test_the_cause_is_named(code: str, sli: str) -> None:
    assert found(sli) == {code}


@pytest.mark.parametrize("sli", SOUND)
def test_no_cause_is_made_up(sli: str) -> None:
    assert found(sli) == set()


# properties -------------------------------------------------------------------------------------------

LABELS = "abc"
MATCHERS = ('{}="1"', '{}="2"', '{}=~"1|2"', '{}!="1"', '{}=~".+"', '{}=~".*"')


def expression(dice: random.Random, depth: int) -> str:
    """A query over 5 minutes; `dice` decides on everything."""

    def inner() -> str:
        return f"({expression(dice, depth - 1)})"

    def some() -> str:
        return ", ".join(dice.sample(LABELS, dice.randint(0, 2)))

    kind = dice.random() if depth > 0 else 0
    if kind < 0.15:
        chosen = [dice.choice(MATCHERS).format(label) for label in LABELS if dice.random() < 0.3]
        return f"rate({dice.choice('xy')}{{{','.join(chosen)}}}[5m])"
    if kind < 0.45:
        modifier = dice.choice(("", f"by ({some()})", f"by ({some()})", f"without ({some()})"))
        return f"{dice.choice(('sum', 'sum', 'avg', 'max', 'count'))} {modifier} {inner()}"
    if kind < 0.85:
        sign = dice.choice(("-", "-", "-", "/", "+", "*", "and", "unless", "or", ">"))
        matching = dice.choice(("", "", f"on ({some()})", f"ignoring ({some()})"))
        if matching and sign in "-/+*":
            matching += dice.choice(("", " group_left", " group_right"))
        return f"{inner()} {sign} {matching} {inner()}"
    return dice.choice(
        (
            f"{inner()} or vector(0)",
            f"-1 * {inner()}",
            f"1 - {inner()}",
            f"clamp_min({inner()}, 0)",
            f"abs({inner()})",
            f'label_replace({inner()}, "a", "$1", "b", "(.*)")',
        )
    )


def storage(dice: random.Random) -> Storage:
    """Some counters, at random paces."""
    names = [(name, a, b, c) for name in "xy" for a in "12" for b in "12" for c in "12"]
    chosen = [(one, dice.choice((0, 1, 2, 5))) for one in names if dice.random() < 0.6]
    return Storage(
        (
            dict(zip(("__name__", *LABELS), one, strict=True)),
            [(t, pace * t / 1000) for t in range(0, 600_001, 30_000)],
        )
        for one, pace in chosen
    )


@settings(max_examples=400, deadline=None)
@given(st.integers(0, 2**32))
def test_what_is_said_of_a_query_holds_for_all_series(seed: int) -> None:
    dice = random.Random(seed)
    query = expression(dice, dice.randint(1, 4))
    if promql.check(query):
        return
    meaning = meaning_of(query)
    is_empty = meaning is not None and empty_by(meaning) is not None
    is_never_positive = ratio_is_never_positive(query)
    for _ in range(6 if is_empty or is_never_positive else 0):
        try:
            result = evaluate(query, storage(dice), 600_000, left_open=True)
        except (Failed, Unknown):
            continue
        values = result.values() if isinstance(result, dict) else ()
        assert not is_never_positive or not any(value > 1e-9 for value in values), query
        # The zero that stands in for an empty result is none, nor is that zero divided by zero.
        assert not is_empty or not any(value and not math.isnan(value) for value in values), query
