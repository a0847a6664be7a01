"""Scalars: what plain text means, and that all other text is text."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest
from yamlreading import (
    both_parsers,
    each_parser,  # noqa: F401 - the fixture of both_parsers
    place,
    value_of,
)

SCALARS: Mapping[str, object] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None, "nULL": "nULL", "none": "none",
    "true": True, "True": True, "TRUE": True, "tRUE": "tRUE", "false": False, "False": False, "FALSE": False,
    "yes": "yes", "no": "no", "on": "on", "off": "off", "y": "y", "n": "n", "Y": "Y", "N": "N", "NO": "NO",
    "0": 0, "7": 7, "-7": -7, "+7": 7, "-0": 0, "123456789012345678901": 123456789012345678901,
    "00": "00", "08": "08", "007": "007", "-08": "-08", "0o17": 15, "0o18": "0o18", "0x1F": 31, "0xg": "0xg",
    "-0x1F": "-0x1F", "0b11": "0b11", "1_000": "1_000", "1,000": "1,000", "5:30": "5:30", "1:2:3": "1:2:3",
    "1.0": Decimal("1.0"), "99.950": Decimal("99.950"), "-.5": Decimal("-.5"), ".5": Decimal(".5"),
    "5.": Decimal(5), "1e3": Decimal("1e3"), "1E+3": Decimal("1e3"), "12e03": Decimal("12e3"),
    "1.5e-3": Decimal("0.0015"), "0.0": Decimal("0.0"), "00.5": Decimal("0.5"),
    "1e0000000003": Decimal("1e3"),
    ".": ".", "..": "..", "-.": "-.", "1.2.3": "1.2.3", "1e": "1e", "e3": "e3", "1e3x": "1e3x", "+": "+",
    ".e3": ".e3", "1 000": "1 000", "5m": "5m", "28d": "28d", "1h30m": "1h30m", "99.5%": "99.5%",
    ".inf": ".inf", "-.INF": "-.INF", ".nan": ".nan", ".NaN": ".NaN", "inf": "inf", "nan": "nan",
    "1e308": Decimal("1e308"), "1e309": "1e309", "1e-308": Decimal("1e-308"), "1e-309": "1e-309",
    "1e999999999": "1e999999999", "9" * 308: int("9" * 308), "9" * 309: "9" * 309,
    "0x" + "f" * 400: "0x" + "f" * 400,
    "\u0663": "\u0663", "1\u0663": "1\u0663", "\u00bd": "\u00bd",
    "2024-01-01": "2024-01-01", "2024-01-01T00:00:00Z": "2024-01-01T00:00:00Z", "=": "=", "=~": "=~",
    "<<": "<<", "a": "a", "slo:x": "slo:x", "5..": "5..", "tilde~": "tilde~", "~x": "~x",
}  # fmt: skip


@both_parsers
@pytest.mark.parametrize(("written", "expected"), SCALARS.items())
def test_plain_scalar(written: str, expected: object) -> None:
    node = value_of(f"v: {written}\n")
    assert node.value == expected
    assert type(node.value) is type(expected)
    assert str(node.value) == str(expected)
    assert node.span.value == written
    assert place(node.span) == (f"1:4 {written}" if written else "1:3 ")


@pytest.mark.parametrize("written", [word for word in SCALARS if word])
@pytest.mark.parametrize("form", ["'{}'", '"{}"', "|-\n  {}", ">-\n  {}", "!!str '{}'", "! '{}'"])
def test_a_quoted_or_block_scalar_is_text(form: str, written: str) -> None:
    assert value_of("v: " + form.format(written)).value == written
