"""`slogen explain`."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from slogen.pipeline import all_codes

Run = Callable[..., Result]
Write = Callable[[str, str], Path]


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


def test_the_page_ends_with_how_to_allow_it_where_that_is_possible(run: Run) -> None:
    for code in all_codes().values():
        page = run("explain", code.id).stdout
        assert (f"\n# slogen: allow {code.id} " in page) == (not code.firm)
        assert ("## How to allow it" in page) == (not code.firm)
        assert page.endswith("```\n") or code.firm


def test_without_a_code_all_are_listed(run: Run) -> None:
    result = run("explain")
    assert result.exit_code == 0
    lines = [line.split(maxsplit=2) for line in result.stdout.splitlines()]
    assert lines == [[code.id, code.severity, code.title] for _, code in sorted(all_codes().items())]


def test_an_unknown_code_has_the_nearest(run: Run) -> None:
    result = run("explain", "SLO-102")
    assert result.exit_code == 2
    assert "there is no code `SLO-102`; did you mean SLO102?" in result.stderr


SPEC = """\
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: shop
  slos:
    - name: sold
      objective: 99.9
      sli: {events: {total: orders_total, bad: failures_total}}
    - name: promised
      objective: 100
      sli: {events: {total: orders_total, bad: failures_total}}
"""


@pytest.mark.parametrize("subject", ["shop-sold", "shop/sold"])
def test_an_slo(run: Run, write: Write, subject: str) -> None:
    write("slos/shop.yaml", SPEC)
    result = run("explain", subject)
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith("shop sold\n  shop-sold, written at slos/shop.yaml:6\n")
    assert "99.9% of the events are good over 30 days" in result.stdout
    assert result.stderr == ""


def test_an_slo_is_compiled_as_the_command_line_says(run: Run, write: Write) -> None:
    write("elsewhere/shop.yaml", SPEC)
    result = run("explain", "shop/sold", "elsewhere", "--default-window", "7d", "--compat", "sloth")
    assert result.exit_code == 0, result.stderr
    assert "over 7 days" in result.stdout
    assert "Alerts are evaluated every 1m" in result.stdout


def test_an_slo_that_means_nothing(run: Run, write: Write) -> None:
    write("slos/shop.yaml", SPEC)
    result = run("explain", "shop-promised", "--format", "concise")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "slos/shop.yaml:10:18: error[SLO301]" in result.stderr
    assert result.stderr.endswith(
        "error: the SLO `shop-promised` cannot be explained: the project has errors\n"
    )


def test_a_project_that_cannot_be_read(run: Run, write: Write) -> None:
    write("slos/shop.yaml", SPEC.replace("objective: 100", "objectiv: 100"))
    assert run("explain", "shop-sold").exit_code == 0
    result = run("explain", "shop-promised")
    assert result.exit_code == 1
    assert "SLO110" in result.stderr


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("shop-sould", "there is no code and no SLO `shop-sould`; did you mean `shop-sold`?"),
        ("shop/sould", "there is no code and no SLO `shop/sould`; did you mean `shop/sold`?"),
        ("SLOO102", "there is no code and no SLO `SLOO102`; did you mean `SLO102`?"),
    ],
)
def test_an_unknown_slo_has_the_nearest(run: Run, write: Write, subject: str, expected: str) -> None:
    write("slos/shop.yaml", SPEC)
    result = run("explain", subject)
    assert result.exit_code == 2
    assert expected in result.stderr


def test_a_terminal_without_blocks(project: Path, write: Write) -> None:
    write("slos/shop.yaml", SPEC)
    command = [sys.executable, "-m", "slogen", "explain", "shop-sold"]
    told = {
        encoding: subprocess.run(
            command,
            cwd=project,
            env={**os.environ, "PYTHONIOENCODING": encoding},
            capture_output=True,
            check=True,
        ).stdout
        for encoding in ("ascii", "utf-8")
    }
    assert b"# the page fires" in told["ascii"]
    assert "█ the page fires" in told["utf-8"].decode()


def test_what_is_like_no_code(run: Run) -> None:
    result = run("explain", "checkout")
    assert result.exit_code == 2
    assert "there is no code `checkout`; `slogen explain` lists the codes" in result.stderr
