"""The comments of a source as remarks on places."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal

from slogen.source import Source, Span
from slogen.source.outline import Comment, DocumentOutline, Outline, Part, Path, outline
from slogen.spectext.places import Place, role

Side = Literal["above", "beside", "below"]

# The keys below which a document lists its SLOs.
_LISTS = ("slos", "objectives")
_MODELINE = re.compile(r"#\s*yaml-language-server:")


@dataclass(frozen=True, slots=True)
class Remark:
    """Comment lines on a place, each with its number sign; empty lines part them into paragraphs.

    `otherwise` is the place if there is nothing at that one: documents become one, or several. `start` is the
    offset in the source.
    """

    place: Place
    side: Side
    lines: tuple[str, ...]
    otherwise: Place = ()
    start: int = 0

    @property
    def is_modeline(self) -> bool:
        """Whether it tells editors the schema of the document, which is another one in another format."""
        return bool(self.lines and _MODELINE.match(self.lines[0]))

    def placed_among(self, places: set[Place]) -> Remark | None:
        """The remark on the nearest of the places that its own is a part of; None if there is none."""
        exact = [place for place in (self.place, self.otherwise) if len(place) == len(self.place)]
        for place in (*exact, *_upwards(self.place), *_upwards(self.otherwise)):
            if place in places:
                return replace(self, place=place, side=self.side if place in exact else "above")
        return None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an item of a source comes from: its place, the number of its document, and the place of that.

    `shared` are the keys that its document writes once for all its SLOs.
    """

    place: Place
    document: int
    whole: Place
    shared: frozenset[str]


@dataclass(frozen=True, slots=True)
class Origins:
    """The origins of the SLOs and alert windows of a source, in their order, and its remarks."""

    slos: tuple[Origin, ...]
    windows: tuple[Origin, ...]
    remarks: tuple[Remark, ...]


@dataclass(frozen=True, slots=True)
class _Holder:
    """What an item is written in: a document, or the item of a list in it."""

    origin: Origin
    path: Path


def read_remarks(
    source: Source, slos: Sequence[Span], windows: Sequence[Span], *, scattered: bool = False
) -> Origins:
    """The origins of what stands at the given places of a source, and the comments of their documents.

    What an SLO says may be `scattered` over documents of its format that hold no SLO themselves.
    """
    found = outline(source, {span.start for span in (*slos, *windows)})
    subjects = [_Subjects(source, document) for document in found.documents]
    items = [(f"slo:{i}", span) for i, span in enumerate(slos)]
    items += [(f"windows:{i}", span) for i, span in enumerate(windows)]
    holders = [_holder(found, subjects, span, name) for name, span in items]
    reader = _Reader(source, found, subjects, holders, scattered=scattered)
    origins = tuple(holder.origin for holder in holders)
    return Origins(origins[: len(slos)], origins[len(slos) :], tuple(_gathered(reader.located())))


def _holder(found: Outline, subjects: Sequence[_Subjects], span: Span, name: str) -> _Holder:
    number = found.document_at(span.start)
    path: Path = ()
    shared: frozenset[str] = frozenset()
    if subjects:
        path = _item_path(subjects[number].path_at(span.start))
        shared = subjects[number].keys_below(path[:-2]) if path else shared
    return _Holder(Origin((name,), number, (f"document:{number}",), shared), path)


def _depth(part: Part) -> int:
    return len(part.path)


def _item_path(path: Path) -> Path:
    """The path of the SLO that a path leads into: an item of a list of SLOs, of a Kubernetes List, or all."""
    for i, step in enumerate(path[:-1]):
        if step in _LISTS and isinstance(path[i + 1], int):
            return path[: i + 2]
    length = 0
    while length < len(path) and (path[length] == "items" or isinstance(path[length], int)):
        length += 1
    return path[:length]


def _upwards(place: Place) -> Iterator[Place]:
    """A place and all that it is a part of, the innermost first."""
    return (place[:length] for length in range(len(place), 0, -1))


@dataclass(frozen=True, slots=True)
class _Located:
    """A comment with its line number, and what it is a remark on."""

    line: int
    remark: Remark


