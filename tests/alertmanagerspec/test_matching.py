"""What is proposed instead of a matcher is read alike by all versions, as the old one is read now."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from slogen.alertmanager.matchers import read_matchers
from slogen.alertmanagerspec.matching import matcher_list
from slogen.diagnostics import Report
from slogen.source import Source, documents

PIECES = (
    "a",
    "=",
    "=~",
    "!=",
    '"',
    "\\",
    "\\\\",
    "{",
    "}",
    ",",
    " ",
    "b|c",
    ".*",
    "\\.",
    "\\n",
    "é",
    "'",
    "~",
)


@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join), st.booleans())
def test_what_is_written_instead(rest: str, is_quoted: bool) -> None:
    text = f'team=~"{rest}"' if is_quoted else f"team={rest}"
    written = "- '" + text.replace("'", "''") + "'\n"
    (node,) = documents(Source("a.yml", written)).nodes
    report = Report()
    found = matcher_list(node, report)
    reading = read_matchers(text)
    assert found.matchers == (reading.used or ())
    for finding in report:
        if finding.code.id != "SLO523" or not finding.fixes:
            continue
        (fix,) = finding.fixes
        mended = written[: fix.at.start] + fix.text + written[fix.at.end :]
        (again,) = documents(Source("a.yml", mended)).nodes
        assert isinstance(again.value, list)
        assert isinstance(again.value[0].value, str)
        proposed = read_matchers(again.value[0].value)
        assert proposed.is_portable
        assert proposed.used == reading.classic
