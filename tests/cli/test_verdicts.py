"""What the real promtool says about checks that fail, read back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from promtool import needed
from slogen.cli import promtool
from slogen.cli.promtool import Batch
from slogen.cli.verdicts import Failure, failures
from slogen.proofs import AlertCheck, Check, Fired, Input, Proof, Scenario, ValueCheck
from slogen.synthetic import Series
from slogen.testtext import document
from slogen.units import Millis

MINUTE = 60_000
NASTY = 'a "quoted" \\ text, {braces}: exp:[ \t\u2028 \x01 \u00e9 \U0001f600'
RULES = r"""
groups:
  - name: g
    rules:
      - record: job:up:sum
        expr: sum by (job) (up)
      - alert: Down
        expr: job:up:sum == 0
        for: 2m
        labels: {severity: page}
        annotations:
          summary: '{{ $labels.job }} is down'
          description: "first\nsecond of {{ $labels.job }} with {\"x\"}\nthird"
      - alert: 'Slow, time: 5m'
        expr: slow > 0
        labels: {job: "a \"quoted\" \\ text, {braces}: exp:[ \t\u2028 \x01 \u00e9 \U0001f600", severity: a}
      - alert: 'Slow, time: 5m'
        expr: slow > 0
        labels: {severity: b}
"""


def at(minutes: int, alert: str, *expected: Fired, why: str = "") -> AlertCheck:
    return AlertCheck(Millis(minutes * MINUTE), alert, expected, why)


def value(expr: str, *expected: tuple[Series, float], minutes: int = 5) -> ValueCheck:
    return ValueCheck(Millis(minutes * MINUTE), expr, expected)


def texts(**others: str) -> Fired:
    """The alert on the job a, but with other texts."""
    return Fired({"job": "a", "severity": "page"}, {"summary": "a is down", **others})


def up_of(job: str) -> Series:
    return Series("job:up:sum", {"job": job})


DOWN = texts(description='first\nsecond of a with {"x"}\nthird')


def told(tmp_path: Path, *checks: Check, rules: str = RULES) -> tuple[Failure, ...]:
    """What is told of checks, of which at least one fails."""
    inputs = tuple(
        Input(Series("up", {"job": job}), (values,)) for job, values in (("a", "1x3 0x90"), ("b", "1x99"))
    )
    slow = Input(Series("slow"), ("1x99",))
    scenario = Scenario("outage", ("All is down.",), Millis(MINUTE), (*inputs, slow), checks)
    proof = Proof("Down", (None, "x"), ("g",), Millis(MINUTE), (scenario,))
    batch = Batch("x", ("test",), {"rules": rules, "test": document("rules", [proof])}, tmp_path)
    with promtool.running(promtool.find(needed()), [batch], 1) as ended:
        ((_, (answer,)),) = ended
    assert answer.state is promtool.State.FAILED, answer.text
    return failures(answer.text, scenario)


CASES: list[tuple[Check, str, tuple[str, ...]]] = [
    (
        at(5, "Down", DOWN),
        "at 5m: `Down` must fire, and is silent",
        ('expected: {job="a", severity="page"}',),
    ),
    (at(90, "Down"), "at 1h30m: `Down` must be silent, and fires", ('got: {job="a", severity="page"}',)),
    (
        at(9, "Down", Fired({"job": "b", "severity": "page"}, {})),
        "at 9m: `Down` fires with other labels",
        ("`job` is: a", "     not: b"),
    ),
    (
        at(9, "Down", texts(description="first\nno\nthird")),
        "at 9m: `Down` fires with another text",
        ('`description`, line 2, is: second of a with {"x"}', "                      not: no"),
    ),
    (
        at(9, "Down", texts(runbook="r")),
        "at 9m: `Down` fires with another text",
        (
            '`description` is not expected: first\nsecond of a with {"x"}\nthird',
            "`runbook` is missing; expected: r",
        ),
    ),
    (
        at(9, "Down", DOWN, Fired({"job": "c", "severity": "page"}, {})),
        "at 9m: `Down` must fire for other series",
        ('expected, and silent: {job="c"}',),
    ),
    (
        at(9, "Slow, time: 5m", Fired({"severity": "b"}, {})),
        "at 9m: `Slow, time: 5m` fires for more than it must",
        (f'not expected, and fires: {{job="{NASTY}", severity="a"}}',),
    ),
    # Where other alerts have the name, some are asked for by their labels.
    (
        replace(at(9, "Slow, time: 5m"), among={"severity": "b"}),
        "at 9m: `Slow, time: 5m` must be silent, and fires",
        ('got: {severity="b"}',),
    ),
    # Without annotations the alert is asked for by its series.
    (
        at(9, "Down", Fired({"job": "b", "severity": "page"})),
        "at 9m: `Down` fires with other labels",
        ("`job` is: a", "     not: b"),
    ),
    (
        at(9, "Slow, time: 5m", Fired({"severity": "b"})),
        "at 9m: `Slow, time: 5m` fires for more than it must",
        (f'not expected, and fires: {{job="{NASTY}", severity="a"}}',),
    ),
    (
        value("job:up:sum", (up_of("a"), 0.5), (up_of("b"), 1)),
        "at 5m: a query has another result",
        (
            "query: job:up:sum",
            'expected: job:up:sum{job="a"} 0.5; job:up:sum{job="b"} 1',
            'got: job:up:sum{job="a"} 0; job:up:sum{job="b"} 1',
        ),
    ),
    (
        value('sum(up{job="a"})\n+ 1 / 0', (Series(""), 1)),
        "at 5m: a query has another result",
        ('query: sum(up{job="a"})', "       + 1 / 0", "expected: {} 1", "got: {} inf"),
    ),
    (
        value("up{job='x'}", (Series("up", {"job": "x"}), 1)),
        "at 5m: a query has another result",
        ("query: up{job='x'}", 'expected: up{job="x"} 1', "got: nothing"),
    ),
    (
        value("label_replace(up, 'job', 'x', '', '')"),
        "at 5m: this cannot be evaluated: vector cannot contain metrics with the same labelset",
        ("label_replace(up, 'job', 'x', '', '')",),
    ),
]


@pytest.mark.parametrize(("check", "says", "details"), CASES)
def test_a_check_that_fails(tmp_path: Path, check: Check, says: str, details: tuple[str, ...]) -> None:
    (failure,) = told(tmp_path, check)
    assert failure.says == says
    assert failure.details == details
    assert failure.check is check


def test_all_at_once(tmp_path: Path) -> None:
    """Every check is told, and none of those that hold."""
    checks = [check for check, _, _ in CASES]
    found = told(tmp_path, at(9, "Down", DOWN), *checks, value("vector(1)", (Series(""), 1)))
    assert sorted(failure.says for failure in found) == sorted(says for _, says, _ in CASES)
    assert sorted(str(failure.check) for failure in found) == sorted(map(str, checks))


@pytest.mark.parametrize(
    ("rules", "says", "details"),
    [
        (
            "{groups: [{name: g, rules: [{record: x, expr: up * on () up}]}]}",
            "the rule `x` cannot be evaluated at 0s: found duplicate series for the match group {}",
            "",
        ),
        ("{groups: [{name: g, rules: [{alert: A, expr: sum(}]}]}", "promtool says:", "parse error: unclosed"),
        ("{groups: [{name: g, rool: 1}]}", "promtool says:", "field rool not found"),
    ],
)
def test_rules_that_cannot_work(tmp_path: Path, rules: str, says: str, details: str) -> None:
    first = told(tmp_path, at(9, "Down"), rules=rules)[0]
    assert first.says.startswith(says)
    assert details in "\n".join(first.details)
    assert first.check is None


@pytest.mark.parametrize(
    "text", ["", "\n  \n", "out of memory", "expr: ", "alertname: x, time: 5m,\n", "rule: a"]
)
def test_words_that_are_not_understood_are_kept(text: str) -> None:
    scenario = Scenario("s", (), Millis(MINUTE), (), (at(5, "x"),))
    (failure,) = failures(text, scenario)
    assert failure.check is None
    assert text.strip() in "\n".join(failure.details)
