"""Test results as JUnit XML, which every CI system shows."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

# What XML 1.0 has no way to write.
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Case:
    """A test: its name, the path of what it tests, and why it failed, or was not run (else empty)."""

    name: str
    file: str
    failure: str = ""
    skipped: str = ""


@dataclass(frozen=True, slots=True)
class Suite:
    """Tests about one thing."""

    name: str
    cases: tuple[Case, ...]


def document(suites: Sequence[Suite]) -> str:
    """The XML of suites, indented, with a line end at its end."""
    root = ElementTree.Element("testsuites", {"name": "slogen test", **_counts(suites)})
    for suite in suites:
        element = ElementTree.SubElement(root, "testsuite", {"name": _text(suite.name), **_counts([suite])})
        for case in suite.cases:
            _add(element, suite, case)
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def write(path: Path, text: str) -> None:
    """Replace a file in one step; what is no regular file, such as a pipe, is written to."""
    if path.exists() and not path.is_file():
        path.write_text(text, encoding="utf-8")
        return
    target = path.resolve()
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _add(parent: ElementTree.Element, suite: Suite, case: Case) -> None:
    attributes = {"classname": _text(suite.name), "name": _text(case.name), "file": _text(case.file)}
    element = ElementTree.SubElement(parent, "testcase", attributes)
    if case.failure:
        message = _text(case.failure.partition("\n")[0])
        failure = ElementTree.SubElement(element, "failure", {"type": "failure", "message": message})
        failure.text = _text(case.failure)
    elif case.skipped:
        ElementTree.SubElement(element, "skipped", {"message": _text(case.skipped)})


def _counts(suites: Sequence[Suite]) -> dict[str, str]:
    cases = [case for suite in suites for case in suite.cases]
    return {
        "tests": str(len(cases)),
        "failures": str(sum(bool(case.failure) for case in cases)),
        "errors": "0",
        "skipped": str(sum(bool(case.skipped) for case in cases)),
    }


def _text(text: str) -> str:
    return _UNWRITABLE.sub("\ufffd", text)


def _umask() -> int:
    """The permissions that new files do not get."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
