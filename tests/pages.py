"""The pages of the codes: their sections and examples."""

from __future__ import annotations

import re

from slogen import pipeline
from slogen.diagnostics import Code

CODES = list(pipeline.all_codes().values())
BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
_CARETS = re.compile(r"^#( *)(\^+) *$")
_FILE = re.compile(r"^# (\S+\.yaml)\n", re.MULTILINE)


def sections(code: Code) -> dict[str, str]:
    """The texts of the sections by their titles."""
    parts = _SECTION.split(code.doc)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def without_carets(text: str) -> tuple[str, list[tuple[int, int, int]]]:
    """The YAML without its caret lines, and the (line, column, length) that each points at."""
    kept: list[str] = []
    places = []
    for line in text.splitlines():
        match = _CARETS.match(line)
        if match:
            places.append((len(kept), len(match[1]) + 2, len(match[2])))
        else:
            kept.append(line)
    return "\n".join(kept) + "\n", places


def files(text: str, path: str) -> list[tuple[str, str]]:
    """The files of an example by their paths: a comment of nothing but a path begins one."""
    first, *others = _FILE.split(text)
    found = list(zip(others[::2], others[1::2], strict=True))
    return [(path, first), *found] if first else found


def blocks(section: str) -> list[tuple[Code, str]]:
    """The examples in a section of all pages."""
    return [(code, text) for code in CODES for text in BLOCK.findall(sections(code)[section])]
