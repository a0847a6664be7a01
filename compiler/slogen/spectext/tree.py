"""A document as entries, and their text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from slogen import yamlout
from slogen.spectext.places import Place, role
from slogen.spectext.remarks import Remark

Value: TypeAlias = "str | int | Decimal | Flow | Block"

_IN_FLOW = re.compile(r"[A-Za-z0-9_.%/-]+")
_BRIEF = 80
_WIDTH = 110
_FOLDABLE = re.compile(r"[!-~]+(?: [!-~]+)*")


@dataclass(frozen=True, slots=True)
class Flow:
    """A short list or mapping on one line, as text."""

    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A key and its value, or, with an empty key in a list, an item."""

    key: str
    value: Value
    place: Place = ()


@dataclass(frozen=True, slots=True)
class Block:
    """A mapping, or a list (`dashed`), over several lines.

    With an empty line between its items if it is `spaced`; on one line if it is `brief`, short, and without
    comments in it.
    """

    entries: tuple[Entry, ...]
    dashed: bool = False
    spaced: bool = False
    brief: bool = False


def block(place: Place, entries: Mapping[str, Value | None], *, brief: bool = False) -> Block:
    """A mapping at a place; what has no value is left out."""
    return Block(
        tuple(
            Entry(key, value, (*place, *role((key,))))
            for key, value in entries.items()
            if value is not None and value != "" and not (isinstance(value, Block) and not value.entries)
        ),
        brief=brief,
    )


def items(values: Iterable[tuple[Place, Value]], *, spaced: bool = False) -> Block:
    """A list of values with their places."""
    return Block(tuple(Entry("", value, place) for place, value in values), dashed=True, spaced=spaced)


def tree(data: object, place: Place, path: tuple[str | int, ...] = ()) -> Value:
    """Nested data of texts, numbers, booleans, mappings and lists, at a path below a place.

    Raises TypeError for anything else.
    """
    if isinstance(data, str | bool | int | Decimal):
        return data
    if not isinstance(data, Mapping | Sequence):
        raise TypeError(f"cannot be written into a spec: {type(data).__name__}")
    if not data:
        return Flow("{}" if isinstance(data, Mapping) else "[]")
    inner = data.items() if isinstance(data, Mapping) else enumerate(data)
    entries = (
        Entry("" if isinstance(key, int) else str(key), tree(value, place, at), (*place, *role(at)))
        for key, value, at in ((key, value, (*path, key)) for key, value in inner)
    )
    return Block(tuple(entries), dashed=not isinstance(data, Mapping))


def flow(data: Sequence[str] | Mapping[str, str | int | Decimal]) -> Value:
    """A list of words, or a mapping of words to words and numbers; on one line where that is safe."""
    written = tree(data, ())
    text = _on_one_line(written) if isinstance(written, Block) else None
    return written if text is None else Flow(text)


def _on_one_line(block: Block) -> str | None:
    """A list or mapping in brackets; None where it is long or holds more than words and numbers."""
    texts = [None if isinstance(entry.value, Block) else _inline(entry.value) for entry in block.entries]
    words = [text for text in texts if text is not None and _IN_FLOW.fullmatch(text)]
    keys = [entry.key for entry in block.entries]
    if len(words) < len(texts) or not (block.dashed or all(map(_IN_FLOW.fullmatch, keys))):
        return None
    pairs = words if block.dashed else [f"{key}: {word}" for key, word in zip(keys, words, strict=True)]
    text = f"[{', '.join(pairs)}]" if block.dashed else f"{{{', '.join(pairs)}}}"
    return text if len(text) <= _BRIEF else None


def _inline(value: str | int | Decimal | Flow) -> str:
    if isinstance(value, Flow):
        return value.text
    return yamlout.scalar(value) if isinstance(value, str) else yamlout.dump(value).rstrip("\n")


def render(documents: Sequence[Entry], remarks: Iterable[Remark]) -> str:
    """The text of the documents, with the remarks at their places.

    A remark whose place does not exist stands above the nearest thing that it is a part of.
    """
    places = {entry.place for entry in _entries(documents)}
    placed: dict[Place, list[Remark]] = {}
    homeless: list[str] = []
    for remark in remarks:
        home = remark.placed_among(places)
        if home is None:
            homeless += remark.lines
        else:
            placed.setdefault(home.place, []).append(home)
    writer = _Writer(placed, set())
    texts = ["".join(f"{line}\n" for line in writer.document(document)) for document in documents]
    return "".join(f"{line}\n" for line in homeless) + "---\n".join(texts)


