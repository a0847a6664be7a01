"""Prometheus itself as the judge of the samples."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from promql_marks import marked
from promql_samples import MISTAKES, TAKEN_BY_SOME_VERSION, VALID

import promtool
from slogen import promql

pytestmark = pytest.mark.promtool


def refused(texts: Sequence[str], folder: Path) -> dict[str, str]:
    """The texts that promtool does not parse, each with its words."""
    rules = [{"record": f"r:{i}", "expr": text} for i, text in enumerate(texts)]
    path = folder / "rules.yaml"
    path.write_text(json.dumps({"groups": [{"name": "g", "rules": rules}]}), encoding="utf-8")
    command = [promtool.needed(), "check", "rules", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    found = re.findall(r'rule \d+, "r:(\d+)": (.*)', done.stderr)
    return {texts[int(index)]: words for index, words in found}


def test_valid_queries_are_valid_to_prometheus(tmp_path: Path) -> None:
    assert refused(VALID, tmp_path) == {}


def test_mistakes_are_mistakes_to_prometheus(tmp_path: Path) -> None:
    texts = [marked(at).text for at, _, _ in MISTAKES]
    certain = [
        text for text in texts if text.strip() and text not in TAKEN_BY_SOME_VERSION and "\x00" not in text
    ]
    accepted = set(certain) - set(refused(certain, tmp_path))
    assert accepted == set()


def test_quoted_text_and_bucket_matchers_are_read_by_prometheus(tmp_path: Path) -> None:
    values = ["", "a\"b'c`d\\", "\n\t\x00\x7f\u2028", "größe 😀", "{{.window}}", "#"]
    texts = [f"x{{a={promql.quote(value)}}}" for value in values]
    assert refused(texts, tmp_path) == {}
