"""The output folder: what is in it, what would change, and changing it all or nothing.

The folder may hold other files too. slogen knows its own by their first line; all others are foreign, and
are never changed or deleted.

What `Tree.write` promises: a full disk, an error or a kill at any moment leaves the old folder or the new
one, never a mixture. It replaces the smallest folder or file that all changes are in, in one step; unchanged
and foreign files stay the same files (hard links), or are copied where the system cannot link. Two cases
cannot be done in one step: a system that cannot exchange folders (Windows, some network file systems), and
an output folder that is a mount point or whose parent folder may not be written to. There a kill can leave
a mixture, or no folder, until the next run restores the old one. See `slogen.cli.rebuild` for how the new
version is made, and `slogen.cli.swap` for how it takes its place.
"""

from __future__ import annotations

import errno
import io
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from slogen import seal
from slogen.cli.rebuild import Found, above, is_folder, rebuild, scan
from slogen.cli.swap import recover, staging_prefix
from slogen.ir import OutFile

if sys.platform != "win32":
    import fcntl

# The header line is shorter; nothing else of a large foreign file is read.
_HEAD = 4_096
_PATIENCE = 30.0
_LINES_PER_FILE = 40
# Where two versions of a file differ in more lines than this, finding the shortest difference takes too long.
_COMPARABLE_LINES = 2_000
# Reasons why staging beside the folder fails that staging inside of it does not have.
_NOT_HERE = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.EBUSY, errno.EXDEV})


class TreeError(Exception):
    """The output folder cannot be read or written; the text says which and why, for the user."""


