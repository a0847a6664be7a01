"""Documents: all of a source, those beside a broken one, JSON, and the files of others."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st
from soundness import assert_slices_are_exact, assert_well_said
from yamlreading import (
    TEXTS,
    both_parsers,
    each_parser,  # noqa: F401 - the fixture of both_parsers
    examples,
    read,
    root,
    untyped,
    walk,
)

from slogen.source import Source, documents

SHARED = Path(__file__).resolve().parents[3] / "shared"

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


@both_parsers
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("\n\n  \n", []),
        ("# only a comment\n", []),
        ("---\n---\n...\n---\n# c\n", []),
        ("a", ["a"]),
        ("--- a\n---\n- b\n...\n---\nc: d\n", ["a", ["b"], {"c": "d"}]),
        ("---\n# c\n---\na: b\n---\n", [{"a": "b"}]),
        ("null", [None]),
        ("--- ~\n--- ''\n--- !!str", [None, "", ""]),
        ("a: &x 1\n---\nb: &x 2\nc: *x", [{"a": 1}, {"b": 2, "c": 2}]),
        ("%YAML 1.1\n--- 'a'", ["a"]),
        (
            '{"a": [1, 2.50, true, null, "x\\u00e9\\/"], "b": {}}',
            [{"a": [1, Decimal("2.50"), True, None, "xé/"], "b": {}}],
        ),
        ("[]", [[]]),
        ("a: [b, c: d, {e}]", [{"a": ["b", {"c": "d"}, {"e": None}]}]),
        ("a:\r\n- b\r\n", [{"a": ["b"]}]),
    ],
)
def test_documents(text: str, expected: list[object]) -> None:
    result = read(text)
    assert result.problems == ()
    assert [node.plain() for node in result.nodes] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\n---\nb: [\n---\nc: 1", [{"a": 1}]),
        ("a: 1\n--- 'x\n", [{"a": 1}]),
        ("a: 1\n---\nb: *x\n---\nc: 1", [{"a": 1}, {"c": 1}]),
        ("a: !x 1\n---\nb: 1", [{"b": 1}]),
        ("a: 1\na: 2\n---\nb: 1", [{"a": 1}, {"b": 1}]),
        ("a: 1\n---\nb: 2\n---\nc: \x07\n---\nd: 1", [{"a": 1}, {"b": 2}]),
        ("a: 1\n...\n\x07", [{"a": 1}]),
        ("a: 1\n\x07", []),
        ("a: 1\n---\n" + "[" * 500, [{"a": 1}]),
    ],
)
def test_documents_beside_a_broken_one(text: str, expected: list[object]) -> None:
    result = read(text)
    assert len(result.problems) == 1
    assert [node.plain() for node in result.nodes] == expected


@examples(100)
@given(JSON, st.sampled_from([None, 2]))
def test_json_is_read_as_it_was_written(data: object, indent: int | None) -> None:
    text = json.dumps(data, ensure_ascii=False, indent=indent)
    assume(data is not None and not re.search("[\x85\u2028]", text))  # these are line breaks in YAML only
    assert root(text).plain() == exact(data)


def exact(data: object) -> object:
    """JSON data with the numbers as this reader gives them."""
    if isinstance(data, dict):
        return {key: exact(value) for key, value in data.items()}
    if isinstance(data, list):
        return [exact(value) for value in data]
    if isinstance(data, float):
        number = Decimal(repr(data))
        return number if abs(number.adjusted()) <= 308 else repr(data)
    return data


@examples(100)
@given(JSON, st.sampled_from([None, True, False]))
def test_structure_agrees_with_pyyaml(data: object, flow: bool | None) -> None:
    text = yaml.safe_dump(data, default_flow_style=flow, allow_unicode=True)
    assume(data is not None and not re.search("[\x85\u2028]", text))  # PyYAML writes these wrongly
    assert untyped(root(text)) == yaml.load(text, yaml.BaseLoader)


def test_public_files() -> None:
    files = sorted(path for path in SHARED.rglob("*") if path.suffix in {".yaml", ".yml", ".json"})
    if not files:
        pytest.skip(f"no public YAML files beside the repository (looked in {SHARED.name}/)")
    for path in files:
        source = Source.decode(str(path), path.read_bytes())
        assert isinstance(source, Source)
        result = documents(source)
        for problem in result.problems:
            assert_well_said(problem)
        if result.problems:
            continue
        expected = [data for data in yaml.load_all(source.text, yaml.CBaseLoader) if data not in (None, "")]
        assert [untyped(node) for node in result.nodes] == expected, path
        for document in result.nodes:
            for node in walk(document):
                if node.span.style != "nodes" and path.suffix != ".json":
                    assert_slices_are_exact(node.span)
