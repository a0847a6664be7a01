"""YAML that slogen writes, held against PyYAML and against the definitions of the types of YAML."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from slogen import yamlout

LOADERS = [yaml.SafeLoader] + ([yaml.CSafeLoader] if yaml.__with_libyaml__ else [])

# The types of plain scalars, one expression each: from https://yaml.org/type/ (YAML 1.1), from the core
# schema of YAML 1.2, and from what go-yaml and others read beyond them.
TYPES = {
    "bool 1.1": r"y|Y|yes|Yes|YES|n|N|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF",
    "bool in any case": r"(?i:y|yes|n|no|true|false|on|off)",
    "null": r"~|null|Null|NULL|(?i:null)|",
    "int 1.1 base 2": r"[-+]?0b[0-1_]+",
    "int 1.1 base 8": r"[-+]?0[0-7_]+",
    "int 1.1 base 10": r"[-+]?(0|[1-9][0-9_]*)",
    "int 1.1 base 16": r"[-+]?0x[0-9a-fA-F_]+",
    "int 1.1 base 60": r"[-+]?[1-9][0-9_]*(:[0-5]?[0-9])+",
    "int 1.2 base 8": r"[-+]?0o[0-7_]+",
    "int with leading zeros": r"[-+]?[0-9][0-9_]*",
    "int in capitals": r"[-+]?0[BOX][0-9a-fA-F_]+",
    "int with commas": r"[-+]?[0-9][0-9_,]*",
    "float 1.1 base 10": r"[-+]?([0-9][0-9_]*)?\.[0-9.]*([eE][-+][0-9]+)?",
    "float 1.1 base 60": r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+\.[0-9_]*",
    "float 1.2": r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?",
    "float of go-yaml": r"[-+]?[0-9_]*\.?[0-9_]+([eE][-+]?[0-9][0-9_]*)?",
    "float without digits": r"[-+]?[0-9_]*\.?[0-9_]*[eE][-+]?[0-9][0-9_]*",
    "infinity": r"[-+]?\.?(?i:inf|infinity)",
    "not a number": r"[-+]?\.?(?i:nan)",
    "timestamp": r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "timestamp with time": (
        r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(\.[0-9]*)?"
        r"([ \t]*(Z|[-+][0-9]{1,2}(:[0-9]{2})?))?"
    ),
    "merge": r"<<",
    "value": r"=",
}
INDICATORS = "-?:,[]{}#&*!|>'\"%@`"


def is_another_type(text: str) -> bool:
    return any(re.fullmatch(pattern, text) for pattern in TYPES.values())


def read_back(document: str) -> list[Any]:
    return [yaml.load(document, Loader=loader) for loader in LOADERS]


def readings_of(text: str, written: str) -> list[Any]:
    """What each reader makes of the written scalar: as a value, as a key, and as an item."""
    return [reading["k"] for reading in read_back(f"a: 1\nk: {written}\nz: 2\n")]


# Every character that a YAML file can hold; halves of surrogate pairs are none.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
PIECES = [
    *(
        "a",
        "word",
        "y",
        "on",
        "e",
        "E",
        "x",
        "0",
        "1",
        "9",
        "08",
        "s",
        "ms",
        "_",
        "-",
        "+",
        ".",
        "..",
        "(",
        "/",
    ),
    *(
        ":",
        ": ",
        ":\t",
        " ",
        "  ",
        "\t",
        "\n",
        "\n\n",
        "\n ",
        " \n",
        "\n\t",
        "#",
        " #",
        "---",
        "...",
        "?",
        "? ",
        "- ",
    ),
    *(
        "*",
        "&",
        "!",
        "%",
        "@",
        "`",
        "|",
        ">",
        "'",
        '"',
        "\\",
        "{",
        "}",
        "[",
        "]",
        ",",
        "<<",
        "=",
        "~",
        "null",
        "inf",
    ),
    *(
        "\r",
        "\r\n",
        "\0",
        "\x1b",
        "\x7f",
        "\x85",
        "\xa0",
        "é",
        "日本",
        "\u2028",
        "\u2029",
        "\ufeff",
        "\ufffe",
        "😀",
    ),
    *("{{ $labels.x }}", 'sum(rate(x{a="b"}[5m]))', "2024-01-01", "12:30"),
]
LIKELY = st.lists(st.sampled_from(PIECES), max_size=7).map("".join)
LINES = st.lists(st.lists(st.sampled_from(PIECES), max_size=4).map("".join), min_size=2, max_size=6).map(
    "\n".join
)
TYPED = st.one_of([st.from_regex(pattern, fullmatch=True) for pattern in TYPES.values()])
ANY_TEXT = st.one_of(TEXT, LIKELY, LINES, TYPED)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("checkout", "checkout"),
        ("kthena-router", "kthena-router"),
        ("slo:sli_error:ratio_rate5m", "slo:sli_error:ratio_rate5m"),
        ("__name__", "__name__"),
        ("5m", "5m"),
        ("1h30m", "1h30m"),
        ("500ms", "500ms"),
        ("https://runbooks.example.com/a#b", "https://runbooks.example.com/a#b"),
        ("The error budget is spent (or nearly so).", "The error budget is spent (or nearly so)."),
        ('sum(rate(x{code=~"5.."}[5m]))', 'sum(rate(x{code=~"5.."}[5m]))'),
        ("(a or b) / c", "(a or b) / c"),
        ("it's", "it's"),
        ("yes and no", "yes and no"),
        ("", '""'),
        ("y", '"y"'),
        ("No", '"No"'),
        ("oFF", '"oFF"'),
        ("null", '"null"'),
        ("NaN", '"NaN"'),
        ("~", '"~"'),
        ("1", '"1"'),
        ("99.9", '"99.9"'),
        ("1e3", '"1e3"'),
        ("e3", '"e3"'),
        ("_E+3", '"_E+3"'),
        ("e", "e"),
        ("08", '"08"'),
        ("0o17", '"0o17"'),
        ("0x1F", '"0x1F"'),
        ("12e03", '"12e03"'),
        ("1_000", '"1_000"'),
        ("190:20:30", '"190:20:30"'),
        ("2024-01-01", '"2024-01-01"'),
        ("v1.2", "v1.2"),
        ("=", '"="'),
        ("<<", '"<<"'),
        ("a: b", '"a: b"'),
        ("a:", '"a:"'),
        ("a #b", '"a #b"'),
        ("a ", '"a "'),
        (" a", '" a"'),
        ("-1", '"-1"'),
        ("- a", '"- a"'),
        ("{{ $value }}", '"{{ $value }}"'),
        ('{{ $value | printf "%.2f" }}', """'{{ $value | printf "%.2f" }}'"""),
        ('{{ $x }}: "it\'s"', """'{{ $x }}: "it''s"'"""),
        ("'a\"", '"\'a\\""'),
        (r"\d+: x", r"'\d+: x'"),
        ("tab\there", r'"tab\there"'),
        ('"\n', r'"\"\n"'),
        ("20 °C", '"20 °C"'),
        ("über", '"über"'),
        ("a\u200bb", r'"a\u200Bb"'),
        ("a\xa0b", r'"a\xA0b"'),
        ("\0\x07\x7f\x85", r'"\0\x07\x7F\x85"'),
        ("\U000e0041", r'"\U000E0041"'),
        ("😀", '"😀"'),
    ],
)
def test_scalars(text: str, written: str) -> None:
    assert yamlout.scalar(text) == written
    assert readings_of(text, written) == [text] * len(LOADERS)


@given(ANY_TEXT)
@example("e+7")
@example("a<<")
@example("x" * 2_000)
@settings(deadline=None)
def test_a_scalar_reads_back_in_every_place(text: str) -> None:
    written = yamlout.scalar(text)
    assert not re.search("[\n\r\x85\u2028\u2029]", written)
    assert readings_of(text, written) == [text] * len(LOADERS)
    assert read_back(f"- {written}\n- - {written}\n") == [[text, [text]]] * len(LOADERS)


@given(ANY_TEXT)
@settings(deadline=None)
def test_what_is_plain_is_text_to_every_reader(text: str) -> None:
    written = yamlout.scalar(text)
    if written[0] in "'\"":
        return
    assert written == text
    assert not is_another_type(text)
    assert text[0] not in INDICATORS
    assert ": " not in text
    assert " #" not in text
    assert text.strip() == text
    assert not text.endswith(":")
    assert re.fullmatch("[ -~]+", text)


@given(TYPED)
@settings(deadline=None)
def test_what_any_reader_takes_for_another_type_is_quoted(text: str) -> None:
    assert is_another_type(text)
    assert yamlout.scalar(text)[0] in "'\""


def test_halves_of_surrogate_pairs_are_refused() -> None:
    for write in (yamlout.scalar, lambda text: yamlout.block(text, 0), yamlout.dump):
        with pytest.raises(ValueError, match=r"half of a surrogate pair cannot be written: U\+D800"):
            write("a\n\ud800")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a\nb", "|-\n    a\n    b"),
        ("a\nb\n", "|\n    a\n    b"),
        ("a\n", "|\n    a"),
        ("a\n\n", "|+\n    a\n"),
        ("a\nb\n\n\n", "|+\n    a\n    b\n\n"),
        ("a\n\n\nb", "|-\n    a\n\n\n    b"),
        ("  a\nb", "|2-\n      a\n    b"),
        ("\na\n", "|2\n\n    a"),
        ("\ta\n\tb\n", "|2\n    \ta\n    \tb"),
        ("a\n\tb\n", "|\n    a\n    \tb"),
        ("a \nb\n", "|\n    a \n    b"),
        ("a\n \nb\n", "|\n    a\n     \n    b"),
        ("# a\n--- b\n- c\n", "|\n    # a\n    --- b\n    - c"),
        ("für\n日本\n", "|\n    für\n    日本"),
        ("\n", r'"\n"'),
        (" \n ", r'" \n "'),
        ("a\nb ", r'"a\nb "'),
        ("a\n \n", r'"a\n \n"'),
        ("\na\n\n", r'"\na\n\n"'),
        ("a\r\nb\r\n", r'"a\r\nb\r\n"'),
        ("a\n\x85", r'"a\n\x85"'),
        ("a\n\u2028b", r'"a\n\u2028b"'),
        ("a\n\x1b[31m", r'"a\n\x1B[31m"'),
        ("", '""'),
        ("one line", "|-\n    one line"),
    ],
)
def test_blocks(text: str, written: str) -> None:
    assert yamlout.block(text, 2) == written
    assert [reading["a"]["b"] for reading in read_back(f"a:\n  b: {written}\n  c: d\n")] == [text] * len(
        LOADERS
    )


@given(st.one_of(LINES, ANY_TEXT), st.integers(0, 9))
@settings(deadline=None)
def test_a_value_reads_back_at_any_depth(text: str, depth: int) -> None:
    indent = 2 * depth
    parents = "".join(f"{' ' * column}k:\n" for column in range(0, indent, 2))
    written = f"{parents}{' ' * indent}k: {yamlout.value(text, indent)}\n{' ' * indent}z: end\n"
    expected: Any = {"k": text, "z": "end"}
    for _ in range(depth):
        expected = {"k": expected}
    assert read_back(written) == [expected] * len(LOADERS)


def test_a_value_of_one_line_is_a_scalar_and_one_of_several_lines_a_block() -> None:
    assert yamlout.value("a" * 5_000, 0) == "a" * 5_000
    assert yamlout.value("a b\nc", 0) == "|-\n  a b\n  c"


def test_mappings_keep_their_order_and_quote_their_keys() -> None:
    items = {"severity": "page", "on": "off", "a": "x\ny\n", "": "", "n: m": "1"}
    written = '    severity: page\n    "on": "off"\n    a: |\n      x\n      y\n    "": ""\n    "n: m": "1"\n'
    assert yamlout.mapping(items, 4) == written
    assert yamlout.mapping({}, 4) == ""


@given(st.dictionaries(ANY_TEXT, ANY_TEXT, min_size=1, max_size=5), st.integers(0, 8))
@settings(deadline=None)
def test_mappings_read_back(items: dict[str, str], indent: int) -> None:
    assert read_back(yamlout.mapping(items, indent)) == [items] * len(LOADERS)
    lines = (f"{yamlout.key(name, indent)} {yamlout.value(text, indent)}\n" for name, text in items.items())
    assert "".join(lines) == yamlout.mapping(items, indent)


def test_a_key_may_be_of_any_length() -> None:
    items = {length * "k": "v\nw" for length in (1_000, 1_001, 1_024, 1_025, 5_000)}
    assert read_back(yamlout.mapping(items, 2)) == [items] * len(LOADERS)
    nested = {"k" * 5_000: {"a": ["b"]}}
    assert read_back(yamlout.dump(nested)) == [nested] * len(LOADERS)


@pytest.mark.parametrize(("number", "written"), [(0, "0"), (-3, "-3"), (10**20, "100000000000000000000")])
def test_integers(number: int, written: str) -> None:
    assert yamlout.integer(number) == written


def test_dump_is_laid_out_for_people() -> None:
    data: yamlout.Yaml = {
        "kind": "ServiceLevels",
        "empty": {"mapping": {}, "sequence": []},
        "slos": [
            {"name": "availability", "objective": Decimal("99.90"), "sli": {"expr": "a\n/\nb\n"}},
            ["nested", ["deeper"], {}],
            "a\nb",
        ],
        "limit": 5,
        "yes": True,
        "null": None,
    }
    assert yamlout.dump(data) == (
        "kind: ServiceLevels\n"
        "empty:\n"
        "  mapping: {}\n"
        "  sequence: []\n"
        "slos:\n"
        "  - name: availability\n"
        "    objective: 99.90\n"
        "    sli:\n"
        "      expr: |\n"
        "        a\n"
        "        /\n"
        "        b\n"
        "  - - nested\n"
        "    - - deeper\n"
        "    - {}\n"
        "  - |-\n"
        "    a\n"
        "    b\n"
        "limit: 5\n"
        '"yes": true\n'
        '"null": null\n'
    )


NESTED = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), ANY_TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(ANY_TEXT, inner, max_size=4)),
    max_leaves=12,
)


@given(NESTED)
@settings(max_examples=300, deadline=None)
def test_dump_reads_back(data: Any) -> None:
    readings = read_back(yamlout.dump(data))
    assert readings == [data] * len(LOADERS)
    assert [repr(reading) for reading in readings] == [repr(data)] * len(LOADERS), "order or type changed"


def test_dump_does_not_alias() -> None:
    shared = ["a"]
    assert yamlout.dump({"x": shared, "y": shared}) == 'x:\n  - a\n"y":\n  - a\n'


def test_dump_can_be_indented() -> None:
    assert yamlout.dump({"a": ["b", {"c": "d\ne"}]}, 4) == (
        "    a:\n      - b\n      - c: |-\n          d\n          e\n"
    )


@pytest.mark.parametrize("data", [b"bytes", {"a": {1, 2}}, 1.5])
def test_dump_refuses_other_types(data: Any) -> None:
    with pytest.raises(TypeError, match=r"cannot be written as YAML: (bytes|set|float)"):
        yamlout.dump(data)


@pytest.mark.parametrize(("number", "written"), [("1E+2", "100"), ("-0.50", "-0.50"), ("1E-7", "0.0000001")])
def test_decimals_have_no_exponent(number: str, written: str) -> None:
    assert yamlout.dump(Decimal(number)) == f"{written}\n"


@pytest.mark.parametrize("number", ["NaN", "Infinity"])
def test_decimals_must_be_finite(number: str) -> None:
    with pytest.raises(ValueError, match=f"not a finite number: {number}"):
        yamlout.dump(Decimal(number))
