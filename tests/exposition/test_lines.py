"""Lines of a scrape, as promtool takes them, and what is said of others."""

from __future__ import annotations

import subprocess

import pytest

from promtool import needed
from slogen.exposition.lines import SAMPLE, complaint

TAKEN = (
    *("a 1", "a{} 1", 'a{b="c"} 1', 'a{b="c",} 1', 'a{b="c"}1', 'a {b="c"} 1', "a 1 -1", "a NaN", "a +Inf"),
    *(
        "a 1e5",
        "a .5",
        "a 5.",
        'a{b="\\n\\"\\\\"} 1',
        'a{b="é"} 1',
        "a:b 1",
        ":a 1",
        "a\t1",
        "  a 1",
        "a -inf",
    ),
    *('a{ b = "c" , d="e" } 1 3', "a 1E5", 'a{b="}"} 1', 'a{b="#"} 1', "a Infinity", "a INF"),
)
NOT_TAKEN = (
    *("a", "1a 1", "é 1", "a}1", "a 1 1 1", "a 1e", "a 1_0", 'a "b"', 'a{b="c",,} 1', "a{,} 1", "a{b=c} 1"),
    *('a{1b="d"} 1', 'a{b="c"d="e"} 1', 'a{b="} 1', "a 1 #x", 'a{b:c="d"} 1', "a{b} 1", 'a{b="c" 1', "a-b 1"),
)


@pytest.mark.parametrize("line", [*TAKEN, *NOT_TAKEN])
def test_a_line_is_one_where_promtool_says_so(line: str) -> None:
    run = subprocess.run(
        [needed(), "check", "metrics"], input=f"{line}\n", text=True, capture_output=True, check=False
    )
    # It exits with 3 for what its linter does not like.
    assert (SAMPLE.fullmatch(line) is not None) == (run.returncode != 1), run.stderr


@pytest.mark.parametrize(
    "line",
    [
        'a 1 1.5 # {trace_id="x"} 1 2',
        '{"http.server.duration",a="b"} 1',
        '{"a"} 1',
        'a{"service.name"="x"} 1',
    ],
)
def test_lines_of_the_newer_formats(line: str) -> None:
    assert SAMPLE.fullmatch(line)


@pytest.mark.parametrize(
    ("line", "underlined", "message", "remedy"),
    [
        ("foo-bar 1", "foo-bar", "`foo-bar` is no name of a metric", "write `foo_bar`"),
        ("foo", "foo", "there is no value behind `foo`", ""),
        ("foo{}  ", "foo{}", "there is no value behind `foo{}`", ""),
        ("foo{a=b} 1", "b", "the value of `a` is not in double quotes", 'write `a="b"`'),
        ("foo{a='b'} 1", "'b'", "the value of `a` is not in double quotes", 'write `a="b"`'),
        ('foo{a="b" 1', "", "the labels are not closed", "write `}` behind the last label"),
        ("foo{", "", "the labels are not closed", "write `}` behind the last label"),
        ('foo{a="b} 1', '"b} 1', "the value of `a` is not closed", 'write `"` at its end'),
        ('foo{a-b="c"} 1', "a-b", "`a-b` is no name of a label", "write `a_b`"),
        ('foo{a="1" b="2"} 1', "b", "there is no comma between two labels", "write `,` before it"),
        ("foo{a} 1", "a", "the label `a` has no value", 'write `a="..."`'),
        ("foo 1,5", "1,5", "`1,5` is no value of `foo`", "write `1.5`"),
        ("foo 1 x", "x", "`x` is no time stamp", "write milliseconds since 1970, or nothing"),
        ("foo 1 2 3", "3", "there is text behind the sample", "delete it"),
        ("not a metric", "a", "`a` is no value of `not`", ""),
        ('{a="b"} 1', 'a="b"} 1', "the braces do not begin with a name in quotes", ""),
        ("foo\0 1", "\0", "there is a NUL byte in this line", "the file is binary, or broken"),
    ],
)
def test_what_is_wrong_with_a_line(line: str, underlined: str, message: str, remedy: str) -> None:
    found = complaint(line)
    form = 'write a name, its labels and a value: `name{label="value"} 1`'
    assert (line[found.start : found.end], found.message, found.help) == (underlined, message, remedy or form)
