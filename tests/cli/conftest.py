"""Command lines run in a folder of their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from slogen.cli import slogen

Run = Callable[..., Result]
Write = Callable[[str, str], Path]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is the current one."""
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def write(project: Path) -> Write:
    """Write a file of the project, with the folders above it."""

    def write_file(name: str, text: str) -> Path:
        path = project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write_file


@pytest.fixture
def run(project: Path) -> Run:
    """Run a command line of slogen in the project."""

    def run_slogen(*args: str, stdin: str | bytes | None = None) -> Result:
        return CliRunner().invoke(slogen, list(args), input=stdin, prog_name="slogen")

    return run_slogen
