"""Asking amtool about routes: programs that only look like it, and the real one."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import amtool as real
from slogen.cli import amtool
from slogen.cli.programs import Unusable

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are scripts")

Fake = Callable[[str], str]

CONFIG = """\
route:
  receiver: all
  routes:
    - {matchers: ['team="a"'], receiver: a, continue: true}
    - {matchers: ['team=~"a|b"'], receiver: a}
receivers: [{name: all}, {name: a}]
"""


@pytest.fixture
def fake(tmp_path: Path) -> Fake:
    """Make a program that runs a Python script; gives its path."""

    def make(script: str) -> str:
        path = tmp_path / "amtool"
        path.write_text(f"#!{sys.executable}\nimport os, sys, time\n{script}\n")
        path.chmod(0o755)
        return str(path)

    return make


def quiet(done: int, total: int) -> None:
    """Progress that nobody watches."""


def test_the_real_one_says_who_gets_an_alert(tmp_path: Path) -> None:
    config = tmp_path / "alertmanager.yaml"
    config.write_text(CONFIG)
    tool = amtool.find(real.needed())
    odd = {"alertname": 'a "b" \\c\n{x="y",z=~"1"}', "summary": "caf\u00e9, \u2192", "empty": ""}
    alerts = [{"team": "a", **odd}, {"team": "b"}, odd, {}]
    said = amtool.receivers(tool, config, alerts, 4, 60, quiet)
    assert [(answer.answer, answer.problem) for answer in said] == [
        ("a,a", ""),
        ("a", ""),
        ("all", ""),
        ("all", ""),
    ]
    assert amtool.refused(tool, config, 60) == ""


def test_the_real_one_says_what_is_wrong(tmp_path: Path) -> None:
    config = tmp_path / "alertmanager.yaml"
    config.write_text(CONFIG.replace("receiver: all", "receiver: nobody"))
    tool = amtool.find(real.needed())
    assert amtool.refused(tool, config, 60) == 'undefined receiver "nobody" used in route'
    (said,) = amtool.receivers(tool, config, [{"team": "a"}], 1, 60, quiet)
    assert 'undefined receiver "nobody"' in said.problem


@pytest.mark.parametrize("noise", ["time=1 level=WARN msg=later", "ts=1 caller=x level=info msg=y"])
def test_remarks_are_no_answer(fake: Fake, noise: str) -> None:
    script = f"print('amtool, version 0.28.1' if sys.argv[1] == '--version' else {noise!r} + chr(10) + 'a,b')"
    tool = amtool.find(fake(script))
    assert amtool.receivers(tool, Path("x"), [{}], 1, 60, quiet) == [amtool.Said("a,b")]


@pytest.mark.parametrize(
    ("script", "version"),
    [
        ("print('amtool, version 0.25.0 (branch: debian/sid)')", "0.25.0"),
        ("print('amtool, version v1.0.0-rc.1 (branch: HEAD)')", "1.0.0-rc.1"),
        ("print('amtool, version  (branch: , revision: unknown)')", "of unknown version"),
    ],
)
def test_takes_what_says_that_it_is_amtool(fake: Fake, script: str, version: str) -> None:
    assert amtool.find(fake(script)).version_text == version


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("print('amtool, version 0.24.0')", "is amtool 0.24; 0.25 or later is needed"),
        ("print('promtool, version 2.53.0')", "is not amtool: asked for its version"),
        ("sys.exit(3)", "ended with exit code 3, and said nothing: it is not amtool, or broken"),
    ],
)
def test_refuses_the_others(fake: Fake, script: str, reason: str) -> None:
    with pytest.raises(Unusable, match="amtool") as refusal:
        amtool.find(fake(script))
    assert reason in refusal.value.message


def test_none_at_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unusable, match="amtool is not on PATH; it verifies who gets each alert"):
        amtool.find(None)


def test_one_that_hangs_is_ended(fake: Fake) -> None:
    script = "print('amtool, version 0.28.1') if sys.argv[1] == '--version' else time.sleep(600)"
    tool = amtool.find(fake(script))
    with pytest.raises(Unusable, match=r"did not end within 0\.5 s"):
        amtool.receivers(tool, Path("x"), [{}, {}, {}], 2, 0.5, quiet)


def test_one_that_dies_is_a_problem_of_the_alert(fake: Fake) -> None:
    script = "print('amtool, version 0.28.1') if sys.argv[1] == '--version' else os.abort()"
    (said,) = amtool.receivers(amtool.find(fake(script)), Path("x"), [{}], 1, 60, quiet)
    assert said.problem == "was ended by SIGABRT, and said nothing"
