"""The verbs of Go's fmt, for the values that a template has.

Where Go would print a complaint into the text, such as `%!d(string=5m)`, and for the rare verbs and flags
that are not followed here, Unfit is raised.
"""

from __future__ import annotations

import re

from slogen.gotemplates.tree import Value
from slogen.gotemplates.values import Unfit, in_bytes, kind, plain

_VERB = re.compile(
    r"%(?P<flags>[-+# 0]*)(?P<width>[0-9]{1,3})?(?:\.(?P<precision>[0-9]{0,3}))?"
    r"(?:\[(?P<index>[0-9]{1,3})\])?(?P<verb>.)?",
    re.DOTALL,
)
_SHORT_ESCAPES = dict(zip('\a\b\f\n\r\t\v\\"', 'abfnrtv\\"', strict=True))
_HELP = {"a text": "write `%s` or `%q`", "a number": "write `%d`, or `%v` for a fraction"}
_ESCAPED_BYTE = range(0xDC80, 0xDD00)


def formatted(form: str, values: tuple[Value, ...]) -> str:
    """What `printf` prints. Raises Unfit."""
    pieces: list[str] = []
    at = following = 0
    chosen = False
    for match in _VERB.finditer(form):
        pieces.append(form[at : match.start()])
        at = match.end()
        if match[0] == "%%":
            pieces.append("%")
            continue
        if match["index"]:
            following = int(match["index"]) - 1
            chosen = True
        pieces.append(_one(match, values[following : following + 1] if following >= 0 else ()))
        following += 1
    if following < len(values) and not chosen:
        raise Unfit("`printf` gets more values than its text has verbs", "add a verb such as `%s`")
    return "".join((*pieces, form[at:]))


def _one(match: re.Match[str], values: tuple[Value, ...]) -> str:
    if match["verb"] is None:
        raise Unfit("the text of `printf` ends within a verb", "write `%%` for the sign itself")
    if not values:
        help_ = "give `printf` one value for each verb; `%%` is the sign itself"
        raise Unfit(f"`{match[0]}` has no value to print", help_)
    text = _bare(match, values[0])
    if text is None:
        help_ = _HELP.get(kind(values[0]), "write `%v`")
        raise Unfit(f"`{match[0]}` does not print {kind(values[0])}", help_)
    width = int(match["width"] or 0)
    return text.ljust(width) if "-" in match["flags"] else text.rjust(width)


def _bare(match: re.Match[str], value: Value) -> str | None:
    """The value by itself, filled up with zeros where that is asked for; None where the verb does not fit."""
    flags = frozenset(match["flags"]) - {"-"}
    if isinstance(value, str):
        return None if flags else _text(match, value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return None if "#" in flags else _number(match, value)
    fits = match["verb"] in ("vt" if isinstance(value, bool) else "v")
    return plain(value) if fits and not flags and match["precision"] is None else None


def _text(match: re.Match[str], value: str) -> str | None:
    verb, precision = match["verb"], match["precision"]
    most = None if precision is None else int(precision or 0)
    if verb in "sv":
        return value[:most]
    if verb == "q":
        return quoted(value[:most])
    if verb in "xX":
        digits = in_bytes(value)[:most].hex()
        return digits.upper() if verb == "X" else digits
    return None


def _number(match: re.Match[str], value: float) -> str | None:
    verb, precision = match["verb"], match["precision"]
    if isinstance(value, int) and precision is None:
        if verb == "c":
            return None if match["flags"].strip("-") else _character(value)
        return format(value, _form(match, verb.replace("v", "d"))) if verb in "vdboxX" else None
    if isinstance(value, float) and verb in "vg":
        return None if precision is not None or match["flags"].strip("-") else plain(value)
    if isinstance(value, float) and verb in "feE":
        return format(value, _form(match, verb, ".6" if precision is None else f".{precision or 0}"))
    return None


def _form(match: re.Match[str], verb: str, precision: str = "") -> str:
    flags = match["flags"]
    sign = "+" if "+" in flags else " " if " " in flags else ""
    zeros = f"0{match['width']}" if "0" in flags and "-" not in flags and match["width"] else ""
    return f"{sign}{zeros}{precision}{verb}"


def _character(point: int) -> str:
    is_character = 0 <= point <= 0x10FFFF and not 0xD800 <= point < 0xE000
    return chr(point) if is_character else "\ufffd"


def quoted(text: str) -> str:
    """The text in double quotes, with the escapes of Go (which are those of PromQL)."""
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(char: str) -> str:
    point = ord(char)
    if char in _SHORT_ESCAPES:
        return f"\\{_SHORT_ESCAPES[char]}"
    if char.isprintable():
        return char
    if point in _ESCAPED_BYTE or point < 0x80:
        return f"\\x{point & 0xFF:02x}"
    return f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"
