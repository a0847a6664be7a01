"""Which files a run reads, under which path each is shown, and what could not be read.

A path is shown relative to the current directory where it lies below it, with `/` between its parts, so that
a project gives the same text on every machine.
"""

from __future__ import annotations

import io
import os
import re
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import click

from slogen.codes import UNREADABLE
from slogen.diagnostics import Report, nearest
from slogen.reading import report_problem
from slogen.source import Source, Span

DEFAULT_FOLDERS = ("slos", "rules")
SUFFIXES = (".yaml", ".yml", ".json")
STANDARD_INPUT = "-"
SETTINGS = "settings.yaml"

_SETTINGS_KIND = re.compile(r"""(?:^|[{,])\s*["']?kind["']?\s*:\s*["']?Settings\b""", re.MULTILINE)
_RECORDED = re.compile(r"""\brecord["']?\s*:\s*["']?([A-Za-z_:][\w:]*)""")
_ROUTING_KIND = re.compile(r"""(?:^|[{,])\s*["']?kind["']?\s*:\s*["']?Routing\b""", re.MULTILINE)
_BASE = re.compile(r"""(?:^|[{,])\s*["']?base["']?\s*:\s*["']?([^"'\s,#}]+)""", re.MULTILINE)
_ALERT_WINDOWS_KIND = re.compile(r"""(?:^|[{,])\s*["']?kind["']?\s*:\s*["']?AlertWindows\b""", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a run compiles, sorted by path, out of how many files; the report says why the others are missing.

    `complete` says that these are all inputs of a project, not a part of them: only then is an output that
    comes from none of them a leftover. `elsewhere` has the names that rules record in those files of the
    project which were not read; None where there are none, as beside a lone file outside of any project.
    `beside` has the paths of those that nobody named, and from which only a run of the whole makes outputs.
    """

    sources: tuple[Source, ...]
    files: int
    report: Report
    complete: bool
    elsewhere: frozenset[str] | None = None
    beside: frozenset[str] = frozenset()


def collect(paths: Sequence[str], output: Path) -> Inputs:
    """Read the files and folders of a command line, or the default folders if it names none.

    Folders are read with all below them but hidden files, hidden folders and the output folder. What cannot
    be read becomes a diagnostic. Raises click.UsageError when there is nothing to read from.
    """
    named = list(paths) or default_folders()
    if "" in named:
        raise click.UsageError("a path is empty")
    if not named:
        raise click.UsageError(
            "there is no folder slos or rules here; name a path, or run `slogen init` to start a project"
        )
    reading = _Reading(output.resolve())
    for path in named:
        reading.add(path)
    reading.add_settings(path for path in named if path != STANDARD_INPUT)
    reading.add_what_is_for_all(named)
    sources = sorted(reading.sources, key=lambda source: source.path)
    elsewhere = reading.recorded_elsewhere(named)
    return Inputs(
        tuple(sources), reading.files, reading.report, _complete(named), elsewhere, frozenset(reading.beside)
    )


def default_folders() -> list[str]:
    """The folders that are read when a command line names no path."""
    return [folder for folder in DEFAULT_FOLDERS if Path(folder).is_dir()]


def shown(path: Path) -> str:
    """The path as diagnostics show it: relative to the current directory if it lies below it."""
    here = Path.cwd()
    whole = _absolute(path)
    for base, place in ((here, whole), (here.resolve(), whole.resolve())):
        if place.is_relative_to(base):
            return place.relative_to(base).as_posix()
    return path.as_posix()


def _absolute(path: Path) -> Path:
    """Without `..`, but through the symbolic links that the path names."""
    return Path(os.path.normpath(Path.cwd() / path))


def _complete(named: Sequence[str]) -> bool:
    """Whether the paths are folders, and leave out no part of the default folders if they touch them."""
    if any(path == STANDARD_INPUT or not Path(path).is_dir() for path in named):
        return False
    folders = [Path(path).resolve() for path in named]
    defaults = [Path(folder).resolve() for folder in default_folders()]
    covered = [any(default.is_relative_to(folder) for folder in folders) for default in defaults]
    inside = any(folder.is_relative_to(default) for folder in folders for default in defaults)
    return all(covered) or not (any(covered) or inside)


def _folders_of_project(named: Sequence[str]) -> list[str]:
    """The folders of the project that the paths belong to; none if they belong to none.

    That are the default folders if a path is within one or has one within it, as what is on standard input
    is taken to be; where there are none, it is the folder of the settings.
    """
    defaults = default_folders()
    if not defaults:
        files = _settings_candidates(path for path in named if path != STANDARD_INPUT)
        return [str(file.parent) for file in files if file.is_file() and _is_slogens(file)][:1]
    places = [Path(path).resolve() for path in named if path != STANDARD_INPUT]
    roots = [Path(folder).resolve() for folder in defaults]
    touched = any(
        place.is_relative_to(root) or root.is_relative_to(place) for place in places for root in roots
    )
    return defaults if touched or STANDARD_INPUT in named else []


class _Found(NamedTuple):
    """A file: where to open it, what to show for it, and the one place that all its names lead to."""

    path: str
    shown: str
    place: str


@dataclass(slots=True)
class _Reading:
    """Reads each file and each folder once, whichever names lead to it."""

    output: Path
    sources: list[Source] = field(default_factory=list)
    files: int = 0
    report: Report = field(default_factory=Report)
    beside: list[str] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)
    _passed: dict[_Found, tuple[str, ...]] = field(default_factory=dict)

    def add(self, path: str) -> None:
        """Read a file, a folder, or standard input."""
        if path == STANDARD_INPUT:
            self._add_standard_input()
        elif Path(path).is_dir():
            for file in self._below(path):
                self._add_file(file)
        else:
            self._add_file(_named(path))

    def add_settings(self, paths: Iterable[str]) -> None:
        """Read the settings of the project if none have been read yet.

        So a part of a project compiles to the same as it does within the whole.
        """
        if any(_holds_settings(source.text) for source in self.sources):
            return
        for file in _settings_candidates(paths):
            if file.is_file() and _is_slogens(file):
                self._add_file(_named(str(file)))
                self._add_alert_windows(file.parent)
                return

    def add_what_is_for_all(self, named: Sequence[str]) -> None:
        """Read what all alerts of the project are judged by, as far as it has not been read yet.

        That are its catalogs, and if something of the project is named its Routing documents, with the
        configuration of Alertmanager that they add to. Of the other files it is seen what they record.
        """
        folders = _folders_of_project(named)
        if Path(DEFAULT_FOLDERS[0]).is_dir():
            for file in self._below(DEFAULT_FOLDERS[0]):
                self._look_at(file, of_project=bool(folders), may_hold_catalogs=True)
        # What cannot be read there is no problem of this run.
        rest = _Reading(self.output, _seen=self._seen)
        for file in [file for folder in folders for file in rest._below(folder)]:
            self._look_at(file, of_project=True, may_hold_catalogs=False)
        bases = [base for source in self.sources for base in _bases(source.text)]
        for file in list(self._passed):
            if any(f"/{file.shown}".endswith(f"/{base}") for base in bases):
                self._add_beside(file)

    def _look_at(self, file: _Found, *, of_project: bool, may_hold_catalogs: bool) -> None:
        """Read a file if it is for all, else see what it records."""
        if file.place in self._seen:
            return
        text = _text(file.path)
        if may_hold_catalogs and _holds_catalog(text):
            self._add_file(file)
        elif of_project and _holds_routing(text):
            self._add_beside(file)
        else:
            self._passed[file] = tuple(_RECORDED.findall(text)) if of_project else ()

    def _add_beside(self, file: _Found) -> None:
        self.beside.append(file.shown)
        self._add_file(file)

    def recorded_elsewhere(self, named: Sequence[str]) -> frozenset[str] | None:
        """What the rules of the project record in files that were not read; None if there are no such files.

        To be asked when all else has been read.
        """
        unread = [names for file, names in self._passed.items() if file.place not in self._seen]
        if not unread or not _folders_of_project(named):
            return None
        return frozenset(name for names in unread for name in names)

    def _add_alert_windows(self, folder: Path) -> None:
        """Read the alert windows beside the settings: they may be for all SLOs over one period."""
        for found in self._listed(_named(str(folder))):
            if found.name.endswith(SUFFIXES) and found.is_file() and _is_slogens(Path(found.path)):
                text = Path(found.path).read_text(encoding="utf-8", errors="replace")
                if _ALERT_WINDOWS_KIND.search(text) and "ServiceLevels" not in text:
                    self._add_file(_named(found.path))

    def _add_standard_input(self) -> None:
        if self._first_time(STANDARD_INPUT):
            self.files += 1
            self._add_content("<stdin>", sys.stdin.buffer.read())

    def _add_file(self, file: _Found) -> None:
        if not self._first_time(file.place):
            return
        self.files += 1
        try:
            with io.FileIO(file.path) as stream:
                content = stream.readall()
        except OSError as error:
            self._refuse(file, error)
        else:
            self._add_content(file.shown, content)

    def _below(self, folder: str) -> Iterator[_Found]:
        """The files of a folder and of the folders in it, those behind symbolic links last."""
        folders, links = deque([_named(folder)]), deque[_Found]()
        while folders or links:
            current = folders.popleft() if folders else links.popleft()
            if not Path(current.path).is_dir():
                yield current
                continue
            prefix = "" if current.shown == "." else f"{current.shown}/"
            for entry in self._entries(current):
                found = _Found(entry.path, prefix + entry.name, f"{current.place}{os.sep}{entry.name}")
                if entry.is_symlink():
                    links.append(found._replace(place=os.path.realpath(entry.path)))
                elif entry.is_dir():
                    folders.append(found)
                elif entry.name.endswith(SUFFIXES):
                    yield found

    def _entries(self, folder: _Found) -> list[os.DirEntry[str]]:
        """What a folder shows; nothing the second time, and nothing of the output folder."""
        if folder.place == str(self.output) or not self._first_time(folder.place):
            return []
        return self._listed(folder)

    def _listed(self, folder: _Found) -> list[os.DirEntry[str]]:
        """What a folder shows, by name. Folders of which this asks can still be read."""
        try:
            with os.scandir(folder.path) as entries:
                visible = [entry for entry in entries if not entry.name.startswith(".")]
        except OSError as error:
            self._refuse(folder, error)
            return []
        return sorted(visible, key=lambda entry: entry.name)

    def _first_time(self, place: str) -> bool:
        known = place in self._seen
        self._seen.add(place)
        return not known

    def _add_content(self, path: str, content: bytes) -> None:
        source = Source.decode(path, content)
        if isinstance(source, Source):
            self.sources.append(source)
            return
        report_problem(source, self.report)

    def _refuse(self, file: _Found, error: OSError) -> None:
        guess = _neighbour(Path(file.path)) if isinstance(error, FileNotFoundError) else None
        self.report.report(
            UNREADABLE,
            Span(Source(file.shown, ""), 0, 0),
            f"`{file.shown}` cannot be read: {(error.strerror or str(error)).lower()}",
            help=f"did you mean `{guess}`?" if guess else "",
        )


def _named(path: str) -> _Found:
    return _Found(path, shown(Path(path)), os.path.realpath(path))


def _neighbour(missing: Path) -> str | None:
    """What stands beside a file that does not exist under a similar name."""
    try:
        guess = nearest(
            missing.name, (path.name for path in missing.parent.iterdir() if path.name != missing.name)
        )
    except OSError:
        return None
    return shown(missing.parent / guess) if guess else None


def _holds_settings(text: str) -> bool:
    return "Settings" in text and "slogen.dev/" in text and _SETTINGS_KIND.search(text) is not None


def _holds_catalog(text: str) -> bool:
    """Whether a text may hold a catalog, or components, and no SLOs."""
    known = "MetricCatalog" in text or "Component" in text
    return known and "slogen.dev/" in text and "ServiceLevels" not in text


def _holds_routing(text: str) -> bool:
    """Whether a text may hold a Routing document and nothing that would be compiled."""
    marks = "Routing" in text and "slogen.dev/" in text and "ServiceLevels" not in text
    return marks and _ROUTING_KIND.search(text) is not None


def _bases(text: str) -> Iterator[str]:
    """The paths of the configurations that Routing documents of a text add to."""
    if "Routing" in text and _ROUTING_KIND.search(text):
        yield from (path.removeprefix("./") for path in _BASE.findall(text))


def _text(path: str) -> str:
    """The text of a file as far as it can be read."""
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _is_slogens(file: Path) -> bool:
    """Whether a file may be settings of slogen: others have a settings.yaml, too."""
    try:
        return b"slogen.dev/" in file.read_bytes()
    except OSError:
        return False


def _settings_candidates(paths: Iterable[str]) -> Iterator[Path]:
    """Where the settings of the project may be: beside a path or above it up to here, else in slos."""
    here = Path.cwd()
    for path in paths:
        folder = Path(path) if Path(path).is_dir() else Path(path).parent
        yield folder / SETTINGS
        whole = _absolute(folder)
        if whole.is_relative_to(here):
            yield from (parent / SETTINGS for parent in whole.parents if parent.is_relative_to(here))
    yield here / DEFAULT_FOLDERS[0] / SETTINGS
