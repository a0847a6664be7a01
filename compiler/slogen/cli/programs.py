"""Programs that slogen runs for what they know better: where they are, their versions, and how they end."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import click

from slogen.render import visible

_ANSWERS_WITHIN = 20.0
# A program that never stops writing must not fill the memory.
_MOST_BYTES = 64 * 1024 * 1024
_LINES = 20


class Unusable(click.ClickException):
    """There is no program that works; the text says why, for the user. Ends a command with 2."""

    exit_code = 2

    def show(self, file: IO[str] | None = None) -> None:
        """Print the reason."""
        click.echo(f"error: {self.message}", file=file, err=file is None)


@dataclass(frozen=True, slots=True)
class Tool:
    """A program by its name: what slogen needs it for, as `it runs the tests`, and how to get it."""

    name: str
    purpose: str
    get_it: str

    def found(self, path: str | None) -> str:
        """The absolute path of the program at a path or of a name; without one, of that on PATH.

        Raises Unusable.
        """
        found = shutil.which(path or self.name)
        if found is None:
            raise Unusable(self._missing(path))
        # It will run in other folders.
        return str(Path(found).absolute())

    def _missing(self, path: str | None) -> str:
        if path is None:
            return f"{self.name} is not on PATH; {self.purpose}\n  = help: {self.get_it}"
        if Path(path).is_dir():
            return f"`{path}` is a folder, not {self.name}"
        if Path(path).exists():
            return f"`{path}` is not executable"
        return f"there is no `{path}`\n  = help: {self.get_it}"

    def version_text(self, path: str) -> str:
        """What a program says when it is asked for its version; raises Unusable if it does not end well."""
        with tempfile.TemporaryFile() as answer:
            try:
                running = subprocess.Popen(
                    [path, "--version"],
                    stdin=subprocess.DEVNULL,
                    stdout=answer,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            except OSError as error:
                raise Unusable(unstartable(path, error)) from error
            try:
                _wait_for_short_answer(running, answer.fileno())
            except subprocess.TimeoutExpired:
                raise Unusable(
                    f"`{path} --version` did not end within {_ANSWERS_WITHIN:g} s: it is not {self.name}, or "
                    "broken"
                ) from None
            finally:
                kill(running)
            answer.seek(0)
            text = answer.read(10_000).decode("utf-8", "replace")
        if running.returncode:
            raise Unusable(
                f"`{path} --version` {ending(running.returncode, text)}: it is not {self.name}, or broken"
            )
        return text


def _wait_for_short_answer(running: subprocess.Popen[bytes], answer: int) -> None:
    """Wait until a process ends, but not for one that never stops writing. Raises TimeoutExpired."""
    deadline = time.monotonic() + _ANSWERS_WITHIN
    while time.monotonic() < deadline and os.fstat(answer).st_size < _MOST_BYTES:
        with suppress(subprocess.TimeoutExpired):
            running.wait(0.1)
            return
    raise subprocess.TimeoutExpired(running.args, _ANSWERS_WITHIN)


def unstartable(path: str, error: OSError) -> str:
    """Why a program does not start, for the user."""
    return f"`{path}` cannot be started: {error.strerror or error}"


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a process and its children, unless it has ended and was waited for.

    The process leads a session of its own.
    """
    if process.returncode is not None:
        return
    with suppress(OSError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def ending(status: int, text: str) -> str:
    """How a process ended and what it said last, as a predicate."""
    end = f"ended with exit code {status}"
    if status < 0:
        with suppress(ValueError):
            end = f"was ended by {signal.Signals(-status).name}"
    lines = [line for line in text.split("\n") if line.strip()]
    said = "\n".join(f"    {visible(line)}" for line in lines[:_LINES])
    return f"{end}, and said:\n{said}" if said else f"{end}, and said nothing"
