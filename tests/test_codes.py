"""The documentation of a code is its test: Wrong gives the code at the carets, Right compiles clean."""

from __future__ import annotations

import re

import pytest

from slogen import pipeline
from slogen.diagnostics import Code
from slogen.source import Source

PROVEN = pipeline.Options(prove=True)
CODES = list(pipeline.all_codes().values())
SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CARETS = re.compile(r"^#( *)(\^+) *$")
FILE = re.compile(r"^# (\S+\.yaml)\n", re.MULTILINE)


def sections(code: Code) -> dict[str, str]:
    parts = SECTION.split(code.doc)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def without_carets(text: str) -> tuple[str, list[tuple[int, int, int]]]:
    """The YAML without its caret lines, and the (line, column, length) that each points at."""
    kept: list[str] = []
    places = []
    for line in text.splitlines():
        match = CARETS.match(line)
        if match:
            places.append((len(kept), len(match[1]) + 2, len(match[2])))
        else:
            kept.append(line)
    return "\n".join(kept) + "\n", places


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.id)
def test_every_code_is_documented(code: Code) -> None:
    assert re.fullmatch(r"SLO[1-9][0-9]{2}", code.id)
    assert code.title
    assert not code.title.endswith(".")
    assert {"Why", "Wrong", "Right"} <= set(sections(code))


def files(text: str, path: str) -> list[tuple[str, str]]:
    """The files of an example by their paths: a comment of nothing but a path begins one."""
    first, *others = FILE.split(text)
    found = list(zip(others[::2], others[1::2], strict=True))
    return [(path, first), *found] if first else found


def blocks(section: str) -> list[tuple[Code, str]]:
    return [(code, text) for code in CODES for text in BLOCK.findall(sections(code)[section])]


@pytest.mark.parametrize(("code", "text"), blocks("Wrong"), ids=lambda value: getattr(value, "id", ""))
def test_wrong_is_reported_where_the_carets_are(code: Code, text: str) -> None:
    written = [(path, *without_carets(part)) for path, part in files(text, "wrong.yaml")]
    report = pipeline.compile([Source(path, yaml) for path, yaml, _ in written], PROVEN).report
    own = [diagnostic for diagnostic in report if diagnostic.code.id == code.id]
    assert own, [str(d.at) + d.message for d in report]
    expected = [(path, *place) for path, _, places in written for place in places]
    if expected:
        assert [(d.at.source.path, d.at.line, d.at.column, len(d.at.text)) for d in own] == expected


@pytest.mark.parametrize(("code", "text"), blocks("Right"), ids=lambda value: getattr(value, "id", ""))
def test_right_compiles_clean(code: Code, text: str) -> None:
    result = pipeline.compile([Source(path, part) for path, part in files(text, "right.yaml")], PROVEN)
    assert [f"{d.at} {d.code.id} {d.message}" for d in result.report] == []


def test_a_code_without_a_runnable_example_says_why() -> None:
    without = [code.id for code in CODES if not BLOCK.search(sections(code)["Wrong"])]
    # A file that cannot be read, and a bug in slogen, are nothing that a document shows.
    assert without == ["SLO100", "SLO900"]
