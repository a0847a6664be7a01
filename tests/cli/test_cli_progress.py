"""The line on the terminal that shows a long run is alive."""

from __future__ import annotations

import io

import pytest

from slogen.cli.progress import PATIENCE_SECONDS, Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True

    @property
    def screen(self) -> str:
        """What stands on the last line when everything has been written."""
        cells: list[str] = []
        column = 0
        for char in self.getvalue():
            if char == "\r":
                column = 0
                continue
            cells[column : column + 1] = [char]
            column += 1
        return "".join(cells).rstrip()


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def _terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")


def test_a_short_run_shows_nothing() -> None:
    terminal, clock = Terminal(), Clock()
    with Progress(terminal, clock) as progress:
        progress("checking", 0, 10)
        clock.now += PATIENCE_SECONDS - 0.01
        progress("checking", 9, 10)
    assert terminal.getvalue() == ""


def test_a_long_run_shows_one_line_that_is_gone_at_the_end() -> None:
    terminal, clock = Terminal(), Clock()
    with Progress(terminal, clock) as progress:
        clock.now += PATIENCE_SECONDS
        progress("checking", 1200, 10000)
        assert terminal.screen == "slogen: checking 1,200/10,000"
        clock.now += 1
        progress("writing", 1, 2)
        assert terminal.screen == "slogen: writing 1/2"
        clock.now += 1
        progress("proving", 0, 0)
        assert terminal.screen == "slogen: proving"
    assert terminal.screen == ""
    assert terminal.getvalue().endswith("\r")
    assert "\n" not in terminal.getvalue()


def test_the_line_is_gone_after_a_failure_too() -> None:
    terminal, clock = Terminal(), Clock()

    def fail() -> None:
        with Progress(terminal, clock) as progress:
            clock.now += PATIENCE_SECONDS
            progress("checking", 1, 2)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert terminal.screen == ""


def test_the_line_changes_only_ten_times_a_second() -> None:
    terminal, clock = Terminal(), Clock()
    progress = Progress(terminal, clock)
    clock.now += PATIENCE_SECONDS
    for done in range(1000):
        progress("checking", done, 1000)
        clock.now += 0.001
    assert 9 <= terminal.getvalue().count("\r") <= 11


def test_the_line_fits_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    terminal, clock = Terminal(), Clock()
    progress = Progress(terminal, clock)
    clock.now += PATIENCE_SECONDS
    progress("checking", 1200, 10000)
    assert terminal.screen == "slogen: checking 1,"


@pytest.mark.parametrize("term", ["dumb", "xterm"])
def test_nothing_on_what_is_no_terminal(monkeypatch: pytest.MonkeyPatch, term: str) -> None:
    monkeypatch.setenv("TERM", term)
    stream, clock = (Terminal() if term == "dumb" else io.StringIO()), Clock()
    with Progress(stream, clock) as progress:
        clock.now += 60
        progress("checking", 1, 2)
    assert stream.getvalue() == ""