@dataclass(frozen=True, slots=True)
class ManagedFile:
    """A file below the output folder that slogen wrote; `intact` is False if it was edited since."""

    path: str
    size: int
    intact: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What has to change below `root`: paths relative to it, sorted, with POSIX separators.

    `added`, `changed`, `removed` and `unchanged` are apart. `edited` are those of `changed` and `removed`
    that somebody edited by hand. `foreign` are files that should be written but cannot: something stands
    there that slogen did not write. `new` has the texts of `added` and `changed`.
    """

    root: Path
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]
    edited: tuple[str, ...]
    foreign: tuple[str, ...]
    new: Mapping[str, str] = field(repr=False)

    @property
    def is_current(self) -> bool:
        """Whether the folder holds what was compiled."""
        return not (self.added or self.changed or self.removed or self.foreign)


class Tree:
    """The output folder at `root`, which need not exist yet.

    Reading needs nothing else. To write, enter the tree as a context: this locks out other runs, restores
    what a killed run left half done, and makes the folders above. Make the plan within the same context.

    Raises TreeError for a root that must not be replaced (the current folder, the home folder, one above
    them, one inside `.git`) or is no folder; so do all methods where the system refuses something.
    """

    def __init__(self, root: Path) -> None:
        self._shown = root
        self._root = _resolved(root)
        self._lock: int | None = None
        self._entered = False

    def __enter__(self) -> Tree:
        with _explained("write to", self._shown, self._root):
            self._root.parent.mkdir(parents=True, exist_ok=True)
            self._lock = _locked(self._root.parent)
            self._entered = True
            try:
                self._recover()
            except BaseException:
                self._leave()
                raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._leave()

    def read(self) -> Mapping[str, ManagedFile]:
        """The files that slogen wrote, by path. Links are not followed."""
        with _explained("read", self._shown, self._root):
            inspected = ((path, _inspect(path, entry)) for path, entry in scan(self._root).items())
            return {path: managed for path, managed in inspected if managed}

    def plan(self, files: Sequence[OutFile]) -> Plan:
        """What has to change so that the folder holds `files` and no other file of slogen."""
        wanted = _by_path(files)
        with _explained("read", self._shown, self._root):
            return _compare(self._shown, scan(self._root), wanted)

    def write(self, plan: Plan) -> None:
        """Carry out a plan, all or nothing. Does nothing at all when everything is current."""
        if not self._entered:
            raise RuntimeError("a tree is written to within its context")
        if plan.foreign:
            raise TreeError(
                f"cannot write `{self._shown / plan.foreign[0]}`: what is there was not written by slogen; "
                "move it away, or delete it"
            )
        if plan.is_current:
            return
        with _explained("write to", self._shown, self._root, "; nothing was changed"):
            self._write(plan)

    def _write(self, plan: Plan) -> None:
        homes = _homes(self._root)
        for home in homes:
            try:
                rebuild(self._root, plan.new, plan.removed, home)
            except OSError as error:
                if home == homes[-1] or error.errno not in _NOT_HERE:
                    raise
            else:
                return

    def _recover(self) -> None:
        for home in (self._root.parent, self._root):
            if home.is_dir():
                recover(home, self._root.name, alone=self._lock is not None)

    def _leave(self) -> None:
        self._entered = False
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def diff(plan: Plan) -> Iterator[str]:
    """What is different, for people: lines without line ends, at most 40 of each file."""
    for path in plan.foreign:
        yield f"not written by slogen: {plan.root / path}"
    for path in plan.removed:
        yield f"only in committed: {plan.root / path}{_by_hand(plan, path)}"
    for path in plan.added:
        yield f"only in compiled: {plan.root / path}"
    for path in plan.changed:
        name = plan.root / path
        yield f"--- {name} (committed{_by_hand(plan, path)})"
        yield f"+++ {name} (compiled)"
        with _explained("read", name, name):
            committed = name.read_bytes().decode("utf-8", "replace").replace("\r", "^M")
        yield from _capped(_hunks(committed.split("\n"), plan.new[path].split("\n")))


def _by_hand(plan: Plan, path: str) -> str:
    return ", edited by hand" if path in plan.edited else ""


def _capped(lines: Iterable[str]) -> Iterator[str]:
    rest = 0
    for i, line in enumerate(lines):
        if i < _LINES_PER_FILE:
            yield line
        else:
            rest += 1
    if rest:
        yield f"... and {rest} more line{'s' if rest > 1 else ''}"


def _hunks(old: list[str], new: list[str]) -> Iterator[str]:
    """The body of a unified diff with three lines of context."""
    from difflib import SequenceMatcher  # noqa: PLC0415 - only for a folder that is not current

    start, end = _common(old, new)
    first, last = max(0, start - 3), max(0, end - 3)
    old_part, new_part = old[first : len(old) - last], new[first : len(new) - last]
    if max(len(old_part), len(new_part)) > _COMPARABLE_LINES:
        before, after = start - first, end - last
        groups = [[("replace", before, len(old_part) - after, before, len(new_part) - after)]]
    else:
        groups = [list(group) for group in SequenceMatcher(None, old_part, new_part).get_grouped_opcodes(3)]
    for group in groups:
        (_, i, _, j, _), (_, _, i_end, _, j_end) = group[0], group[-1]
        yield f"@@ -{first + i + 1},{i_end - i} +{first + j + 1},{j_end - j} @@"
        for kind, i_from, i_to, j_from, j_to in group:
            if kind == "equal":
                yield from (f" {line}" for line in old_part[i_from:i_to])
                continue
            yield from (f"-{line}" for line in old_part[i_from:i_to])
            yield from (f"+{line}" for line in new_part[j_from:j_to])


def _common(old: list[str], new: list[str]) -> tuple[int, int]:
    """How many lines are the same at the start, and at the end of the rest."""
    most = min(len(old), len(new))
    start = next((i for i in range(most) if old[i] != new[i]), most)
    most -= start
    end = next((i for i in range(most) if old[-1 - i] != new[-1 - i]), most)
    return start, end


def _resolved(root: Path) -> Path:
    """The folder that `root` names, links followed, if it is one that may be replaced."""
    try:
        path = root.resolve()
    except (OSError, RuntimeError) as error:
        raise TreeError(f"cannot use `{root}` for output: {error}") from error
    for reason, refused in _refusals(root, path):
        if refused:
            raise TreeError(f"cannot use `{root}` for output: {reason}")
    return path


def _refusals(root: Path, path: Path) -> Iterator[tuple[str, bool]]:
    yield "it is the root of the file system", path == path.parent
    yield "it is inside a .git folder", ".git" in path.parts
    for name, find in (("current", Path.cwd), ("home", Path.home)):
        with suppress(OSError, RuntimeError):
            folder = find().resolve()
            yield f"it is the {name} folder", path == folder
            yield f"the {name} folder is in it", path in folder.parents
    yield "it is a link that leads nowhere", root.is_symlink() and not path.exists()
    yield "it is a file", path.exists() and not path.is_dir()


@contextmanager
def _explained(verb: str, shown: Path, root: Path, consequence: str = "") -> Iterator[None]:
    """Turn what the system says about something below `root` into a TreeError in the user's words."""
    try:
        yield
    except OSError as error:
        below = Path(error.filename) if isinstance(error.filename, str) else root
        if below.is_relative_to(root) and staging_prefix(root.name) not in str(below):
            shown /= below.relative_to(root)
        raise TreeError(f"cannot {verb} `{shown}`: {error.strerror or error}{consequence}") from error


