"""What holds for whatever is read: places that exist, slices that are exact, messages in one style."""

from __future__ import annotations

import yaml
from yamlreading import walk

from slogen.source import Problem, Source, Span, documents

BREAKS = ("\n", "\r\n", "\r", "\x85", "\u2028", "\u2029")


def assert_well_said(problem: Problem) -> None:
    """Style of messages, and places that exist."""
    text = problem.at.source.text
    for span, _ in ((problem.at, ""), *problem.also):
        assert 0 <= span.start <= span.end <= len(text)
    for words in (problem.message, problem.label, problem.help, *(words for _, words in problem.also)):
        assert words.strip() == words
        assert not words.endswith(".") or words.endswith("...`")
        assert not words[:1].isupper() or words.startswith("YAML")
        assert "\n" not in words
    assert problem.message


def assert_slices_are_exact(span: Span) -> None:
    """Each character of the value comes from characters that decode to it, in order."""
    end = span.start
    for i, character in enumerate(span.value):
        part = span.slice(i, i + 1)
        assert part.start >= end, "characters are written in order"
        end = part.end
        written = part.text
        assert written == character or is_written_as(character, written, span.style), (i, character, written)
        caret = span.slice(i, i)
        assert (caret.start, caret.end) == (part.start, part.start)
    assert end <= len(span.source.text)
    for i in range(0, len(span.value), 3):
        part = span.slice(i, i + 4)
        assert part.start == span.slice(i, i + 1).start
        inside = [span.slice(k, k + 1) for k in range(i, min(i + 4, len(span.value)))]
        visible = [piece.end for piece in inside if piece.text not in BREAKS] or [inside[0].end]
        assert part.end == visible[-1]


def is_written_as(character: str, written: str, style: str) -> bool:
    if written in BREAKS:
        return character in {" ", "\n"}
    if style == "'":
        return (character, written) == ("'", "''")
    return style == '"' and written.startswith("\\") and yaml.safe_load(f'"{written}"') == character


def assert_sound(source: Source) -> None:
    result = documents(source)
    for problem in result.problems:
        assert_well_said(problem)
    for document in result.nodes:
        document.plain()
        for node in walk(document):
            assert 0 <= node.span.start <= node.span.end <= len(source.text)
            for span in node.keys.values():
                assert 0 <= span.start <= span.end <= len(source.text)
            if not (node.is_mapping or node.is_sequence):
                node.span.slice(0, len(node.span.value))
