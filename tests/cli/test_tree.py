"""The output folder, with real files, real processes and real kills."""

from __future__ import annotations

import errno
import os
import random
import resource
import shutil
import signal
import stat
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slogen.cli import swap
from slogen.cli import tree as tree_module
from slogen.cli.tree import ManagedFile, Plan, Tree, TreeError, diff
from slogen.ir import OutFile
from slogen.seal import seal

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes as on Linux and macOS")
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
only_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs to be root")

Bodies = Mapping[str, str]
Snapshot = dict[str, str | bytes]

OLD = {
    "rules/a.yaml": "a: 1\n",
    "rules/b.yaml": "b: 1\n",
    "manifests/a.yaml": "m: 1\n",
    "gone/x.yaml": "x: 1\n",
}
NEW = {
    "rules/a.yaml": "a: 2\n",
    "rules/b.yaml": "b: 1\n",
    "manifests/a.yaml": "m: 2\n",
    "tests/deep/t.yaml": "t: 1\n",
}


def out_files(bodies: Bodies) -> list[OutFile]:
    return [OutFile(path, seal(body, "slos/shop.yaml")) for path, body in bodies.items()]


def build(root: Path, bodies: Bodies) -> Plan:
    with Tree(root) as tree:
        plan = tree.plan(out_files(bodies))
        tree.write(plan)
    return plan