def _locked(folder: Path) -> int | None:
    """Hold a lock on a folder until the descriptor is closed; None where the system has no such locks.

    Raises TreeError when another process holds the lock for too long.
    """
    if sys.platform == "win32":
        return None
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return None
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                os.close(descriptor)
                raise TreeError(
                    f"another run of slogen has been writing to `{folder}` for too long"
                ) from None
            time.sleep(0.02)
        except OSError:
            os.close(descriptor)
            return None
        else:
            return descriptor


def _inspect(path: str, entry: os.DirEntry[str]) -> ManagedFile | None:
    """What is known of a file that slogen wrote; None for anything else."""
    if not entry.is_file(follow_symlinks=False):
        return None
    with io.FileIO(entry.path) as file:
        head = file.read(_HEAD)
        if not seal.is_sealed(head.decode("utf-8", "replace")):
            return None
        content = head + file.readall()
    # A seal holds for the text, not for the line ends that git may have given it.
    text = content.decode("utf-8", "replace").replace("\r\n", "\n")
    return ManagedFile(path, len(content), seal.is_intact(text))


def _holds(entry: os.DirEntry[str], content: bytes) -> bool:
    if not entry.is_file(follow_symlinks=False) or entry.stat(follow_symlinks=False).st_size != len(content):
        return False
    with io.FileIO(entry.path) as file:
        return file.readall() == content


def _by_path(files: Sequence[OutFile]) -> dict[str, str]:
    """The texts by path. Raises TreeError for paths that cannot all be files below one folder."""
    wanted = {file.path: file.text for file in files}
    if len(wanted) < len(files):
        twice = Counter(file.path for file in files).most_common(1)[0][0]
        raise TreeError(f"two files would have the name `{twice}`")
    for path in wanted:
        if not {"", ".", ".."}.isdisjoint(path.split("/")) or "\0" in path:
            raise TreeError(f"`{path}` is no name of a file in the output folder")
    folders = {folder for path in wanted for folder in above(path)}
    for path in sorted(folders & wanted.keys()):
        raise TreeError(f"`{path}` would be both a file and a folder")
    return wanted


def _compare(root: Path, found: Found, wanted: Mapping[str, str]) -> Plan:
    lists: dict[str, list[str]] = {"added": [], "changed": [], "unchanged": [], "foreign": []}
    edited: list[str] = []
    for path, text in wanted.items():
        state, managed = _state(path, text, found)
        lists[state].append(path)
        if state == "changed" and managed and not managed.intact:
            edited.append(path)
    stale = [managed for path in found.keys() - wanted.keys() if (managed := _inspect(path, found[path]))]
    edited += [managed.path for managed in stale if not managed.intact]
    removed = tuple(sorted(managed.path for managed in stale))
    added, changed, unchanged, foreign = (tuple(sorted(paths)) for paths in lists.values())
    new = {path: wanted[path] for path in (*added, *changed)}
    return Plan(root, added, changed, removed, unchanged, tuple(sorted(edited)), foreign, new)


def _state(path: str, text: str, found: Found) -> tuple[str, ManagedFile | None]:
    entry = found.get(path)
    if entry is None:
        blocked = any(folder in found and not is_folder(found[folder]) for folder in above(path))
        return ("foreign" if blocked else "added"), None
    if _holds(entry, text.encode()):
        return "unchanged", None
    managed = _inspect(path, entry)
    return ("changed" if managed else "foreign"), managed


def _homes(root: Path) -> list[Path]:
    """The folders that may hold the staging folder, the best first.

    Inside of the output folder it would be seen after a kill, so that is for where there is no other way.
    """
    if not root.exists():
        return [root.parent]
    if root.stat().st_dev != root.parent.stat().st_dev:
        return [root]
    return [root.parent, root]
