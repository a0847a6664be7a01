"""Options of the whole suite, and how `pytest -n auto` spreads it over processes."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

WITH_SERVERS = Path(__file__).parent / "e2e"

# How long an example takes says how busy the machine is.
settings.register_profile(
    "unhurried", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("unhurried")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update", action="store_true", help="write what slogen gives now as what is expected of it"
    )


def pytest_configure() -> None:
    """What a shell starts in the background ignores interrupts, and so would the processes of the tests."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """With `-n auto`, processes that are done take over tests of the others."""
    option = config.option
    if getattr(option, "numprocesses", None) == "auto" and option.dist == "no":
        option.dist = "worksteal"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """How many processes `-n auto` starts: one more than processors, as the tests with servers mostly wait.

    With more than a few, all others wait for them.
    """
    return min((os.cpu_count() or 1) + 1, 6)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests with servers come first, so that nothing else waits for them in the end.

    Those that lie together at the start stay in one process: they measure time.
    """
    items.sort(key=lambda item: not item.path.is_relative_to(WITH_SERVERS))
