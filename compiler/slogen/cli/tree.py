"""The output folder: what is in it, what would change, and changing it all or nothing.

The folder may hold other files too. slogen knows its own by their first line; all others are foreign, and
are never changed or deleted.

What `Tree.write` promises: a full disk, an error or a kill at any moment leaves the old folder or the new
one, never a mixture. It replaces the smallest folder or file that all changes are in, in one step; unchanged
and foreign files stay the same files (hard links), or are copied where the system cannot link. Two cases
cannot be done in one step: a system that cannot exchange folders (Windows, some network file systems), and
an output folder that is a mount point or whose parent folder may not be written to. There a kill can leave
a mixture, or no folder, until the next run restores the old one. See `slogen.cli.swap`.
"""

from __future__ import annotations

import errno
import io
import os
import posixpath
import shutil
import stat
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from slogen import seal
from slogen.cli.swap import Staging, recover, staging_prefix
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

_Found = Mapping[str, "os.DirEntry[str]"]


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
        with _explained(f"write to `{self._shown}`"):
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
        with _explained(f"read `{self._shown}`"):
            inspected = ((path, _inspect(path, entry)) for path, entry in _scan(self._root).items())
            return {path: managed for path, managed in inspected if managed}

    def plan(self, files: Sequence[OutFile]) -> Plan:
        """What has to change so that the folder holds `files` and no other file of slogen."""
        wanted = _by_path(files)
        with _explained(f"read `{self._shown}`"):
            return _compare(self._shown, _scan(self._root), wanted)

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
        with _explained(f"write to `{self._shown}`", "; nothing was changed"):
            self._write(plan)

    def _write(self, plan: Plan) -> None:
        homes = _homes(self._root)
        for home in homes:
            try:
                _replace(self._root, home, plan)
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
        with _explained(f"read `{name}`"):
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
def _explained(doing: str, consequence: str = "") -> Iterator[None]:
    """Turn what the system says into a TreeError."""
    try:
        yield
    except OSError as error:
        raise TreeError(f"cannot {doing}: {error.strerror or error}{consequence}") from error


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


def _scan(root: Path) -> dict[str, os.DirEntry[str]]:
    """Everything below a folder by relative path, folders before what is in them; links are not followed."""
    found: dict[str, os.DirEntry[str]] = {}
    pending = [""]
    staging = staging_prefix(root.name)
    while pending:
        prefix = pending.pop()
        try:
            with os.scandir(f"{root}/{prefix}") as entries:
                for entry in entries:
                    if prefix or not entry.name.startswith(staging):
                        found[prefix + entry.name] = entry
                        if entry.is_dir(follow_symlinks=False):
                            pending.append(f"{prefix}{entry.name}/")
        except FileNotFoundError:
            continue
    return found


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
    folders = {folder for path in wanted for folder in _above(path)}
    for path in sorted(folders & wanted.keys()):
        raise TreeError(f"`{path}` would be both a file and a folder")
    return wanted


def _compare(root: Path, found: _Found, wanted: Mapping[str, str]) -> Plan:
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


def _state(path: str, text: str, found: _Found) -> tuple[str, ManagedFile | None]:
    entry = found.get(path)
    if entry is None:
        blocked = any(above in found and not _is_folder(found[above]) for above in _above(path))
        return ("foreign" if blocked else "added"), None
    if _holds(entry, text.encode()):
        return "unchanged", None
    managed = _inspect(path, entry)
    return ("changed" if managed else "foreign"), managed


def _is_folder(entry: os.DirEntry[str]) -> bool:
    return entry.is_dir(follow_symlinks=False)


def _above(path: str) -> list[str]:
    """The folders that a path is in, the outermost first."""
    parts = path.split("/")
    return ["/".join(parts[:i]) for i in range(1, len(parts))]


def _homes(root: Path) -> list[Path]:
    """The folders that may hold the staging folder, the best first.

    Inside of the output folder it would be seen after a kill, so that is for where there is no other way.
    """
    if not root.exists():
        return [root.parent]
    if root.stat().st_dev != root.parent.stat().st_dev:
        return [root]
    return [root.parent, root]


def _replace(root: Path, home: Path, plan: Plan) -> None:
    """Carry out a plan with a staging folder in `home`."""
    found = _scan(root)
    _require_writable(root, found, plan)
    emptied = _emptied(found, plan)
    units = _units(found, emptied, plan, whole=home != root) if root.exists() else [""]
    with Staging(home, root.name) as staging:
        written: list[Path] = []
        for unit in units:
            written += _build(root, found, emptied, plan, unit, staging.slot(root / unit))
        staging.flush(written)
        for unit, old in zip(units, staging.commit(), strict=True):
            with suppress(OSError):
                _rescue(root, old, unit, found, plan)