class _Reader:
    """Finds what the comments of a source are remarks on."""

    def __init__(
        self,
        source: Source,
        found: Outline,
        subjects: Sequence[_Subjects],
        holders: Sequence[_Holder],
        *,
        scattered: bool,
    ) -> None:
        self._source = source
        self._outline = found
        self._subjects = subjects
        self._scattered = scattered
        self._holders = sorted(holders, key=lambda holder: holder.origin.document)
        self._first: dict[int, Origin] = {}
        self._by_path: dict[tuple[int, Path], _Holder] = {}
        for holder in self._holders:
            self._first.setdefault(holder.origin.document, holder.origin)
            self._by_path.setdefault((holder.origin.document, holder.path), holder)

    def located(self) -> Iterator[_Located]:
        """The comments with what they are remarks on; none of documents that are for something else."""
        for comment in self._outline.comments:
            number = self._outline.document_at(comment.start)
            line = self._source.line_and_column(comment.start)[0]
            if number in self._first:
                part, side = self._subjects[number].of(comment)
                place, otherwise = self._places(part, number)
                yield _Located(line, Remark(place, side, (comment.text,), otherwise, comment.start))
                continue
            user = self._user(number)
            if user is not None:
                yield _Located(line, Remark(user.whole, "above", (comment.text,), user.place, comment.start))

    def _user(self, number: int) -> Origin | None:
        """The item that a document without items of its own is for; None where it is for something else."""
        fitting = self._holders
        if not self._outline.documents[number].holds:
            version = self._version(number) if self._scattered else ""
            fitting = [
                holder
                for holder in self._holders
                if version and self._version(holder.origin.document) == version
            ]
        later = (holder.origin for holder in fitting if holder.origin.document > number)
        return next(later, fitting[-1].origin if fitting else None)

    def _version(self, number: int) -> str:
        part = self._subjects[number].part(("apiVersion",))
        return self._source.text[part.value_start : part.end].strip("'\"") if part else ""

    def _places(self, part: Part | None, number: int) -> tuple[Place, Place]:
        """The place of a part, of the innermost item that it is in, or of the document; and another one."""
        origin = self._first[number]
        if part is None:
            return origin.whole, origin.place
        prefixes = (part.path[:length] for length in range(len(part.path), -1, -1))
        found = (self._by_path.get((number, prefix)) for prefix in prefixes)
        holder = next((each for each in found if each is not None), None)
        if holder is None:
            return (*origin.whole, *role(part.path)), origin.place
        below = role(part.path[len(holder.path) :])
        if len(holder.path) > 1 and holder.path[-2] in _LISTS:
            return (*holder.origin.place, *below), ()
        # Where a document is one SLO, its metadata is that of the SLO, and what it says may be for a service.
        below = below[1:] if below[:1] == ("metadata",) else below
        return (*holder.origin.place, *below), (*holder.origin.whole, *below)


def _gathered(located: Iterable[_Located]) -> Iterator[Remark]:
    """Adjacent comments on one place as one remark."""
    for (_, side, _), group in groupby(located, key=_unity):
        members = list(group)
        if side == "beside":
            yield from (member.remark for member in members)
            continue
        lines: list[str] = []
        for i, member in enumerate(members):
            if i and member.line > members[i - 1].line + 1:
                lines.append("")
            lines += member.remark.lines
        yield replace(members[0].remark, lines=tuple(lines))


def _unity(each: _Located) -> tuple[Place, Side, bool]:
    """What adjacent comments have in common that are one remark. An editor's line is one by itself."""
    return each.remark.place, each.remark.side, each.remark.is_modeline


class _Subjects:
    """What the comments of a document are about."""

    def __init__(self, source: Source, document: DocumentOutline) -> None:
        self._source = source
        self._parts = document.parts
        self._starts = [part.start for part in document.parts]
        self._by_path = {part.path: part for part in document.parts}
        self._below: dict[Path, set[str]] = {}

    def part(self, path: Path) -> Part | None:
        """The part at a path."""
        return self._by_path.get(path)

    def path_at(self, offset: int) -> Path:
        """The path of the innermost part that an offset is in."""
        index = bisect_right(self._starts, offset) - 1
        path = self._parts[index].path if index >= 0 else ()
        while path and not self._is_in(path, offset):
            path = path[:-1]
        return path

    def _is_in(self, path: Path, offset: int) -> bool:
        part = self._by_path.get(path)
        return part is not None and part.start <= offset < part.end

    def keys_below(self, path: Path) -> frozenset[str]:
        """The keys of the mapping at a path."""
        if not self._below:
            for part in self._parts:
                self._below.setdefault(part.path[:-1], set()).add(str(part.path[-1]))
        return frozenset(self._below.get(path, ()))

    def of(self, comment: Comment) -> tuple[Part | None, Side]:
        """The part that a comment is about, None for the whole document, and where it stands to it."""
        following = bisect_right(self._starts, comment.start)
        if not comment.own_line:
            for parts in (self._on_line(comment, following), self._ending(comment, following)):
                candidates = [part for part in parts if self._is_behind(comment, part)]
                if candidates:
                    return min(candidates, key=_depth), "beside"
        return self._around(comment, following)

    def _on_line(self, comment: Comment, following: int) -> Iterator[Part]:
        """The parts that begin on the line of a comment."""
        line = comment.start - self._source.line_and_column(comment.start)[1] + 1
        index = following - 1
        while index >= 0 and self._starts[index] >= line:
            yield self._parts[index]
            index -= 1

    def _ending(self, comment: Comment, following: int) -> Iterator[Part]:
        """The parts whose values end on the line of a comment: with a bracket, a quote, a last word."""
        line = comment.start - self._source.line_and_column(comment.start)[1] + 1
        path = self._parts[following - 1].path if following else ()
        around = (self._by_path.get(path[:length]) for length in range(1, len(path) + 1))
        yield from (part for part in around if part is not None and not part.nests and line < part.end)

    @staticmethod
    def _is_behind(comment: Comment, part: Part) -> bool:
        """Whether a comment stands behind a key or an item: behind its value, or between the two."""
        is_apart = part.end <= comment.start or part.value_start >= comment.start
        return is_apart and (isinstance(part.path[-1], str) or not part.nests)

    def _around(self, comment: Comment, following: int) -> tuple[Part | None, Side]:
        """A comment on its own line is about what follows, unless it is indented as what precedes."""
        column = self._source.line_and_column(comment.start)[1] - 1
        last = following == len(self._parts)
        if not last and self._parts[following].column >= column:
            return self._parts[following], "above"
        if last and column == 0:
            return None, "below"
        for part in reversed(self._parts[:following]):
            if part.column <= column:
                return part, "below"
        return (None if last else self._parts[following]), "above"
