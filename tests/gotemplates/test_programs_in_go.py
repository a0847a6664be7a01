"""Go itself as the judge of what templates give. Needs the go command; skipped without it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from program_texts import GIVES, REFUSED, Author

from slogen.gotemplates.programs import Program, read

JUDGE = """\
package main

import (
	"encoding/json"
	"os"
	"strings"
	"text/template"
)

func run(text, window string) *string {
	parsed, err := template.New("query").Option("missingkey=error").Parse(text)
	if err != nil {
		return nil
	}
	var out strings.Builder
	if parsed.Execute(&out, map[string]string{"window": window}) != nil {
		return nil
	}
	result := out.String()
	return &result
}

func main() {
	var questions [][2]string
	if err := json.NewDecoder(os.Stdin).Decode(&questions); err != nil {
		panic(err)
	}
	answers := make([]*string, len(questions))
	for i, question := range questions {
		answers[i] = run(question[0], question[1])
	}
	if err := json.NewEncoder(os.Stdout).Encode(answers); err != nil {
		panic(err)
	}
}
"""
# What Go takes and slogen refuses: complaints of fmt in the text, named templates, rare notations, keys that
# do not exist where no window leads to them, and texts of any length.
STRICTER = re.compile(
    r"%!|\{\{-?\s*(?:define|block)\b|1i|is unknown|does not print|verbs?\b|no value to print|an endless text"
)


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Path:
    go = shutil.which("go")
    if go is None:
        pytest.skip("go is not on PATH; it is needed to ask Go itself what a template gives")
    folder = tmp_path_factory.mktemp("judge")
    (folder / "main.go").write_text(JUDGE, encoding="utf-8")
    command = [go, "build", "-o", str(folder / "judge"), "main.go"]
    # `{{range 3}}` and `{{else with}}` came with Go 1.24 and 1.23.
    built = subprocess.run(
        command, cwd=folder, env={**os.environ, "GO111MODULE": "off", "CGO_ENABLED": "0"}, check=False
    )
    assert built.returncode == 0
    return folder / "judge"


def asked(judge: Path, texts: list[str], windows: tuple[str, ...]) -> Iterator[tuple[str, str, str | None]]:
    questions = [(text, window) for text in texts for window in windows]
    result = subprocess.run(
        [str(judge)], input=json.dumps(questions).encode(), capture_output=True, check=True
    )
    for (text, window), answer in zip(questions, json.loads(result.stdout), strict=True):
        yield text, window, answer


def own(text: str, window: str) -> tuple[str | None, str]:
    """What slogen gives, with broken UTF-8 as JSON shows it, or why it gives nothing."""
    found = read(text)
    if not isinstance(found, Program):
        return None, found[0].message
    outcome = found.outcome(window)
    if outcome.problem:
        return None, outcome.problem.message
    return outcome.text.encode("utf-8", "surrogateescape").decode("utf-8", "replace"), ""


def test_the_tables_are_those_of_go(judge: Path) -> None:
    answers = {text: answer for text, _, answer in asked(judge, list(GIVES), ("5m",))}
    assert answers == GIVES


def test_what_go_gives_and_slogen_refuses_is_known(judge: Path) -> None:
    texts = [marked.replace("⟦", "").replace("⟧", "") for marked in REFUSED]
    given = [text for text, _, answer in asked(judge, texts, ("5m",)) if answer is not None]
    surprising = [text for text in given if not STRICTER.search(text + own(text, "5m")[1])]
    assert surprising == []


def test_slogen_and_go_agree(judge: Path) -> None:
    author = Author("agreement")
    texts = [author.template() for _ in range(4000)]
    ran = 0
    differences = []
    for text, window, answer in asked(judge, texts, ("5m", "1d12h")):
        mine, why = own(text, window)
        if mine == answer:
            ran += answer is not None
        elif mine is not None or not STRICTER.search(f"{answer}{why}"):
            differences.append((text, window, answer, mine, why))
    assert differences == []
    assert ran > 800
