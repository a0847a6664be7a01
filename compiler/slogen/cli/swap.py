"""Puts new versions of files and folders in the place of the old ones, all or nothing.

New versions are built in a staging folder on the same file system. Then everything changes in one step:

- one file is renamed over the old one; a folder changes places with the old one (renameat2 with
  RENAME_EXCHANGE on Linux, renamex_np with RENAME_SWAP on macOS). Whenever the process is killed, the old or
  the new version is there, complete.
- Where the system cannot exchange folders, and where several places must change, the old version is moved
  aside and the new one moved in, after a journal has been written. A kill in between leaves the place empty,
  or some places old and others new, until the next run calls `recover`, which restores all old versions.
  A kill after the last move leaves the new versions.

A few new files are on disk before they take their place; a large tree is not waited for.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import TracebackType

# The call exists but the kernel or the file system does not do it.
_UNSUPPORTED = frozenset({errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP})
# The renameat2 of Linux has a number even where the C library has no function for it.
_RENAMEAT2 = {"x86_64": 316, "aarch64": 276}
_AT_FDCWD = -100
_EXCHANGE = 2

# Waiting for more files to reach the disk would be felt.
_FEW_FILES = 16


@dataclass(frozen=True, slots=True)
class _Slot:
    """A place that changes: what is there now, if anything, moves to `old`, and `new`, if made, moves in."""

    place: Path
    new: Path
    old: Path


@dataclass(frozen=True, slots=True)
class _Move:
    """What the journal tells of a slot: whether there was a new version before the moves began."""

    slot: _Slot
    has_new: bool


class Staging:
    """A folder in `home` in which new versions are made, for as long as the context lasts.

    All methods raise OSError. When the context ends without `commit`, nothing has changed.
    """

    def __init__(self, home: Path, name: str) -> None:
        self._home = home
        self._path = home / f"{staging_prefix(name)}{os.getpid()}"
        self._slots: list[_Slot] = []

    def __enter__(self) -> Staging:
        self._path.mkdir(mode=0o700)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        _discard(self._path)

    def slot(self, place: Path) -> Path:
        """Where to make the new version of `place`. A place without a new version will be empty."""
        self._slots.append(_slot(self._path, len(self._slots), place))
        return self._slots[-1].new

    def flush(self, written: Iterable[Path]) -> None:
        """Bring the files that were written, and the folders, to disk, if they are few.

        Waiting for a large tree takes longer than to build it again, should the power ever fail meanwhile.
        """
        files = list(written)
        if len(files) > _FEW_FILES:
            return
        for file in files:
            _sync(file)
        for slot in self._slots:
            for folder, _, _ in os.walk(slot.new):
                _sync(Path(folder))
        _sync(self._path)

    def commit(self) -> list[Path]:
        """Put the new versions in their places.

        Gives, for each slot in order, where the old version is until the context ends, if there was one.
        """
        alone = self._slots[0] if len(self._slots) == 1 else None
        kept = _replace_at_once(alone) if alone else None
        olds = [kept] if kept else self._replace_in_turn()
        for folder in {slot.place.parent for slot in self._slots}:
            with suppress(OSError):
                _sync(folder)
        return olds

    def _replace_in_turn(self) -> list[Path]:
        moves = [_Move(slot, os.path.lexists(slot.new)) for slot in self._slots]
        try:
            self._write_journal(moves)
            for slot in self._slots:
                if os.path.lexists(slot.place):
                    slot.place.rename(slot.old)
                if os.path.lexists(slot.new):
                    slot.new.rename(slot.place)
            _journal(self._path).unlink()
        except BaseException:
            _undo(moves)
            _journal(self._path).unlink(missing_ok=True)
            raise
        return [slot.old for slot in self._slots]

    def _write_journal(self, moves: list[_Move]) -> None:
        import json  # noqa: PLC0415 - hardly ever needed

        draft = self._path / "journal.draft"
        lines = [(move.slot.place.relative_to(self._home).as_posix(), move.has_new) for move in moves]
        draft.write_text(json.dumps(lines), encoding="utf-8")
        _sync(draft)
        draft.rename(_journal(self._path))
        _sync(self._path)


def recover(home: Path, name: str, *, alone: bool) -> None:
    """Undo what a killed run left half done in `home`, and remove its staging folders.

    `alone` says that a lock keeps other runs away; without it, folders of living processes are left in peace.
    Raises OSError when an old version cannot be restored; it is then kept in the staging folder.
    """
    pattern = re.compile(rf"{re.escape(staging_prefix(name))}([0-9]+)")
    with os.scandir(home) as entries:
        left = [(Path(entry.path), match) for entry in entries if (match := pattern.fullmatch(entry.name))]
    for path, match in left:
        if (alone or not _lives(int(match[1]))) and path.is_dir() and not path.is_symlink():
            _recover(home, path)


def staging_prefix(name: str) -> str:
    """What the names of the staging folders for `name` start with."""
    return f".{name}.slogen-"


def _recover(home: Path, path: Path) -> None:
    import json  # noqa: PLC0415 - hardly ever needed

    journal = _journal(path)
    if journal.exists():
        places = json.loads(journal.read_text(encoding="utf-8"))
        _undo([_Move(_slot(path, i, home / place), has_new) for i, (place, has_new) in enumerate(places)])
        journal.unlink()
    _discard(path)


def _undo(moves: list[_Move]) -> None:
    """Bring all old versions back, from wherever the moves, or an earlier undo, stopped."""
    for move in reversed(moves):
        slot = move.slot
        moved_in = move.has_new and not os.path.lexists(slot.new)
        if moved_in and os.path.lexists(slot.place):
            slot.place.rename(slot.new)
        if not os.path.lexists(slot.old):
            continue
        if os.path.lexists(slot.place):
            reason = f"an interrupted run left the version before it in {slot.old}; delete one of the two"
            raise FileExistsError(errno.EEXIST, reason, str(slot.place))
        slot.old.rename(slot.place)


def _replace_at_once(slot: _Slot) -> Path | None:
    """Replace one place in one step; gives where the old version is, None if the system cannot do it."""
    if not os.path.lexists(slot.new):
        slot.place.rename(slot.old)
        return slot.old
    if not os.path.lexists(slot.place):
        slot.new.rename(slot.place)
        return slot.old
    if not _is_folder(slot.new) and not _is_folder(slot.place):
        slot.new.replace(slot.place)
        return slot.old
    return slot.new if _exchange(slot.new, slot.place) else None


def _exchange(first: Path, second: Path) -> bool:
    """Let two paths change places in one step; False where the system cannot."""
    call = _exchange_call()
    if call is None:
        return False
    import ctypes  # noqa: PLC0415 - slow to import

    if call(os.fsencode(first), os.fsencode(second)) == 0:
        return True
    code = ctypes.get_errno()
    if code in _UNSUPPORTED:
        return False
    raise OSError(code, os.strerror(code), str(second))


@cache
def _exchange_call() -> Callable[[bytes, bytes], int] | None:
    """The system's call to exchange two paths, which gives 0 or sets errno; None where there is none."""
    if sys.platform not in ("linux", "darwin"):
        return None
    import ctypes  # noqa: PLC0415 - slow to import

    libc = ctypes.CDLL(None, use_errno=True)
    if sys.platform == "darwin":
        swap = getattr(libc, "renamex_np", None)
        return swap and (lambda first, second: swap(first, second, _EXCHANGE))
    rename = getattr(libc, "renameat2", None)
    if rename:
        return lambda first, second: rename(_AT_FDCWD, first, _AT_FDCWD, second, _EXCHANGE)
    number = _RENAMEAT2.get(os.uname().machine) if sys.maxsize > 2**32 else None
    if number is None:
        return None
    return lambda first, second: libc.syscall(number, _AT_FDCWD, first, _AT_FDCWD, second, _EXCHANGE)


def _slot(staging: Path, number: int, place: Path) -> _Slot:
    return _Slot(place, staging / f"{number}.new", staging / f"{number}.old")


def _journal(staging: Path) -> Path:
    return staging / "journal"


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _discard(staging: Path) -> None:
    """Remove a staging folder as far as possible; a later run tries again. An undo that failed is kept."""
    if _journal(staging).exists():
        return
    shutil.rmtree(staging, ignore_errors=True)
    if staging.exists():
        # Folders that may not be written to came along with the old version.
        for folder, _, _ in os.walk(staging):
            with suppress(OSError):
                Path(folder).chmod(0o700)
        shutil.rmtree(staging, ignore_errors=True)


def _lives(process: int) -> bool:
    """Whether another process has this id. Without a way to know, it is taken for dead."""
    if process == os.getpid() or sys.platform == "win32":
        return False
    try:
        os.kill(process, 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return True


def _sync(path: Path) -> None:
    if sys.platform == "win32":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
