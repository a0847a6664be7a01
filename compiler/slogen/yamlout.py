"""YAML text that every reader reads the same, for people to read in a diff.

Readers disagree on plain scalars: `on`, `1e3`, `08`, `0o17`, `12:30` and `2024-01-01` are text to some and a
boolean, a number or a date to others. So a text is written plain only if its first characters rule out every
type of YAML 1.1, of YAML 1.2 and of go-yaml, and in quotes otherwise. Nothing is ever folded: a line of text
is a line of YAML, however long.

`indent` is everywhere the column of the key, or of the dash, that the value belongs to; what continues on
further lines stands two columns deeper.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import repeat
from typing import TypeAlias, TypeGuard

Yaml: TypeAlias = "Mapping[str, Yaml] | Sequence[Yaml] | str | int | Decimal | None"

# What plain text may start with: a word, a parenthesis, a slash. Everything that YAML gives another meaning
# to starts otherwise, but for these words, and for `e3`, which is a number to one reader.
_PLAIN_START = re.compile(
    r"""(?! (?i: y|n|yes|no|on|off|true|false|null|nan|inf|infinity | _*e[-+]?[0-9][0-9_]* ) \Z )
        (?: _*[A-Za-z] | [(/] )""",
    re.VERBOSE,
)
# Of all that starts with a digit, only durations are no type of anybody.
_PLAIN_DURATION = re.compile(r"(?:[0-9]+(?:ms|[smhdwy]))+")

# Characters that are not written as they are: some readers refuse them or take them for a line break, others
# do not show in a diff. A fixed set, because what Python calls printable changes from version to version.
_HIDDEN = (
    r"\x00-\x08\x0b-\x1f\x7f-\xa0\xad\u061c\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f"
    r"\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff0-\uffff\U000e0000-\U000e0fff"
)
_SHOWN = re.compile(rf"[^{_HIDDEN}]*")
_SHOWN_ON_ONE_LINE = re.compile(rf"[^\t\n{_HIDDEN}]*")
_ESCAPED = re.compile(rf'["\\\t\n{_HIDDEN}]')
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0"}

# What nearly all expressions are: printable ASCII, with no white space at either end.
_USUAL = re.compile(r"[!-~](?:[ -~\n]*[!-~])?")

# A key on the line of its value may have 1,024 characters; a longer one is announced by a question mark.
_LONGEST_KEY = 1_000


@lru_cache(maxsize=8_192)
def scalar(text: str) -> str:
    """The text as a scalar on one line: plain where no reader can mistake it, else quoted.

    Raises ValueError for half of a surrogate pair, which is no character and cannot be written.
    """
    return text if _is_plain(text) else _quoted(text)


def block(text: str, indent: int) -> str:
    """Text of several lines as a literal block, or as a quoted scalar if a block would not give it back.

    The result starts behind `key: ` and ends without a line break. Raises ValueError as `scalar` does.
    """
    pad = "\n" + " " * (indent + 2)
    if _USUAL.fullmatch(text) and "\n\n" not in text:
        return f"|-{pad}{text.replace(chr(10), pad)}"
    if not _fits_literal(text):
        return _quoted(text)
    ends = text[-1] == "\n"
    body = text[:-1] if ends else text
    # Where the text itself starts with white space, a reader cannot tell how deep it is indented.
    depth = "2" if text[0] in " \t\n" else ""
    tail = ("+" if body[-1] == "\n" else "") if ends else "-"
    if "\n\n" not in text and not depth:
        return f"|{depth}{tail}{pad}{body.replace(chr(10), pad)}"
    return f"|{depth}{tail}" + "".join([pad + line if line else "\n" for line in body.split("\n")])


def value(text: str, indent: int) -> str:
    """The text in the style that reads best behind `key: `: a block for several lines, else a scalar.

    Raises ValueError as `scalar` does.
    """
    return block(text, indent) if "\n" in text else scalar(text)


def integer(number: int) -> str:
    """A whole number in decimal digits."""
    return f"{number:d}"


def mapping(items: Mapping[str, str], indent: int) -> str:
    """Lines of `key: value`, each with its line break, keys in the order given; "" for no items.

    Raises ValueError as `scalar` does.
    """
    return "".join(map(_entry, items.keys(), items.values(), repeat(indent)))


# The labels of an SLO stand at each of its rules.
@lru_cache(maxsize=4_096)
def _entry(name: str, text: str, indent: int) -> str:
    return f"{_key(name, ' ' * indent)} {value(text, indent)}\n"


def key(name: str, indent: int) -> str:
    """The start of an entry of a mapping, up to and including its colon.

    Raises ValueError as `scalar` does.
    """
    return _key(name, " " * indent)


def dump(data: Yaml, indent: int = 0) -> str:
    """A nested value as lines of block style, each with its line break, keys in the order given.

    Sequences are indented, nothing is aliased, and what is empty is `{}` or `[]`. Raises ValueError as
    `scalar` does and for a Decimal that is not finite, TypeError for a value of another type.
    """
    pad = " " * indent
    if isinstance(data, Mapping) and data:
        return "".join([f"{_key(name, pad)}{_below(item, indent)}" for name, item in data.items()])
    if _is_sequence(data) and data:
        return "".join([f"{pad}-{_beside(item, indent)}" for item in data])
    return f"{pad}{_leaf(data)}\n"


def _below(data: Yaml, indent: int) -> str:
    """What follows the colon of a key."""
    if isinstance(data, str):
        return f" {value(data, indent)}\n"
    if (isinstance(data, Mapping) or _is_sequence(data)) and data:
        return f"\n{dump(data, indent + 2)}"
    return f" {_leaf(data)}\n"


def _beside(data: Yaml, indent: int) -> str:
    """What follows the dash of an item: its first line stands on the line of the dash."""
    if isinstance(data, str):
        return f" {value(data, indent)}\n"
    return f" {dump(data, indent + 2)[indent + 2 :]}"


def _leaf(data: Yaml) -> str:
    if data is None:
        return "null"
    if isinstance(data, str):
        return scalar(data)
    if isinstance(data, bool):
        return "true" if data else "false"
    if isinstance(data, int):
        return integer(data)
    if isinstance(data, Decimal):
        return _decimal(data)
    if isinstance(data, Mapping):
        return "{}"
    if _is_sequence(data):
        return "[]"
    raise TypeError(f"cannot be written as YAML: {type(data).__name__}")


def _decimal(number: Decimal) -> str:
    if not number.is_finite():
        raise ValueError(f"not a finite number: {number}")
    # Some readers take an exponent for text.
    return f"{number:f}"


def _is_sequence(data: object) -> TypeGuard[Sequence[Yaml]]:
    return isinstance(data, Sequence) and not isinstance(data, (str, bytes, bytearray))


def _key(name: str, pad: str) -> str:
    written = scalar(name)
    return f"{pad}{written}:" if len(written) <= _LONGEST_KEY else f"{pad}? {written}\n{pad}:"


def _fits_literal(text: str) -> bool:
    # Most rules are ASCII, and then Python's own notion of printable is the same set in every version.
    if not (text.isascii() and text.replace("\n", "").isprintable()) and not _SHOWN.fullmatch(text):
        return False
    # Not every reader is right about blocks that end in spaces, or with empty lines both first and last.
    end = text.rstrip("\n")[-1:]
    return end not in ("", " ", "\t") and not (text[0].isspace() and text.endswith("\n\n"))


def _is_plain(text: str) -> bool:
    """Whether every reader takes the bare text for just this text, as a key and as a value."""
    if not _PLAIN_START.match(text):
        return _PLAIN_DURATION.fullmatch(text) is not None
    if not (text.isascii() and text.isprintable()):
        return False
    # A colon may end a key, a number sign starts a comment; to one reader every key that ends in `<<` merges.
    return text[-1] not in " :" and ": " not in text and " #" not in text and "<<" not in text


def _quoted(text: str) -> str:
    """The text in the kind of quotes that needs fewer characters changed; double quotes if both are equal."""
    if _fewer_changed_in_single_quotes(text) and _SHOWN_ON_ONE_LINE.fullmatch(text):
        return "'" + text.replace("'", "''") + "'"
    return '"' + _ESCAPED.sub(_escape, text) + '"'


def _fewer_changed_in_single_quotes(text: str) -> bool:
    return text.count('"') + text.count("\\") > text.count("'")


def _escape(match: re.Match[str]) -> str:
    char = match.group()
    code = ord(char)
    if 0xD800 <= code <= 0xDFFF:
        raise ValueError(f"half of a surrogate pair cannot be written: U+{code:04X}")
    if char in _ESCAPES:
        return _ESCAPES[char]
    if code <= 0xFF:
        return f"\\x{code:02X}"
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"