def _require_writable(root: Path, found: _Found, plan: Plan) -> None:
    """Refuse to change what the user has protected, although the folder above it may be written to."""
    paths = (*plan.added, *plan.changed, *plan.removed)
    for folder in {next((above for above in reversed(_above(path)) if above in found), "") for path in paths}:
        if root.exists() and not os.access(root / folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(root / folder))


def _emptied(found: _Found, plan: Plan) -> set[str]:
    """The folders that hold nothing any more when the stale files are gone."""
    if not plan.removed:
        return set()
    removed = set(plan.removed)
    filled = {path.rpartition("/")[0] for path in found}
    stay = {path for path in found if path not in removed and path not in filled}
    stay.update(plan.added)
    full = stay | {folder for path in stay for folder in _above(path)}
    return {folder for path in removed for folder in _above(path)} - full


def _units(found: _Found, emptied: set[str], plan: Plan, *, whole: bool) -> list[str]:
    """What to replace: the one file or folder that holds all changes, "" for the whole tree.

    If the `whole` tree cannot be replaced, the files and folders at its top that hold changes.
    """
    touched = {_new_top(path, found) for path in plan.added} | set(plan.changed)
    touched |= {next((above for above in _above(path) if above in emptied), path) for path in plan.removed}
    unit = touched.pop() if len(touched) == 1 else posixpath.commonpath(touched)
    if unit or whole:
        return [unit]
    return sorted({path.partition("/")[0] for path in touched})


def _new_top(path: str, found: _Found) -> str:
    return next((above for above in _above(path) if above not in found), path)


def _build(root: Path, found: _Found, emptied: set[str], plan: Plan, unit: str, target: Path) -> list[Path]:
    """Make the new version of a unit at `target`; gives the files that did not exist before."""
    prefix = f"{unit}/" if unit else ""
    gone = {*plan.changed, *plan.removed, *emptied}
    written: list[Path] = []
    folders: list[tuple[str, str]] = []

    def is_inside(path: str) -> bool:
        return path == unit or path.startswith(prefix)

    def at(path: str) -> str:
        return f"{target}/{path[len(prefix) :]}" if path != unit else str(target)

    if not unit:
        target.mkdir()
        folders.append((str(root), str(target)))
    for path, entry in found.items():
        if path in gone or not is_inside(path):
            continue
        if _is_folder(entry):
            Path(at(path)).mkdir()
            folders.append((entry.path, at(path)))
        elif not _link(entry, at(path)):
            written.append(Path(shutil.copy2(entry.path, at(path))))
    written += [
        _write(Path(at(path)), text, found.get(path)) for path, text in plan.new.items() if is_inside(path)
    ]
    for folder, copy in reversed(folders):
        _dress(Path(folder), Path(copy))
    return written


def _link(entry: os.DirEntry[str], place: str) -> bool:
    """Let the same file be at `place` too; False where only a copy is possible."""
    if entry.is_symlink():
        Path(place).symlink_to(Path(entry.path).readlink())
        return True
    try:
        os.link(entry.path, place)
    except OSError:
        if not entry.is_file():
            raise
        return False
    return True


def _write(place: Path, text: str, old: os.DirEntry[str] | None) -> Path:
    try:
        file = place.open("xb")
    except FileNotFoundError:
        place.parent.mkdir(parents=True)
        file = place.open("xb")
    with file:
        file.write(text.encode())
    if old is not None:
        status = old.stat(follow_symlinks=False)
        _give(place, status)
        place.chmod(stat.S_IMODE(status.st_mode))
    return place


def _dress(folder: Path, copy: Path) -> None:
    """Give a new folder the owner, the mode and the attributes of the one that it replaces."""
    if folder.exists():
        _give(copy, folder.stat())
        shutil.copystat(folder, copy)
        os.utime(copy)


def _give(place: Path, owner: os.stat_result) -> None:
    """Give a file to its former owner, as far as this is allowed: who builds as root works for somebody."""
    now = place.stat()
    if sys.platform != "win32" and (now.st_uid, now.st_gid) != (owner.st_uid, owner.st_gid):
        with suppress(PermissionError):
            os.chown(place, owner.st_uid, owner.st_gid)


def _rescue(root: Path, old: Path, unit: str, found: _Found, plan: Plan) -> None:
    """Keep the files of others that somebody saved in the old version while the new one was made."""
    if not old.is_dir():
        return
    for path, entry in _scan(old).items():
        full = f"{unit}/{path}" if unit else path
        known = found.get(full)
        if _is_folder(entry) or full in plan.new or (known and known.inode() == entry.inode()):
            continue
        (root / full).parent.mkdir(parents=True, exist_ok=True)
        Path(entry.path).replace(root / full)