def put(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def snapshot(folder: Path) -> Snapshot:
    """Everything below a folder: the content of files, where links lead, and the folders."""
    seen: Snapshot = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            seen[name] = f"link to {path.readlink()}"
        else:
            seen[name] = "folder" if path.is_dir() else path.read_bytes()
    return seen


def texts(bodies: Bodies) -> dict[str, bytes]:
    return {file.path: file.text.encode() for file in out_files(bodies)}


def header_of(body: str) -> str:
    return out_files({"": body})[0].text.partition("\n")[0]


def files_of(folder: Path) -> dict[str, bytes]:
    return {path: content for path, content in snapshot(folder).items() if isinstance(content, bytes)}


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def identity(path: Path) -> tuple[int, int]:
    status = path.lstat()
    return status.st_ino, status.st_mtime_ns


def start(action: Callable[[], object]) -> int:
    """Run an action in a process of its own; gives its id."""
    process = os.fork()
    if process:
        return process
    try:
        action()
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def end(process: int) -> int:
    """The exit code of a process, or the negative number of the signal that ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


@pytest.fixture
def root() -> Iterator[Path]:
    """An output folder to be, in memory where possible: every write waits for the disk."""
    top = Path(mkdtemp(dir=MEMORY))
    yield top / "project" / "out"
    shutil.rmtree(top)


@pytest.fixture
def disk() -> Iterator[Path]:
    """A file system of one mebibyte."""
    folder = Path(mkdtemp())
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        folder.rmdir()
        pytest.skip(f"cannot mount a file system: {mounted.stderr.decode().strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)
        folder.rmdir()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that other users can get to, which those of pytest are not."""
    folder = Path(mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def no_exchange(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that cannot exchange two folders."""
    monkeypatch.setattr(swap, "_exchange_call", lambda: None)


def inside_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """An output folder that cannot be moved, as if it were a mount point."""
    monkeypatch.setattr(tree_module, "_homes", lambda root: [root if root.exists() else root.parent])


class TestPlan:
    def test_of_a_folder_that_does_not_exist(self, root: Path) -> None:
        plan = Tree(root).plan(out_files(OLD))
        assert plan.added == tuple(sorted(OLD))
        assert (plan.changed, plan.removed, plan.unchanged, plan.edited, plan.foreign) == ((), (), (), (), ())
        assert not plan.is_current
        assert not root.parent.exists()

    def test_names_every_difference(self, root: Path) -> None:
        build(root, OLD)
        plan = Tree(root).plan(out_files(NEW))
        assert plan.added == ("tests/deep/t.yaml",)
        assert plan.changed == ("manifests/a.yaml", "rules/a.yaml")
        assert plan.removed == ("gone/x.yaml",)
        assert plan.unchanged == ("rules/b.yaml",)
        assert (plan.edited, plan.foreign) == ((), ())
        assert not plan.is_current

    def test_of_a_current_folder(self, root: Path) -> None:
        build(root, OLD)
        plan = Tree(root).plan(out_files(OLD))
        assert plan.is_current
        assert plan.unchanged == tuple(sorted(OLD))

    def test_finds_a_change_of_one_byte(self, root: Path) -> None:
        build(root, {"a.yaml": "a: 1\n", "b.yaml": "b: 1\n"})
        assert Tree(root).plan(out_files({"a.yaml": "a: 2\n", "b.yaml": "b: 1\n"})).changed == ("a.yaml",)

    def test_finds_hand_edits_of_changed_and_of_stale_files(self, root: Path) -> None:
        build(root, OLD)
        for name in ("rules/a.yaml", "rules/b.yaml", "gone/x.yaml"):
            with (root / name).open("a") as file:
                file.write("# by hand\n")
        plan = Tree(root).plan(out_files(NEW))
        assert plan.edited == ("gone/x.yaml", "rules/a.yaml", "rules/b.yaml")
        assert plan.changed == ("manifests/a.yaml", "rules/a.yaml", "rules/b.yaml")
        assert plan.removed == ("gone/x.yaml",)

    def test_an_edit_to_what_would_be_written_is_none(self, root: Path) -> None:
        build(root, {"a.yaml": "a: 1\n"})
        (root / "a.yaml").write_text(out_files({"a.yaml": "a: 2\n"})[0].text, encoding="utf-8")
        assert Tree(root).plan(out_files({"a.yaml": "a: 2\n"})).is_current

    def test_line_ends_of_windows_are_a_change_but_no_edit(self, root: Path) -> None:
        build(root, OLD)
        path = root / "rules/a.yaml"
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
        plan = Tree(root).plan(out_files(OLD))
        assert (plan.changed, plan.edited) == (("rules/a.yaml",), ())

    @pytest.mark.parametrize("content", [b"", b"groups: []\n", b"\xff\xfe\x00", b"x" * 100_000])
    def test_a_file_of_others_is_foreign(self, root: Path, content: bytes) -> None:
        put(root / "rules/a.yaml", "")
        (root / "rules/a.yaml").write_bytes(content)
        put(root / "rules/other.yaml", "groups: []\n")
        plan = Tree(root).plan(out_files({"rules/a.yaml": "a: 1\n"}))
        assert plan.foreign == ("rules/a.yaml",)
        assert (plan.added, plan.changed, plan.removed) == ((), (), ())
        assert not plan.is_current

    def test_whatever_is_no_file_is_foreign(self, root: Path, tmp_path: Path) -> None:
        elsewhere = put(tmp_path / "elsewhere.yaml", seal("a: 1\n", "x"))
        (root / "folder.yaml").mkdir(parents=True)
        (root / "link.yaml").symlink_to(elsewhere)
        (root / "linked").symlink_to(tmp_path)
        os.mkfifo(root / "pipe.yaml")
        put(root / "file", "")
        wanted = ["folder.yaml", "link.yaml", "linked/elsewhere.yaml", "pipe.yaml", "file/a.yaml"]
        plan = Tree(root).plan(out_files(dict.fromkeys(wanted, "a: 1\n")))
        assert plan.foreign == tuple(sorted(wanted))

    def test_does_not_follow_links_out_of_the_folder(self, root: Path, tmp_path: Path) -> None:
        put(tmp_path / "elsewhere/stale.yaml", seal("a: 1\n", "x"))
        build(root, {"a.yaml": "a: 1\n"})
        (root / "linked").symlink_to(tmp_path / "elsewhere")
        (root / "stale.yaml").symlink_to(tmp_path / "elsewhere/stale.yaml")
        assert Tree(root).plan(out_files({"a.yaml": "a: 1\n"})).is_current
        assert list(Tree(root).read()) == ["a.yaml"]

    @pytest.mark.parametrize(
        ("paths", "reason"),
        [
            (["a.yaml", "b.yaml", "a.yaml"], "two files would have the name `a.yaml`"),
            (["rules", "rules/a.yaml"], "`rules` would be both a file and a folder"),
            (["../a.yaml"], "`../a.yaml` is no name of a file in the output folder"),
            (["rules/../../a.yaml"], "is no name of a file"),
            (["/etc/a.yaml"], "`/etc/a.yaml` is no name of a file"),
            (["rules//a.yaml"], "is no name of a file"),
            (["rules/"], "is no name of a file"),
            (["a\0.yaml"], "is no name of a file"),
        ],
    )
    def test_refuses_paths_that_are_not_below_the_folder(
        self, root: Path, paths: list[str], reason: str
    ) -> None:
        with pytest.raises(TreeError, match=reason):
            Tree(root).plan([OutFile(path, seal("", "x")) for path in paths])


class TestRead:
    def test_finds_what_slogen_wrote(self, root: Path) -> None:
        assert Tree(root).read() == {}
        build(root, OLD)
        put(root / "rules/foreign.yaml", "groups: []\n")
        with (root / "rules/a.yaml").open("a") as file:
            file.write("# by hand\n")
        found = Tree(root).read()
        assert sorted(found) == sorted(OLD)
        sizes = {path: len(text) for path, text in texts(OLD).items()}
        assert found["rules/b.yaml"] == ManagedFile("rules/b.yaml", sizes["rules/b.yaml"], intact=True)
        assert found["rules/a.yaml"] == ManagedFile("rules/a.yaml", sizes["rules/a.yaml"] + 10, intact=False)

    def test_tells_why_it_cannot(self, tmp_path: Path) -> None:
        put(tmp_path / "file", "")
        with pytest.raises(TreeError, match=r"cannot read `.*/file/out`: Not a directory"):
            Tree(tmp_path / "file" / "out").read()


class TestWrite:
    def test_makes_the_folder(self, root: Path) -> None:
        build(root, OLD)
        assert files_of(root) == texts(OLD)
        assert names_in(root.parent) == ["out"]

    def test_changes_what_differs_and_prunes_what_is_stale(self, root: Path) -> None:
        build(root, OLD)
        kept = identity(root / "rules/b.yaml")
        plan = build(root, NEW)
        assert plan.removed == ("gone/x.yaml",)
        assert files_of(root) == texts(NEW)
        assert not (root / "gone").exists()
        assert identity(root / "rules/b.yaml") == kept
        assert names_in(root.parent) == ["out"]
        assert Tree(root).plan(out_files(NEW)).is_current

    def test_touches_nothing_when_nothing_changed(self, root: Path) -> None:
        build(root, OLD)
        before = {path: identity(path) for path in [root.parent, root, *root.rglob("*")]}
        build(root, OLD)
        assert {path: identity(path) for path in [root.parent, root, *root.rglob("*")]} == before

    def test_can_remove_everything(self, root: Path) -> None:
        build(root, OLD)
        build(root, {})
        assert snapshot(root) == {}
        assert root.is_dir()

    @pytest.mark.parametrize(
        ("changed", "replaced", "kept"),
        [
            ({"rules/a.yaml": "a: 2\n"}, "rules/a.yaml", "rules"),
            ({"rules/a.yaml": "a: 2\n", "rules/b.yaml": "b: 2\n"}, "rules", ""),
            ({"rules/a.yaml": "a: 2\n", "rules/c.yaml": "c: 1\n"}, "rules", ""),
            ({"rules/a.yaml": "a: 2\n", "manifests/a.yaml": "m: 2\n"}, "", None),
            ({"rules/c.yaml": "c: 1\n"}, "rules/c.yaml", "rules"),
            ({"more/deep/c.yaml": "c: 1\n", "more/d.yaml": "d: 1\n"}, "more", "rules"),
        ],
    )
    def test_replaces_no_more_than_it_must(
        self, root: Path, changed: Bodies, replaced: str, kept: str | None
    ) -> None:
        build(root, OLD)
        before = {path: identity(path)[0] for path in [root, *root.rglob("*")]}
        build(root, {**OLD, **changed})
        assert files_of(root) == texts({**OLD, **changed})
        assert identity(root / replaced)[0] != before.get(root / replaced)
        if kept is not None:
            assert identity(root / kept)[0] == before[root / kept]

    def test_removing_one_folder_leaves_the_others_alone(self, root: Path) -> None:
        build(root, {**OLD, "gone/deep/y.yaml": "y: 1\n"})
        before = identity(root / "rules")
        build(root, {path: body for path, body in OLD.items() if not path.startswith("gone")})
        assert not (root / "gone").exists()
        assert identity(root / "rules") == before

    @pytest.mark.parametrize("link", [True, False], ids=["linked", "copied"])
    def test_leaves_files_of_others_as_they_are(
        self, root: Path, monkeypatch: pytest.MonkeyPatch, link: bool
    ) -> None:
        if not link:

            def refuse(*_: object, **__: object) -> None:
                raise OSError(errno.EPERM, os.strerror(errno.EPERM))

            monkeypatch.setattr(os, "link", refuse)
        build(root, OLD)
        put(root / "README.md", "ours\n").chmod(0o640)
        put(root / "gone/notes.txt", "mine\n")
        put(root.parent.parent / "elsewhere/stale.yaml", seal("a: 1\n", "x"))
        (root / "rules/linked").symlink_to("../../../elsewhere")
        (root / "nowhere").symlink_to("missing")
        (root / "rules/empty").mkdir()
        (root / "rules/empty").chmod(0o700)
        foreign = ("README.md", "gone/notes.txt")
        before = {name: identity(root / name) for name in foreign}
        build(root, NEW)
        assert files_of(root) == {**texts(NEW), "README.md": b"ours\n", "gone/notes.txt": b"mine\n"}
        assert (root / "rules/linked/stale.yaml").exists()
        assert (root / "nowhere").readlink() == Path("missing")
        assert stat.S_IMODE((root / "rules/empty").stat().st_mode) == 0o700
        assert stat.S_IMODE((root / "README.md").stat().st_mode) == 0o640
        after = {name: identity(root / name) for name in foreign}
        assert [mtime for _, mtime in after.values()] == [mtime for _, mtime in before.values()]
        if link:
            assert after == before

    def test_an_empty_folder_of_others_outlives_its_neighbours(self, root: Path) -> None:
        build(root, OLD)
        (root / "gone/empty").mkdir()
        build(root, NEW)
        assert snapshot(root)["gone/empty"] == "folder"
        assert not (root / "gone/x.yaml").exists()

    def test_keeps_modes(self, root: Path) -> None:
        build(root, OLD)
        (root / "rules/a.yaml").chmod(0o604)
        (root / "rules").chmod(0o750)
        root.chmod(0o710)
        build(root, NEW)
        modes = [stat.S_IMODE(path.stat().st_mode) for path in (root / "rules/a.yaml", root / "rules", root)]
        assert modes == [0o604, 0o750, 0o710]

    @only_root
    def test_keeps_owners(self, root: Path) -> None:
        build(root, OLD)
        for path in (root, root / "rules", root / "rules/a.yaml"):
            os.chown(path, 1234, 2345)
        build(root, NEW)
        for path in (root, root / "rules", root / "rules/a.yaml"):
            assert (path.stat().st_uid, path.stat().st_gid) == (1234, 2345)

    @only_root
    def test_what_is_new_in_a_folder_of_a_group_belongs_to_the_group(self, root: Path) -> None:
        build(root, OLD)
        os.chown(root / "rules", -1, 2345)
        (root / "rules").chmod(0o2775)
        build(root, {**NEW, "rules/c.yaml": "c: 1\n"})
        assert (root / "rules/c.yaml").stat().st_gid == 2345
        assert stat.S_IMODE((root / "rules").stat().st_mode) == 0o2775

    def test_a_read_only_folder_of_others_stays_one(self, root: Path) -> None:
        build(root, OLD)
        put(root / "rules/theirs/notes.txt", "theirs\n")
        (root / "rules/theirs").chmod(0o555)
        build(root, NEW)
        build(root, OLD)
        assert (root / "rules/theirs/notes.txt").read_text() == "theirs\n"
        assert stat.S_IMODE((root / "rules/theirs").stat().st_mode) == 0o555
        assert names_in(root.parent) == ["out"]

    def test_keeps_what_somebody_saves_meanwhile(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """An editor writes a new file, and another saves by renaming, while slogen is at work."""
        build(root, OLD)
        put(root / "rules/notes.txt", "first draft\n")
        flush = swap.Staging.flush

        def save_and_flush(*args: Any) -> None:
            put(root / "new/idea.txt", "an idea\n")
            put(root / "rules/notes.tmp", "second draft\n").replace(root / "rules/notes.txt")
            flush(*args)

        monkeypatch.setattr(swap.Staging, "flush", save_and_flush)
        build(root, NEW)
        notes = {"new/idea.txt": b"an idea\n", "rules/notes.txt": b"second draft\n"}
        assert files_of(root) == {**texts(NEW), **notes}

    def test_a_link_to_the_folder_stays_a_link(self, root: Path, tmp_path: Path) -> None:
        build(root, OLD)
        link = tmp_path / "link"
        link.symlink_to(root)
        build(link, NEW)
        assert link.readlink() == root
        assert files_of(root) == texts(NEW)

    def test_refuses_to_overwrite_what_is_foreign(self, root: Path) -> None:
        build(root, OLD)
        put(root / "tests/deep/t.yaml", "mine\n")
        before = snapshot(root)
        with pytest.raises(
            TreeError, match=r"cannot write `.*/tests/deep/t\.yaml`: .* not written by slogen"
        ):
            build(root, NEW)
        assert snapshot(root) == before

    def test_is_only_possible_within_the_context(self, root: Path) -> None:
        tree = Tree(root)
        with pytest.raises(RuntimeError, match="within its context"):
            tree.write(tree.plan(out_files(OLD)))
        assert not root.exists()

    @pytest.mark.parametrize("count", [1, 2, 40])
    def test_works_for_few_and_for_many_files(self, root: Path, count: int) -> None:
        for version in range(3):
            bodies = {f"rules/{i}.yaml": f"a: {version}\n" for i in range(count)}
            build(root, bodies)
            assert files_of(root) == texts(bodies)

    @given(st.data())
    @settings(max_examples=60, deadline=None)
    def test_any_tree_can_become_any_other(self, data: st.DataObject) -> None:
        names = st.sampled_from(["a", "b", "c/a", "c/b", "c/d/a", "c/d/b", "e/f/g", "e/f/h"])
        bodies = st.dictionaries(names, st.sampled_from(["1", "2"]), max_size=8)
        notes = {f"{name}.txt": b"" for name in data.draw(st.sets(names, max_size=3))}
        top = Path(mkdtemp(dir=MEMORY))
        try:
            for name in notes:
                put(top / "out" / name, "")
            for wanted in data.draw(st.lists(bodies, min_size=1, max_size=4)):
                build(top / "out", wanted)
                seen = snapshot(top / "out")
                assert files_of(top / "out") == {**texts(wanted), **notes}
                folders = [name for name, content in seen.items() if content == "folder"]
                assert all(any(other.startswith(f"{name}/") for other in seen) for name in folders), (
                    "left empty"
                )
                assert names_in(top) == ["out"] * (top / "out").exists()
        finally:
            shutil.rmtree(top)


class TestRefusals:
    @pytest.mark.parametrize(
        ("root", "reason"),
        [
            ("/", "it is the root of the file system"),
            (".", "it is the current folder"),
            ("..", "the current folder is in it"),
            ("~", "it is the home folder"),
            ("~/..", "the home folder is in it"),
            ("../.git", "it is inside a .git folder"),
            ("../.git/out", "it is inside a .git folder"),
            ("file", "it is a file"),
            ("dangling", "it is a link that leads nowhere"),
            ("loop", "Symlink loop"),
            ("link-to-here", "it is the current folder"),
        ],
    )
    def test_a_folder_that_must_not_be_replaced(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, root: str, reason: str
    ) -> None:
        here = tmp_path / "here"
        here.mkdir()
        monkeypatch.chdir(here)
        monkeypatch.setenv("HOME", str(tmp_path / "users" / "me"))
        put(here / "file", "")
        Path("dangling").symlink_to("missing")
        Path("loop").symlink_to("loop")
        Path("link-to-here").symlink_to(here)
        with pytest.raises(TreeError, match=f"cannot use `.*` for output: {reason}"):
            Tree(Path(root.replace("~", str(Path.home()))))

    def test_a_home_that_is_missing_is_no_reason(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HOME", str(tmp_path / "missing"))
        build(tmp_path / "out", OLD)
        assert files_of(tmp_path / "out") == texts(OLD)


class TestTrouble:
    """Whatever goes wrong, the old folder is there, and nothing else is left."""

    def test_a_file_that_is_too_large(self, root: Path) -> None:
        build(root, OLD)
        before = snapshot(root)

        def build_with_a_limit() -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, resource.RLIM_INFINITY))
            with pytest.raises(TreeError, match="File too large; nothing was changed"):
                build(root, {**NEW, "tests/large.yaml": "x" * 20_000})

        assert end(start(build_with_a_limit)) == 0
        assert snapshot(root) == before
        assert names_in(root.parent) == ["out"]

    def test_a_full_disk(self, disk: Path) -> None:
        out = disk / "out"
        build(out, {**OLD, "rules/large.yaml": "x" * 600_000})
        before = snapshot(out)
        with pytest.raises(TreeError, match="No space left on device; nothing was changed"):
            build(out, {**NEW, "rules/large.yaml": "y" * 600_000})
        assert snapshot(out) == before
        assert names_in(disk) == ["out"]
        build(out, {**NEW, "rules/large.yaml": "x" * 600_000})
        assert files_of(out) == texts({**NEW, "rules/large.yaml": "x" * 600_000})

    @pytest.mark.parametrize("exchange", [True, False])
    def test_an_error_at_any_call(self, root: Path, monkeypatch: pytest.MonkeyPatch, exchange: bool) -> None:
        """Each call that changes something fails in turn, until none is left to fail."""
        if not exchange:
            no_exchange(monkeypatch)
        build(root, OLD)
        before, after = snapshot(root), texts(NEW)
        failures = 0
        for allowed in range(200):
            with monkeypatch.context() as patch:
                calls = _failing_after(allowed, patch)
                error = _error_of(lambda: build(root, NEW))
            assert names_in(root.parent) == ["out"]
            if error:
                failures += 1
                assert "Input/output error" in error
                assert snapshot(root) == before
            else:
                assert files_of(root) == after
            if calls[0] <= allowed:
                break
            build(root, OLD)
        assert files_of(root) == after
        assert failures > 10

    @only_root
    def test_a_folder_that_may_not_be_written_to(self, open_folder: Path) -> None:
        out = open_folder / "out"
        build(out, OLD)
        before = snapshot(out)

        def build_as_nobody() -> None:
            os.setuid(65534)
            with pytest.raises(TreeError, match=r"cannot write to `.*/out`: Permission denied"):
                build(out, NEW)
            assert Tree(out).plan(out_files(OLD)).is_current

        assert end(start(build_as_nobody)) == 0
        assert snapshot(out) == before
        assert names_in(open_folder) == ["out"]

    @only_root
    def test_a_protected_folder_is_not_replaced_by_way_of_its_parent(self, open_folder: Path) -> None:
        out = open_folder / "out"
        build(out, OLD)
        subprocess.run(["chown", "-R", "65534", str(open_folder)], check=True)
        (out / "rules").chmod(0o555)
        before = snapshot(out)

        def build_as_nobody() -> None:
            os.setuid(65534)
            with pytest.raises(TreeError, match=r"`.*/out/rules`: Permission denied; nothing was changed"):
                build(out, NEW)
            build(out, {**OLD, "manifests/a.yaml": "m: 2\n"})

        assert end(start(build_as_nobody)) == 0
        assert files_of(out) == texts({**OLD, "manifests/a.yaml": "m: 2\n"})
        assert before.keys() == snapshot(out).keys()

    @only_root
    def test_a_parent_that_may_not_be_written_to_is_no_trouble(self, open_folder: Path) -> None:
        out = open_folder / "out"
        build(out, OLD)
        subprocess.run(["chown", "-R", "65534", str(out)], check=True)

        def build_as_nobody() -> None:
            os.setuid(65534)
            build(out, NEW)

        assert end(start(build_as_nobody)) == 0
        assert files_of(out) == texts(NEW)
        assert not [path for path in open_folder.rglob("*") if "slogen" in path.name]

    def test_a_mount_point(self, disk: Path) -> None:
        for bodies in (OLD, NEW, {"only.yaml": "a: 1\n"}, OLD, {}):
            build(disk, bodies)
            assert files_of(disk) == texts(bodies)
            assert not [path for path in disk.rglob("*") if "slogen" in path.name]

    @only_root
    def test_a_folder_mounted_from_the_same_disk(self, root: Path) -> None:
        """Nothing but the refusal of the kernel tells that such a folder cannot be moved."""
        build(root, OLD)
        subprocess.run(["mount", "--bind", str(root), str(root)], check=True)
        try:
            build(root, NEW)
            assert files_of(root) == texts(NEW)
            assert names_in(root.parent) == ["out"]
        finally:
            subprocess.run(["umount", str(root)], check=True)


def _error_of(action: Callable[[], object]) -> str | None:
    try:
        action()
    except TreeError as error:
        return str(error)
    return None


def _failing_after(allowed: int, patch: pytest.MonkeyPatch) -> list[int]:
    """Let the call after the first `allowed` that change something fail; gives their number so far."""
    calls = [0]

    def count(function: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **options: Any) -> Any:
            calls[0] += 1
            if calls[0] == allowed + 1:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            return function(*args, **options)

        return counted

    for name in ("mkdir", "rename", "replace", "symlink_to", "open", "chmod", "unlink"):
        patch.setattr(Path, name, count(getattr(Path, name)))
    for name in ("utime", "fsync"):
        patch.setattr(os, name, count(getattr(os, name)))
    return calls


def _kill_at_event(number: int, action: Callable[[], object]) -> int:
    """Run an action in a process that kills itself before the given one of its calls to the system."""

    def run() -> None:
        left = number

        def count(*_: object) -> None:
            nonlocal left
            left -= 1
            if left == -1:
                os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count)
        action()
        os._exit(0)

    return end(start(run))


class TestKill:
    """After a SIGKILL, the old folder or the new one is there, complete, and nothing else."""

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            (OLD, NEW),
            (OLD, {**OLD, "rules/a.yaml": "a: 2\n"}),
            (OLD, {**OLD, "rules/a.yaml": "a: 2\n", "rules/b.yaml": "b: 2\n"}),
            (OLD, {**OLD, "more/deep/a.yaml": "a: 1\n", "more/b.yaml": "b: 1\n"}),
            (OLD, {path: body for path, body in OLD.items() if not path.startswith("gone")}),
            ({}, OLD),
            (OLD, {}),
        ],
        ids=["all kinds", "one file", "one folder", "new folder", "folder gone", "first build", "all gone"],
    )
    def test_at_every_step(self, root: Path, old: Bodies, new: Bodies) -> None:
        outcomes = _kill_at_every_step(root, old, new, recover=False)
        assert outcomes == {"old", "new"}

    @pytest.mark.parametrize("limit", [no_exchange, inside_only], ids=["no exchange", "mount point"])
    @pytest.mark.parametrize(
        ("old", "new"),
        [(OLD, NEW), (NEW, OLD), (OLD, {}), ({"a/b.yaml": "", "c.yaml": ""}, {"c.yaml": "c: 1\n"})],
    )
    def test_where_one_step_is_not_possible_the_next_run_restores_the_old(
        self,
        root: Path,
        monkeypatch: pytest.MonkeyPatch,
        limit: Callable[[pytest.MonkeyPatch], None],
        old: Bodies,
        new: Bodies,
    ) -> None:
        limit(monkeypatch)
        outcomes = _kill_at_every_step(root, old, new, recover=True)
        assert outcomes == {"old", "new"}

    def test_at_random_moments(self, root: Path) -> None:
        versions = [
            {
                f"{folder}/{i}.yaml": f"version: {version}\n" * 50
                for folder in "abc"
                for i in range(version + 3)
            }
            for version in range(2)
        ]
        build(root, versions[0])
        put(root / "a/foreign.txt", "mine\n")
        whole = [{**texts(version), "a/foreign.txt": b"mine\n"} for version in versions]

        def build_on_and_on() -> None:
            while True:
                for version in versions:
                    build(root, version)

        moments = random.Random(7)
        seen = [0, 0]
        for attempt in range(600):
            process = start(build_on_and_on)
            time.sleep(moments.uniform(0.005, 0.04))
            os.kill(process, signal.SIGKILL)
            assert end(process) == -signal.SIGKILL
            seen[whole.index(files_of(root))] += 1
            # On a busy machine it takes more kills to catch the processes at work.
            if attempt >= 60 and min(seen) > 0:
                break
        assert min(seen) > 0, "no process came to write anything"
        build(root, versions[1])
        assert names_in(root.parent) == ["out"]

    def test_what_came_back_by_other_means_is_not_overwritten(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A run was killed between its two moves, and the user got the folder back from git."""
        no_exchange(monkeypatch)
        build(root, OLD)
        put(root / "notes.txt", "mine\n")
        for step in range(1_000):
            assert _kill_at_event(step, lambda: build(root, NEW)) == -signal.SIGKILL
            if not root.exists():
                break
            build(root, OLD)
        put(root / "rules/a.yaml", "from git\n")
        with pytest.raises(TreeError, match=r"left the version before it in .*\.old; delete one of the two"):
            build(root, NEW)
        assert files_of(root) == {"rules/a.yaml": b"from git\n"}
        assert any(path.name == "notes.txt" for path in root.parent.rglob("*"))


def _kill_at_every_step(root: Path, old: Bodies, new: Bodies, recover: bool) -> set[str]:
    """Which versions a kill left; fails if one left something else."""
    build(root, old)
    put(root / "foreign.txt", "mine\n")
    before = snapshot(root)
    build(root, new)
    after = snapshot(root)
    outcomes = set()
    for step in range(2_000):
        build(root, old)
        code = _kill_at_event(step, lambda: build(root, new))
        assert code in (0, -signal.SIGKILL)
        if recover:
            with Tree(root):
                pass
            assert names_in(root.parent) == ["out"]
        seen = snapshot(root)
        assert seen in (before, after), f"killed at step {step}"
        outcomes.add("old" if seen == before else "new")
        if code == 0:
            break
    else:
        pytest.fail("the build never came to its end")
    build(root, new)
    assert snapshot(root) == after
    assert names_in(root.parent) == ["out"]
    return outcomes


class TestOtherRuns:
    def test_a_run_waits_for_another(self, root: Path) -> None:
        build(root, OLD)
        reading, writing = os.pipe()

        def hold() -> None:
            with Tree(root):
                os.write(writing, b".")
                time.sleep(0.3)
                (root / "released").touch()

        process = start(hold)
        os.read(reading, 1)
        with Tree(root):
            assert (root / "released").exists()
        assert end(process) == 0

    def test_a_run_does_not_wait_forever(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tree_module, "_PATIENCE", 0.1)
        build(root, OLD)
        with Tree(root), pytest.raises(TreeError, match="another run of slogen"), Tree(root):
            pass

    def test_many_runs_at_once_do_not_mix(self, root: Path) -> None:
        versions = [{f"{folder}/a.yaml": f"{version}\n" for folder in "abcd"} for version in range(4)]

        def build_often(version: Bodies) -> None:
            for _ in range(25):
                build(root, version)
                Tree(root).plan(out_files(version))

        processes = [start(lambda version=version: build_often(version)) for version in versions]  # type: ignore[misc]
        assert [end(process) for process in processes] == [0, 0, 0, 0]
        assert files_of(root) in [texts(version) for version in versions]
        assert names_in(root.parent) == ["out"]

    def test_a_system_without_locks_leaves_living_runs_alone(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tree_module, "_locked", lambda _: None)
        build(root, OLD)
        dead = end_of_a_process()
        for process in (os.getppid(), dead, os.getpid()):
            (root.parent / f".out.slogen-{process}").mkdir()
        build(root, NEW)
        assert names_in(root.parent) == sorted([f".out.slogen-{os.getppid()}", "out"])

    def test_only_staging_folders_are_cleaned_away(self, root: Path) -> None:
        build(root, OLD)
        others = [".out.slogen-", ".out.slogen-x1", ".other.slogen-1", "out.slogen-1", ".out.slogen-1.bak"]
        for name in others:
            (root.parent / name).mkdir()
        (root.parent / ".out.slogen-1").symlink_to(root)
        put(root.parent / ".out.slogen-2", "a file")
        (root.parent / ".out.slogen-999999999999999999999").mkdir()
        build(root, NEW)
        assert names_in(root.parent) == sorted([*others, ".out.slogen-1", ".out.slogen-2", "out"])
        assert files_of(root) == texts(NEW)


def end_of_a_process() -> int:
    process = start(lambda: None)
    assert end(process) == 0
    return process


class TestDiff:
    def test_of_a_current_folder_is_empty(self, root: Path) -> None:
        build(root, OLD)
        assert list(diff(Tree(root).plan(out_files(OLD)))) == []

    def test_shows_every_kind_of_difference(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        root.parent.mkdir()
        monkeypatch.chdir(root.parent)
        old = "".join(f"line: {i}\n" for i in range(20))
        new = old.replace("10", "ten")
        build(Path("out"), {"a.yaml": old, "old.yaml": "", "b.yaml": "b: 1\n"})
        with Path("out/b.yaml").open("a") as file:
            file.write("c: 1\r\n")
        put(Path("out/mine.yaml"), "mine\n")
        wanted = out_files({"a.yaml": new, "new.yaml": "", "b.yaml": "b: 1\n", "mine.yaml": ""})
        assert list(diff(Tree(Path("out")).plan(wanted))) == [
            "not written by slogen: out/mine.yaml",
            "only in committed: out/old.yaml",
            "only in compiled: out/new.yaml",
            "--- out/a.yaml (committed)",
            "+++ out/a.yaml (compiled)",
            "@@ -1,4 +1,4 @@",
            f"-{header_of(old)}",
            f"+{header_of(new)}",
            " line: 0",
            " line: 1",
            " line: 2",
            "@@ -9,7 +9,7 @@",
            " line: 7",
            " line: 8",
            " line: 9",
            "-line: 10",
            "+line: ten",
            " line: 11",
            " line: 12",
            " line: 13",
            "--- out/b.yaml (committed, edited by hand)",
            "+++ out/b.yaml (compiled)",
            "@@ -1,4 +1,3 @@",
            f" {header_of('b: 1' + chr(10))}",
            " b: 1",
            "-c: 1^M",
            " ",
        ]

    @pytest.mark.parametrize("count", [100, 5_000])
    def test_has_at_most_forty_lines_of_a_file(self, root: Path, count: int) -> None:
        build(root, {"a.yaml": "a\n" * count})
        lines = list(diff(Tree(root).plan(out_files({"a.yaml": "b\n" * count}))))
        # The range, then all lines of both versions with their headers; the empty last line is the same.
        context = 1 if count == 100 else 0
        total = 1 + 2 * (count + 1) + context
        assert len(lines) == 2 + 40 + 1
        assert lines[-1] == f"... and {total - 40} more lines"

    @given(
        st.lists(st.sampled_from("abcd"), max_size=30),
        st.lists(st.sampled_from("abcd"), max_size=30),
        st.sampled_from([0, 2_000]),
    )
    @settings(deadline=None)
    def test_turns_one_version_into_the_other(self, old: list[str], new: list[str], comparable: int) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(tree_module, "_COMPARABLE_LINES", comparable)
            lines = list(tree_module._hunks(old, new))
        assert _patched(old, lines) == new


def _patched(old: list[str], lines: list[str]) -> list[str]:
    """What the body of a unified diff makes of a text; fails where it does not fit."""
    new: list[str] = []
    at = 0
    for line in lines:
        if line.startswith("@@"):
            _, removed, added, _ = line.split(" ")
            start = int(removed[1:].split(",")[0]) - 1
            new += old[at:start]
            at = start
            assert int(added[1:].split(",")[0]) - 1 == len(new)
            continue
        if line[0] in " -":
            assert old[at] == line[1:]
            at += 1
        if line[0] in " +":
            new.append(line[1:])
    return new + old[at:]
