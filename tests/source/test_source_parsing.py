"""Parsers: libyaml's and PyYAML's own, what neither reads, and random text in both."""

from __future__ import annotations

import sys

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from soundness import assert_sound
from yamlreading import (
    SPEC,
    both_parsers,
    each_parser,  # noqa: F401 - the fixture of both_parsers
    examples,
    place,
    read,
    root,
    said,
)

from slogen.source import Source, documents, parsing

SPECIAL = st.sampled_from(
    [
        *"\t\n\r \"'{}[]:,#&*!|>%@`-?=~\\<.0a\x00\x07\x85\u2028\ufeff\ud83d\U0001d538",
        *("\n---\n", "\n...\n", "<<: *a", "&a ", "*a", "!!int ", "!x ", "? ", "- ", ": ", "  ", "{{"),
        *("\\u12", "\\x", "!!", "%YAML 1.3\n"),
    ]
)


def test_without_libyaml_pyyamls_own_parser_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml._yaml", None)
    parser_class = parsing.parser_class.__wrapped__()
    assert parser_class.__name__ == "PythonParser"
    monkeypatch.setattr(parsing, "parser_class", lambda: parser_class)
    assert root(SPEC).get("spec", "slos", 2, "name") is not None


def test_an_error_that_pyyaml_does_not_place(monkeypatch: pytest.MonkeyPatch) -> None:
    python_parser = parsing.python_parser_class()
    monkeypatch.setattr(parsing, "parser_class", lambda: python_parser)
    (problem,) = read('a: 1\nb: "\\U00110000"').problems
    assert said(problem) == ("syntax", "2:2 ", "YAML error: chr() arg not in range(0x110000)")


@both_parsers
@pytest.mark.parametrize(
    ("character", "name"),
    [
        ("\x00", "0000"),
        ("\x07", "0007"),
        ("\x7f", "007F"),
        ("\x80", "0080"),
        ("\ud83d", "D83D"),
        ("\ufffe", "FFFE"),
    ],
)
def test_a_character_that_yaml_does_not_allow(character: str, name: str) -> None:
    result = read(f"a: \U0001d538é\n---\nb: \U0001d538é{character}x\n")
    (problem,) = result.problems
    assert said(problem) == (
        "encoding",
        f"3:6 {character}",
        f"the character U+{name} is not allowed in YAML",
    )
    assert [node.plain() for node in result.nodes] == [{"a": "\U0001d538é"}]


def test_a_byte_order_mark_before_a_later_document() -> None:
    pytest.importorskip("yaml._yaml", reason="PyYAML was built without libyaml")
    result = read("\ufeffa: 1\n---\n\ufeffb: 2\n")
    assert result.problems == ()
    assert place(result.nodes[1].key_at("b")) == "3:2 b"


def test_utf_16_without_a_byte_order_mark() -> None:
    source = Source.decode("f", "a: 1".encode("utf-16-le"))
    assert isinstance(source, Source)
    (problem,) = documents(source).problems
    assert (problem.kind, problem.at.column, problem.help) == ("encoding", 2, "save the file as UTF-8")


def test_problems_before_a_character_that_yaml_does_not_allow_are_kept() -> None:
    result = read("a: 1\na: 2\n---\nb: '\x07")
    assert [problem.kind for problem in result.problems] == ["duplicate-key", "encoding"]


def test_which_characters_are_allowed_is_what_libyaml_says() -> None:
    parser = pytest.importorskip("yaml._yaml", reason="PyYAML was built without libyaml").CParser
    for code in [
        *range(0x300),
        *range(0x2000, 0x2100),
        *range(0xD700, 0xE100),
        *range(0xFE00, 0x10100),
        0x10FFFF,
    ]:
        text = f"'{chr(code)}'"
        try:
            parser(text).raw_parse()
        except (yaml.reader.ReaderError, UnicodeEncodeError):
            assert parsing.first_unreadable(text) == 1, hex(code)
        except yaml.YAMLError:
            assert chr(code) == "'"
        else:
            assert parsing.first_unreadable(text) is None, hex(code)


@examples(600)
@given(st.lists(st.tuples(st.integers(0, len(SPEC)), st.integers(0, 3), SPECIAL), min_size=1, max_size=5))
def test_random_edits_of_a_spec_raise_nothing(edits: list[tuple[int, int, str]]) -> None:
    text = SPEC
    for offset, removed, added in edits:
        text = text[:offset] + added + text[offset + removed :]
    assert_sound(Source("f", text))


@examples(300)
@given(st.lists(SPECIAL, max_size=30).map("".join))
def test_random_text_raises_nothing(text: str) -> None:
    assert_sound(Source("f", text))


@examples(200)
@given(st.lists(SPECIAL, max_size=20).map("".join))
def test_random_text_raises_nothing_in_pyyamls_own_parser(text: str) -> None:
    python_parser = parsing.python_parser_class()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parsing, "parser_class", lambda: python_parser)
        assert_sound(Source("f", text))
