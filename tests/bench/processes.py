"""Runs a process to its end and says what it took."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Finished:
    """A process that ended well: wall time and CPU time in s, peak memory in MiB, and what it printed.

    The time is that of the processes that it has waited for, too.
    """

    wall_s: float
    cpu_s: float
    memory_mib: float
    output: str


class ProcessError(Exception):
    """The measured process failed; the message holds what it printed."""


def run(command: Sequence[str], folder: Path) -> Finished:
    """Runs a command in a folder. Raises ProcessError when it fails."""
    with tempfile.TemporaryFile() as log:
        begin = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        log.seek(0)
        output = log.read().decode(errors="replace")
    if process.returncode != 0:
        raise ProcessError(f"{shlex.join(command)} ended with {process.returncode}:\n{output}")
    # The kernel counts ru_maxrss in KiB.
    return Finished(wall_s, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output)