def _entries(entries: Iterable[Entry]) -> Iterator[Entry]:
    for entry in entries:
        yield entry
        if isinstance(entry.value, Block):
            yield from _entries(entry.value.entries)


@dataclass(frozen=True, slots=True)
class _Around:
    """The lines of comments around an entry; `beside` is empty where there is none."""

    above: list[str]
    beside: str
    below: list[str]


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes entries; each remark once, at the first entry of its place."""

    remarks: Mapping[Place, list[Remark]]
    written: set[Place]

    def document(self, document: Entry) -> list[str]:
        """The lines of a document."""
        around = self._around(document.place, may_be_beside=False)
        assert isinstance(document.value, Block)
        return [*around.above, *self._block(document.value, 0), *around.below]

    def _block(self, block: Block, indent: int) -> list[str]:
        found: list[str] = []
        for entry in block.entries:
            # Below a text that ends with empty lines, another one would belong to it.
            if block.spaced and found and found[-1]:
                found.append("")
            found += self._item(entry, indent) if block.dashed else self._keyed(entry, indent)
        return found

    def _keyed(self, entry: Entry, indent: int) -> list[str]:
        around = self._around(entry.place, may_be_beside=True)
        start = yamlout.key(entry.key, indent)
        value = self._shortened(entry.value)
        if isinstance(value, Block):
            body = [f"{start}{around.beside}", *self._block(value, indent + 2)]
        else:
            body = self._leaf(f"{start} ", value, around.beside, indent)
        return _surrounded(body, around, indent)

    def _shortened(self, value: Value) -> Value:
        if not isinstance(value, Block) or not value.brief:
            return value
        text = None if any(entry.place in self.remarks for entry in value.entries) else _on_one_line(value)
        return value if text is None else Flow(text)

    def _item(self, entry: Entry, indent: int) -> list[str]:
        value = self._shortened(entry.value)
        around = self._around(entry.place, may_be_beside=not isinstance(value, Block))
        start = f"{' ' * indent}- "
        if not isinstance(value, Block):
            return _surrounded(self._leaf(start, value, around.beside, indent), around, indent)
        body = self._block(value, indent + 2)
        # What stands above the first key of an item stands above its dash.
        first = next(i for i, line in enumerate(body) if line and not line.lstrip().startswith("#"))
        above = [*around.above, *(line.strip() for line in body[:first])]
        item = [f"{start}{body[first][indent + 2 :]}", *body[first + 1 :]]
        return _surrounded(item, _Around(above, "", around.below), indent)

    @staticmethod
    def _leaf(start: str, value: str | int | Decimal | Flow, beside: str, indent: int) -> list[str]:
        """A scalar behind its key or dash. A comment on a literal block stands behind the header."""
        if isinstance(value, str) and len(start) + len(value) > _WIDTH and _FOLDABLE.fullmatch(value):
            pad = " " * (indent + 2)
            return [f"{start}>-{beside}", *(f"{pad}{line}" for line in _folded(value, _WIDTH - len(pad)))]
        text = yamlout.value(value, indent) if isinstance(value, str) else _inline(value)
        first, *others = text.split("\n")
        return [f"{start}{first}{beside}", *others]

    def _around(self, place: Place, *, may_be_beside: bool) -> _Around:
        around = _Around([], "", [])
        if not place or place in self.written:
            return around
        self.written.add(place)
        beside = ""
        for remark in self.remarks.get(place, ()):
            if remark.side == "beside" and may_be_beside and not beside:
                beside = f" {remark.lines[0]}"
            else:
                (around.below if remark.side == "below" else around.above).extend(remark.lines)
        return _Around(around.above, beside, around.below)


def _surrounded(body: list[str], around: _Around, indent: int) -> list[str]:
    pad = " " * indent
    above = [f"{pad}{line}" if line else "" for line in around.above]
    return [*above, *body, *(f"{pad}{line}" if line else "" for line in around.below)]


def _folded(text: str, width: int) -> list[str]:
    """Words in lines of at most a width, but for longer words. YAML reads each line break as a space."""
    lines: list[str] = []
    for word in text.split(" "):
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
