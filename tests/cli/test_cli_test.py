"""`slogen test`, with the real compiler and the real promtool."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from textwrap import dedent
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import Result

import amtool
import slogen.cli.amtool
import slogen.prove
from promtool import needed
from slogen.cli import compiling, outputs, proving, routetests
from slogen.cli.amtool import Amtool
from slogen.cli.routetests import Routes
from slogen.diagnostics import Report
from slogen.ir import OutFile, Program
from slogen.proofs import AlertCheck, AlertId, Fired, Input, Proof, Scenario
from slogen.synthetic import Series
from slogen.units import Millis

Run = Callable[..., Result]
Write = Callable[[str, str], Path]
Prove = Callable[..., None]

MINUTE = 60_000
RULES = """\
groups:
  - name: presence
    rules:
      - alert: Down
        expr: up == 0
        for: 5m
        labels: {severity: page}
      - record: job:up:count
        expr: count by (job) (up)
      - alert: Gone
        expr: absent(up)
"""
WATCHDOG = """\
      - alert: Watchdog
        expr: vector(1)
"""
SPEC = """\
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: cart
  slos:
    - name: availability
      objective: 99.9
      sli:
        events:
          bad: requests_total{code=~"5.."}
          total: requests_total
"""


def at(minutes: int, alert: str, *expected: Fired, why: str = "") -> AlertCheck:
    return AlertCheck(Millis(minutes * MINUTE), alert, expected, why)


def scenario(name: str, up: str | None, *checks: AlertCheck) -> Scenario:
    inputs = () if up is None else (Input(Series("up", {"job": "a"}), (up,)),)
    return Scenario(name, (f"This is how `up` is: {up}.",), Millis(MINUTE), inputs, checks)


DOWN = Fired({"severity": "page", "job": "a"}, {})
OUTAGE = scenario(
    "outage",
    "1x9 0x20 1x9",
    at(14, "Down", why="it is down for 4 minutes"),
    at(15, "Down", DOWN, why="it is down for 5 minutes"),
    at(35, "Down", why="it is up again"),
)
ABSENCE = scenario("absence", None, at(1, "Gone", Fired({}, {})))
PRESENCE = scenario("presence", "1x9", at(1, "Gone"))
SILENT = scenario("silence", "1x9", at(9, "Down"))
FIRING = scenario("outage", "0x9", at(9, "Down", DOWN))
OTHER = scenario("another", "1x9", at(9, "Down", Fired({"severity": "ticket"})))
WRONG = scenario("nonsense", "1x9", at(9, "Down", DOWN, why="it is down, one might think"))


def proof(alert: str, index: int, *scenarios: Scenario) -> Proof:
    return Proof(
        alert, (None, "presence"), ("presence",), Millis(MINUTE), scenarios, (AlertId("presence", index),)
    )


RIGHT = (proof("Down", 0, OUTAGE), proof("Gone", 2, ABSENCE, PRESENCE))


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary folders are made."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


@pytest.fixture
def proven(write: Write, monkeypatch: pytest.MonkeyPatch) -> Prove:
    """Make a project of hand-written rules, with these proofs instead of those that slogen makes."""
    monkeypatch.setenv("PATH", f"{Path(needed()).parent}{os.pathsep}{os.environ['PATH']}")

    def prove(*proofs: Proof, rules: str = RULES) -> None:
        write("rules/presence.yaml", rules)

        def made(program: Program, report: Report) -> tuple[Proof, ...]:
            return proofs

        monkeypatch.setattr(slogen.prove, "prove", made)

    return prove


class TestResults:
    def test_all_is_well(self, run: Run, proven: Prove) -> None:
        proven(*RIGHT)
        result = run("test")
        assert result.stdout == (
            "ok    Down  1 scenario        rules/presence.yaml:4\n"
            "ok    Gone  2 scenarios       rules/presence.yaml:10\n"
        )
        assert result.stderr.startswith("3 scenarios passed, 2 alerts proven (promtool ")
        assert result.exit_code == 0

    def test_every_scenario(self, run: Run, proven: Prove) -> None:
        proven(*RIGHT)
        assert run("test", "-v").stdout == (
            "ok    Down  1 scenario        rules/presence.yaml:4\n"
            "    ok    outage\n"
            "ok    Gone  2 scenarios       rules/presence.yaml:10\n"
            "    ok    absence\n"
            "    ok    presence\n"
        )

    def test_a_failure_is_told_in_the_users_terms(self, run: Run, proven: Prove) -> None:
        proven(proof("Down", 0, OUTAGE, WRONG), RIGHT[1])
        result = run("test")
        assert result.stdout == dedent(
            """\
            FAIL  Down  1 of 2 scenarios  rules/presence.yaml:4
            ok    Gone  2 scenarios       rules/presence.yaml:10

            FAIL  Down: nonsense
                  This is how `up` is: 1x9.

                  at 9m: `Down` must fire, and is silent
                      because: it is down, one might think
                      expected: {job="a", severity="page"}
                      rule: out/rules/presence.yaml:5
                  written at: rules/presence.yaml:4
            """
        )
        assert result.stderr.startswith("error: 1 of 4 scenarios failed (promtool ")
        assert result.exit_code == 1

    @pytest.mark.parametrize("option", ["--verbose", "--debug"])
    def test_promtools_words_on_demand(self, run: Run, proven: Prove, option: str) -> None:
        proven(proof("Down", 0, WRONG))
        assert "alertname: Down, time: 9m" in run("test", option).stdout
        assert "alertname: Down, time: 9m" not in run("test").stdout

    def test_many_failures_are_cut_short(self, run: Run, proven: Prove) -> None:
        proven(proof("Down", 0, *(replace(WRONG, name=f"nonsense {i}") for i in range(22))))
        result = run("test")
        assert result.stdout.count("FAIL  Down: ") == 20
        assert "... and 2 more failures" in result.stdout
        assert run("test", "-v").stdout.count("FAIL  Down: ") == 22

    def test_rules_that_cannot_be_evaluated_are_told_as_the_slos_query(
        self, run: Run, write: Write, proven: Prove
    ) -> None:
        total = "sum(rate(requests_total[{{.window}}])) + on () rate(x[{{.window}}])"
        bad = "sum(rate(errors_total[{{.window}}]))"
        events = SPEC[SPEC.index("events:") :]
        write("slos/cart.yaml", SPEC.replace(events, f"query: {{bad: '{bad}', total: '{total}'}}\n"))
        group = "slogen-cart-availability"
        checks = (at(1, "CartAvailabilityBudgetBurn"),)
        two = tuple(Input(Series(name, {"a": a}), ("1x9",)) for name in ("requests_total", "x") for a in "ab")
        story = Scenario("two series", (), Millis(MINUTE), two, checks)
        proven(Proof("cart-availability", (None, "cart"), (group,), Millis(MINUTE), (story,)))
        result = run("test", "--only", "cart-availability", "slos")
        assert "cannot be evaluated at 1m: found duplicate series for the match group {}" in result.stdout
        assert f"query at slos/cart.yaml:9: {total}" in result.stdout
        assert result.exit_code == 1

    def test_the_compilers_errors_come_first(self, run: Run, write: Write, proven: Prove) -> None:
        proven(*RIGHT)
        write("slos/cart.yaml", SPEC.replace("99.9", "101"))
        result = run("test", "--promtool", "/nowhere")
        assert (result.exit_code, result.stdout) == (1, "")
        assert "error[SLO" in result.stderr


class TestCoverage:
    @pytest.mark.parametrize(
        ("proofs", "lack"),
        [
            ((proof("Gone", 2, ABSENCE, PRESENCE),), "nothing shows that it fires or that it stays silent"),
            ((proof("Down", 0, SILENT), RIGHT[1]), "nothing shows that it fires"),
            ((proof("Down", 0, FIRING), RIGHT[1]), "nothing shows that it stays silent"),
            # Another alert of the name fires, not this one.
            ((proof("Down", 0, OTHER), RIGHT[1]), "nothing shows that it fires"),
        ],
    )
    def test_an_alert_that_is_not_proven_fails(
        self, run: Run, proven: Prove, proofs: tuple[Proof, ...], lack: str
    ) -> None:
        proven(*proofs)
        for option in ((), ("--coverage",)):
            result = run("test", *option)
            assert f"{lack}\n" in result.stdout
            assert "1 of 2 alerts not proven" in result.stderr
            assert result.exit_code == 1

    def test_what_reads_no_series_is_never_silent(self, run: Run, write: Write) -> None:
        write("rules/always.yaml", RULES[: RULES.index("      - alert")] + WATCHDOG)
        result = run("test", "rules", "--coverage", "--only", "Watchdog")
        assert "silent:" not in result.stdout
        assert result.exit_code == 0

    def test_lists_what_proves_each_alert_and_runs_nothing(self, run: Run, proven: Prove) -> None:
        proven(*RIGHT)
        result = run("test", "--coverage", "--promtool", "/nowhere")
        assert result.stdout == (
            "Down (rules/presence.yaml:4)\n"
            "    fires:     outage\n"
            "    silent:    outage\n"
            "    resolves:  outage\n"
            "Gone (rules/presence.yaml:10)\n"
            "    fires:     absence\n"
            "    silent:    presence\n"
        )
        assert (result.exit_code, result.stderr) == (0, "2 alerts, all proven\n")

    def test_rules_without_alerts(self, run: Run, proven: Prove) -> None:
        proven(rules="groups: [{name: g, rules: [{record: a, expr: b}]}]")
        result = run("test")
        assert (result.exit_code, result.stdout) == (0, "")
        assert "there are no alerts" in result.stderr


class TestOnly:
    @pytest.mark.parametrize(
        ("names", "subjects"),
        [
            (["Down"], ["Down"]),
            (["Do*"], ["Down"]),
            (["Gone", "Down"], ["Down", "Gone"]),
            (["*o*n*"], ["Down", "Gone"]),
        ],
    )
    def test_chooses(self, run: Run, proven: Prove, names: list[str], subjects: list[str]) -> None:
        proven(*RIGHT)
        result = run("test", *(arg for name in names for arg in ("--only", name)))
        assert [line.split()[1] for line in result.stdout.splitlines()] == subjects
        assert result.exit_code == 0

    def test_by_slo_service_and_alert(self, run: Run, write: Write, proven: Prove) -> None:
        proven(*RIGHT)
        write("slos/cart.yaml", SPEC)
        for name in ("cart-availability", "cart", "CartAvailabilityBudgetBurn"):
            result = run("test", "--coverage", "--only", name)
            alerts = [line.split()[0] for line in result.stdout.splitlines() if line[0] != " "]
            assert set(alerts) <= {"CartAvailabilityBudgetBurn", "CartAvailabilityNoData"}
            assert "CartAvailabilityBudgetBurn" in alerts

    @pytest.mark.parametrize(
        ("name", "hint"), [("Dwon", "did you mean `Down`?"), ("zz*", "`slogen test --coverage` lists them")]
    )
    def test_a_name_that_nothing_has(self, run: Run, proven: Prove, name: str, hint: str) -> None:
        proven(*RIGHT)
        result = run("test", "--only", "Down", "--only", name)
        assert (result.exit_code, result.stdout) == (2, "")
        assert f"there is no SLO, service or alert `{name}`; {hint}" in result.stderr


class TestJunit:
    def test_results(self, run: Run, proven: Prove, project: Path) -> None:
        proven(proof("Down", 0, replace(OUTAGE, name="<a> & \x00"), WRONG))
        (project / "report.xml").write_text("old")
        run("test", "--junit", "report.xml")
        root = ElementTree.parse(project / "report.xml").getroot()
        assert [(suite.get("name"), suite.get("tests"), suite.get("failures")) for suite in root] == [
            ("Down", "2", "1"),
            ("every alert is proven", "2", "1"),
        ]
        passed, failed = root[0]
        assert (passed.get("name"), passed.get("file"), len(passed)) == (
            "<a> & \ufffd",
            "rules/presence.yaml",
            0,
        )
        assert "at 9m: `Down` must fire, and is silent" in (failed[0].text or "")
        assert (root.get("tests"), root.get("failures")) == ("4", "2")
        assert [path.name for path in project.iterdir() if "report" in path.name] == ["report.xml"]

    def test_a_place_that_cannot_be_written_to(self, run: Run, proven: Prove) -> None:
        proven(*RIGHT)
        assert run("test", "--junit", "nowhere/report.xml").exit_code == 2


class TestCommitted:
    def commit(self, project: Path) -> None:
        compiled, _ = compiling.run_with_program((), project / "out", None, {}, None, ())
        outputs.write(compiled, project / "out", force=False, tests=True)

    def test_runs_what_is_in_the_output_folder(self, run: Run, proven: Prove, project: Path) -> None:
        proven(*RIGHT)
        assert run("test", "--committed").exit_code == 1, "nothing is committed yet"
        self.commit(project)
        result = run("test", "--committed")
        assert result.stdout.count("ok ") == 2
        assert "(current)\n3 scenarios passed, 2 alerts proven" in result.stderr
        assert result.exit_code == 0
        (project / "out/rules/presence.yaml").write_text("groups: []\n")
        assert "out is stale" in run("test", "--committed").stderr

    def test_what_fails_is_told_by_scenario(self, run: Run, proven: Prove, project: Path) -> None:
        proven(proof("Down", 0, OUTAGE, WRONG), RIGHT[1])
        self.commit(project)
        result = run("test", "--committed")
        assert "FAIL  Down: nonsense\n" in result.stdout
        assert "1 of 4 scenarios failed" in result.stderr

    def test_not_with_only(self, run: Run, proven: Prove) -> None:
        proven(*RIGHT)
        assert run("test", "--committed", "--only", "Down").exit_code == 2


OWN = """\
rule_files: [%s]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
      - {series: 'up{job="a"}', values: 0x20}
    alert_rule_test:
      - {eval_time: 15m, alertname: Down, exp_alerts: [{exp_labels: {severity: %s, job: a}}]}
