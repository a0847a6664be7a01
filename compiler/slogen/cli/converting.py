"""What `convert` does: read specs, convert each file, and write the texts.

It imports the compiler, so `convert` imports it only when it is called.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TextIO

import click

from slogen import render
from slogen.cli import compiling
from slogen.cli.commands import CommandFailed
from slogen.cli.inputs import STANDARD_INPUT, Inputs, collect, default_folders, shown
from slogen.cli.progress import Progress
from slogen.cli.rebuild import above, rebuild
from slogen.cli.swap import recover
from slogen.conversion import convert_all
from slogen.convert import Note
from slogen.diagnostics import Diagnostic, Report
from slogen.ir import Draft, Extensions, Millis, RuleSet, Settings
from slogen.pipeline import Options

_STANDARD_INPUT = "<stdin>"


@dataclass(frozen=True, slots=True)
class Run:
    """What was read and what came of it: the texts by the path of their source, in order, and notes.

    `slos` counts what was converted; `settings` and `rule_files` count what was left alone, `skipped` the
    Kubernetes objects of other kinds.
    """

    inputs: Inputs
    diagnostics: tuple[Diagnostic, ...]
    texts: Mapping[str, str]
    notes: tuple[Note, ...]
    slos: int
    settings: int
    rule_files: int
    skipped: int

    @property
    def failed(self) -> bool:
        """Whether there is an error."""
        return any(diagnostic.severity == "error" for diagnostic in self.diagnostics)


def run(
    paths: Sequence[str],
    target: str,
    out: Path | None,
    default_window: Millis | None,
    extensions: Extensions,
) -> Run:
    """Read what the paths of a command line lead to, and convert the files that they name.

    The settings of the project count even if no path leads to them, but are not converted.
    """
    inputs = collect(paths, Path(os.devnull) if out is None else out)
    named = [source for source in inputs.sources if _name(source.path, paths) is not None]
    options = Options(default_window, extensions=extensions)
    with Progress(sys.stderr) as progress:
        found = convert_all(inputs.sources, target, options, progress)
    report, documents = Report(), found.documents
    report.extend(inputs.report)
    report.extend(found.report)
    converted = {} if report.failed else found.converted
    here = {source.path for source in named}
    left = {_path(item) for item in documents.of(RuleSet)}
    settings = {item.where.whole.source.path for item in documents.of(Settings) if item.where}
    return Run(
        inputs=inputs,
        diagnostics=report.diagnostics,
        texts={path: each.text for path, each in converted.items() if each.text and path in here},
        notes=tuple(note for path, each in converted.items() if path in here for note in each.notes),
        slos=len(documents.of(Draft)),
        settings=len(settings & here),
        rule_files=len(left & here),
        skipped=documents.skipped,
    )


def _path(item: RuleSet) -> str:
    return item.where.whole.source.path


# names ------------------------------------------------------------------------------------------------


def _name(path: str, paths: Sequence[str]) -> str | None:
    """The name of a source below the path of the command line that leads to it; None if none does."""
    for named in paths or default_folders():
        if named == STANDARD_INPUT:
            if path == _STANDARD_INPUT:
                return "stdin.yaml"
            continue
        root = shown(Path(named))
        if path == root:
            return _as_yaml(PurePosixPath(path).name)
        prefix = "" if root == "." else f"{root}/"
        if Path(named).is_dir() and path.startswith(prefix) and path != _STANDARD_INPUT:
            return _as_yaml(path.removeprefix(prefix))
    return None


def _as_yaml(name: str) -> str:
    return f"{name.removesuffix('.json')}.yaml" if name.endswith(".json") else name


def refuse_inside_inputs(paths: Sequence[str], out: Path) -> None:
    """Raise click.UsageError for a folder in which the next run would find the output among its input."""
    for path in paths or default_folders():
        if (
            path != STANDARD_INPUT
            and Path(path).is_dir()
            and out.resolve().is_relative_to(Path(path).resolve())
        ):
            raise click.UsageError(f"`{out}` is in the input folder `{path}`: name a folder outside of it")


# writing ----------------------------------------------------------------------------------------------


def stream(result: Run) -> str:
    """All texts as one stream of YAML documents."""
    return "---\n".join(result.texts.values())


def write(result: Run, paths: Sequence[str], out: Path, *, force: bool) -> None:
    """Write the texts below a folder, all or nothing.

    Raises CommandFailed, and writes nothing, where that would change an input or, without `force`, a file
    that says something else.
    """
    texts = _by_name(result, paths)
    root = out.resolve()
    for name in texts:
        _refuse_what_is_in_the_way(out, name)
    _refuse_inputs(result, out, texts)
    new = {name: text for name, text in texts.items() if not _holds(root / name, text)}
    differing = [name for name in new if os.path.lexists(root / name)]
    if differing and not force:
        files = "\nerror: ".join(f"{out / name} exists and differs" for name in differing)
        raise CommandFailed(f"{files}\n  = help: name another folder, or use --force; nothing was changed")
    if new:
        root.parent.mkdir(parents=True, exist_ok=True)
        home = root if root.exists() else root.parent
        recover(home, root.name, alone=False)
        rebuild(root, new, (), home)


def _by_name(result: Run, paths: Sequence[str]) -> dict[str, str]:
    """The texts by the names of their files. Raises CommandFailed where two would have the same."""
    named = [(_name(path, paths) or path, path) for path in result.texts]
    name, times = Counter(name for name, _ in named).most_common(1)[0]
    if times > 1:
        both = " and ".join(path for other, path in named if other == name)
        raise CommandFailed(f"{both} would both become `{name}`: convert them into folders of their own")
    return {name: result.texts[path] for name, path in named}


def _refuse_what_is_in_the_way(out: Path, name: str) -> None:
    for folder in (out, *(out / folder for folder in above(name))):
        if os.path.lexists(folder) and not folder.is_dir():
            raise CommandFailed(f"{folder} is not a folder")
    if (out / name).is_dir():
        raise CommandFailed(f"{out / name} is a folder, and no file can be written there")


def _refuse_inputs(result: Run, out: Path, names: Iterable[str]) -> None:
    """Raise CommandFailed for an output that is one of the files that were read."""
    read = {Path(source.path).resolve() for source in result.inputs.sources}
    for name in names:
        if (out / name).resolve() in read:
            raise CommandFailed(f"{out / name} is an input: name another folder")


def _holds(file: Path, text: str) -> bool:
    return file.is_file() and file.read_bytes() == text.encode()


# telling ----------------------------------------------------------------------------------------------


def print_findings(result: Run, style: str, stream: TextIO) -> None:
    """Print what was found in the input, and how much of it, if anything was."""
    compiling.print_diagnostics(result.diagnostics, style, stream)
    if result.diagnostics:
        if style == "full":
            click.echo(file=stream)
        click.echo(render.summary(result.diagnostics, result.inputs.files), file=stream)


def print_notes(result: Run, stream: TextIO) -> None:
    """Print one line for each thing that the format cannot say."""
    for note in result.notes:
        click.echo(render.visible(f"{note.at}: note: {note.text}"), file=stream)


def refuse_if_empty(result: Run) -> None:
    """Raise CommandFailed where there is nothing to convert."""
    if result.texts:
        return
    files = render.count(result.inputs.files, "file")
    aside = f"; {', '.join(_left_alone(result))} left alone" if any(_left_alone(result)) else ""
    raise CommandFailed(f"there is no SLO to convert in {files}{aside}")


def summary(result: Run, target: str) -> str:
    """What was converted, and what was not."""
    parts = [f"{render.count(result.slos, 'SLO')} -> {render.count(len(result.texts), 'file')} of {target}"]
    if result.notes:
        parts.append(render.count(len(result.notes), "note"))
    left = list(_left_alone(result))
    if left:
        parts.append(f"left alone: {', '.join(left)}")
    return "; ".join(parts)


def _left_alone(result: Run) -> Iterator[str]:
    if result.settings:
        yield "Settings"
    if result.rule_files:
        yield render.count(result.rule_files, "file") + " of hand-written rules"
    if result.skipped:
        yield render.count(result.skipped, "Kubernetes object") + " of other kinds"
