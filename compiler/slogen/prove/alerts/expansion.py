"""Recorded series in an expression, replaced by what they are recorded from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from slogen import promql
from slogen.promql.witnesses import satisfies
from slogen.prove.alerts.book import Book, Entry

_DEEPEST = 5
_LONGEST = 2_000


class _Stays(Exception):  # noqa: N818 - ends a search
    """The name of a recorded series that cannot be replaced in some place."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True, slots=True)
class Expansion:
    """An expression without recorded series; `replaced` are those, by what stands in their place now."""

    text: str
    replaced: Mapping[str, str]


def expanded(expr: str, book: Book) -> Expansion:
    """The expression with the recording rules of its own file in the place of the series that they record.

    A series stays as it is where it is read over a range or at another time, or where its matchers cannot be
    handed on: in all of its places.
    """
    kept: set[str] = set()
    while True:
        replaced: dict[str, str] = {}
        try:
            text = _Expander(book, frozenset(kept), replaced).expanded(expr, 0)
        except _Stays as stays:
            kept.add(stays.name)
            continue
        return Expansion(text, replaced) if len(text) <= _LONGEST else Expansion(expr, {})


@dataclass(frozen=True, slots=True)
class _Expander:
    """Replaces all recorded series but those that are `kept`, and takes down what it has `replaced`."""

    book: Book
    kept: frozenset[str]
    replaced: dict[str, str]

    def expanded(self, expr: str, depth: int) -> str:
        names = self.book.reads(expr) - self.kept
        if not names:
            return expr
        pieces: list[str] = []
        end = len(expr)
        for used in reversed(promql.selectors(expr)):
            selector = used.selector
            if selector.name not in names:
                continue
            behind = promql.tokens(expr[selector.end :])[:1]
            at_another_time = any(token.text in ("[", "@") or token.word == "offset" for token in behind)
            if used.range_at or at_another_time or depth > _DEEPEST:
                raise _Stays(selector.name)
            pieces += (expr[selector.end : end], self._recorded(selector, depth))
            end = selector.start
        return "".join([*pieces, expr[:end]][::-1])

    def _recorded(self, selector: promql.Selector, depth: int) -> str:
        """The union of the expressions behind a recorded series."""
        recordings = self.book.recordings[selector.name]
        texts = [text for entry in recordings if (text := self._behind(entry, selector, depth))]
        if not texts:
            raise _Stays(selector.name)
        found = texts[0] if len(texts) == 1 else f"({' or '.join(texts)})"
        self.replaced[found] = selector.text
        return found

    def _behind(self, entry: Entry, selector: promql.Selector, depth: int) -> str:
        """What a rule records for the matchers of the selector; empty if nothing."""
        own = {name: value for name, value in entry.labels.items() if value}
        if any("{{" in value for value in own.values()):
            raise _Stays(selector.name)
        matchers = _handed_on(entry.rule.expr, selector, own)
        if matchers is None:
            return ""
        text = self.expanded(_with_matchers(entry.rule.expr, matchers), depth + 1)
        if len(text) > _LONGEST:
            raise _Stays(selector.name)
        text = f"({text}\n)" if "#" in text else f"({text})"
        for name, value in own.items():
            text = f'label_replace({text}, "{name}", {promql.quote(value.replace("$", "$$"))}, "", "")'
        return text


def _handed_on(expr: str, selector: promql.Selector, own: Mapping[str, str]) -> list[promql.Matcher] | None:
    """The matchers that the series behind a recording must pass; None if what it records fails one.

    `own` are the labels that the recording rule adds. Raises _Stays for a label that may come from elsewhere.
    """
    found: list[promql.Matcher] = []
    possible = promql.result_labels(expr)
    for matcher in selector.matchers:
        if matcher.name == "__name__":
            continue
        if matcher.name in own or (possible is not None and matcher.name not in possible):
            if not satisfies(matcher, own.get(matcher.name, "")):
                return None
        elif possible is not None or promql.keeps_label(expr, matcher.name):
            # Whether the label has come through unchanged shows when the rules are evaluated.
            found.append(matcher)
        else:
            raise _Stays(selector.name)
    return found


def _with_matchers(expr: str, matchers: Sequence[promql.Matcher]) -> str:
    """The expression with more matchers on every selector."""
    if not matchers:
        return expr
    more = ",".join(f"{matcher.name}{matcher.op}{promql.quote(matcher.value)}" for matcher in matchers)
    return "".join(_pieces_with(expr, more))


def _pieces_with(expr: str, more: str) -> Iterator[str]:
    end = 0
    for used in promql.selectors(expr):
        selector = used.selector
        yield expr[end : selector.start]
        if selector.text.endswith("}"):
            inner = selector.text[:-1].rstrip()
            yield f"{inner}{'' if inner[-1] in ',{' else ','}{more}}}"
        else:
            yield f"{selector.text}{{{more}}}"
        end = selector.end
    yield expr[end:]
