"""Rules as YAML laid out as Sloth lays them out, to the byte.

Sloth prints with go-yaml version 2, a descendant of libyaml. Its habits: a text with a line break is a
literal block, a text that YAML 1.1 or Go takes for something else stands in double quotes, any other is
plain where that is possible and else in single quotes; a scalar on one line is folded at the first blank
behind column 80; keys of maps are in a natural order, and sequences are not indented.

`column` is everywhere the column of the key that a value belongs to; what continues on further lines stands
two columns deeper.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cmp_to_key, lru_cache

from slogen.ir import Labels, Manifest, Rule, RuleGroup

_WIDTH = 80
_LONGEST_KEY = 128


def rule_file(groups: Sequence[RuleGroup]) -> str:
    """A rule file of Prometheus, its keys in Sloth's order."""
    return "groups:\n" + "".join([_file_group(group) for group in groups]) if groups else "groups: []\n"


def manifest_groups(groups: Sequence[RuleGroup]) -> list[str]:
    """One text per group, as it stands in a PrometheusRule object: below `groups:` in the third column."""
    return [_manifest_group(group) for group in groups]


def manifest(about: Manifest, name: str, groups: Sequence[str]) -> str:
    """A PrometheusRule object with the texts of its groups; `name` may differ from that in `about`."""
    head = ["apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata:\n"]
    head += [_map("annotations", about.annotations, 2), _map("labels", about.labels, 2)]
    head.append(_entry("name", name, 2))
    if about.namespace:
        head.append(_entry("namespace", about.namespace, 2))
    head.append("spec:\n  groups:\n" if groups else "spec:\n  groups: []\n")
    return "".join(head) + "".join(groups)


def _file_group(group: RuleGroup) -> str:
    parts = [f"- {_entry('name', group.name, 2)[2:]}"]
    if group.interval:
        parts.append(_entry("interval", group.interval, 2))
    parts.append("  rules:\n" if group.rules else "  rules: []\n")
    for rule, labels in _with_labels(group, 4):
        first = _entry("record", rule.record, 4) if rule.record else _entry("alert", rule.alert, 4)
        parts += [f"  - {first[4:]}", _expr(rule, 4), *_times(rule, 4)]
        parts += [labels, _map("annotations", rule.annotations, 4)]
    return "".join(parts)


def _manifest_group(group: RuleGroup) -> str:
    """The same with the keys in alphabetical order."""
    entries = [_entry("interval", group.interval, 4)] if group.interval else []
    entries.append(_entry("name", group.name, 4))
    if group.partial_response_strategy:
        entries.append(_entry("partial_response_strategy", group.partial_response_strategy, 4))
    parts = ["  - ", "".join(entries)[4:], "    rules:\n" if group.rules else "    rules: []\n"]
    for rule, labels in _with_labels(group, 6):
        expr = _expr(rule, 6)
        if rule.alert:
            entry = f"{_entry('alert', rule.alert, 6)}{_map('annotations', rule.annotations, 6)}{expr}"
        else:
            entry = expr
        parts += ["    - ", entry[6:], *_times(rule, 6), labels]
        if rule.record:
            parts.append(_entry("record", rule.record, 6))
    return "".join(parts)


def _with_labels(group: RuleGroup, column: int) -> Iterator[tuple[Rule, str]]:
    """Each rule and the text of its labels, which neighbours often share."""
    labels: Labels = {}
    text = ""
    for rule in group.rules:
        if rule.labels is not labels:
            labels = rule.labels
            text = _map("labels", labels, column)
        yield rule, text


def _expr(rule: Rule, column: int) -> str:
    """The entry of an expression. There is no second one like it, so it is not worth remembering."""
    return f"{' ' * column}expr: {_scalar(rule.expr, column + 6, column)}\n"


def _times(rule: Rule, column: int) -> Iterator[str]:
    if rule.for_:
        yield _entry("for", rule.for_, column)
    if rule.keep_firing_for:
        yield _entry("keep_firing_for", rule.keep_firing_for, column)


def _map(key: str, items: Labels, column: int) -> str:
    """A key with a map below it; nothing for an empty map."""
    if not items:
        return ""
    entries = [_entry(name, items[name], column + 2) for name in _in_natural_order(tuple(items))]
    return f"{' ' * column}{key}:\n{''.join(entries)}"


# Names and most values repeat over thousands of rules.
@lru_cache(maxsize=100_000)
def _entry(key: str, text: str, column: int) -> str:
    """One line, or several, of `key: text`."""
    pad = " " * column
    written = _key(key)
    if written is None:
        # Such a key is announced by a question mark.
        return f"{pad}? {_scalar(key, column + 2, column)}\n{pad}: {_scalar(text, column + 2, column)}\n"
    return f"{pad}{written}: {_scalar(text, column + len(written) + 2, column)}\n"


