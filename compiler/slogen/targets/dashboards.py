"""out/dashboards: dashboards of Grafana, and ConfigMaps of them."""

from __future__ import annotations

from collections.abc import Iterator

from slogen.ir import OutFile, Program


def emit(program: Program) -> Iterator[OutFile]:
    """The files of every dashboard; none unless Settings ask for them, or somebody wrote one."""
    if program.settings.dashboards.forms or program.dashboards:
        from slogen.dashboards.files import files  # noqa: PLC0415 - it loads Grafana's SDK

        yield from files(program)
