"""Measures how fast `slogen test` is on a project: scenarios, and wall and CPU time of all its processes."""

from __future__ import annotations

import argparse
import os
import re
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from report import table

PROJECT = Path(__file__).parents[2]
# A line such as `ok    api-availability    17 scenarios    ApiAvailabilityBudgetBurn`.
_SUBJECT = re.compile(r"^ok +\S.*? +(\d+) scenarios?\b", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Finished:
    """A run that passed: wall and CPU time in s, SLOs and alerts that were tested, and their scenarios."""

    wall_s: float
    cpu_s: float
    subjects: int
    scenarios: int


class ProcessError(Exception):
    """The measured process failed; the message holds what it printed."""


def main() -> None:
    """Tests each path by itself, then all together, and prints one row for each."""
    args = _arguments()
    command = [*shlex.split(args.command), "test"]
    runs = [[path] for path in args.paths] + ([args.paths] if len(args.paths) > 1 else [])
    rows = [_row(" ".join(paths), _run([*command, *paths], args.project)) for paths in runs]
    head = ("slogen test", "SLOs and alerts", "scenarios", "wall s", "CPU s", "wall s each", "CPU s each")
    sys.stdout.write("\n".join(table(head, rows)) + "\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "paths", nargs="*", default=["slos", "rules"], help="what to test, within the project"
    )
    parser.add_argument("--project", type=Path, default=PROJECT, help="the folder to run in")
    parser.add_argument(
        "--command", default=f"{shlex.quote(sys.executable)} -m slogen", help="how to start slogen"
    )
    return parser.parse_args()


def _row(title: str, run: Finished) -> tuple[str, ...]:
    each = max(run.subjects, 1)
    return (
        title,
        str(run.subjects),
        str(run.scenarios),
        f"{run.wall_s:.1f}",
        f"{run.cpu_s:.1f}",
        f"{run.wall_s / each:.2f}",
        f"{run.cpu_s / each:.2f}",
    )


def _run(command: Sequence[str], folder: Path) -> Finished:
    with tempfile.TemporaryFile() as log:
        begin = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=subprocess.STDOUT)
        # Its time is that of the promtools that it has waited for, too.
        _, status, usage = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        log.seek(0)
        output = log.read().decode(errors="replace")
    if process.returncode != 0:
        raise ProcessError(f"{shlex.join(command)} ended with {process.returncode}:\n{output}")
    counts = [int(count) for count in _SUBJECT.findall(output)]
    return Finished(wall_s, usage.ru_utime + usage.ru_stime, len(counts), sum(counts))


if __name__ == "__main__":
    main()
