"""Runs the real amtool on configurations of Alertmanager.

On a user's machine without it such tests are skipped, in CI they fail.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

import pytest

AMTOOL = os.environ.get("AMTOOL") or shutil.which("amtool")
GET_IT = "amtool is not on PATH; on Debian: apt install prometheus-alertmanager"


def needed() -> str:
    """The path of amtool."""
    if AMTOOL:
        return AMTOOL
    if os.environ.get("CI"):
        pytest.fail(GET_IT)
    pytest.skip(GET_IT)


@lru_cache(maxsize=1)
def version() -> tuple[int, int]:
    """The version of amtool; (0, 0) without one."""
    if not AMTOOL:
        return (0, 0)
    answer = subprocess.run([AMTOOL, "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"version (\d+)\.(\d+)", answer.stdout + answer.stderr)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def check(path: Path) -> str:
    """What amtool has against a configuration, the first of it; empty if it takes it."""
    answer = subprocess.run(
        [needed(), "check-config", str(path)], capture_output=True, text=True, check=False, timeout=60
    )
    said = answer.stdout + answer.stderr
    if answer.returncode == 0:
        return ""
    found = re.search(r"(?:FAILED: |panic: )(.*(?:\n\s+line .*)*)", said)
    return found[1] if found else said


def check_all(paths: Sequence[Path]) -> list[str]:
    """What amtool has against each of many configurations."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(check, paths))


def receivers(path: Path, labels: Mapping[str, str]) -> list[str]:
    """Who gets an alert, in the order of the tree, by `amtool config routes test`."""
    command = [needed(), "config", "routes", "test", f"--config.file={path}"]
    command += [f'{name}="{_escaped(value)}"' for name, value in labels.items()]
    answer = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    # Newer versions log to the standard output; what they answer comes last.
    lines = answer.stdout.strip().splitlines()
    return lines[-1].split(",") if lines else []


def receivers_of_all(cases: Iterable[tuple[Path, Mapping[str, str]]]) -> list[list[str]]:
    """Who gets each of many alerts, each with the configuration that it meets."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(lambda case: receivers(*case), cases))


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