"""


class TestOwnTests:
    @pytest.mark.parametrize("rules", ["../presence.yaml", "../../out/rules/presence.yaml", "../*.yaml"])
    def test_are_run_on_the_rules_as_they_compile_now(
        self, run: Run, write: Write, proven: Prove, rules: str
    ) -> None:
        proven(RIGHT[1])
        path = "rules/tests/own.yaml"
        write(path, OWN % (rules, "page"))
        write("out/rules/presence.yaml", "groups: []\n")
        result = run("test")
        assert result.stdout == (
            "ok    Gone                  2 scenarios       rules/presence.yaml:10\n"
            "ok    rules/tests/own.yaml  1 alert check\n"
        )
        assert result.stderr.startswith("2 scenarios and 1 own test passed, 2 alerts proven")
        assert result.exit_code == 0

    def test_that_fail_are_told_by_their_path(
        self, run: Run, write: Write, proven: Prove, project: Path
    ) -> None:
        proven(*RIGHT)
        path = "rules/tests/own.yaml"
        write(path, OWN % ("../presence.yaml", "ticket"))
        result = run("test", "--only", path, "--junit", "report.xml")
        assert f"FAIL  {path}\n      alertname: Down, time: 15m,\n" in result.stdout
        assert result.stderr.startswith("error: 1 of 1 own test failed")
        assert result.exit_code == 1
        (suite, *_) = ElementTree.parse(project / "report.xml").getroot()
        assert (suite.get("name"), suite.get("failures")) == ("own tests", "1")

    def test_from_another_folder(
        self, run: Run, write: Write, proven: Prove, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        proven(*RIGHT)
        path = write("rules/tests/own.yaml", OWN % ("../presence.yaml", "page"))
        monkeypatch.chdir(path.parent)
        result = run("test", "..")
        assert (
            f"ok    {path.as_posix()}  1 alert check" in " ".join(result.stdout.split(" "))
            or result.exit_code == 0
        )


ROUTING = """\
apiVersion: slogen.dev/v1
kind: Routing
metadata: {name: routes}
spec:
  fallback: shop
  severities: {page: [page], ticket: [ticket]}
  owners:
    shop: {page: pager, ticket: tickets}
  receivers:
    pager: {webhook: {url: 'http://bridge/pager'}}
    tickets: {webhook: {url: 'http://bridge/tickets'}}
