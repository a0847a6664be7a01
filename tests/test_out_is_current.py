"""The committed output is what slogen makes of the committed specs and rules: no file more, none less."""

from __future__ import annotations

from pathlib import Path

import pytest

from slogen import pipeline
from slogen.source import Source

ROOT = Path(__file__).parent.parent
OUT = ROOT / "out"


def test_out_is_current() -> None:
    if not OUT.is_dir():
        pytest.skip("out/ is not there: run `slogen build`")
    paths = sorted([*(ROOT / "slos").rglob("*.yaml"), *(ROOT / "rules").rglob("*.yaml")])
    sources = [Source(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in paths]
    result = pipeline.compile(sources, pipeline.Options(prove=True))
    assert [f"{d.at} {d.message}" for d in result.report] == []
    now = {file.path: file.text for file in result.files}
    written = {
        path.relative_to(OUT).as_posix(): path.read_bytes().decode()
        for path in sorted(OUT.rglob("*"))
        if path.is_file()
    }
    assert sorted(written) == sorted(now), "run `slogen build`"
    assert [path for path in now if written[path] != now[path]] == [], "run `slogen build`"
