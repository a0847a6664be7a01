"""The types hold, and the style is the one of pyproject.toml."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def run(module: str, *arguments: str) -> None:
    if find_spec(module) is None:
        reason = f"{module} is not installed: pip install '.[test]'"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    command = [sys.executable, "-m", module, *arguments]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, f"{result.stdout}\n{result.stderr}"


def test_the_types_hold() -> None:
    run("mypy")


def test_the_code_is_free_of_known_mistakes() -> None:
    run("ruff", "check", "compiler", "tests")


def test_the_code_is_formatted() -> None:
    run("ruff", "format", "--check", "compiler", "tests")


def test_no_regular_expression_keeps_a_group_for_good() -> None:
    # Python before 3.11.5, and so Debian 12, loses its place where the group of `(...)*+` matches in part.
    possessive = re.compile(r"(?<!\\)\)(?:[*+?]|\{[0-9,]*\})\+|\(\?>")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted((ROOT / "compiler").rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if possessive.search(line) and not re.search(r"\[[^]]*\)[*+?]\+?[^]]*\]", line)
    ]
    assert found == []
