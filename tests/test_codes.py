"""The documentation of a code is its test: Wrong gives the code at the carets, Right compiles clean."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import slogen
from pages import BLOCK, CODES, blocks, files, sections, without_carets
from slogen import codes, pipeline
from slogen.diagnostics import Code
from slogen.source import Source

PROVEN = pipeline.Options(prove=True)


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.id)
def test_every_code_is_documented(code: Code) -> None:
    assert re.fullmatch(r"SLO[1-9][0-9]{2}", code.id)
    assert code.title
    assert not code.title.endswith(".")
    assert {"Why", "Wrong", "Right"} <= set(sections(code))


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
    # A file that cannot be read, a broken scrape, an edit, half a mebibyte of rules, a mebibyte of panels,
    # and a bug in slogen are nothing that a document shows.
    assert without == ["SLO100", "SLO121", "SLO461", "SLO807", "SLO820", "SLO900"]


def modules() -> Iterator[str]:
    """The names of all modules of slogen, but of the one that is a program."""
    for info in pkgutil.walk_packages(slogen.__path__, "slogen."):
        if not info.name.endswith("__main__"):
            yield info.name


def test_all_codes_are_known_wherever_they_are_defined() -> None:
    found = {
        value.id: value
        for name in modules()
        for value in vars(importlib.import_module(name)).values()
        if isinstance(value, Code)
    }
    assert found == pipeline.all_codes()


def test_a_code_is_made_nowhere_but_at_the_top_of_a_module() -> None:
    for path in Path(slogen.__path__[0]).rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        top = {id(node.value) for node in tree.body if isinstance(node, ast.Assign)}
        made = [
            node.lineno
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Code"
            if id(node) not in top
        ]
        assert made == [], path


def test_errors_of_reading_are_firm() -> None:
    # What has one is not lowered: allowed, it would silently be missing.
    own = [code for code in vars(codes).values() if isinstance(code, Code)]
    assert [code.id for code in own if code.severity == "error" and not code.firm] == []
