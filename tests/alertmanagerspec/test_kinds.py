"""The tables of fields against the real amtool: each field is known to it from the stated version on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import amtool
from slogen import versions
from slogen.alertmanagerspec.fieldtypes import Field, Form
from slogen.alertmanagerspec.kinds import GLOBALS, KINDS

OF_NO_VALUE = "route: {receiver: a}\nreceivers:\n  - name: a\n"
STRANGE = "no_such_field"


def keys(fields: Mapping[str, Field]) -> Iterator[tuple[str, str]]:
    """All keys of a mapping, each with the first version that knows it."""
    for name, about in fields.items():
        yield name, about.since
        if about.file_since is not None:
            yield f"{name}_file", about.file_since or about.since


def mappings() -> Iterator[tuple[str, str, str, Mapping[str, Field]]]:
    """All mappings of a configuration: what it is, its first version, the text before it, and its fields."""
    yield "global", "", "global:", GLOBALS
    for kind in KINDS.values():
        before = f"{OF_NO_VALUE}    {kind.name}_configs:\n      -"
        yield kind.name, kind.since, before, kind.fields
        yield from inner(kind.name, kind.since, before, kind.fields)


def inner(
    what: str, since: str, before: str, fields: Mapping[str, Field]
) -> Iterator[tuple[str, str, str, Mapping[str, Field]]]:
    for name, about in fields.items():
        if not about.inside or (name == "http_config" and what != "webhook"):
            continue
        depth = len(before) - len(before[: before.rfind("\n")]) + 6
        pad = " " * depth
        item = {Form.MAPPINGS: f"\n{pad}-", Form.NAMED: f"\n{pad}x:"}.get(about.form, "")
        text = f"{before}\n{' ' * (depth - 4)}{name}:{item}"
        first = max((since, about.since), key=lambda v: versions.parse(v or "0") or ((), True, ()))
        yield f"{what}.{name}", first, text, about.inside
        yield from inner(f"{what}.{name}", first, text, about.inside)


@pytest.mark.parametrize("what", [what for what, *_ in mappings()])
def test_amtool_knows_each_field_from_its_version_on(what: str, tmp_path: Path) -> None:
    since, before, fields = next(found[1:] for found in mappings() if found[0] == what)
    used = ".".join(map(str, amtool.version()))
    if not versions.is_at_least(used, since or "0"):
        pytest.skip(f"amtool {used} does not know {what}")
    is_without_jira = amtool.version() < (0, 30)  # in Debian
    if is_without_jira and what.startswith("jira"):
        pytest.skip("this amtool was built without Jira")
    known = dict(keys(fields))
    if is_without_jira:
        known.pop("jira_api_url", None)
    pad = " " * (len(before) - len(before[: before.rfind("\n")]) + 8)
    lines = "".join(f"{pad}{key}:\n" for key in (*known, STRANGE))
    tail = OF_NO_VALUE if what == "global" else ""
    (tmp_path / "a.yml").write_text(f"{before}\n{lines}{tail}", encoding="utf-8")
    unknown = set(re.findall(r"field (\S+) not found", amtool.check(tmp_path / "a.yml")))
    newer = {key for key, first in known.items() if versions.is_before(used, first or "0")}
    assert unknown == newer | {STRANGE}