@lru_cache(maxsize=10_000)
def _key(key: str) -> str | None:
    """A key on the line of its value; None for one that needs lines of its own."""
    if "\n" in key or len(key.encode("utf-8", "surrogatepass")) > _LONGEST_KEY:
        return None
    return _scalar(key, 0, None)


# scalars ----------------------------------------------------------------------------------------------

# What most texts are: nothing in them has a meaning in YAML, but the whole may be a word such as `true`.
_HARMLESS = re.compile(r"[a-zA-Z/](?:[-\w./()$]|:(?=[\w(/]))*", re.ASCII)
_HARMLESS_LINES = re.compile(r"[!-~](?:[ -~]*[!-~])?(?:\n *[!-~](?:[ -~]*[!-~])?)*\n?")


def _scalar(text: str, at: int, column: int | None) -> str:
    """A text as it is written from the column `at` on, without a line break at the end.

    `column` is that of the key; None for a text that is a key itself, which stays on its line.
    """
    if _HARMLESS.fullmatch(text) and not _is_no_text(text):
        return text
    if "\n" in text:
        if column is not None and _fits_literal(text):
            return _literal(text, column + 2)
        return _double_quoted(text, at, column)
    if _is_no_text(text) or not _is_printable_line(text):
        return _double_quoted(text, at, column)
    if _is_plain(text):
        return _folded(text, at, column)
    return _folded(f"'{text.replace(chr(39), chr(39) * 2)}'", at, column)


def _literal(text: str, indent: int) -> str:
    pad = "\n" + " " * indent
    depth = "2" if text[0] in " \n" else ""
    body = text.removesuffix("\n")
    chomping = "" if body != text and body and body[-1] != "\n" else "-" if body == text else "+"
    if "\n\n" not in text and not depth:
        return f"|{chomping}{pad}{body.replace(chr(10), pad)}"
    return f"|{depth}{chomping}" + "".join([pad + line if line else "\n" for line in body.split("\n")])


def _fits_literal(text: str) -> bool:
    """Whether go-yaml writes a text with line breaks as a block."""
    if _HARMLESS_LINES.fullmatch(text):
        return True
    return " \n" not in text and text[-1] != " " and not _NOT_SHOWN.search(text.replace("\n", ""))


def _folded(written: str, at: int, column: int | None) -> str:
    """A scalar, with its quotes, broken at single blanks behind the last column of a line."""
    if column is None or at + len(written) <= _WIDTH:
        return written
    pad = "\n" + " " * (column + 2)
    quotes = 1 if written[0] == "'" else 0
    parts: list[str] = []
    start = 0
    for blank in _SINGLE_BLANK.finditer(written):
        i = blank.start()
        if at + i - start > _WIDTH and quotes < i < len(written) - 1 - quotes:
            parts.append(written[start:i])
            start, at = i + 1, column + 2
    parts.append(written[start:])
    return pad.join(parts)


_SINGLE_BLANK = re.compile(r"(?<! ) (?! )")

_ESCAPES = dict(zip('\0\a\b\t\n\v\f\r\x1b"\\\x85\u2028\u2029', '0abtnvfre"\\NLP', strict=True))
# go-yaml shows the characters that YAML calls printable, up to U+FFFF; it folds lines at the separators.
_NOT_SHOWN = re.compile("[^ -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]")


def _double_quoted(text: str, at: int, column: int | None) -> str:
    pad = "" if column is None else "\n" + " " * (column + 2)
    parts = ['"']
    width = at + 1
    after_blank = False
    last = len(text) - 1
    for i, char in enumerate(text):
        if char == " " and pad and not after_blank and width > _WIDTH and 0 < i < last:
            written = f"{pad}\\" if text[i + 1] == " " else pad
            width = len(written) - 1
        elif char in '"\\' or _NOT_SHOWN.match(char):
            written = _escaped(char)
            width += len(written)
        else:
            written = char
            width += 1
        parts.append(written)
        after_blank = char == " "
    parts.append('"')
    return "".join(parts)


def _escaped(char: str) -> str:
    short = _ESCAPES.get(char)
    if short:
        return f"\\{short}"
    code = ord(char)
    if code <= 0xFF:
        return f"\\x{code:02X}"
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"


def _is_printable_line(text: str) -> bool:
    return not _NOT_SHOWN.search(text)


_INDICATOR = re.compile(r"""[#,\[\]{}&*!|>'"%@`]|[?:-](?: |\Z)|---|\.\.\.""")


