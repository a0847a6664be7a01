"""out/dashboards: dashboards of Grafana, and ConfigMaps of them."""

from __future__ import annotations

from collections.abc import Iterator

from slogen.ir import OutFile, Program


def emit(program: Program) -> Iterator[OutFile]:
    """The files of every dashboard; none without an SLO and without a Dashboard document."""
    if program.slos or program.dashboards:
        from slogen.dashboards.files import files  # noqa: PLC0415 - it loads Grafana's SDK

        yield from files(program)
