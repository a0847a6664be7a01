"""The verbs of Go's fmt, for the values that a template has.

Where Go prints a complaint into the text, such as `%!d(string=5m)`, Complaint is raised; for the rare verbs
and flags that are not followed here, Unfit.
"""

from __future__ import annotations

import re
from math import isfinite

from slogen.gotemplates.tree import Anything, Html, Moment, Record, Samples, Value
from slogen.gotemplates.values import Unfit, in_bytes, kind, not_finite, plain

_VERB = re.compile(
    r"%(?P<flags>[-+# 0]*)(?P<width>[0-9]{1,3})?(?:\.(?P<precision>[0-9]{0,3}))?"
    r"(?:\[(?P<index>[0-9]{1,3})\])?(?P<verb>.)?",
    re.DOTALL,
)
_SHORT_ESCAPES = dict(zip('\a\b\f\n\r\t\v\\"', 'abfnrtv\\"', strict=True))
_HELP = {"a text": "write `%s` or `%q`", "a number": "write `%d`, or `%v` for a fraction"}
_ESCAPED_BYTE = range(0xDC80, 0xDD00)
_VERBS = {"string": "vsxXq", "Html": "vsxXq", "float64": "vbgGxXfFeE", "int": "vdboOxXcqU", "bool": "vt"}
"""The verbs of each type; with any other letter, Go complains."""


class Complaint(Unfit):
    """What Go would complain about; `text` is what it prints instead."""

    def __init__(self, message: str, help_: str, text: str) -> None:
        super().__init__(message, help_)
        self.text = text


def formatted(form: str, values: tuple[Value, ...], *, complaining: bool = False) -> str:
    """What `printf` prints, with the complaints of Go where `complaining`. Raises Unfit."""
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
        try:
            pieces.append(_one(match, values[following : following + 1] if following >= 0 else ()))
        except Complaint as complaint:
            if not complaining:
                raise
            pieces.append(complaint.text)
        following += match["verb"] is not None
    if following < len(values) and not chosen:
        if not complaining:
            raise Unfit("`printf` gets more values than its text has verbs", "add a verb such as `%s`")
        return "".join((*pieces, form[at:], f"%!(EXTRA {', '.join(map(_typed, values[following:]))})"))
    return "".join((*pieces, form[at:]))


def _one(match: re.Match[str], values: tuple[Value, ...]) -> str:
    verb = match["verb"]
    if verb is None:
        unfit = ("the text of `printf` ends within a verb", "write `%%` for the sign itself")
        raise Unfit(*unfit) if match["precision"] is not None else Complaint(*unfit, "%!(NOVERB)")
    if verb in "*[%.0123456789":
        raise Unfit(f"`{match[0]}` is beyond what can be foretold", "write a simpler verb")
    if not values:
        help_ = "give `printf` one value for each verb; `%%` is the sign itself"
        what = "BADINDEX" if match["index"] else "MISSING"
        raise Complaint(f"`{match[0]}` has no value to print", help_, f"%!{verb}({what})")
    if verb == "T" or (verb == "v" and values[0] is None):
        return _plainly(match, type_name(values[0]))
    text = _bare(match, values[0])
    if text is not None:
        return _padded(match, text)
    message = f"`{match[0]}` does not print {kind(values[0])}"
    help_ = _HELP.get(kind(values[0]), "write `%v`")
    complaint = _complaint(match, values[0])
    raise Unfit(message, help_) if complaint is None else Complaint(message, help_, complaint)


def _plainly(match: re.Match[str], text: str) -> str:
    """A text by a verb that has nothing but a width."""
    if match["flags"].strip("-") or match["precision"] is not None:
        raise Unfit(f"`{match[0]}` is beyond what can be foretold", "write a simpler verb")
    return _padded(match, text)


def _padded(match: re.Match[str], text: str) -> str:
    width = int(match["width"] or 0)
    return text.ljust(width) if "-" in match["flags"] else text.rjust(width)


