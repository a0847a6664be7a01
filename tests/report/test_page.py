"""The report: all SLOs, nothing from elsewhere, and no text of an author as markup."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from slogen import pipeline
from slogen.ir import Program
from slogen.report.page import Told, page
from slogen.report.style import STYLE
from slogen.source import Source

HOSTILE = """</p><script>alert(1)</script> & "quotes" \\u0007 ]]> <!-- {{ $labels.x }}"""
SPEC = f"""
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: shop
  owner: sellers
  slos:
    - name: sold
      objective: 99.9
      description: '{HOSTILE.replace("'", "''")}'
      group_by: [till]
      sli: {{events: {{total: sales_total, bad: 'sales_total{{code="500"}}'}}}}
    - name: quiet
      objective: 95
      alerting: {{page: {{disable: true}}, ticket: {{disable: true}}, absent: {{disable: true}}}}
      sli: {{events: {{total: sales_total, bad: 'sales_total{{code="501"}}'}}}}
"""


class Seen(HTMLParser):
    """The elements of a page, their attributes, and the text that shows."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.shown = ""
        self._open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "br"}:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] != "style":
            self.shown += data


@pytest.fixture(scope="module")
def program() -> Program:
    result = pipeline.compile([Source("shop.yaml", SPEC)])
    assert not result.report.failed, [found.message for found in result.report]
    return result.program


def test_every_slo_has_its_article_and_a_link_to_it(program: Program) -> None:
    seen = Seen(page(program, Told(proofs={"shop-sold": 12}, ways={"shop-sold": ["page: sellers-pager"]})))
    articles = [attributes["id"] for tag, attributes in seen.tags if tag == "article"]
    links = [attributes["href"] for tag, attributes in seen.tags if tag == "a"]
    assert articles == ["shop-quiet", "shop-sold"]
    assert links == ["#shop-quiet", "#shop-sold"]
    for text in (
        "99.9%",
        "sellers",
        "12 scenarios",
        "page: sellers-pager",
        "shop.yaml:8",
        "for each till by itself",
    ):
        assert text in seen.shown
    assert "It raises no alert on its budget." in seen.shown


def test_texts_of_authors_are_no_markup(program: Program) -> None:
    seen = Seen(page(program, Told()))
    assert HOSTILE.replace("\\u0007", "\\u0007") in seen.shown
    assert not [tag for tag, _ in seen.tags if tag == "script"]


def test_it_needs_nothing_from_elsewhere(program: Program) -> None:
    text = page(program, Told())
    for tag, attributes in Seen(text).tags:
        assert tag not in {"script", "link", "img", "iframe"}
        assert "src" not in attributes
    assert not re.search(r"@import|url\(", text)


def test_findings_stand_with_their_slo(program: Program) -> None:
    found = pipeline.compile([Source("shop.yaml", SPEC.replace("99.9", "85"))]).report.diagnostics
    assert found
    seen = Seen(page(program, Told(findings={"shop-sold": found})))
    assert all(finding.code.id in seen.shown and finding.message in seen.shown for finding in found)


def test_the_same_program_gives_the_same_page(program: Program) -> None:
    assert page(program, Told()) == page(program, Told())


# contrast ---------------------------------------------------------------------------------------------


def palettes() -> list[dict[str, str]]:
    """The colours of the page in the light, in the dark, and on paper."""
    blocks = re.findall(r":root \{([^}]*)\}", STYLE)
    return [dict(re.findall(r"--(\w+): (#[0-9a-f]+)", block)) for block in blocks]


def luminance(colour: str) -> float:
    """Source: https://www.w3.org/TR/WCAG21/#dfn-relative-luminance."""
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("palette", palettes(), ids=["light", "dark", "paper"])
def test_what_is_written_can_be_read(palette: dict[str, str]) -> None:
    for ground in (palette["ground"], palette["card"]):
        for name in ("text", "quiet", "link", "page", "ticket", "gone", "reset"):
            # WCAG 2.1, level AA: 4.5 for text.
            assert contrast(palette[name], ground) >= 4.5, (name, ground)
