"""Texts of authors in Markdown: a real reader shows them as they were written."""

from __future__ import annotations

import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from slogen.runbooks.markdown import block, code, escaped, table

TEXT = st.text(st.sampled_from("ab1 \n`*_#[]()<>&|\\~!-+=.:/\"'é{}"), max_size=40)
GFM = MarkdownIt("gfm-like", {"linkify": False})


def shown(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def tight(text: str) -> str:
    return "".join(text.split())


@given(TEXT)
def test_escaped_text_shows_as_it_is_written(text: str) -> None:
    for before in ("x ", ""):
        html = GFM.render(f"{before}{escaped(text.strip())}")
        assert tight(shown(html)) == tight(f"{before}{text}")
        assert set(re.findall(r"<(\w+)", html)) <= {"p", "br"}


@given(TEXT)
def test_code_shows_as_it_is_written(text: str) -> None:
    html = GFM.render(f"x {code(text)} x")
    assert tight(shown(html)) == tight(f"x {text} x")


@given(TEXT)
def test_a_block_holds_its_lines(text: str) -> None:
    html = GFM.render(block(text, "promql"))
    assert html.startswith("<pre><code")
    assert tight(unescape(re.sub(r"^<pre><code[^>]*>|</code></pre>\s*$", "", html))) == tight(text)


@given(st.lists(TEXT.map(escaped) | TEXT.map(code), min_size=2, max_size=2))
def test_a_table_has_the_cells_that_it_is_given(cells: list[str]) -> None:
    html = GFM.render(table(("one", "two"), [cells]))
    assert len(re.findall(r"<td>", html)) == 2
    assert len(re.findall(r"<tr>", html)) == 2
