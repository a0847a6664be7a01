"""`slogen test --mutate`, with the real promtool."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result

import slogen.prove
from promtool import needed
from slogen.diagnostics import Report
from slogen.ir import Program
from slogen.proofs import AlertCheck, AlertId, Check, Fired, Input, Proof, Scenario, ValueCheck
from slogen.synthetic import Series
from slogen.units import Millis

Run = Callable[..., Result]
Write = Callable[[str, str], Path]

MINUTE = 60_000
RULES = """\
groups:
  - name: web
    rules:
      - record: job:errors:rate5m
        expr: sum by (job) (rate(http_errors_total{job!="test"}[5m]))
      - alert: HighErrors
        expr: job:errors:rate5m > 5
        for: 4m
        labels: {severity: page}
      - alert: Unproven
        expr: up == 0
"""
SHOP = {"severity": "page", "job": "shop"}


def fires(at: int, *expected: dict[str, str]) -> AlertCheck:
    return AlertCheck(Millis(at * MINUTE), "HighErrors", tuple(Fired(labels, {}) for labels in expected))


def recorded(at: int, value: float) -> ValueCheck:
    expected = ((Series("", {"job": "shop"}), value),)
    return ValueCheck(Millis(at * MINUTE), "round(job:errors:rate5m, 0.1)", expected)


def errors(job: str, instance: str, values: str) -> Input:
    return Input(Series("http_errors_total", {"job": job, "instance": instance}), (values,))


def scenario(name: str, inputs: tuple[Input, ...], *checks: Check) -> Scenario:
    return Scenario(name, ("A story.",), Millis(MINUTE), inputs, checks)


TEST = errors("test", "a", "0+6000x40")
LIMIT = scenario("limit", (errors("shop", "a", "0+300x40"), TEST), fires(30))
# 4 errors per second, and 6.8 from minute 20 on: 5 are exceeded once two minutes are that bad.
OUTAGE = scenario(
    "outage",
    (errors("shop", "a", "0+120x20 2688+288x20"), errors("shop", "b", "0+120x40"), TEST),
    recorded(15, 4),
    recorded(28, 6.8),
    fires(25),
    fires(26, SHOP),
)
WEAK = scenario("weak", (errors("shop", "a", "0+6000x40"),), fires(30, SHOP), fires(3))
BLIND = scenario("blind", (errors("shop", "a", "0+60x40"),), fires(30))


def proof(*scenarios: Scenario) -> Proof:
    alerts = (AlertId("web", 1),)
    return Proof("HighErrors", (None, "web"), ("web",), Millis(MINUTE), scenarios, alerts)


@pytest.fixture
def prove(write: Write, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let the rules have these scenarios for their proof."""
    needed()
    write("rules/web.yaml", RULES)

    def let(*scenarios: Scenario) -> None:
        def proofs(program: Program, report: Report) -> Iterator[Proof]:
            yield proof(*scenarios)

        monkeypatch.setattr(slogen.prove, "prove", proofs)

    return let


def test_weak_proofs_are_told(run: Run, prove: Callable[..., None]) -> None:
    prove(WEAK)
    result = run("test", "--mutate")
    assert result.exit_code == 1, result.output
    survivors = [line.strip() for line in result.stdout.splitlines() if "rules/web.yaml" in line]
    assert "rules/web.yaml:4: job:errors:rate5m: `5m` became `10m`" in survivors
    assert "rules/web.yaml:6: HighErrors: `5` became `5.5`" in survivors
    assert not [line for line in survivors if "`>` became `<`" in line or "deleted" in line]
    assert not [line for line in survivors if "Unproven" in line]
    assert "needed" in result.stdout


def test_what_keeps_an_alert_silent_must_be_noticed(run: Run, prove: Callable[..., None]) -> None:
    prove(BLIND)
    result = run("test", "--mutate")
    assert result.exit_code == 1, result.output
    assert "1 of 2 that silence an alert in an outage are not noticed." in result.stdout
    assert "the alert `HighErrors` is deleted" in result.stdout


def test_the_report_does_not_depend_on_chance(run: Run, prove: Callable[..., None]) -> None:
    prove(LIMIT, OUTAGE, WEAK)
    reports = [run("test", "--mutate", "--sample", "12", "--jobs", jobs).stdout for jobs in ("1", "3", "3")]
    assert reports[0] == reports[1] == reports[2]
    assert "of 12 changes" in reports[0]


def test_sharp_proofs_are_enough(run: Run, prove: Callable[..., None]) -> None:
    prove(LIMIT, OUTAGE, WEAK)
    result = run("test", "--mutate", "--only", "High*")
    assert result.exit_code == 0, result.output


def test_a_proof_that_fails_anyway_judges_nothing(run: Run, prove: Callable[..., None]) -> None:
    prove(WEAK, scenario("wrong", WEAK.inputs, fires(30)))
    result = run("test", "--mutate")
    assert result.exit_code == 1
    assert "1 scenario failed on the rules as they are" in result.stderr
    assert "HighErrors: wrong" in result.stderr
    assert result.stdout == ""


def test_nothing_to_judge_with(run: Run, prove: Callable[..., None]) -> None:
    prove()
    result = run("test", "--mutate")
    assert result.exit_code == 1
    assert "no change could be noticed" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("--mutate", "--coverage"),
        ("--mutate", "--committed"),
        ("--mutate", "--junit", "x.xml"),
        ("--sample", "3"),
        ("--mutate", "--sample", "0"),
    ],
)
def test_wrong_use(run: Run, prove: Callable[..., None], arguments: tuple[str, ...]) -> None:
    prove(WEAK)
    assert run("test", *arguments).exit_code == 2
