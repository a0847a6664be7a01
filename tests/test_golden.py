"""Whole projects and all that slogen makes of them, byte for byte.

A case is a folder of golden/: its YAML files are compiled together, and its `expected` folder holds every
output file and, in report.txt, the findings as they are drawn. Alerts are proven where the name of the case
begins with `proofs`: the tests would be most of any other case. `pytest --update` writes the expected folders
anew; read the diff before you commit it.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from slogen import pipeline, render
from slogen.source import Source

GOLDEN = Path(__file__).parent / "golden"
CASES = sorted(path.name for path in GOLDEN.iterdir() if path.is_dir())


def inputs(case: str) -> list[Source]:
    folder = GOLDEN / case
    paths = sorted(path.relative_to(folder) for path in folder.rglob("*.yaml"))
    return [
        Source(path.as_posix(), (folder / path).read_text(encoding="utf-8"))
        for path in paths
        if path.parts[0] != "expected"
    ]


def compiled(case: str, sources: Sequence[Source]) -> pipeline.Result:
    return pipeline.compile(sources, pipeline.Options(prove=case.startswith("proofs")))


def produced(case: str) -> dict[str, str]:
    sources = inputs(case)
    result = compiled(case, sources)
    findings = result.report.diagnostics
    report = f"{render.full(findings)}\n" if findings else ""
    files = {file.path: file.text for file in result.files}
    return {"report.txt": f"{report}{render.summary(findings, len(sources))}\n", **files}


def expected(case: str) -> dict[str, str]:
    folder = GOLDEN / case / "expected"
    return {
        path.relative_to(folder).as_posix(): path.read_bytes().decode()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def write(case: str, files: dict[str, str]) -> None:
    folder = GOLDEN / case / "expected"
    shutil.rmtree(folder, ignore_errors=True)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())


@pytest.mark.parametrize("case", CASES)
def test_a_project_gives_what_it_gave(case: str, request: pytest.FixtureRequest) -> None:
    now = produced(case)
    if request.config.getoption("--update"):
        write(case, now)
    before = expected(case)
    assert sorted(now) == sorted(before)
    for name, text in now.items():
        assert text == before[name], f"{case}/expected/{name}"


@pytest.mark.parametrize("case", CASES)
def test_the_order_of_the_files_does_not_matter(case: str) -> None:
    sources = inputs(case)
    one, other = compiled(case, sources), compiled(case, sources[::-1])
    if not one.report.failed:
        assert one.files == other.files


@pytest.mark.parametrize("case", CASES)
def test_a_case_shows_what_it_is_named_for(case: str) -> None:
    """Errors where the name says so, output everywhere else."""
    files = expected(case)
    failed = case.startswith("errors")
    assert ("no errors" not in files["report.txt"]) == failed
    assert (len(files) == 1) == failed
    assert all(yaml.safe_load(text) for name, text in files.items() if name.endswith(".yaml"))
