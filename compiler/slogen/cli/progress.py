"""One line on the terminal that shows a long run is alive."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self, TextIO

PATIENCE_SECONDS = 2.0
"""A run that is over sooner shows nothing."""

_PAUSE_SECONDS = 0.1


class Progress:
    """Takes note of how far a run is, and shows it on a terminal once the run takes long.

    A context: the line is gone when it ends. On anything but a terminal nothing is ever written.
    """

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._shows = stream.isatty() and os.environ.get("TERM") != "dumb"
        self._next = clock() + PATIENCE_SECONDS
        self._width = 0

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Note that `done` of `total` things of a stage are done; a total of 0 is not known."""
        if not self._shows:
            return
        now = self._clock()
        if now < self._next:
            return
        self._next = now + _PAUSE_SECONDS
        self._write(f"slogen: {stage} {done:,}/{total:,}" if total else f"slogen: {stage}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._width:
            self._write("")
            self._stream.write("\r")
            self._stream.flush()
            self._width = 0

    def _write(self, line: str) -> None:
        shown = line[: shutil.get_terminal_size().columns - 1]
        self._stream.write(f"\r{shown.ljust(self._width)}")
        self._stream.flush()
        self._width = len(shown)
