"""Series that must not matter to an alert: groups that are well, and series that its matchers leave out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import islice, pairwise

from slogen import promql
from slogen.promql.witnesses import candidates, satisfies
from slogen.synthesis.worlds import Motion
from slogen.synthetic import Series

Motions = Mapping[Series, Motion]

_LABEL_LISTS = frozenset(("by", "on", "group_left", "group_right"))
_MOST_VALUES = 8
_MOST_STRANGERS = 24
# How much faster the counters grow that are left out: so that it shows when they are not.
_LOUDER = 10


def healthy(calm: Motions, expr: str, number: int) -> Iterator[Motions]:
    """For each label by which the expression keeps series apart: the series with another value of it.

    They are those of a world in which the alert is silent; of several worlds, each has a `number`.
    """
    for label in _labels(expr):
        found = {
            _with_label(series, label, f"{value}-other-{number}"): motion
            for series, motion in calm.items()
            if (value := series.labels.get(label))
        }
        if found:
            yield found


@lru_cache(maxsize=1024)
def _labels(expr: str) -> tuple[str, ...]:
    """The labels that an expression aggregates by or matches on, but for the bounds of histograms."""
    found: dict[str, None] = {}
    listed = False
    scanned = [token for token in promql.tokens(expr) if token.kind is not promql.Kind.COMMENT]
    for before, token in pairwise(scanned):
        if token.text == "(":
            listed = before.word in _LABEL_LISTS
        elif token.text == ")":
            listed = False
        elif listed and promql.is_label_name(token.text) and token.text != "le":
            found[token.text] = None
    return tuple(found)


def strangers(motions: Motions, expr: str) -> Motions:
    """Series that are like these but fail one matcher of the selector that selects them."""
    found: dict[Series, Motion] = {}
    for used in dict.fromkeys(one.selector for one in promql.selectors(expr)):
        matchers = [matcher for matcher in used.matchers if matcher.name != "__name__"]
        for series, motion in motions.items():
            if series.name == used.name and _passes(series, matchers):
                for matcher in matchers:
                    for value in _failing(matcher):
                        found.setdefault(_with_label(series, matcher.name, value), _louder(motion))
    return dict(islice(((s, m) for s, m in found.items() if s not in motions), _MOST_STRANGERS))


def _passes(series: Series, matchers: Sequence[promql.Matcher]) -> bool:
    return all(satisfies(matcher, series.labels.get(matcher.name, "")) for matcher in matchers)


def _failing(matcher: promql.Matcher) -> Iterator[str]:
    values = candidates(matcher.name, ((matcher.op, matcher.value),))
    most = _MOST_VALUES if matcher.op in ("!=", "!~") else 2
    return islice((value for value in values if not satisfies(matcher, value)), most)


def _louder(motion: Motion) -> Motion:
    return replace(motion, per_second=motion.per_second * _LOUDER) if motion.kind == "counter" else motion


def _with_label(series: Series, label: str, value: str) -> Series:
    labels = {name: text for name, text in {**series.labels, label: value}.items() if text}
    return Series(series.name, labels)
