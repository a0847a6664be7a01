"""`slogen completion`, and what the scripts ask slogen for."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from slogen.cli import slogen
from slogen.cli.commands import NAMES

Run = Callable[..., Result]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_one_of_the_shell(run: Run, shell: str, tmp_path: Path) -> None:
    result = run("completion", shell)
    assert result.exit_code == 0
    assert f"{shell}_complete" in result.stdout
    assert "_SLOGEN_COMPLETE" in result.stdout
    program = shutil.which(shell)
    if program is not None:
        script = tmp_path / "script"
        script.write_text(result.stdout)
        assert subprocess.run([program, "-n", script], check=False).returncode == 0


def test_another_shell_is_wrong_use(run: Run) -> None:
    assert run("completion", "csh").exit_code == 2


def complete(line: str, word: int) -> list[str]:
    environment = {"_SLOGEN_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(word)}
    result = CliRunner().invoke(slogen, prog_name="slogen", env=environment)
    assert result.exit_code == 0
    return [entry.partition(",")[2] for entry in result.stdout.splitlines()]


def test_commands_are_completed() -> None:
    assert complete("slogen ", 1) == list(NAMES)
    assert complete("slogen ch", 1) == ["check"]


def test_options_are_completed() -> None:
    assert "--format" in complete("slogen check --", 2)
    assert complete("slogen check --format s", 3) == ["sarif"]
