"""Finding and running promtool: with programs that only look like it, and with the real one."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from promtool import needed
from slogen.cli import programs, promtool
from slogen.cli.promtool import Batch, Promtool, State, Unusable

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are scripts")

Fake = Callable[[str], str]

ANSWERS = (
    'if sys.argv[1] == "--version":\n    print("promtool, version 2.53.1 (branch: HEAD)")\n    sys.exit(0)\n'
)
# Does with each test file what is written in it.
OBEDIENT = ANSWERS + dedent(
    """\
    failed = 0
    for name in sys.argv[3:]:
        order = open(name).read().split()
        print("Unit Testing: ", name)
        if order[0] == "pass":
            print("  SUCCESS")
        elif order[0] == "fail":
            failed = 1
            print("  FAILED:", file=sys.stderr)
            print("    it is wrong in", name, file=sys.stderr)
        elif order[0] == "crash":
            os.kill(os.getpid(), 11)
        elif order[0] == "hang":
            if os.fork() == 0:
                open(order[1], "w").write(str(os.getpid()))
            time.sleep(600)
        elif order[0] == "leave":
            print("  SUCCESS", flush=True)
            if os.fork():
                os._exit(0)
            os.setsid()
            open(order[1], "w").write(str(os.getpid()))
            time.sleep(600)
        elif order[0] == "mumble":
            print("whatever")
        elif order[0] == "litter":
            open(os.path.join(os.environ["TMPDIR"], "database"), "w").write("x")
            print("  SUCCESS")
        print(flush=True)
    sys.exit(failed)
    """
)


@pytest.fixture
def fake(tmp_path: Path) -> Fake:
    """Make a program that runs a Python script; gives its path."""

    def make(script: str) -> str:
        path = tmp_path / "promtool"
        path.write_text(
            f"#!{sys.executable}\nimport os, sys, time\nsys.stdout.reconfigure(line_buffering=True)\n{script}"
        )
        path.chmod(0o755)
        return str(path)

    return make


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary folders are made."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def orders(**told: str) -> Batch[str]:
    return Batch("orders", tuple(told), told)


def states(tool: Promtool, *batches: Batch[str], jobs: int = 2, limit: float = 60) -> list[list[State]]:
    with promtool.running(tool, batches, jobs, limit) as ended:
        found = {id(batch): [answer.state for answer in answers] for batch, answers in ended}
    return [found[id(batch)] for batch in batches]


class TestFind:
    @pytest.mark.parametrize(
        ("script", "version"),
        [
            (ANSWERS, (2, 53)),
            ('print("promtool, version v3.5.0-rc.1 (branch: HEAD)")', (3, 5)),
            ('print("promtool, version  (branch: , revision: unknown)")', (0, 0)),
        ],
    )
    def test_takes_what_says_that_it_is_promtool(
        self, fake: Fake, script: str, version: tuple[int, int]
    ) -> None:
        assert promtool.find(fake(script)).version == version

    @pytest.mark.parametrize(
        ("script", "reason"),
        [
            ('print("promtool, version 2.41.0 (branch: HEAD)")', "is promtool 2.41; 2.42 or later is needed"),
            (
                'print("amtool, version 0.27.0")',
                "is not promtool: asked for its version, it ended with exit code 0",
            ),
            ("os.kill(os.getpid(), 11)", "was ended by SIGSEGV"),
            ('print("unknown flag"); sys.exit(3)', "ended with exit code 3, and said:\n    unknown flag"),
            ("time.sleep(600)", "did not end within 0.5 s"),
            ('while True: print("y" * 99999)', "did not end within 0.5 s"),
        ],
    )
    def test_refuses_the_others(
        self, fake: Fake, script: str, reason: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        if "0.5 s" in reason:
            monkeypatch.setattr(programs, "_ANSWERS_WITHIN", 0.5)
        with pytest.raises(Unusable) as refusal:
            promtool.find(fake(script))
        assert reason in refusal.value.message
        assert refusal.value.exit_code == 2

    def test_says_what_is_wrong_with_a_path(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        text = tmp_path / "text"
        text.write_text("promtool")
        binary = tmp_path / "binary"
        binary.write_bytes(b"\x7fELF, but no more")
        binary.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
        for path, reason in (
            (None, "promtool is not on PATH"),
            (None, "apt install prometheus"),
            (None, "brew install prometheus"),
            (None, "docker run"),
            (str(text), "is not executable"),
            (str(tmp_path), "is a folder"),
            (str(tmp_path / "none"), "there is no `"),
            (str(binary), "cannot be started"),
        ):
            with pytest.raises(Unusable) as refusal:
                promtool.find(path)
            assert reason in refusal.value.message


class TestRun:
    def test_tells_files_apart(self, fake: Fake) -> None:
        tool = promtool.find(fake(OBEDIENT))
        first = orders(a="pass", b="fail", c="pass", d="fail", e="fail")
        with promtool.running(tool, [first], 1) as ended:
            ((batch, answers),) = ended
        assert batch is first
        assert [answer.state.value for answer in answers] == [
            "passed",
            "failed",
            "passed",
            "failed",
            "failed",
        ]
        assert answers[3].text == "    it is wrong in d"

    def test_a_relative_path(self, fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
        path = Path(fake(OBEDIENT))
        monkeypatch.chdir(path.parent)
        assert states(promtool.find(f"./{path.name}"), orders(a="pass")) == [[State.PASSED]]

    @pytest.mark.parametrize(
        ("told", "expected"),
        [
            ({"a": "crash"}, "crashed"),
            ({"a": "pass", "b": "fail", "c": "crash", "d": "pass"}, "passed failed crashed passed"),
            ({"a": "crash", "b": "crash", "c": "fail"}, "crashed crashed failed"),
            ({"a": "mumble"}, "unreadable"),
            ({"a": "pass", "b": "mumble", "c": "fail"}, "passed unreadable failed"),
        ],
    )
    def test_one_that_dies_takes_no_other_with_it(
        self, fake: Fake, told: Mapping[str, str], expected: str
    ) -> None:
        (found,) = states(promtool.find(fake(OBEDIENT)), orders(**told))
        assert " ".join(state.value for state in found) == expected

    def test_one_that_hangs_is_ended_with_its_children(self, fake: Fake, tmp_path: Path) -> None:
        child = tmp_path / "child"
        batch = orders(a="pass", b=f"hang {child}", c="pass")
        (found,) = states(promtool.find(fake(OBEDIENT)), batch, limit=1)
        assert found == [State.PASSED, State.HUNG, State.PASSED]
        with pytest.raises(ProcessLookupError):
            _wait_for_the_end_of(int(child.read_text()))

    def test_one_that_leaves_something_running_is_not_waited_for(self, fake: Fake, tmp_path: Path) -> None:
        child = tmp_path / "child"
        try:
            (found,) = states(promtool.find(fake(OBEDIENT)), orders(a=f"leave {child}"), limit=0.5)
            assert found == [State.HUNG]
        finally:
            os.kill(int(child.read_text()), signal.SIGKILL)

    def test_one_that_writes_for_ever_is_ended(self, fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(promtool, "_MOST_BYTES", 1_000_000)
        tool = promtool.find(fake(ANSWERS + 'while True: print("y" * 99999)'))
        assert states(tool, orders(a="pass")) == [[State.HUNG]]

    def test_nothing_stays_behind(self, fake: Fake, tmp_path: Path, scratch: Path) -> None:
        tool = promtool.find(fake(OBEDIENT))
        child = tmp_path / "child"
        states(tool, orders(a="pass", b="crash"), orders(a="litter"))
        assert list(scratch.iterdir()) == []
        batches = [orders(a="pass"), orders(a=f"hang {child}")]
        with promtool.running(tool, batches, 2) as ended:
            next(ended)
            deadline = time.monotonic() + 60
            while not (child.exists() and child.read_text()) and time.monotonic() < deadline:
                time.sleep(0.01)
            assert list(scratch.iterdir()) != []
        assert list(scratch.iterdir()) == []
        with pytest.raises(ProcessLookupError):
            _wait_for_the_end_of(int(child.read_text()))

    def test_asks_for_batches_as_it_goes(self, fake: Fake) -> None:
        asked = 0

        def endless() -> Iterator[Batch[str]]:
            nonlocal asked
            while True:
                asked += 1
                yield orders(a="pass")

        with promtool.running(promtool.find(fake(OBEDIENT)), endless(), 2) as ended:
            for _ in range(5):
                next(ended)
        assert asked <= 7

    def test_one_that_vanishes_is_unusable(self, fake: Fake) -> None:
        path = fake(OBEDIENT)
        tool = promtool.find(path)
        Path(path).unlink()
        with pytest.raises(Unusable, match="cannot be started: No such file"):
            states(tool, orders(a="pass"))

    def test_the_real_one(self, tmp_path: Path) -> None:
        rules = "groups: [{name: g, rules: [{alert: Down, expr: up == 0}]}]"
        alerts = "[{{eval_time: 1m, alertname: Down, exp_alerts: {}}}]"
        test = (
            "rule_files: [rules]\nevaluation_interval: 1m\ntests: [{{interval: 1m, input_series: "
            f"[{{{{series: up, values: '0x5'}}}}], alert_rule_test: {alerts}}}}}]"
        )
        files = {
            "rules": rules,
            "right": test.format("[{exp_labels: {}}]"),
            "wrong": test.format("[]"),
            "broken": "tests: [",
        }
        batch = Batch("real", ("wrong", "right", "broken", "right", "wrong"), files)
        with promtool.running(promtool.find(needed()), [batch], 1) as ended:
            ((_, answers),) = ended
        assert [answer.state.value for answer in answers] == [
            "failed",
            "passed",
            "failed",
            "passed",
            "failed",
        ]
        assert "alertname: Down, time: 1m" in answers[4].text
        assert answers[2].text.startswith("yaml: ")


def _wait_for_the_end_of(process: int) -> None:
    """Raises ProcessLookupError once a process has ended; the system may take a moment to notice."""
    for _ in range(10_000):
        os.kill(process, 0)
        if Path(f"/proc/{process}/stat").exists() and ") Z " in Path(f"/proc/{process}/stat").read_text():
            raise ProcessLookupError
