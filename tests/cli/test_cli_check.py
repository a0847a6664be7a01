"""`slogen check`, with the real compiler."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from click.testing import Result

from slogen import pipeline
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
