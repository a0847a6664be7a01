"""Plain scalars are to slogen what they are to Sloth.

The expectations are what sigs.k8s.io/yaml 1.6 gives, the library that Sloth reads its own format with.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from slogen.sloth import scalars
from slogen.source import Node, Source, documents

TEXTS = {
    "42": "42",
    "0.2": "0.2",
    "1.50": "1.5",
    "1e3": "1000",
    "1E+3": "1000",
    "1e-7": "1e-07",
    "1000000.0": "1e+06",
    "999999.0": "999999",
    "0.0001": "0.0001",
    "0.00001": "1e-05",
    "123456789.5": "1.2345679e+08",
    "99.95": "99.95",
    "-0.0": "-0",
    "-0": "0",
    ".5": "0.5",
    "5.": "5",
    "+42": "42",
    "0755": "493",
    "08": "8",
    "0777_8": "7778",
    "0o17": "15",
    "0x1F": "31",
    "-0x1f": "-31",
    "0b101": "5",
    "1_000": "1000",
    "1_0.5": "10.5",
    "._24": "._24",
    ".5_0": "0.5",
    "18446744073709551615": "18446744073709551615",
    "99999999999999999999": "1e+20",
    "1e400": "1e400",
    "0xfffffffffffffffffff": "0xfffffffffffffffffff",
    ".inf": "+Inf",
    "-.Inf": "-Inf",
    ".NaN": "NaN",
    "y": "true",
    "Yes": "true",
    "on": "true",
    "TRUE": "true",
    "n": "false",
    "No": "false",
    "OFF": "false",
    "yEs": "yEs",
    "tRUE": "tRUE",
    "2020-01-01": "2020-01-01",
    "12:30:45": "12:30:45",
    "5m": "5m",
    "1.2.3": "1.2.3",
    "'yes'": "yes",
    '"0755"': "0755",
    "!!str 42": "42",
    "!!str yes": "yes",
    "&a !!str on": "on",
    "&a on": "true",
    "|-\n  yes": "yes",
}


def node(written: str) -> Node:
    read = documents(Source("x.yaml", f"v: {written}\n"))
    assert not read.problems
    found = read.nodes[0].get("v")
    assert found is not None
    return found


@pytest.mark.parametrize("written", TEXTS)
def test_a_scalar_where_a_text_is_needed(written: str) -> None:
    assert scalars.text_of(scalars.read(node(written))) == TEXTS[written]


def test_digits_without_end() -> None:
    assert scalars.value_of("1" * 5000) == "1" * 5000
    assert scalars.value_of("0x" + "f" * 900) == "0x" + "f" * 900
    assert scalars.value_of("9" * 400) == "9" * 400


def test_what_looks_like_a_tag_before_a_scalar() -> None:
    [flow, plain, tagged] = documents(Source("x.yaml", "{a!: yes}\n---\nb!: on\n---\n[!!str on]\n")).nodes
    found = [flow.get("a!"), plain.get("b!"), tagged.get(0)]
    assert [scalars.read(item) for item in found if item is not None] == [True, True, "on"]


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("99.9", "99.9"),
        ("99_9", "999"),
        ("0143", "99"),
        ("99.99999999999999999", "99.99999999999999999"),
        ("'99'", None),
        ("yes", None),
        (".inf", None),
        ("~", None),
        ("[1]", None),
    ],
)
def test_a_number_keeps_its_digits(written: str, number: str | None) -> None:
    found = scalars.number(node(written))
    assert found == (None if number is None else Decimal(number))


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("y", "true"),
        ("no", "false"),
        ("0755", "493"),
        ("1.50", "1.5"),
        (".inf", ".inf"),
        ("'y'", "y"),
        ("a", "a"),
    ],
)
def test_a_key_is_a_text_too(key: str, text: str) -> None:
    mapping = documents(Source("x.yaml", f"{key}: 1\n")).nodes[0]
    [(name, at)] = mapping.keys.items()
    assert scalars.key_of(name, at) == text