def _complaint(match: re.Match[str], value: Value) -> str | None:
    """What Go prints for a verb that the value does not have; None where it has it."""
    verb = match["verb"]
    if value is None:
        return f"%!{verb}(<nil>)"
    verbs = _VERBS.get(type(value).__name__ if isinstance(value, Html) else type_name(value))
    if verbs is None or verb in verbs or verb in "wp":
        return None
    shown = _bare(match, value, "v")
    return None if shown is None else f"%!{verb}({type_name(value)}={_padded(match, shown)})"


def _typed(value: Value) -> str:
    return "<nil>" if value is None else f"{type_name(value)}={plain(value)}"


def type_name(value: Value) -> str:
    """The type of a value in Go."""
    if value is None:
        return "<nil>"
    if isinstance(value, Record):
        return "*template.sample" if value.is_pointer else "struct"
    names = {bool: "bool", int: "int", float: "float64", str: "string", Html: "template.HTML"}
    names |= {dict: "map[string]string", Anything: "map[string]interface {}"}
    names |= {Samples: "template.queryResult", Moment: "*time.Time"}
    return names[type(value)]


def _bare(match: re.Match[str], value: Value, verb: str = "") -> str | None:
    """The value by itself, filled up with zeros where that is asked for; None where the verb does not fit."""
    verb = verb or match["verb"]
    flags = frozenset(match["flags"]) - {"-"}
    if isinstance(value, Moment) and verb in "vs" and not flags:
        value = plain(value)
    if isinstance(value, str):
        return None if flags and (verb not in "vs" or not flags <= {"+", " "}) else _text(match, value, verb)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return None if "#" in flags else _number(match, value, verb)
    is_whole = isinstance(value, bool) or not match["width"]
    fits = verb in ("vt" if isinstance(value, bool) else "vs" if type(value) is dict else "v")
    return plain(value) if fits and is_whole and not flags and match["precision"] is None else None


def _text(match: re.Match[str], value: str, verb: str) -> str | None:
    precision = match["precision"]
    most = None if precision is None else int(precision or 0)
    if verb in "sv":
        return value[:most]
    if verb == "q":
        return quoted(value[:most])
    if verb in "xX":
        digits = in_bytes(value)[:most].hex()
        return digits.upper() if verb == "X" else digits
    return None


def _number(match: re.Match[str], value: float, verb: str) -> str | None:
    if isinstance(value, float):
        return _fraction(match, value, verb)
    if match["precision"] is not None:
        return None
    if verb == "c":
        return None if match["flags"].strip("-") else _character(value)
    return format(value, _form(match, verb.replace("v", "d"))) if verb in "vdboxX" else None


def _fraction(match: re.Match[str], value: float, verb: str) -> str | None:
    if verb not in "vgGfFeE":
        return None
    if not isfinite(value):
        return _not_finite(value, _sign(match))
    precision = match["precision"]
    if verb in "vgG" and precision is None:
        text = plain(value)
        text = text if text.startswith("-") else _sign(match) + text
        return _zeros(match, text.upper() if verb == "G" else text)
    digits = ".6" if precision is None else f".{precision or 0}"
    return format(value, _form(match, verb.replace("v", "g").replace("F", "f"), digits))


def _not_finite(value: float, sign: str) -> str:
    """Infinity has its sign always; it is not filled up with zeros."""
    text = not_finite(value)
    if text == "NaN":
        return sign + text
    return f" {text[1:]}" if sign == " " and text[0] == "+" else text


def _zeros(match: re.Match[str], text: str) -> str:
    if "0" not in match["flags"] or "-" in match["flags"]:
        return text
    sign = text[:1] if text[:1] in "+- " else ""
    return sign + text[len(sign) :].rjust(int(match["width"] or 0) - len(sign), "0")


def _form(match: re.Match[str], verb: str, precision: str = "") -> str:
    flags = match["flags"]
    zeros = f"0{match['width']}" if "0" in flags and "-" not in flags and match["width"] else ""
    return f"{_sign(match)}{zeros}{precision}{verb}"


def _sign(match: re.Match[str]) -> str:
    """What stands before a number that is not negative; `%+v` is about names of fields."""
    if "+" in match["flags"] and match["verb"] != "v":
        return "+"
    return " " if " " in match["flags"] else ""


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
