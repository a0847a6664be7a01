"""What `slogen catalog` does: read what a component exports, write a catalog, compare.

It imports the compiler, so `catalog` imports it only when it is called.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import sys
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, TextIO, cast

import click

from slogen import exposition, reading
from slogen.catalog import Catalog
from slogen.catalogs import text as catalogtext
from slogen.catalogs.differing import Difference, Side, as_json, difference, text
from slogen.catalogs.merging import CannotMerge, Merged
from slogen.catalogs.merging import merge as merged_with
from slogen.cli.commands import CommandFailed
from slogen.cli.compiling import print_diagnostics
from slogen.cli.inputs import STANDARD_INPUT, shown
from slogen.cli.mending import encoded
from slogen.diagnostics import Diagnostic, Report
from slogen.exposition import Broken, Observed
from slogen.exposition.prefixes import common_prefixes
from slogen.ir import Extensions
from slogen.render import count, visible
from slogen.source import Node, Source, documents

_GZIP = b"\x1f\x8b"
_SNIFFED = 1 << 16


@dataclass(slots=True)
class Observation:
    """What was read of some inputs, and what could not be."""

    inputs: tuple[str, ...]
    observed: Observed = field(default_factory=Observed)
    broken: Broken = field(default_factory=Broken)


def observe(inputs: Sequence[str]) -> Observation:
    """Read scrapes and answers, all as one."""
    found = Observation(tuple(inputs))
    for path in inputs:
        with _opened(path) as stream:
            _read(path, stream, found)
    _note_unended(found)
    return found


def _note_unended(found: Observation) -> None:
    for name in found.observed.unended:
        click.echo(
            f"note: the last line of {name} has no end; if the rest was cut off, fetch it again", err=True
        )


def print_broken(broken: Broken, style: str, stream: TextIO) -> None:
    """Print the findings, and how many more there are."""
    found = broken.diagnostics
    print_diagnostics(found, style, stream)
    if style == "full":
        click.echo(file=stream)
    rest = f"; the first {len(found)} are shown" if broken.total > len(found) else ""
    click.echo(f"{count(broken.total, 'error')}{rest}; no catalog was written", err=True)


# reading ----------------------------------------------------------------------------------------------


@contextmanager
def _opened(path: str) -> Iterator[BinaryIO]:
    """An input as a stream of bytes, decompressed where that is needed."""
    if path == STANDARD_INPUT:
        yield _decompressed(sys.stdin.buffer)
        return
    with Path(path).open("rb") as stream:
        yield _decompressed(stream)


def _decompressed(stream: BinaryIO) -> BinaryIO:
    head = stream.read(_SNIFFED)
    whole = cast(BinaryIO, io.BufferedReader(_Chained(head, stream), _SNIFFED))
    return cast(BinaryIO, gzip.GzipFile(fileobj=whole)) if head.startswith(_GZIP) else whole


class _Chained(io.RawIOBase):
    """Bytes that were read already, and those behind them."""

    def __init__(self, head: bytes, stream: BinaryIO) -> None:
        self._head = memoryview(head)
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        chunk = self._head[: len(buffer)]
        self._head = self._head[len(chunk) :]
        data = bytes(chunk) or self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _read(path: str, stream: BinaryIO, found: Observation) -> None:
    name = _shown(path)
    try:
        exposition.read(name, stream, found.observed, found.broken)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        what = "ends too early" if isinstance(error, EOFError) else f"is broken: {error}"
        found.broken.whole(name, f"what gzip has compressed {what}", "fetch it again, to its end")


def _shown(path: str) -> str:
    return "<stdin>" if path == STANDARD_INPUT else shown(Path(path))


class _Refused(Exception):  # noqa: N818 - it carries findings
    """A catalog that has errors."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        super().__init__()
        self.diagnostics = diagnostics


def _document(path: str, content: bytes) -> tuple[Node, Catalog]:
    """The only catalog of a file, and the document that says it.

    Raises _Refused where it has errors, CommandFailed where there is none or more than one.
    """
    report = Report()
    source = Source.decode(path, content)
    if not isinstance(source, Source):
        reading.report_problem(source, report)
        raise _Refused(report.diagnostics)
    said = reading.read([source], report, Extensions(), lambda done, total: None)
    if report.failed:
        raise _Refused(report.diagnostics)
    catalogs = said.of(Catalog)
    nodes = [node for node in documents(source).nodes if _is_catalog(node)]
    if len(catalogs) != 1 or len(nodes) != 1:
        raise CommandFailed(f"{path} holds {count(len(catalogs), 'catalog')}, but one is needed")
    return nodes[0], catalogs[0]


def _is_catalog(node: Node) -> bool:
    kind = node.get("kind")
    return kind is not None and kind.value == "MetricCatalog"


# making -----------------------------------------------------------------------------------------------


def make(
    observation: Observation, name: str | None, owns: Sequence[str], out: Path | None, *, force: bool
) -> int:
    """Write the catalog of what was observed; gives the exit code."""
    component = name or _component(observation.inputs[0])
    facts = exposition.facts(observation.observed)
    patterns = [pattern for pattern in owns if pattern != "auto"]
    if "auto" in owns:
        patterns += [one for one in common_prefixes(m.name for m in facts.metrics) if one not in patterns]
    catalog = Catalog(component, metrics=facts.metrics, owns=tuple(patterns), exposition=facts.exposition)
    written = catalogtext.document(catalog)
    _check(written)
    if out is None or _is_standard_output(out):
        click.echo(written.encode(), nl=False)
    else:
        if out.exists() and not force and out.read_bytes() != written.encode():
            raise CommandFailed(
                f"{out} exists\n  = help: add what is new to it with --merge {out}, or use --force"
            )
        _write(out, written.encode())
    click.echo(f"{count(len(facts.metrics), 'metric')} -> {_target(out)}", err=True)
    return 0


