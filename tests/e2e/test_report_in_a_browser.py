"""The report in a real browser: nothing sticks out on a phone, a tablet or a desk."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from slogen import pipeline
from slogen.cli.inputs import collect
from slogen.report.page import Told, page

GET_IT = "chromium is not on PATH; on Debian: apt install chromium"
ROOT = Path(__file__).parents[2]
MEASURE = """
<script>
addEventListener("load", () => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const place = (one) => one.getBoundingClientRect();
  const wide = all("body *").filter((one) => place(one).right > innerWidth + 0.5 || place(one).left < -0.5);
  parent.document.body.dataset["w" + innerWidth] = JSON.stringify({
    width: innerWidth,
    scrolls: document.documentElement.scrollWidth,
    articles: all("article").length,
    wide: wide.slice(0, 5).map((one) => one.tagName + ": " + one.textContent.slice(0, 40)),
    small: all("svg text").filter((one) => place(one).height < 9).length,
  });
});
</script></head>"""


def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found:
        return found
    if os.environ.get("CI"):
        pytest.fail(GET_IT)
    pytest.skip(GET_IT)


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Any]:
    """What the browser sees at each width. A window cannot be as narrow as a phone, a frame can."""
    browser = chromium()
    folder = tmp_path_factory.mktemp("report")
    before = Path.cwd()
    os.chdir(ROOT)
    try:
        result = pipeline.compile(collect([], Path("out")).sources)
    finally:
        os.chdir(before)
    assert not result.report.failed
    text = page(result.program, Told({slo.id: 9 for slo in result.program.slos}))
    (folder / "report.html").write_text(text.replace("</head>", MEASURE, 1), encoding="utf-8")
    frames = "".join(
        f'<iframe src="report.html" style="width:{width}px;height:900px;border:0"></iframe>'
        for width in (320, 390, 768, 1280)
    )
    (folder / "frames.html").write_text(f"<!DOCTYPE html><body>{frames}</body>", encoding="utf-8")
    answer = subprocess.run(
        [
            *(browser, "--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files"),
            *(f"--user-data-dir={folder / 'profile'}", "--virtual-time-budget=20000", "--dump-dom"),
            (folder / "frames.html").as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    found = re.findall(r'data-w[0-9]+="([^"]*)"', answer.stdout)
    return {seen["width"]: seen for seen in map(json.loads, map(unescape, found))}


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_nothing_sticks_out(width: int, measured: dict[int, Any]) -> None:
    seen = measured[width]
    assert seen["articles"] > 50
    assert seen["scrolls"] <= width
    assert seen["wide"] == []


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_the_words_of_pictures_are_large_enough(width: int, measured: dict[int, Any]) -> None:
    assert measured[width]["small"] == 0
