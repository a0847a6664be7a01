"""How command lines are found, fail and end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

import slogen
from slogen.cli.commands import DEBUG, NAMES, CommandFailed, Commands

Run = Callable[..., Result]

HEAVY = ("yaml", "pydantic", "promql_parser", "slogen.pipeline", "slogen.source")


def python(*args: str, **options: object) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(Path(slogen.__file__).parents[1])}
    return subprocess.run(  # type: ignore[call-overload, no-any-return]
        [sys.executable, *args], text=True, capture_output=True, check=False, env=environment, **options
    )


class TestHelp:
    def test_version(self, run: Run) -> None:
        assert run("--version").stdout == f"slogen {slogen.__version__}\n"

    @pytest.mark.parametrize("option", ["-h", "--help"])
    def test_of_the_whole_lists_every_command_with_what_it_does(self, run: Run, option: str) -> None:
        result = run(option)
        assert result.exit_code == 0
        listed = dict(
            line.split(maxsplit=1)
            for line in result.stdout.partition("Commands:\n")[2].splitlines()[: len(NAMES)]
        )
        assert list(listed) == list(NAMES)
        assert all(text.endswith(".") for text in listed.values())

    @pytest.mark.parametrize("name", NAMES)
    @pytest.mark.parametrize("option", ["-h", "--help"])
    def test_of_each_command(self, run: Run, name: str, option: str) -> None:
        result = run(name, option)
        assert result.exit_code == 0
        assert result.stdout.startswith(f"Usage: slogen {name} ")

    @pytest.mark.parametrize("args", [["--version"], ["--help"], *([name, "--help"] for name in NAMES)])
    def test_imports_nothing_heavy(self, args: list[str]) -> None:
        code = (
            "import sys; from slogen.cli import slogen\n"
            f"try: slogen.main({args!r}, prog_name='slogen')\n"
            f"finally: print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
        )
        assert python("-c", code).stderr == "[]\n"


class TestWrongUse:
    def test_an_unknown_command_has_the_nearest(self, run: Run) -> None:
        result = run("biuld")
        assert result.exit_code == 2
        assert "there is no command `biuld`; did you mean `build`?" in result.stderr
        assert result.stdout == ""

    def test_an_unknown_command_that_is_like_none_has_them_all(self, run: Run) -> None:
        result = run("xyzzy")
        assert result.exit_code == 2
        assert f"the commands are {', '.join(NAMES)}" in result.stderr

    @pytest.mark.parametrize("args", [["--nope"], ["check", "--nope"], ["check", "--format", "nope"]])
    def test_an_unknown_option(self, run: Run, args: list[str]) -> None:
        result = run(*args)
        assert result.exit_code == 2
        assert result.stdout == ""
        assert "nope" in result.stderr


class TestFailures:
    """Whatever happens in a command, the user gets a sentence and an exit code."""

    @staticmethod
    def outcome(failure: BaseException, *args: str) -> Result:
        class OneCommand(Commands):
            def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
                return click.Command("build", callback=fail, params=[DEBUG])

        def fail() -> None:
            raise failure

        return CliRunner().invoke(OneCommand(params=[DEBUG]), ["build", *args])

    def test_one_that_is_foreseen(self) -> None:
        result = self.outcome(CommandFailed("the folder is not empty"))
        assert (result.exit_code, result.stderr) == (1, "error: the folder is not empty\n")

    def test_a_file_that_cannot_be_written(self) -> None:
        result = self.outcome(PermissionError(13, "Permission denied", "out/a.yaml"))
        assert (result.exit_code, result.stderr) == (1, "error: out/a.yaml: Permission denied\n")

    def test_a_full_disk(self) -> None:
        result = self.outcome(OSError(28, "No space left on device"))
        assert (result.exit_code, result.stderr) == (1, "error: No space left on device\n")

    def test_a_bug(self) -> None:
        result = self.outcome(KeyError("x\ny"))
        assert result.exit_code == 1
        assert result.stderr.splitlines() == [
            "error[SLO900]: slogen failed with KeyError: 'x\\ny'",
            "  = help: this is a bug in slogen; please report it with what --debug shows",
        ]

    def test_a_bug_without_words(self) -> None:
        assert "failed with AssertionError\n" in self.outcome(AssertionError()).stderr

    @pytest.mark.parametrize("failure", [KeyError("x"), OSError(28, "No space left"), CommandFailed("no")])
    def test_the_traceback_is_shown_on_request(self, failure: Exception) -> None:
        result = self.outcome(failure, "--debug")
        assert result.exit_code == 1
        assert result.stderr.startswith("Traceback (most recent call last):")
        assert "Traceback" not in self.outcome(failure).stderr

    def test_an_interrupt(self) -> None:
        result = self.outcome(KeyboardInterrupt())
        assert result.exit_code == 130
        assert "Traceback" not in result.output

    def test_debug_may_stand_before_the_command(self, run: Run) -> None:
        result = run("--debug", "check")
        assert result.exit_code == 2
        assert "slogen init" in result.stderr


class TestProcesses:
    def test_a_module_can_be_run(self, project: Path) -> None:
        result = python("-m", "slogen", "--version")
        assert (result.returncode, result.stdout, result.stderr) == (0, f"slogen {slogen.__version__}\n", "")

    def test_an_interrupt_ends_without_a_traceback(self, project: Path) -> None:
        pipe = project / "pipe.yaml"
        os.mkfifo(pipe)
        environment = {**os.environ, "PYTHONPATH": str(Path(slogen.__file__).parents[1])}
        with subprocess.Popen(
            [sys.executable, "-m", "slogen", "check", pipe.name],
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        ) as process:
            writer = os.open(pipe, os.O_WRONLY)  # returns when the process has opened the other end
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=60) == 130
            assert process.stderr is not None
            assert process.stderr.read().strip() == ""
            os.close(writer)

    def test_a_reader_that_goes_away_is_no_failure_to_talk_about(self, project: Path) -> None:
        environment = {**os.environ, "PYTHONPATH": str(Path(slogen.__file__).parents[1])}
        reader, writer = os.pipe()
        os.close(reader)
        result = subprocess.run(
            [sys.executable, "-m", "slogen", "explain"],
            stdout=writer,
            stderr=subprocess.PIPE,
            check=False,
            env=environment,
        )
        os.close(writer)
        assert (result.returncode, result.stderr) == (141, b"")

    def test_a_terminal_that_is_not_utf8_shows_what_it_can(self, project: Path) -> None:
        (project / "a.yaml").write_text("größe: [\n", encoding="utf-8")
        environment = {
            **os.environ,
            "PYTHONPATH": str(Path(slogen.__file__).parents[1]),
            "PYTHONIOENCODING": "ascii",
        }
        result = subprocess.run(
            [sys.executable, "-m", "slogen", "check", "a.yaml"],
            capture_output=True,
            check=False,
            env=environment,
        )
        assert result.returncode == 1
        assert b"gr\\xf6\\xdfe: [" in result.stdout