def _check(written: str) -> None:
    """Raises CommandFailed for a catalog that slogen would refuse."""
    try:
        _document("the catalog", written.encode())
    except _Refused as refused:
        first = refused.diagnostics[0]
        raise CommandFailed(f"this would make a catalog with an error: {first.message}") from refused


def _component(path: str) -> str:
    name = re.match(r"[A-Za-z0-9]([-A-Za-z0-9_]*[A-Za-z0-9])?", Path(path).name)
    if path == STANDARD_INPUT or name is None:
        raise click.UsageError("name the component with --name")
    return name[0]


def _target(out: Path | None) -> str:
    return "standard output" if _is_standard_output(out) else str(out)


def _is_standard_output(out: Path | None) -> bool:
    return out is None or str(out) == STANDARD_INPUT


def _write(out: Path, written: bytes) -> None:
    """Replace a file at once, or leave it as it is."""
    place = out.resolve()
    place.parent.mkdir(parents=True, exist_ok=True)
    staged = place.with_name(f".{place.name}.{os.getpid()}")
    try:
        staged.write_bytes(written)
        if place.exists():
            staged.chmod(place.stat().st_mode)
        staged.replace(place)
    finally:
        staged.unlink(missing_ok=True)


# merging ----------------------------------------------------------------------------------------------


def merge(observation: Observation, base: Path, out: Path, style: str) -> int:
    """Write a catalog with what was observed added to it; gives the exit code."""
    content = base.read_bytes()
    try:
        node, catalog = _document(shown(base), content)
        facts = exposition.facts(observation.observed)
        merged = merged_with(node, catalog, facts.metrics)
        _check_merged(merged, base)
    except _Refused as refused:
        print_diagnostics(refused.diagnostics, style, sys.stderr)
        return 1
    except CannotMerge as error:
        raise CommandFailed(f"{base} cannot be added to: {error}") from error
    for note in merged.contradictions:
        click.echo(f"note: {note}; left as it is", err=True)
    is_new = bool(merged.new or merged.completed)
    written = _with(merged.text, node.span.source, content) if is_new else content
    if _is_standard_output(out):
        click.echo(written, nl=False)
    elif is_new or not out.exists() or out.read_bytes() != written:
        _write(out, written)
    news = f"{len(merged.new)} new, {len(merged.completed)} completed" if is_new else "nothing new"
    click.echo(f"{count(len(merged.metrics), 'metric')} ({news}) -> {_target(out)}", err=True)
    return 0


def _with(text: str, before: Source, content: bytes) -> bytes:
    """Another text in the encoding of the file."""
    return encoded(content, before, Source(before.path, text)) or text.encode()


def _check_merged(merged: Merged, base: Path) -> None:
    """Raises CannotMerge where the new text does not say what it should."""
    try:
        _, catalog = _document(shown(base), merged.text.encode())
    except _Refused as refused:
        raise CannotMerge(refused.diagnostics[0].message) from refused
    if {metric.name: metric for metric in catalog.metrics} != {m.name: m for m in merged.metrics}:
        raise CannotMerge("it is laid out in a way that slogen does not expect: write it in block style")


# comparing --------------------------------------------------------------------------------------------


def compare(first: str, second: str, style: str) -> int:
    """Print the difference of two catalogs or scrapes; gives the exit code."""
    try:
        found = difference(_side(first), _side(second))
    except _Refused as refused:
        print_diagnostics(refused.diagnostics, "full", sys.stderr)
        return 1
    if style == "json":
        click.echo(json.dumps(as_json(found), indent=2, ensure_ascii=False))
    else:
        for line in text(found):
            click.echo(visible(line))
        _print_summary(found, first, second)
    return 1 if found else 0


def _side(path: str) -> Side:
    """What an input says of metrics. Raises _Refused for one that cannot be read."""
    with _opened(path) as stream:
        head = stream.read(_SNIFFED)
        if exposition.is_document(head):
            return Side(_document(_shown(path), head + stream.read())[1])
        found = Observation((path,))
        _read(path, cast(BinaryIO, io.BufferedReader(_Chained(head, stream), _SNIFFED)), found)
        _note_unended(found)
    if found.broken.total:
        raise _Refused(found.broken.diagnostics)
    facts = exposition.facts(found.observed)
    return Side(Catalog(path, metrics=facts.metrics, exposition=facts.exposition), True, facts.unseen)


def _print_summary(found: Difference, first: str, second: str) -> None:
    changed = len({change.metric for change in found.changes})
    numbers = (
        (len(found.only_first), f"only in {first}"),
        (len(found.only_second), f"only in {second}"),
        (changed, "different"),
    )
    told = ", ".join(f"{number} {what}" for number, what in numbers if number) or "no difference"
    others = f"; {count(found.others, 'metric')} of other components left out" if found.others else ""
    click.echo(told + others, err=True)
