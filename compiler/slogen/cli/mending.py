"""What `check --fix` does: change the files in which something can be mended without asking.

It imports the compiler, so `check` imports it only when it is asked for.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from difflib import unified_diff
from pathlib import Path

import click

from slogen import fixing, pipeline
from slogen.cli.commands import CommandFailed
from slogen.cli.compiling import in_color
from slogen.cli.inputs import Inputs, default_folders
from slogen.cli.progress import Progress
from slogen.cli.twofold import compile_sources
from slogen.diagnostics import Diagnostic
from slogen.render import count, visible
from slogen.source import Source

_COLORS = {"+": "green", "-": "red", "@": "cyan"}


@dataclass(frozen=True, slots=True)
class Mended:
    """The inputs after all fixes, which of them changed (before and after), and how many findings are gone.

    `elsewhere` counts the findings that could be mended, but not where they are: in standard input, in the
    output folder, and in files that the command line does not name.
    """

    inputs: Inputs
    changed: tuple[tuple[Source, Source], ...]
    mended: int
    elsewhere: int


def mended(inputs: Inputs, options: pipeline.Options, paths: Sequence[str], out: Path) -> Mended:
    """Make the changes that the findings propose, in memory."""
    named = [Path(path).resolve() for path in paths or default_folders()]

    def is_open(source: Source) -> bool:
        path = Path(source.path)
        if not path.is_file():
            return False
        whole = path.resolve()
        return not whole.is_relative_to(out.resolve()) and any(
            path.absolute().is_relative_to(place) or whole.is_relative_to(place) for place in named
        )

    # The proofs take most of the time, and nothing that they find can be mended.
    unproven = replace(options, prove=False)
    with Progress(sys.stderr) as progress:

        def judge(sources: Sequence[Source]) -> Sequence[Diagnostic]:
            return compile_sources(sources, unproven, progress).diagnostics

        fixed = fixing.fixed(inputs.sources, judge, is_open)
    changed = tuple(
        (before, after)
        for before, after in zip(inputs.sources, fixed.sources, strict=True)
        if before.text != after.text
    )
    return Mended(replace(inputs, sources=fixed.sources), changed, len(fixed.mended), len(fixed.elsewhere))


def print_diff(found: Mended) -> None:
    """Print what would change, as a patch."""
    for before, after in found.changed:
        old, new = (_lines(source.text) for source in (before, after))
        for line in unified_diff(old, new, f"a/{before.path}", f"b/{before.path}"):
            _print_line(line)


def _lines(text: str) -> list[str]:
    """The lines with their ends; only these characters end a line in a patch."""
    return [line for line in text.replace("\n", "\n\0").split("\0") if line]


def _print_line(line: str) -> None:
    ending = "\n" if line.endswith("\n") else "\n\\ No newline at end of file\n"
    body = line.removesuffix("\n")
    # What another program reads must be what stands in the file; a terminal would act on some characters.
    if in_color(sys.stdout) or sys.stdout.isatty():
        body = click.style(visible(body.removesuffix("\r")), fg=_COLORS.get(body[:1]))
    click.echo(body + ending, nl=False, color=in_color(sys.stdout))


def write(found: Mended) -> None:
    """Write what changed. First all new files are made, beside the old ones; then they take their places.

    Raises CommandFailed, and changes nothing, where a file cannot be written or changed since it was read.
    """
    made: list[tuple[Path, Path]] = []
    try:
        for before, after in found.changed:
            place = Path(before.path).resolve()
            try:
                made.append((_made(place, before, after), place))
            except OSError as error:
                reason = (error.strerror or str(error)).lower()
                raise CommandFailed(f"cannot write {before.path}: {reason}; nothing was changed") from error
        for new, place in made:
            new.replace(place)
    finally:
        for new, _ in made:
            with suppress(OSError):
                new.unlink()


def _made(place: Path, before: Source, after: Source) -> Path:
    """A new file beside the old one, in the same encoding and with the same rights."""
    content = encoded(place.read_bytes(), before, after)
    if content is None:
        raise CommandFailed(f"{before.path} changed while it was read; nothing was changed")
    if not os.access(place, os.W_OK):
        raise PermissionError(13, "permission denied")
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        shutil.copymode(place, name)
    except OSError:
        Path(name).unlink()
        raise
    return Path(name)


def encoded(content: bytes, before: Source, after: Source) -> bytes | None:
    """The bytes of a file with another text, encoded as it is; None if it does not hold `before`."""
    if Source.decode(before.path, content) != before:
        return None
    for encoding in ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"):
        old = before.text.encode(encoding)
        if content.endswith(old) and not content[: len(content) - len(old)].strip(
            b"\xef\xbb\xbf\xff\xfe\x00"
        ):
            return content[: len(content) - len(old)] + after.text.encode(encoding)
    return None


def print_note(found: Mended, *, written: bool) -> None:
    """Say on standard error what was mended."""
    if found.mended:
        verb = "fixed" if written else "would fix"
        files = count(len(found.changed), "file")
        click.echo(f"{verb} {count(found.mended, 'finding')} in {files}", err=True)
    else:
        click.echo("nothing to fix", err=True)
    if found.elsewhere:
        several = "has a fix" if found.elsewhere == 1 else "have fixes"
        click.echo(
            f"{count(found.elsewhere, 'finding')} {several}, but only files that you name are changed",
            err=True,
        )
