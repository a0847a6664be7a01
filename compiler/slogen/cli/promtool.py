"""Finds promtool, and runs its unit tests: many files per process, several processes at a time.

A process is given files of its own in a temporary folder, which is gone when it has ended; so are the process
and its children, however the run ends. What promtool writes is read as far as it tells the files apart:
every version from 2.42 on ends each file, in the order of the command line, with `SUCCESS` or with `FAILED:`
and what is wrong.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread, current_thread, main_thread
from types import FrameType
from typing import Generic, TypeVar

from slogen.cli.programs import Tool, ending, kill, unstartable
from slogen.cli.programs import Unusable as Unusable  # noqa: PLC0414 - one import for those who use promtool

OLDEST = (2, 42)
"""The first version that knows all that generated rules and tests are written in."""

TIME_LIMIT = 120.0
"""Seconds that a scenario may take."""

GET_IT = (
    "on Debian and Ubuntu: apt install prometheus; on macOS: brew install prometheus; in a container: "
    'docker run --rm -v "$PWD:/w" -w /w --entrypoint promtool prom/prometheus test rules '
    "out/tests/*.test.yaml; else take it from https://prometheus.io/download, and name it with --promtool"
)

_DEAD_WITHIN = 2.0
# More than this is no report on tests; a program that never stops writing must not fill the memory.
_MOST_BYTES = 64 * 1024 * 1024
_VERSION = re.compile(r"^promtool, version (?:v?(\d+)\.(\d+)(\S*))?", re.MULTILINE)
_SUCCESS = "SUCCESS"
_ENDS = re.compile(r"^  (?=(?:SUCCESS|FAILED:)$)", re.MULTILINE)
_HEAD = "Unit Testing: "

_TOOL = Tool("promtool", "it runs the tests", GET_IT)

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Promtool:
    """A promtool that runs: its path, and its version; (0, 0) where it was built without one."""

    path: str
    version: tuple[int, int]
    version_text: str

    @property
    def reads_native_histograms(self) -> bool:
        """Whether series of tests may be native histograms."""
        return self.version >= (2, 47) or self.version == (0, 0)


class State(Enum):
    """What came of a test file.

    CRASHED and HUNG mean that the process did not live to say it, UNREADABLE that it said something else.
    """

    PASSED = "passed"
    FAILED = "failed"
    CRASHED = "crashed"
    HUNG = "hung"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Answer:
    """What promtool says about a test file: its own words for a failure, ours for the lack of an answer."""

    state: State
    text: str = ""


@dataclass(frozen=True, slots=True)
class Batch(Generic[Key]):
    """Test files for one process, in this order.

    `files` are written for it into a folder of its own, by path; without any, `tests` are read in `folder`.
    `key` is the caller's. A test holds about so many `scenarios`, so it may take as much longer.
    """

    key: Key
    tests: tuple[str, ...]
    files: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None
    scenarios: int = 1


def find(path: str | None) -> Promtool:
    """The promtool at a path or of a name; without one, that on PATH. Raises Unusable."""
    found = _TOOL.found(path)
    text = _TOOL.version_text(found)
    version = _VERSION.search(text)
    if version is None:
        raise Unusable(f"`{found}` is not promtool: asked for its version, it {ending(0, text)}")
    if version[1] is None:
        return Promtool(found, (0, 0), "of unknown version")
    number = (int(version[1]), int(version[2]))
    if number < OLDEST:
        need = ".".join(map(str, OLDEST))
        raise Unusable(
            f"`{found}` is promtool {version[1]}.{version[2]}; {need} or later is needed\n  = help: {GET_IT}"
        )
    return Promtool(found, number, f"{version[1]}.{version[2]}{version[3]}")


@contextmanager
def running(
    promtool: Promtool, batches: Iterable[Batch[Key]], jobs: int, limit: float = TIME_LIMIT
) -> Iterator[Iterator[tuple[Batch[Key], tuple[Answer, ...]]]]:
    """Run batches, `jobs` at a time: a context that gives each with an answer per test, as they end.

    A batch is asked for when there is a process for it. A process that is silent for longer than `limit`
    seconds per scenario is killed. Where a process does not live to the end of its batch, the tests behind
    the one that it died of are run anew. Leaving the context ends all processes and removes all files. Giving
    the next answer raises Unusable if promtool cannot be started.
    """
    with (
        _asked_to_end(),
        tempfile.TemporaryDirectory(prefix="slogen-", ignore_cleanup_errors=True) as folder,
    ):
        runner = _Runner[Key](promtool, Path(folder), limit)
        try:
            yield runner.all(iter(batches), max(1, jobs))
        finally:
            runner.stop()


@contextmanager
def _asked_to_end() -> Iterator[None]:
    """A request to terminate ends the run in order, so that nothing is left behind."""

    def end(number: int, _: FrameType | None) -> None:
        raise SystemExit(128 + number)

    if current_thread() is not main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


# processes --------------------------------------------------------------------------------------------


@dataclass(slots=True, eq=False)
class _Process(Generic[Key]):
    """A running promtool, on the tests of a batch from `first` up to `end`, and what it wrote so far."""

    work: _Work[Key]
    first: int
    end: int
    home: Path | None
    running: subprocess.Popen[bytes]
    patience: float
    started: float = field(default_factory=time.monotonic)
    heard: float = field(default_factory=time.monotonic)
    output: list[bytes] = field(default_factory=list)
    fault: str = ""

    @property
    def count(self) -> int:
        return self.end - self.first

    @property
    def deadline(self) -> float:
        """Until when it must say something, or end; saying something for ever does not help."""
        return min(self.heard + self.patience, self.started + self.patience * self.count)


@dataclass(slots=True, eq=False)
class _Work(Generic[Key]):
    """A batch, and the answers so far."""

    batch: Batch[Key]
    answers: list[Answer | None]


class _Runner(Generic[Key]):
    """The processes of one run. Only the caller's thread starts and ends them; other threads only read."""

    def __init__(self, promtool: Promtool, folder: Path, limit: float) -> None:
        self._promtool = promtool
        self._folder = folder
        self._limit = limit
        self._live: list[_Process[Key]] = []
        self._silent: SimpleQueue[_Process[Key]] = SimpleQueue()
        self._count = 0

    def all(
        self, batches: Iterator[Batch[Key]], jobs: int
    ) -> Iterator[tuple[Batch[Key], tuple[Answer, ...]]]:
        """Run all batches; see `running`."""
        again: deque[tuple[_Work[Key], int, int]] = deque()
        while True:
            while len(self._live) < jobs:
                job = again.popleft() if again else _next(batches)
                if job is None:
                    break
                self._start(*job)
            if not self._live:
                return
            process = self._next_ended()
            again.extend(_settled(process))
            answers = [answer for answer in process.work.answers if answer is not None]
            if len(answers) == len(process.work.answers):
                yield process.work.batch, tuple(answers)

    def stop(self) -> None:
        """End all that runs."""
        for process in self._live:
            kill(process.running)
            _clean(process)
        self._live.clear()

    def _start(self, work: _Work[Key], first: int, end: int) -> None:
        self._count += 1
        batch = work.batch
        home = self._written(batch) if batch.files else None
        command = [self._promtool.path, "test", "rules", *batch.tests[first:end]]
        try:
            running = subprocess.Popen(
                command,
                cwd=home or batch.folder,
                # Where promtool keeps its databases: it leaves them there when it is killed.
                env={**os.environ, "TMPDIR": str(home or self._folder)},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            raise Unusable(unstartable(self._promtool.path, error)) from error
        process = _Process(work, first, end, home, running, self._limit * batch.scenarios)
        self._live.append(process)
        Thread(target=_read, args=(process, self._silent), daemon=True).start()

    def _written(self, batch: Batch[Key]) -> Path:
        home = self._folder / str(self._count)
        home.mkdir()
        for name, text in batch.files.items():
            path = home / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return home

    def _next_ended(self) -> _Process[Key]:
        """Wait for a process to end; those that take too long are made to."""
        while True:
            process = self._next_silent()
            if not process.fault:
                with suppress(subprocess.TimeoutExpired):
                    process.running.wait(max(0.0, process.deadline - time.monotonic()))
            kill(process.running)
            if process in self._live:
                self._live.remove(process)
                _clean(process)
                return process

    def _next_silent(self) -> _Process[Key]:
        """Wait for a process that nothing more is to be heard of."""
        while True:
            nearest = min(process.deadline for process in self._live)
            with suppress(Empty):
                return self._silent.get(timeout=max(0.0, nearest - time.monotonic()))
            for process in self._live:
                if process.deadline > time.monotonic():
                    continue
                if process.fault:  # it is dead, and something that it started lives on, and may write
                    return process
                process.fault = f"promtool said nothing for {process.patience:g} s"
                process.started, process.patience = time.monotonic(), _DEAD_WITHIN
                kill(process.running)


def _next(batches: Iterator[Batch[Key]]) -> tuple[_Work[Key], int, int] | None:
    """The next batch that has tests, as a whole."""
    for batch in batches:
        if batch.tests:
            return _Work(batch, [None] * len(batch.tests)), 0, len(batch.tests)
    return None


def _read(process: _Process[Key], silent: SimpleQueue[_Process[Key]]) -> None:
    """Take in what a process, and all that it started, write, until they have ended."""
    stream = process.running.stdout
    assert stream is not None
    size = 0
    with suppress(OSError, ValueError), stream:
        while chunk := os.read(stream.fileno(), 65_536):
            process.heard = time.monotonic()
            size += len(chunk)
            if size > _MOST_BYTES:
                process.fault = f"promtool wrote more than {_MOST_BYTES >> 20} MiB"
                break
            process.output.append(chunk)
    silent.put(process)


def _clean(process: _Process[Key]) -> None:
    if process.home is not None:
        shutil.rmtree(process.home, ignore_errors=True)


# what they wrote --------------------------------------------------------------------------------------


def _settled(process: _Process[Key]) -> list[tuple[_Work[Key], int, int]]:
    """Note the answers of a process that has ended; gives the tests to run anew, because it told nothing of
    them, or nothing that is certain."""
    text = b"".join(process.output).decode("utf-8", "replace").replace("\r\n", "\n")
    status = process.running.returncode
    told = _told(text)
    failed = any(answer.state is State.FAILED for answer in told)
    if not process.fault and len(told) == process.count and status == int(failed):
        return _noted(process, told)
    if process.fault:
        kept = told[: process.count - 1]
        return _noted(process, [*kept, Answer(State.HUNG, process.fault)])
    if process.count == 1:
        crashed = status not in (0, 1)
        return _noted(process, [Answer(State.CRASHED if crashed else State.UNREADABLE, ending(status, text))])
    # What it said last may be of the test that it died of.
    return _noted(process, told[:-1] if status not in (0, 1) else [], then_alone=True)


def _noted(
    process: _Process[Key], answers: Sequence[Answer], *, then_alone: bool = False
) -> list[tuple[_Work[Key], int, int]]:
    answers = answers[: process.count - then_alone]
    reached = process.first + len(answers)
    process.work.answers[process.first : reached] = answers
    parts = [(reached, reached + 1), (reached + 1, process.end)] if then_alone else [(reached, process.end)]
    return [(process.work, first, end) for first, end in parts if first < end]


def _told(text: str) -> list[Answer]:
    """The answers in what promtool writes, one for each file that it is done with."""
    answers: list[Answer] = []
    for block in _ENDS.split(text)[1:]:
        end, _, rest = block.partition("\n")
        if end == _SUCCESS:
            answers.append(Answer(State.PASSED))
            continue
        lines = [line.rstrip() for line in rest.split("\n") if not line.startswith(_HEAD)]
        answers.append(Answer(State.FAILED, "\n".join(filter(None, lines))))
    return answers
