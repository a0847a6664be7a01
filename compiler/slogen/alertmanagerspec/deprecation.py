"""What Alertmanager still reads and has long replaced."""

from __future__ import annotations

from collections.abc import Mapping

from slogen import codes
from slogen.alertmanager.matchers import Matcher
from slogen.alertmanagerspec import scalars
from slogen.diagnostics import Fix, Report
from slogen.source import Node, Span

_LONGEST_HELP = 200


def warn_of_match(node: Node, prefix: str, report: Report) -> None:
    """Warns of `match` and `match_re` of a mapping, with `prefix` before each key, and rewrites them.

    With both, or with matchers beside them, it takes more than a change of each by itself.
    """
    exact, patterns, becomes = (f"{prefix}{key}" for key in ("match", "match_re", "matchers"))
    present = [key for key in (exact, patterns) if node.get(key) is not None]
    texts = {key: _texts(node.get(key), is_pattern=key == patterns) for key in present}
    for key in present:
        child = node.get(key)
        is_alone = present == [key] and becomes not in node.keys
        report.report(
            codes.DEPRECATED_BY_ALERTMANAGER,
            node.keys[key],
            f"`{key}` is deprecated since Alertmanager 0.22",
            help=_help([text for found in texts.values() for text in found.values()], becomes, node),
            fixes=_fixes(node.keys[key], child, texts[key], becomes) if child and is_alone else (),
        )


def _texts(node: Node | None, *, is_pattern: bool) -> dict[str, str]:
    """Matchers by the labels of a mapping."""
    pairs = node.value if node is not None and isinstance(node.value, dict) else {}
    return {
        name: str(Matcher(name, "=~" if is_pattern else "=", scalars.text(child)))
        for name, child in pairs.items()
        if not isinstance(child.value, (list, dict))
    }


def _help(texts: list[str], becomes: str, node: Node) -> str:
    listed = ", ".join(map(_quoted, texts))
    if becomes in node.keys or len(listed) > _LONGEST_HELP:
        return f"write it below `{becomes}`"
    return f"write `{becomes}: [{listed}]`"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _fixes(key: Span, node: Node, texts: Mapping[str, str], becomes: str) -> tuple[Fix, ...]:
    """The change of a mapping to a list of matchers; none for aliases, and values of several lines."""
    if not texts or not isinstance(node.value, dict) or len(texts) != len(node.value):
        return ()
    if node.span.start < key.end or not _stands_in_a_block(key):
        return ()
    if node.span.text.startswith("{"):
        listed = ", ".join(map(_quoted, texts.values()))
        return Fix(key, becomes), Fix(node.span, f"[{listed}]")
    fixes = [Fix(key, becomes)]
    source = key.source
    for name, text in texts.items():
        child = node.value[name]
        at = node.keys[name]
        is_in_a_line = at.line == child.span.end_line and child.span.start >= at.end
        if not is_in_a_line or not _stands_in_a_block(at) or "\n" in text:
            return ()
        fixes.append(Fix(Span(source, at.start, child.span.end), f"- {_quoted(text)}"))
    return tuple(fixes)


def _stands_in_a_block(key: Span) -> bool:
    """Whether nothing stands before a key in its line: not in quotes, where other quotes would end them."""
    return not key.source.line_text(key.line)[: key.column - 1].strip(" \t-{")
