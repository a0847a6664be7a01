"""`slogen explain`."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import Result

from slogen.pipeline import all_codes

Run = Callable[..., Result]


@pytest.mark.parametrize("subject", ["SLO102", "slo102", "102"])
def test_a_code(run: Run, subject: str) -> None:
    result = run("explain", subject)
    assert result.exit_code == 0
    title, *body = result.stdout.splitlines()
    assert title == "# SLO102 (error): A key is written twice in one mapping"
    assert body[0] == ""
    assert body[1] == "## Why"
    assert "## Wrong" in body
    assert "## Right" in body


def test_every_code_has_a_page(run: Run) -> None:
    for code in all_codes().values():
        assert run("explain", code.id).stdout.startswith(
            f"# {code.id} ({code.severity}): {code.title}\n\n## "
        )


def test_without_a_code_all_are_listed(run: Run) -> None:
    result = run("explain")
    assert result.exit_code == 0
    lines = [line.split(maxsplit=2) for line in result.stdout.splitlines()]
    assert lines == [[code.id, code.severity, code.title] for _, code in sorted(all_codes().items())]


def test_an_unknown_code_has_the_nearest(run: Run) -> None:
    result = run("explain", "SLO-102")
    assert result.exit_code == 2
    assert "there is no code `SLO-102`; did you mean SLO102?" in result.stderr


def test_what_is_like_no_code(run: Run) -> None:
    result = run("explain", "checkout")
    assert result.exit_code == 2
    assert "there is no code `checkout`; `slogen explain` lists the codes" in result.stderr
