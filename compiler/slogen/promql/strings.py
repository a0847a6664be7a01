"""String literals: from text to value and back."""

from __future__ import annotations

import re

from slogen.promql.problem import refuse, shown

_ESCAPE = re.compile(
    r"\\(?:(?P<plain>[abfnrtv\\\"'])|(?P<byte>x[0-9a-fA-F]{2}|[0-3][0-7]{2})"
    r"|(?P<code>u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})|(?P<bad>.))",
    re.DOTALL,
)
_PLAIN = dict(zip("abfnrtv\\\"'", "\a\b\f\n\r\t\v\\\"'", strict=True))
_MUST_BE_ESCAPED = re.compile(r'[\\"\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]')
_SHORT_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_SURROGATE = re.compile("[\ud800-\udfff]")


def unquote(literal: str, start: int) -> str:
    """The value of a closed string literal that begins at `start` of its text.

    Bytes that are no UTF-8 (written as `\\xff`) come out as lone surrogates, as `surrogateescape` has it.
    Raises Refused at the first escape that PromQL does not know.
    """
    quote_mark, body = literal[0], literal[1:-1]
    if quote_mark == "`" or "\\" not in body:
        return body
    pieces: list[bytes] = []
    at = 0
    for match in _ESCAPE.finditer(body):
        pieces.append(body[at : match.start()].encode("utf-8", "surrogatepass"))
        value = _value_of(match, quote_mark)
        if value is None:
            offset = start + 1
            raise _unknown_escape(match.group(), (offset + match.start(), offset + match.end()))
        pieces.append(value)
        at = match.end()
    pieces.append(body[at:].encode("utf-8", "surrogatepass"))
    return b"".join(pieces).decode("utf-8", "surrogateescape")


def _value_of(match: re.Match[str], quote_mark: str) -> bytes | None:
    plain, byte, code = match.group("plain", "byte", "code")
    if plain:
        of_other_style = plain in "\"'" and plain != quote_mark
        return None if of_other_style else _PLAIN[plain].encode()
    if byte:
        return bytes([int(byte[1:], 16) if byte[0] == "x" else int(byte, 8)])
    if not code:
        return None
    point = int(code[1:], 16)
    if point > 0x10FFFF or 0xD800 <= point <= 0xDFFF:
        return None
    return chr(point).encode()


def _unknown_escape(written: str, place: tuple[int, int]) -> Exception:
    if written[1:] in ('"', "'"):
        return refuse(
            f"{shown(written)} is no escape within this kind of quotes", place, f"write `{written[1:]}`"
        )
    help_ = f"write `\\{written}` for a backslash, or put the string in backticks"
    return refuse(f"{shown(written)} is no escape of a PromQL string", place, help_)


def quote(text: str) -> str:
    """`text` as a double-quoted PromQL string that every version of Prometheus reads the same.

    Raises ValueError for text that is no Unicode (lone surrogates): no literal stands for it.
    """
    if _SURROGATE.search(text):
        raise ValueError("a lone surrogate cannot stand in a PromQL string")
    return f'"{_MUST_BE_ESCAPED.sub(_escape, text)}"'


def _escape(match: re.Match[str]) -> str:
    char = match.group()
    short = _SHORT_ESCAPES.get(char)
    if short:
        return short
    point = ord(char)
    return f"\\x{point:02x}" if point < 0x80 else f"\\u{point:04x}"
