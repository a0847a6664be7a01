"""Finds amtool, and asks it whether a configuration of Alertmanager is sound, and who gets an alert.

It answers one question per process and needs some 30 ms for it, so several are asked at a time.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from slogen.alertmanager.matchers import Matcher
from slogen.cli.programs import Tool, Unusable, ending, kill, unstartable
from slogen.ir import Labels

OLDEST = (0, 25)
"""The first version that knows all that is written for Alertmanager."""

GET_IT = (
    "on Debian and Ubuntu: apt install prometheus-alertmanager; on macOS: brew install alertmanager; else "
    "take it from https://prometheus.io/download, and name it with --amtool"
)

_TOOL = Tool("amtool", "it verifies who gets each alert", GET_IT)
_VERSION = re.compile(r"^amtool, version (?:v?(\d+)\.(\d+)(\S*))?", re.MULTILINE)
# It warns of what it is asked to do, and of what later versions will do.
_REMARK = re.compile(r"^(?:Warning: --config\.file flag overrides|(?:ts|time)=\S+ .*level=(?i:info|warn))")
_CHECKING = re.compile(r"^Checking '.*'  (?:FAILED:)?")
_ERROR = re.compile(r"^amtool: error: ")


@dataclass(frozen=True, slots=True)
class Amtool:
    """An amtool that runs: its path, and its version in words."""

    path: str
    version_text: str


@dataclass(frozen=True, slots=True)
class Said:
    """What amtool says: an answer, or the reason why there is none."""

    answer: str = ""
    problem: str = ""


Watch = Callable[[int, int], None]
"""Told how many of how many questions are answered."""


def find(path: str | None) -> Amtool:
    """The amtool at a path or of a name; without one, that on PATH. Raises Unusable."""
    found = _TOOL.found(path)
    text = _TOOL.version_text(found)
    version = _VERSION.search(text)
    if version is None:
        raise Unusable(f"`{found}` is not amtool: asked for its version, it {ending(0, text)}")
    if version[1] is None:
        return Amtool(found, "of unknown version")
    if (int(version[1]), int(version[2])) < OLDEST:
        need = ".".join(map(str, OLDEST))
        raise Unusable(
            f"`{found}` is amtool {version[1]}.{version[2]}; {need} or later is needed\n  = help: {GET_IT}"
        )
    return Amtool(found, f"{version[1]}.{version[2]}{version[3]}")


def refused(tool: Amtool, file: Path, limit: float) -> str:
    """What amtool has against a configuration; empty for nothing. Raises Unusable if it does not run."""
    status, output, errors = _run(tool, ["check-config", str(file)], limit)
    if not status:
        return ""
    lines = (_CHECKING.sub("", line).strip() for line in (*output.splitlines(), *errors.splitlines()))
    said = [line for line in lines if line and not _is_remark(line) and not _ERROR.match(line)]
    return "\n".join(said) or ending(status, errors)


def receivers(
    tool: Amtool, file: Path, alerts: Sequence[Labels], jobs: int, limit: float, watch: Watch
) -> list[Said]:
    """Who gets each of these alerts by a configuration: receivers in the order of the tree, with commas
    between them. Raises Unusable if amtool does not run."""
    found: list[Said] = []
    with ThreadPoolExecutor(max(1, jobs)) as pool:
        try:
            for said in pool.map(lambda labels: _receivers(tool, file, labels, limit), alerts):
                found.append(said)
                watch(len(found), len(alerts))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return found


def _receivers(tool: Amtool, file: Path, labels: Labels, limit: float) -> Said:
    written = [str(Matcher(name, "=", value)) for name, value in labels.items()]
    command = ["config", "routes", "test", f"--config.file={file}", *written]
    status, output, errors = _run(tool, command, limit)
    if status:
        said = [line for line in errors.splitlines() if line and not _is_remark(line)]
        return Said(problem=_ERROR.sub("", "\n".join(said)) or ending(status, output))
    answers = [line for line in output.splitlines() if line and not _is_remark(line)]
    return Said("\n".join(answers))


def _is_remark(line: str) -> bool:
    return _REMARK.match(line) is not None


def _run(tool: Amtool, arguments: Sequence[str], limit: float) -> tuple[int, str, str]:
    """Run amtool; gives its exit code, and what it wrote to standard output and to standard error."""
    try:
        running = subprocess.Popen(
            [tool.path, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        raise Unusable(unstartable(tool.path, error)) from error
    try:
        output, errors = running.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        raise Unusable(f"`{tool.path}` did not end within {limit:g} s") from None
    finally:
        kill(running)
        for stream in (running.stdout, running.stderr):
            with suppress(OSError):
                if stream is not None:
                    stream.close()
    return running.returncode, output.decode("utf-8", "replace"), errors.decode("utf-8", "replace")
