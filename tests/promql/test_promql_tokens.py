"""The scanner: kinds and places of tokens, on any text."""

from __future__ import annotations

import pytest
from hypothesis import given
from promql_samples import ANY_TEXT

from slogen.promql import Kind, ends_in_comment, tokens


def kinds(text: str) -> list[tuple[str, str]]:
    return [(token.kind.value, token.text) for token in tokens(text)]


def all_of(kind: str, pieces: str) -> list[tuple[str, str]]:
    return [(kind, piece) for piece in pieces.split()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \t\r\n", []),
        ("x", [("name", "x")]),
        ("job:x:rate5m", [("name", "job:x:rate5m")]),
        (":x", [("name", ":x")]),
        ("sum BY", [("keyword", "sum"), ("keyword", "BY")]),
        ("Inf nan +inf", [("number", "Inf"), ("number", "nan"), ("operator", "+"), ("number", "inf")]),
        ("0x1F 1e3 1E-3 .5 5. 1_000 08", all_of("number", "0x1F 1e3 1E-3 .5 5. 1_000 08")),
        ("5m 1h30m 100ms 1y2w", all_of("duration", "5m 1h30m 100ms 1y2w")),
        ("5x 1.5h 1..2 5m1 5é", all_of("error", "5x 1.5h 1..2 5m1 5é")),
        ('"a\\"b" \'c\' `d\\`', [("string", '"a\\"b"'), ("string", "'c'"), ("string", "`d\\`")]),
        ("`two\nlines`", [("string", "`two\nlines`")]),
        ('"open\nx', [("error", '"open'), ("name", "x")]),
        ("'open", [("error", "'open")]),
        ("`open\nx", [("error", "`open\nx")]),
        ('"a\\', [("error", '"a\\')]),
        ("a # b", [("name", "a"), ("comment", "# b")]),
        ("#a\nb", [("comment", "#a"), ("name", "b")]),
        ('"#"', [("string", '"#"')]),
        (
            "== != =~ !~ <= >= < > = + - * / % ^ @",
            all_of("operator", "== != =~ !~ <= >= < > = + - * / % ^ @"),
        ),
        ("&& || ! & | ~ ;", all_of("error", "&& || ! & | ~ ;")),
        ("$x ${x} $", [("error", "$x"), ("error", "${x}"), ("error", "$")]),
        (
            '{sum="a",b:c}',
            [
                *(("open", "{"), ("name", "sum"), ("operator", "="), ("string", '"a"'), ("comma", ",")),
                *(("name", "b"), ("colon", ":"), ("name", "c"), ("close", "}")),
            ],
        ),
        (
            "x[5m:1m]:y",
            [
                *(("name", "x"), ("open", "["), ("duration", "5m"), ("colon", ":"), ("duration", "1m")),
                *(("close", "]"), ("name", ":y")),
            ],
        ),
        ("größe", [("error", "größe")]),
        ("a.b", [("name", "a"), ("error", "."), ("name", "b")]),
        ("\u00a0\u00a0x", [("error", "\u00a0\u00a0"), ("name", "x")]),
    ],
)
def test_kinds(text: str, expected: list[tuple[str, str]]) -> None:
    assert kinds(text) == expected


def test_words_between_braces_are_names() -> None:
    assert [token.kind for token in tokens('or="a"', within_braces=True)] == [
        Kind.NAME,
        Kind.OPERATOR,
        Kind.STRING,
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("x # c", True), ("x # c\n", False), ("x", False), ('x{a="#"}', False), ("", False), ("#", True)],
)
def test_ends_in_comment(text: str, expected: bool) -> None:
    assert ends_in_comment(text) is expected


@given(ANY_TEXT)
def test_every_character_is_in_one_token_or_white_space(text: str) -> None:
    at = 0
    for token in tokens(text):
        assert token.start >= at
        assert token.end > token.start
        assert text[token.start : token.end] == token.text
        assert not text[at : token.start].strip(" \t\r\n")
        at = token.end
    assert not text[at:].strip(" \t\r\n")
