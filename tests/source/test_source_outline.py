"""The comments of a source, and the parts that they stand at."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from slogen.source import Source
from slogen.source.outline import Outline, outline

HERE = Path(__file__).parent


def comments(text: str, inside: tuple[int, ...] = ()) -> list[str]:
    return [comment.text for comment in outline(Source("a.yaml", text), inside).comments]


def parts(found: Outline, text: str) -> dict[tuple[str | int, ...], str]:
    """The text of the value of each part of the first document."""
    return {part.path: text[part.value_start : part.end] for part in found.documents[0].parts}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1 # x\n", ["# x"]),
        ("# a\n#b\n\n#\na: 1\n", ["# a", "#b", "#"]),
        ("a: b#c\n", []),
        ("a: 'b # c' # d\n", ["# d"]),
        ('a: "b # \\" # c"# d\n', []),
        ('a: "b\n  # c" # d\n', ["# d"]),
        ("a: |\n  b # c\n  # d\n# e\n", ["# e"]),
        ("a: | # x\n  b # c\n", ["# x"]),
        ("a: &n |-2 # x\n    b # c\n", ["# x"]),
        ("a: >2 # x\n    # c\n", ["# x"]),
        ("a: b\n  c # d\n", ["# d"]),
        ("a: {b: 1, # c\n  d: '#'} # e\n", ["# c", "# e"]),
        ("a: [1, # c\n  # d\n  2]\n", ["# c", "# d"]),
        ("- # x\n  a: 1\n- b # y\n", ["# x", "# y"]),
        ("a: &anchor # x\n  b: 1\nc: *anchor # y\n", ["# x", "# y"]),
        ("a: !!str # x\n  b\n", ["# x"]),
        ("%YAML 1.1 # v\n--- # x\na: 1\n... # y\n# z\n", ["# v", "# x", "# y", "# z"]),
        ("a: 1 # x\r\nb: |\r\n  # c\r\n# d\r\n", ["# x", "# d"]),
        ("\ufeff# x\na: 1\n", ["# x"]),
        ("# x\u2028a: 1\n", ["# x"]),
        ('{"a": "# b"} # c', ["# c"]),
        ("# alone\n", ["# alone"]),
        ("a: # x\nb: 2\n", ["# x"]),
        ("? a # x\n: b # y\n", ["# x", "# y"]),
        ("a: [1\n", []),
    ],
)
def test_comments_are_what_is_no_value(text: str, expected: list[str]) -> None:
    assert comments(text) == expected


def test_parts_have_the_places_of_keys_dashes_and_values() -> None:
    text = "a: 1\nb:\n  - x: |- # c\n      y\n    z: {k: [v, w]}\n  - last\nc: &n q\n"
    found = outline(Source("a.yaml", text))
    assert parts(found, text) == {
        ("a",): "1",
        ("b",): "- x: |- # c\n      y\n    z: {k: [v, w]}\n  - last",
        ("b", 0): "x: |- # c\n      y\n    z: {k: [v, w]}",
        ("b", 0, "x"): "\n      y",
        ("b", 0, "z"): "{k: [v, w]}",
        ("b", 0, "z", "k"): "[v, w]",
        ("b", 0, "z", "k", 0): "v",
        ("b", 0, "z", "k", 1): "w",
        ("b", 1): "last",
        ("c",): "q",
    }
    dashes = [part for part in found.documents[0].parts if part.path in {("b", 0), ("b", 1)}]
    assert [(text[part.start], part.column) for part in dashes] == [("-", 2), ("-", 2)]


def test_an_alias_is_a_part_at_its_own_place() -> None:
    text = "a: &n {x: 1}\nb: *n\n"
    assert parts(outline(Source("a.yaml", text)), text)[("b",)] == "*n"


def test_documents_are_told_apart() -> None:
    text = "# x\na: 1\n# y\n--- # z\nb: 2\n"
    found = outline(Source("a.yaml", text))
    assert [found.document_at(comment.start) for comment in found.comments] == [0, 0, 1]


def test_documents_within_a_text_have_the_places_of_the_whole() -> None:
    text = "data:\n  a: |\n    # x\n    b: c # y\n    ---\n    d: '#' # z\nrest: 1 # w\n"
    found = outline(Source("a.yaml", text), [text.index("b: c")])
    assert [text[comment.start :].split("\n", maxsplit=1)[0] for comment in found.comments] == [
        "# x",
        "# y",
        "# z",
        "# w",
    ]
    assert [text[document.parts[0].start] for document in found.documents] == ["d", "b", "d"]
    assert found.documents[0].holds
    assert comments(text) == ["# w"]


def test_a_comment_put_anywhere_is_found_or_is_text() -> None:
    """It never changes which other comments are found."""
    text = next((HERE.parent / "golden/odd-texts/slos").glob("*.yaml")).read_text(encoding="utf-8")
    before = comments(text)
    lines = text.split("\n")
    found = 0
    for number in random.Random(1).sample(range(len(lines)), min(40, len(lines))):
        changed = [*lines[:number], "# inserted", *lines[number:]]
        after = comments("\n".join(changed))
        assert [each for each in after if each != "# inserted"] == before
        found += "# inserted" in after
    assert found > 5
