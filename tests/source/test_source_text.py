"""Sources: lines and columns, byte order marks, decoding."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yamlreading import examples, place

from slogen.source import Problem, Source, documents


@pytest.mark.parametrize(
    ("text", "offset", "expected"),
    [
        ("", 0, (1, 1)),
        ("abc", 0, (1, 1)),
        ("abc", 3, (1, 4)),
        ("a\nb", 1, (1, 2)),
        ("a\nb", 2, (2, 1)),
        ("a\n", 2, (2, 1)),
        ("a\r\nb", 1, (1, 2)),
        ("a\r\nb", 2, (1, 3)),
        ("a\r\nb", 3, (2, 1)),
        ("a\rb", 2, (2, 1)),
        ("a\r\r\n\nb", 5, (4, 1)),
        ("a\x85b", 2, (1, 3)),
        ("a\u2028b\u2029c", 4, (1, 5)),
        ("a\x0bb\x0cc", 4, (1, 5)),
        ("\U0001d538b", 1, (1, 2)),
        ("e\u0301b", 2, (1, 3)),
        ("abc", 99, (1, 4)),
        ("abc", -1, (1, 1)),
    ],
)
def test_line_and_column(text: str, offset: int, expected: tuple[int, int]) -> None:
    assert Source("f", text).line_and_column(offset) == expected


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("a", ["a"]),
        ("a\n", ["a", ""]),
        ("a\r\nb\rc\n\nd", ["a", "b", "c", "", "d"]),
        ("a\x85b\u2028c", ["a\x85b\u2028c"]),
    ],
)
def test_line_text(text: str, lines: list[str]) -> None:
    source = Source("f", text)
    assert [source.line_text(line) for line in range(1, len(lines) + 1)] == lines
    assert source.line_text(0) == source.line_text(len(lines) + 1) == ""


@examples(100)
@given(st.text(alphabet="ab\n\r\x85\u2028\U0001d538"))
def test_offsets_are_lines_and_columns(text: str) -> None:
    source = Source("f", text)
    for offset in range(len(text)):
        line, column = source.line_and_column(offset)
        shown = source.line_text(line)
        if text[offset] in "\r\n":
            assert len(shown) < column <= len(shown) + 2
        else:
            assert shown[column - 1] == text[offset]


def test_a_byte_order_mark_is_not_text() -> None:
    source = Source("f", "\ufeffa: b")
    assert source.text == "a: b"
    assert place(documents(source).nodes[0].span_at("a")) == "1:4 b"


def test_source_equality_and_repr() -> None:
    source = Source("f", "a\nb")
    source.line_and_column(2)
    assert source == Source("f", "a\nb")
    assert hash(source) == hash(Source("f", "a\nb"))
    assert source != Source("g", "a\nb")
    assert repr(source) == "Source(path='f')"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]
)
def test_decode(encoding: str) -> None:
    text = "a: caf\u00e9 \U0001d538\r\nb: 1\n"
    mark = "\ufeff" if encoding.endswith(("-le", "-be")) else ""
    assert Source.decode("f", (mark + text).encode(encoding)) == Source("f", text)


@pytest.mark.parametrize(
    ("data", "expected", "message"),
    [
        (b"a: b\nc: \xff\xfe", "2:4", "byte `0xff` is not UTF-8 text"),
        (b"\xef\xbb\xbfa: \xe9t\xe9", "1:4", "byte `0xe9` is not UTF-8 text"),
        ("a: é".encode() + b" \xc3", "1:6", "byte `0xc3` is not UTF-8 text"),
        (b"\xff\xfea\x00\x00\xd8", "1:2", "byte `0x00` is not UTF-16 text"),
        (b"\xff\xfea\x00b", "1:2", "byte `0x62` is not UTF-16 text"),
        (b"\x7fELF\x00\x00\xff\x80", "1:7", "the file is binary, not text"),
    ],
)
def test_data_that_is_not_text(data: bytes, expected: str, message: str) -> None:
    problem = Source.decode("dir/f.yaml", data)
    assert isinstance(problem, Problem)
    assert (problem.kind, str(problem.at), problem.message) == ("encoding", f"dir/f.yaml:{expected}", message)
    assert problem.help == "save the file as UTF-8"


@examples(100)
@given(st.binary())
def test_decode_never_raises(data: bytes) -> None:
    result = Source.decode("f", data)
    if isinstance(result, Problem):
        assert 0 <= result.at.start <= result.at.end <= len(result.at.source.text)
    else:
        documents(result)