def _is_plain(text: str) -> bool:
    """Whether a text on one line, which no reader takes for a number, needs no quotes."""
    if text[0] == " " or text[-1] in " :":
        return False
    return not _INDICATOR.match(text) and ": " not in text and " #" not in text


# what is no text --------------------------------------------------------------------------------------

_WORDS = frozenset(
    word
    for lower in ("y", "yes", "true", "on", "n", "no", "false", "off", "null")
    for word in (lower, lower.capitalize(), lower.upper())
) | {"", "~", *(f"{sign}.{inf}" for sign in ("", "+", "-") for inf in ("inf", "Inf", "INF"))}
_NOT_A_NUMBER = frozenset((".nan", ".NaN", ".NAN"))
_FRACTION = re.compile(r"\.[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+(?:_[0-9]+)*)?")
_BASE_60 = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?")
_INTEGER = re.compile(r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_TIMESTAMP = re.compile(
    r"""([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})
    (?: (?:[Tt](?P<time>[0-9:.,]+)(?P<zone>Z|[-+][0-9]{2}:[0-9]{2})) | [ ](?P<local>[0-9:.,]+) )?""",
    re.VERBOSE,
)
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,][0-9]+)?")


def _is_no_text(text: str) -> bool:
    """Whether go-yaml would read the bare text as a boolean, a number, a date or nothing."""
    if text in _WORDS or text in _NOT_A_NUMBER:
        return True
    if text[0] not in "0123456789+-.":
        return False
    if _BASE_60.fullmatch(text):
        return True
    if text[0] == ".":
        return _FRACTION.fullmatch(text) is not None and _is_finite_float(text.replace("_", ""))
    bare = text.replace("_", "")
    return _is_integer(bare) or _is_finite_float(bare) or _is_timestamp(text)


def _is_integer(text: str) -> bool:
    """A number of at most 64 bits, in base 2, 8, 10 or 16."""
    match = _INTEGER.fullmatch(text)
    if match is None:
        return False
    sign, *digits = match.groups()
    base, number = next((b, d) for b, d in zip((16, 2, 8, 10), digits, strict=True) if d)
    if len(number.lstrip("0")) > 64:
        return False
    value = int(number, base)
    # Only a number without a sign may need all 64 bits.
    return value <= 2**63 if sign == "-" else value < (2**63 if sign else 2**64)


def _is_finite_float(text: str) -> bool:
    return _FLOAT.fullmatch(text) is not None and float(text) not in (float("inf"), float("-inf"))


def _is_timestamp(text: str) -> bool:
    match = _TIMESTAMP.fullmatch(text)
    if match is None:
        return False
    year, month, day = (int(part) for part in match.group(1, 2, 3))
    try:
        # Python knows no year 0, a leap year like 2000.
        date(year or 2000, month, day)
    except ValueError:
        return False
    clock = match["time"] or match["local"]
    if clock is None:
        return True
    time = _CLOCK.fullmatch(clock)
    return time is not None and all(int(time[i]) < limit for i, limit in ((1, 24), (2, 60), (3, 60)))


# the order of keys ------------------------------------------------------------------------------------


@lru_cache(maxsize=10_000)
def _in_natural_order(keys: tuple[str, ...]) -> tuple[str, ...]:
    """Keys with letters behind everything else, and numbers within them by their value."""
    return tuple(sorted(keys, key=cmp_to_key(_compared)))


def _compared(one: str, other: str) -> int:
    for i, (a, b) in enumerate(zip(one, other, strict=False)):
        if a == b:
            continue
        if a.isalpha() or b.isalpha():
            return _sign(a, b) if a.isalpha() and b.isalpha() else -1 if b.isalpha() else 1
        return _numbers_compared(one, other, i) or _sign(a, b)
    return len(one) - len(other)


def _numbers_compared(one: str, other: str, i: int) -> int:
    """By the numbers that start at `i`, where the keys differ; by their lengths if those are equal."""
    a, b = (key[i : len(key) - len(key[i:].lstrip(_DIGITS))] for key in (one, other))
    # A zero within a number does not lead it.
    within = "0" in (one[i], other[i]) and _ends_in_number(one[:i])
    values = [digits if within else digits.lstrip("0") for digits in (a, b)]
    by_value = len(values[0]) - len(values[1]) or (values[0] > values[1]) - (values[0] < values[1])
    return by_value or len(a) - len(b)


def _ends_in_number(text: str) -> bool:
    """Whether digits that are not all zero stand at the end."""
    digits = text[len(text.rstrip(_DIGITS)) :]
    return bool(digits.strip("0"))


_DIGITS = "0123456789"


def _sign(a: str, b: str) -> int:
    return -1 if a < b else 1
