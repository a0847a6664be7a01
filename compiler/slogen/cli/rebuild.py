"""Makes the new version of a folder, or of the part of it that changes, and puts it in place in one go.

What stays as it is becomes a hard link in the new version, so it is the same file as before.
"""

from __future__ import annotations

import errno
import os
import posixpath
import shutil
import stat
import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from slogen.cli.swap import Staging, staging_prefix

Found = Mapping[str, "os.DirEntry[str]"]


def scan(root: Path) -> dict[str, os.DirEntry[str]]:
    """Everything below a folder by relative path, folders before what is in them; links are not followed.

    Raises OSError for what cannot be read; a folder that does not exist is empty.
    """
    found: dict[str, os.DirEntry[str]] = {}
    pending = [""]
    staging = staging_prefix(root.name)
    while pending:
        prefix = pending.pop()
        with suppress(FileNotFoundError), os.scandir(f"{root}/{prefix}") as entries:
            for entry in entries:
                if prefix or not entry.name.startswith(staging):
                    found[prefix + entry.name] = entry
                    if is_folder(entry):
                        pending.append(f"{prefix}{entry.name}/")
    return found


def is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether the entry itself, not what it may be a link to, is a folder."""
    return entry.is_dir(follow_symlinks=False)


def above(path: str) -> list[str]:
    """The folders that a relative path is in, the outermost first."""
    parts = path.split("/")
    return ["/".join(parts[:i]) for i in range(1, len(parts))]


def rebuild(root: Path, new: Mapping[str, str], removed: Collection[str], home: Path) -> None:
    """Write the files `new` (texts by path) below `root` and remove others, all or nothing.

    `home` will hold the staging folder; it is the parent of `root`, or `root` itself. Raises OSError, and
    then nothing has changed.
    """
    found = scan(root)
    job = _Job(root, found, new, frozenset(removed), _emptied(found, new, removed))
    job.require_writable()
    units = job.units(whole=home != root)
    with Staging(home, root.name) as staging:
        written = [file for unit in units for file in job.build(unit, staging.slot(root / unit))]
        staging.flush(written)
        for unit, old in zip(units, staging.commit(), strict=True):
            with suppress(OSError):
                job.rescue(unit, old)


@dataclass(frozen=True, slots=True)
class _Job:
    root: Path
    found: Found
    new: Mapping[str, str]
    removed: frozenset[str]
    emptied: frozenset[str]

    def require_writable(self) -> None:
        """Refuse to change what the user has protected, although the folder above it may be written to."""
        for folder in {self._existing(path) for path in (*self.new, *self.removed)}:
            if self.root.exists() and not os.access(self.root / folder, os.W_OK | os.X_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self.root / folder))

    def _existing(self, path: str) -> str:
        return next((folder for folder in reversed(above(path)) if folder in self.found), "")

    def units(self, *, whole: bool) -> list[str]:
        """What to replace: the one file or folder that holds all changes, "" for the whole tree.

        If the `whole` tree cannot be replaced, the files and folders at its top that hold changes.
        """
        if not self.root.exists():
            return [""]
        touched = {next((top for top in above(path) if top not in self.found), path) for path in self.new}
        touched |= {next((top for top in above(path) if top in self.emptied), path) for path in self.removed}
        unit = next(iter(touched)) if len(touched) == 1 else posixpath.commonpath(touched)
        if unit or whole:
            return [unit]
        return sorted({path.partition("/")[0] for path in touched})

    def build(self, unit: str, target: Path) -> Iterator[Path]:
        """Make the new version of a unit at `target`; gives the files that did not exist before."""
        places = self._places(unit, target)
        folders = [] if unit else [(self.root, target)]
        folders += [(self.root / path, place) for path, place in places.items() if self._is_kept_folder(path)]
        for old, place in folders:
            _make_folder(old, place)
        for path, place in places.items():
            if (
                path not in self.new
                and not is_folder(self.found[path])
                and not _link(self.found[path], place)
            ):
                yield Path(shutil.copy2(self.found[path].path, place))
        for path, text in self.new.items():
            if path in places:
                yield _write(places[path], text, self.found.get(path))
        for old, place in reversed(folders):
            _close_folder(old, place)

    def _places(self, unit: str, target: Path) -> dict[str, Path]:
        """Where in the new version of a unit the files and folders go that will be there."""
        prefix = f"{unit}/" if unit else ""
        gone = self.removed | self.emptied
        paths = [path for path in (*self.found, *self.new) if path not in gone]
        places = {path: Path(f"{target}/{path[len(prefix) :]}") for path in paths if path.startswith(prefix)}
        return {unit: target, **places} if unit in paths else places

    def _is_kept_folder(self, path: str) -> bool:
        return path in self.found and path not in self.new and is_folder(self.found[path])

    def rescue(self, unit: str, old: Path) -> None:
        """Keep the files of others that somebody saved in the old version while the new one was made."""
        if not old.is_dir():
            return
        for path, entry in scan(old).items():
            full = f"{unit}/{path}" if unit else path
            known = self.found.get(full)
            if is_folder(entry) or full in self.new or (known and known.inode() == entry.inode()):
                continue
            (self.root / full).parent.mkdir(parents=True, exist_ok=True)
            Path(entry.path).replace(self.root / full)


def _emptied(found: Found, new: Mapping[str, str], removed: Collection[str]) -> frozenset[str]:
    """The folders that hold nothing any more when the stale files are gone."""
    if not removed:
        return frozenset()
    filled = {path.rpartition("/")[0] for path in found}
    stay = {path for path in found if path not in removed and path not in filled} | new.keys()
    full = stay | {folder for path in stay for folder in above(path)}
    return frozenset(folder for path in removed for folder in above(path) if folder not in full)


def _make_folder(old: Path, place: Path) -> None:
    """Make a folder with the owner and the attributes of the one that it replaces, but open to ourselves."""
    place.mkdir()
    if old.exists():
        status = old.stat()
        _give(place, status)
        shutil.copystat(old, place)
        place.chmod(stat.S_IMODE(status.st_mode) | stat.S_IRWXU)


def _close_folder(old: Path, place: Path) -> None:
    """Give a folder the mode of the one that it replaces, now that all is in it."""
    if old.exists():
        place.chmod(stat.S_IMODE(old.stat().st_mode))


def _link(entry: os.DirEntry[str], place: Path) -> bool:
    """Let the same file be at `place` too; False where only a copy is possible."""
    if entry.is_symlink():
        place.symlink_to(Path(entry.path).readlink())
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


def _give(place: Path, owner: os.stat_result) -> None:
    """Give a file to its former owner, as far as this is allowed: who builds as root works for somebody."""
    now = place.stat()
    if sys.platform != "win32" and (now.st_uid, now.st_gid) != (owner.st_uid, owner.st_gid):
        with suppress(PermissionError):
            os.chown(place, owner.st_uid, owner.st_gid)
