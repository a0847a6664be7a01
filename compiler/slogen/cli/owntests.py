"""Runs the tests that users write for promtool themselves, against what their rules compile to now.

A test is given copies of the rule files that it names, so that one about generated rules never reads an
output folder that is stale, or not there.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from slogen.cli import promtool
from slogen.cli.compiling import Run
from slogen.cli.promtool import Answer, Batch, Promtool, State
from slogen.ir import Program
from slogen.ownproofs import OwnTests
from slogen.testedrules import OUTPUT, Library


@dataclass(frozen=True, slots=True)
class OwnResult:
    """What came of a file of tests."""

    tests: OwnTests
    answer: Answer

    @property
    def failed(self) -> bool:
        """Whether it did not pass."""
        return self.answer.state is not State.PASSED


def names(tests: OwnTests) -> tuple[str, ...]:
    """What users call a file of tests: its path, and the alerts that it is about."""
    return tuple(dict.fromkeys((tests.path, *(check.alert for check in tests.alerts))))


def passed(
    tool: Promtool, chosen: Sequence[OwnTests], run: Run, program: Program, out: Path, jobs: int, limit: float
) -> tuple[OwnResult, ...]:
    """Run files of tests; gives the results in their order."""
    if not chosen:
        return ()
    found: dict[str, OwnResult] = {}
    with promtool.running(tool, _batches(chosen, run, program, out), jobs, limit) as ended:
        for batch, (answer,) in ended:
            found[batch.key.path] = OwnResult(batch.key, answer)
    return tuple(found[tests.path] for tests in chosen)


def _batches(chosen: Sequence[OwnTests], run: Run, program: Program, out: Path) -> Iterator[Batch[OwnTests]]:
    library = Library(program)
    written = {source.path: source.text for source in run.inputs.sources}
    compiled = {f"{OUTPUT}/{file.path}": file.text for file in run.files}
    for tests in chosen:
        read = {file.path for pattern in tests.rule_files for file in library.read_by(tests, pattern)}
        files = {path: written.get(path) or compiled.get(path, "") for path in sorted(read)}
        files.update(_in_output(out, files))
        files[tests.path] = written[tests.path]
        # What lies elsewhere cannot be copied to where the test looks for it.
        if any(_is_elsewhere(path) for path in files):
            yield Batch(tests, (tests.path,))
        else:
            yield Batch(tests, (tests.path,), files)


def _in_output(out: Path, files: Mapping[str, str]) -> dict[str, str]:
    """The compiled files as they are named where the output folder is another than usual."""
    folder = posixpath.normpath(out.as_posix())
    return {
        folder + path.removeprefix(OUTPUT): text
        for path, text in files.items()
        if path.startswith(f"{OUTPUT}/")
    }


def _is_elsewhere(path: str) -> bool:
    return posixpath.isabs(path) or posixpath.normpath(path).startswith("..")
