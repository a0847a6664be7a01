"""Documents of others, read where they are: compiled or explained, and every place inside its file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

import promtool
from slogen import pipeline, render
from slogen.source import Problem, Source

SHARED = Path(__file__).parent.parent.parent / "shared"
CONFORMANCE = SHARED / "conformance"
MEAN_OF_RATIOS = re.compile(r"(?<=sum_over_time\()slo:sli_error:ratio_rate5m")


def corpus() -> list[Path]:
    found = [path for suffix in ("*.yaml", "*.yml", "*.json") for path in SHARED.rglob(suffix)]
    others = [path for path in CONFORMANCE.rglob("*") if path.is_file()]
    return sorted({*found, *others})


def name(path: Path) -> str:
    return path.relative_to(SHARED).as_posix()


def source(path: Path) -> Source:
    found = Source.decode(name(path), path.read_bytes())
    assert not isinstance(found, Problem)
    return found


def needed(folder: Path) -> None:
    if not folder.is_dir():
        pytest.skip(f"documents of other tools are not there: {folder}")


def test_there_is_something_to_read() -> None:
    needed(CONFORMANCE)
    assert len(corpus()) > 20


@pytest.mark.parametrize("path", corpus(), ids=name)
def test_a_foreign_document_is_compiled_or_explained(path: Path) -> None:
    written = source(path)
    result = pipeline.compile([written])
    for diagnostic in result.report:
        assert diagnostic.code.id != "SLO900", diagnostic.message
        for span in (diagnostic.at, *(label.at for label in diagnostic.also)):
            assert span.source == written
            assert 0 <= span.start <= span.end <= len(written.text)
    assert bool(result.files) <= (not result.report.failed)
    # Alert windows alone are nothing to write: they are for SLOs elsewhere.
    assert result.files or result.report.diagnostics or result.skipped or "AlertWindows" in written.text
    for form in render.FORMATS.values():
        form(result.report.diagnostics).encode()


def goldens() -> list[Path]:
    return sorted(CONFORMANCE.rglob("*.golden.yml"))


@pytest.mark.parametrize("path", goldens(), ids=name)
def test_rules_that_sloth_generated_are_read_as_they_are(path: Path) -> None:
    """Files of several documents among them: all of their groups come out, in one object.

    What there is to say of them is that a minute without traffic makes the ratio of Sloth's period NaN.
    """
    written = [document for document in yaml.safe_load_all(path.read_text(encoding="utf-8")) if document]
    result = pipeline.compile([source(path)])
    errors = [d for d in result.report if d.severity == "error"]
    if errors:
        check = promtool.check(path)
        assert check.returncode != 0, "Prometheus takes what slogen refuses"
        assert {d.message.partition(" is ")[0].strip("`") in check.stderr for d in errors} == {True}
        return
    text = path.read_text(encoding="utf-8")
    # Sloth divides the events of its own type; there `raw` stands for a mean that is there or is not.
    averages = [] if "raw" in path.name else [at.start() for at in MEAN_OF_RATIOS.finditer(text)]
    assert [(d.code.id, d.at.start) for d in result.report] == [("SLO611", at) for at in averages]
    groups = [
        group for document in written for group in (document.get("spec") or document).get("groups") or []
    ]
    [rules] = [file for file in result.files if file.path.startswith("rules/")]
    assert yaml.safe_load(rules.text)["groups"] == groups
