"""`slogen check`, with the real compiler."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from click.testing import Result

from slogen import examined, pipeline
from slogen.checks import objective_as_ratio, unknown_alert_in_test
from slogen.diagnostics import Code

Run = Callable[..., Result]
Write = Callable[[str, str], Path]

GOOD = dedent(
    """\
    apiVersion: slogen.dev/v1
    kind: ServiceLevels
    spec:
      service: checkout
      slos:
        - name: availability
          objective: 99.9
          sli:
            events:
              bad: http_requests_total{job="checkout", code=~"5.."}
              total: http_requests_total{job="checkout"}
    """
)
BAD = GOOD.replace("objective:", "objectve:").replace("checkout", "cart")
RULES = "groups:\n  - name: g\n    rules:\n      - {alert: Down, expr: up == 0, for: 5m}\n"


def test_nothing_to_say(run: Run, write: Write) -> None:
    write("slos/a.yaml", GOOD)
    write("rules/b.yaml", RULES)
    result = run("check")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "no errors in 2 files\n")


def test_an_error_is_drawn_on_standard_output(run: Run, write: Write, project: Path) -> None:
    write("slos/a.yaml", GOOD)
    write("slos/b.yaml", BAD)
    result = run("check")
    assert result.exit_code == 1
    assert result.stdout.startswith("error[SLO110]: unknown key `objectve`\n --> slos/b.yaml:7:7\n")
    assert "7 |       objectve: 99.9\n  |       ^^^^^^^^" in result.stdout
    assert result.stderr == "\n1 error in 2 files\n"
    assert "\x1b" not in result.stdout
    assert [path.name for path in project.iterdir()] == ["slos"]


@pytest.mark.parametrize("style", ["concise", "json", "github"])
def test_formats_of_a_line_per_finding(run: Run, write: Write, style: str) -> None:
    write("slos/b.yaml", BAD)
    result = run("check", "--format", style)
    assert result.exit_code == 1
    assert result.stdout.count("\n") == 1
    assert "SLO110" in result.stdout
    assert result.stderr == "1 error in 1 file\n"


def test_sarif_is_one_document_even_if_nothing_is_wrong(run: Run, write: Write) -> None:
    write("slos/a.yaml", GOOD)
    result = run("check", "--format", "sarif")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["runs"][0]["results"] == []


def test_standard_input(run: Run) -> None:
    result = run("check", "-", "--format", "concise", stdin=BAD)
    assert result.exit_code == 1
    assert result.stdout.startswith("<stdin>:7:7: error[SLO110]")
    assert run("check", "-", stdin=GOOD).exit_code == 0


def test_a_path_that_does_not_exist(run: Run, write: Write) -> None:
    write("slos/a.yaml", GOOD)
    result = run("check", "slos/a.yml", "--format", "concise")
    assert result.exit_code == 1
    assert result.stdout == (
        "slos/a.yml:1:1: error[SLO100]: `slos/a.yml` cannot be read: no such file or directory\n"
    )


def test_what_can_be_read_is_checked_beside_what_cannot(run: Run, write: Write) -> None:
    write("slos/b.yaml", BAD)
    result = run("check", "slos", "gone.yaml", "--format", "concise")
    assert [line.split(" ")[1] for line in result.stdout.splitlines()] == ["error[SLO100]:", "error[SLO110]:"]
    assert result.stderr == "2 errors in 2 files\n"


def test_a_warning_fails_only_if_it_is_to(run: Run, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    compile_sources = pipeline.compile

    def compile_with_warning(*args: Any) -> pipeline.Result:
        result = compile_sources(*args)
        (slo,) = result.program.slos
        result.report.report(Code("SLO999", "warning", "A warning"), slo.where.whole, "odd")
        return result

    monkeypatch.setattr(pipeline, "compile", compile_with_warning)
    write("slos/a.yaml", GOOD)
    result = run("check", "--format", "concise")
    assert result.exit_code == 0
    assert result.stdout.endswith("warning[SLO999]: odd\n")
    assert result.stderr == "1 warning in 1 file\n"
    assert run("check", "--strict").exit_code == 1


INVERTED = GOOD.replace('code=~"5.."', 'code=~"2.."')
ALLOWED = INVERTED.replace("bad: ", "# slogen: allow SLO414 for a demo\n          bad: ")


def test_what_is_allowed_counts_nowhere(run: Run, write: Write) -> None:
    write("slos/a.yaml", INVERTED)
    assert run("check").exit_code == 0
    assert run("check", "--strict").exit_code == 1
    write("slos/a.yaml", ALLOWED)
    result = run("check", "--strict")
    assert (result.exit_code, result.stdout, result.stderr) == (
        0,
        "",
        "no errors in 1 file (1 finding allowed)\n",
    )
    (found,) = json.loads(run("check", "--format", "sarif").stdout)["runs"][0]["results"]
    assert [each["justification"] for each in found["suppressions"]] == ["for a demo"]


def test_an_allowance_of_the_settings_is_looked_for_in_the_whole_project_only(run: Run, write: Write) -> None:
    entry = "{paths: ['slos/**'], code: SLO414, reason: for a demo}"
    write("slos/settings.yaml", f"apiVersion: slogen.dev/v1\nkind: Settings\nspec: {{allow: [{entry}]}}\n")
    write("slos/a.yaml", INVERTED)
    write("slos/b.yaml", GOOD.replace("checkout", "cart"))
    assert run("check", "--strict").exit_code == 0
    assert run("check", "--strict", "slos/b.yaml").exit_code == 0
    write("slos/a.yaml", GOOD)
    result = run("check", "--format", "concise")
    assert result.stdout == "slos/settings.yaml:3:43: warning[SLO903]: there is no `SLO414` here to allow\n"


class TestACheckThatCrashes:
    @pytest.fixture(autouse=True)
    def crashing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_: object) -> None:
            raise RecursionError("deeper than deep")

        monkeypatch.setattr(objective_as_ratio, "check_slo", fail)

    def test_is_an_error_at_the_item_and_the_others_run(self, run: Run, write: Write) -> None:
        write("slos/a.yaml", INVERTED)
        result = run("check", "--format", "concise")
        assert result.exit_code == 1
        crash, inverted = result.stdout.splitlines()
        assert crash == (
            "slos/a.yaml:6:13: error[SLO900]: the check SLO302 failed here: RecursionError: deeper than deep"
        )
        assert inverted.startswith("slos/a.yaml:10:16: warning[SLO414]: ")
        assert "Traceback" not in result.stderr

    def test_so_is_one_that_looks_at_all_rules(
        self, run: Run, write: Write, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: object) -> None:
            raise ValueError("odd")

        write("rules/b.yaml", RULES)
        monkeypatch.setattr(examined, "of_rules", fail)
        monkeypatch.setattr(unknown_alert_in_test, "check_program", fail)
        found = run("check", "--format", "concise").stdout.splitlines()
        assert found == [
            "rules/b.yaml:1:1: error[SLO900]: reading the expression failed here: ValueError: odd",
            "rules/b.yaml:1:1: error[SLO900]: the check SLO704 failed here: ValueError: odd",
        ]

    def test_shows_the_traceback_on_request(self, run: Run, write: Write) -> None:
        write("slos/a.yaml", INVERTED)
        result = run("check", "--debug", "--format", "json")
        assert [json.loads(line)["code"] for line in result.stdout.splitlines()] == ["SLO900", "SLO414"]
        assert result.stderr.count("Traceback (most recent call last)") == 1
        assert "RecursionError: deeper than deep\n" in result.stderr


class TestColor:
    @pytest.mark.parametrize(
        ("variables", "colored"),
        [
            ({}, False),
            ({"FORCE_COLOR": "1"}, True),
            ({"FORCE_COLOR": "1", "TERM": "dumb"}, True),
            ({"FORCE_COLOR": "0"}, False),
            ({"FORCE_COLOR": ""}, False),
            ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
            ({"FORCE_COLOR": "1", "NO_COLOR": ""}, True),
        ],
    )
    def test_of_what_is_no_terminal(
        self,
        run: Run,
        write: Write,
        monkeypatch: pytest.MonkeyPatch,
        variables: dict[str, str],
        colored: bool,
    ) -> None:
        for name in ("FORCE_COLOR", "NO_COLOR"):
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        write("slos/a.yaml", BAD)
        assert run("check").stdout.startswith("\x1b[1;31merror") == colored
        assert "\x1b" not in run("check", "--format", "concise").stdout

    def test_of_a_terminal(self, write: Write) -> None:
        write("slos/a.yaml", BAD)
        for variables, colored in (
            ({"TERM": "xterm"}, True),
            ({"TERM": "dumb"}, False),
            ({"NO_COLOR": "1"}, False),
        ):
            assert ("\x1b[1;31merror" in _on_a_terminal(variables)) == colored


def _on_a_terminal(variables: dict[str, str]) -> str:
    """What `slogen check` writes to a terminal."""
    environment = {"TERM": "xterm", "PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path)}
    terminal, its_end = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "slogen", "check"], stdout=its_end, stderr=its_end, env=environment | variables
    )
    os.close(its_end)
    text = b""
    with suppress(OSError):  # a terminal that is closed
        while piece := os.read(terminal, 4096):
            text += piece
    os.close(terminal)
    process.wait()
    return text.decode()


def test_an_input_with_nothing_in_it_fails(run: Run, write: Write, project: Path) -> None:
    (project / "slos").mkdir()
    result = run("check")
    assert result.exit_code == 1
    assert "error: there is no SLO and no rule in 0 files\n" in result.stderr
    write("slos/config.yaml", "apiVersion: v1\nkind: ConfigMap\n")
    result = run("check")
    assert result.exit_code == 1
    assert "in 1 file; 1 Kubernetes object of other kinds skipped\n" in result.stderr


def test_settings_alone_are_fine(run: Run, write: Write) -> None:
    write("slos/settings.yaml", "apiVersion: slogen.dev/v1\nkind: Settings\nspec: {window: 28d}\n")
    result = run("check", "slos/settings.yaml")
    assert (result.exit_code, result.stderr) == (0, "no errors in 1 file\n")


def test_settings_count_for_a_single_file(run: Run, write: Write) -> None:
    write("slos/settings.yaml", "apiVersion: slogen.dev/v1\nkind: Settings\nspec: {alert_windows: gone}\n")
    write("slos/a.yaml", GOOD)
    whole, part = run("check", "--format", "json"), run("check", "slos/a.yaml", "--format", "json")
    assert whole.stdout == part.stdout
    assert "gone" in whole.stdout


class TestOptions:
    @pytest.mark.parametrize(
        ("args", "message"),
        [
            (["--default-window", "30 days"], "30d"),
            (["--default-window", "0d"], "`0d` is no time at all"),
            (["--extra-label", "team"], "write NAME=VALUE"),
            (["--extra-label", "a-b=c"], "`a-b` is no label name"),
            (["--extra-label", "__name__=c"], "`__name__` is no label name"),
            (["--extra-label", "a=b", "--extra-label", "a=c"], "`a` has two values"),
        ],
    )
    def test_that_are_wrong(self, run: Run, write: Write, args: list[str], message: str) -> None:
        write("slos/a.yaml", GOOD)
        result = run("check", *args)
        assert result.exit_code == 2
        assert message in result.stderr

    def test_that_are_right(self, run: Run, write: Write) -> None:
        write("slos/a.yaml", GOOD)
        labels = ["--extra-label", "a=b=c", "--extra-label", "a=b=c", "--extra-label", "empty="]
        assert run("check", "--default-window", "28d", *labels).exit_code == 0


def test_a_configuration_of_alertmanager_is_worth_a_look_by_itself(run: Run, write: Write) -> None:
    write(
        "slos/am.yaml",
        "route: {receiver: all}\nreceivers: [{name: all}, {name: more, webhook_configs: []}]\n",
    )
    result = run("check")
    assert (result.exit_code, result.stderr) == (0, "no errors in 1 file\n")