"""
OWNED = """\
groups:
  - name: presence
    rules:
      - alert: Down
        expr: up == 0
        for: 5m
        labels: {severity: page, owner: shop}
      - alert: Gone
        expr: absent(up)
        labels: {severity: ticket, owner: shop}
"""


class TestRoutes:
    """What slogen says of receivers is what amtool says."""

    @pytest.fixture
    def routed(self, write: Write, proven: Prove, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", f"{Path(amtool.needed()).parent}{os.pathsep}{os.environ['PATH']}")
        down, gone = {**DOWN.labels, "owner": "shop"}, {"severity": "ticket", "owner": "shop"}
        outage = scenario("outage", "0x9", at(4, "Down"), at(5, "Down", Fired(down, {})))
        absence = scenario("absence", None, at(1, "Gone", Fired(gone, {})))
        proven(proof("Down", 0, outage), proof("Gone", 1, absence, PRESENCE), rules=OWNED)
        write("slos/routing.yaml", ROUTING)

    @pytest.mark.usefixtures("routed")
    def test_all_is_well(self, run: Run) -> None:
        result = run("test", "--junit", "report.xml")
        assert result.exit_code == 0, result.output
        assert "ok    out/alertmanager/alertmanager.yaml  2 alerts          receivers\n" in result.stdout
        assert "2 alerts proven, 2 routed (promtool " in result.stderr
        assert ", amtool 0" in result.stderr
        suite = next(
            item
            for item in ElementTree.parse("report.xml").getroot()
            if item[0].get("name") == "amtool check-config"
        )
        assert [case.get("name") for case in suite[1:]] == [
            'Down {owner="shop", severity="page"}',
            'Gone {owner="shop", severity="ticket"}',
        ]

    @pytest.mark.usefixtures("routed")
    def test_only_what_is_asked_for(self, run: Run) -> None:
        assert "1 routed" in run("test", "--only", "Gone").stderr

    @pytest.mark.usefixtures("routed")
    def test_the_files_that_are_committed(self, run: Run, project: Path) -> None:
        TestCommitted().commit(project)
        result = run("test", "--committed")
        assert result.exit_code == 0, result.output
        assert "2 routed" in result.stderr

    @pytest.mark.usefixtures("routed")
    def test_another_answer_fails(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        """A tree that is written wrong, in the same process: the pager's route reads another label."""
        right = routetests.verified

        def wrong(tool: Amtool, program: Program, files: Sequence[OutFile], *rest: Any) -> Routes:
            edited = [
                OutFile(file.path, file.text.replace('severity="page"', 'severity="pag"')) for file in files
            ]
            return right(tool, program, edited, *rest)

        monkeypatch.setattr(routetests, "verified", wrong)
        result = run("test", "--junit", "report.xml")
        assert result.exit_code == 1
        assert "FAIL  out/alertmanager/alertmanager.yaml  2 alerts" in result.stdout
        assert "      Down must reach `pager`, and amtool says `tickets`\n" in result.stdout
        assert "          written at: rules/presence.yaml:4\n" in result.stdout
        assert "error: 1 of 2 alerts routed otherwise (promtool" in result.stderr
        assert 'failures="1"' in Path("report.xml").read_text()

    @pytest.mark.usefixtures("routed")
    def test_a_configuration_that_amtool_refuses(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(slogen.cli.amtool, "refused", lambda *_: "undefined receiver")
        result = run("test")
        assert result.exit_code == 1
        assert "      amtool refuses it: undefined receiver\n" in result.stdout
        assert "error: the configuration of Alertmanager is refused (promtool" in result.stderr

    @pytest.mark.usefixtures("routed")
    def test_an_amtool_that_is_too_old_for_the_routes(
        self, run: Run, write: Write, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        head = "apiVersion: slogen.dev/v1\nkind: Settings\nspec:\n"
        write("slos/settings.yaml", f'{head}  alertmanager: {{version: "99.1"}}\n')
        monkeypatch.setattr(slogen.cli.amtool, "refused", lambda *_: "field x not found")
        result = run("test")
        assert result.exit_code == 2
        assert "NOT RUN out/alertmanager/alertmanager.yaml" in result.stdout
        assert "2 alerts proven (promtool" in result.stderr
        assert "error: the routes could not be verified: they are for Alertmanager 99.1" in result.stderr

    @pytest.mark.usefixtures("routed")
    def test_without_amtool_it_is_wrong_use(self, run: Run) -> None:
        result = run("test", "--amtool", "nope")
        assert (result.exit_code, result.stdout) == (2, "")
        assert "error: there is no `nope`\n  = help: on Debian" in result.stderr

    def test_without_routes_nobody_asks_for_it(self, run: Run, proven: Prove) -> None:
        proven(*RIGHT)
        assert run("test", "--amtool", "nope").exit_code == 0


class TestPromtool:
    @pytest.fixture
    def fake(self, project: Path) -> Callable[[str], str]:
        def make(script: str, version: str = "2.42.0") -> str:
            path = project / "fake"
            path.write_text(
                f"#!{sys.executable}\nimport os, sys, time\n"
                f"if sys.argv[1] == '--version': print('promtool, version {version}'); sys.exit()\n{script}\n"
            )
            path.chmod(0o755)
            return str(path)

        return make

    @pytest.mark.parametrize(
        ("script", "reason"),
        [
            ("print('hello')", "does not run tests: it ended with exit code 0, and said:\n    hello"),
            ("os.kill(os.getpid(), 6)", "does not run tests: it was ended by SIGABRT, and said nothing"),
            ("time.sleep(600)", "promtool said nothing for 0.5 s, in the scenario `outage` of Down"),
        ],
    )
    def test_one_that_does_not_work_is_wrong_use(
        self,
        run: Run,
        proven: Prove,
        fake: Callable[[str], str],
        scratch: Path,
        script: str,
        reason: str,
    ) -> None:
        proven(*RIGHT)
        result = run(
            "test", "--promtool", fake(script), "--timeout", "0.5", "--jobs", "1", "--junit", "x.xml"
        )
        assert (result.exit_code, result.stdout) == (2, "")
        assert reason in result.stderr
        assert not Path("x.xml").exists()
        assert list(scratch.iterdir()) == []

    def test_one_that_is_too_old_for_native_histograms(
        self, run: Run, proven: Prove, fake: Callable[..., str]
    ) -> None:
        native = replace(PRESENCE, inputs=(Input(Series("up"), ("{{schema:0}}x9",)),))
        proven(RIGHT[0], proof("Gone", 2, ABSENCE, native))
        real = needed()
        script = f"os.execv({real!r}, [{real!r}, *sys.argv[1:]])"
        result = run("test", "--promtool", fake(script, "2.46.0"))
        assert result.exit_code == 2
        assert "ok    Down" in result.stdout
        assert "1 scenario could not be run: native histograms need promtool 2.47" in result.stderr

    @pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
    def test_asked_to_end_it_leaves_nothing(
        self, project: Path, write: Write, fake: Callable[[str], str], scratch: Path, number: int, status: int
    ) -> None:
        write("rules/presence.yaml", RULES)
        tool = fake(
            "open('pid', 'w').write(str(os.getpid())); os.rename('pid', '../../pid'); time.sleep(600)"
        )
        command = [sys.executable, "-m", "slogen", "test", "--promtool", tool, "--jobs", "1"]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as slogen:
            deadline = time.monotonic() + 60
            while not (scratch / "pid").exists() and slogen.poll() is None and time.monotonic() < deadline:
                time.sleep(0.01)
            slogen.send_signal(number)
            _, errors = slogen.communicate(timeout=60)
        assert slogen.returncode == status, errors
        assert "Traceback" not in errors
        process = int((scratch / "pid").read_text())
        assert [path.name for path in scratch.iterdir()] == ["pid"]
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)


def test_the_proofs_of_slogen_itself(run: Run, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """All the way: a spec, its proofs, and rules that are right or, for once, wrong."""
    monkeypatch.setenv("PATH", f"{Path(needed()).parent}{os.pathsep}{os.environ['PATH']}")
    write("slos/cart.yaml", SPEC)
    result = run("test", "--junit", "report.xml")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("ok    cart-availability")

    right = proving.rules_of
    monkeypatch.setattr(proving, "rules_of", lambda *args: right(*args).replace(" > (", " < ("))
    result = run("test")
    assert result.exit_code == 1
    assert "`CartAvailabilityBudgetBurn` must be silent, and fires" in result.stdout
    assert "rule: out/rules/cart.yaml:" in result.stdout
    assert "written at: slos/cart.yaml:6" in result.stdout
