"""Options of the whole suite, and how it runs: in several processes, where pytest-xdist is installed."""

from __future__ import annotations

import os
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


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Spread the whole suite over processes, unless the command line says how; a part starts sooner alone.

    One process more than processors: the tests with servers wait most of their time, and with more than some
    processes all others wait for them.
    """
    if not config.pluginmanager.hasplugin("xdist") or "PYTEST_XDIST_WORKER" in os.environ:
        return
    whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    option = config.option
    if not whole or option.numprocesses is not None or option.tx or option.usepdb or option.update:
        return
    option.numprocesses = min((os.cpu_count() or 1) + 1, 6)
    option.dist = "worksteal"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests with servers come first, so that nothing else waits for them in the end.

    Those that lie together at the start stay in one process: they measure time.
    """
    items.sort(key=lambda item: not item.path.is_relative_to(WITH_SERVERS))
