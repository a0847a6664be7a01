"""Which values of labels matchers take together.

That there are none is proved: in doubt, as of patterns without a bound of their length, there may be some. A
value that one takes and another does not is found by trying.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from slogen.promql.matchers import METRIC_NAME, Matcher
from slogen.promql.patterns import (
    Anchor,
    Chars,
    Either,
    Group,
    Pattern,
    Ranges,
    Repeated,
    Several,
    read_pattern,
    samples,
)
from slogen.promql.witnesses import Condition, meets, witnesses_of

# Signs that mean themselves; after a backslash all do, of which `|` is left out for what is split at it.
_PLAIN = re.compile(r"(?:[^\\.*+?()\[\]{}^$]|\\[!-/:-@\[-`{}~])*")
_ESCAPED = re.compile(r"\\(.)")
_ANCHORED = re.compile(r"\^?(.*?)\$?", re.DOTALL)
_GROUPED = re.compile(r"\((?:\?:)?(?!\?)([^()]*)\)")
# Where a `|` may not be one between alternatives of the whole.
_NESTED = re.compile(r"[()\[\]{}]|\\[|Q]")
_LITERAL = re.compile(r"[\w/:@%=, -]+")
_MOST_WORDS = 256
_LONGEST_WORD = 40

Word = tuple[Ranges, ...]
"""The characters that may stand at each place of a text of a fixed length."""


def conditions_of(matchers: Iterable[Matcher]) -> dict[str, tuple[Condition, ...]]:
    """The conditions on each label but the name of the metric, in the order of the labels."""
    found: dict[str, tuple[Condition, ...]] = {}
    for one in matchers:
        if one.name != METRIC_NAME:
            found[one.name] = (*found.get(one.name, ()), (one.op, one.value))
    return found


def exclude_each_other(left: Sequence[Matcher], right: Sequence[Matcher]) -> str | None:
    """The label because of which no series can be selected by both; None if there may be one."""
    ours, theirs = conditions_of(left), conditions_of(right)
    for label in ours:
        if label in theirs and never_meet(tuple(dict.fromkeys((*ours[label], *theirs[label])))):
            return label
    return None


def selected_beyond(narrow: Sequence[Condition], wide: Condition) -> str | None:
    """A value that meets all `narrow` conditions on a label and not the `wide` one; None if none is found.

    It is one that the conditions spell out: what a narrow one asks for, or what the wide one rules out.
    Without narrow conditions anything else than what the wide one asks for will do.
    """
    if wide in narrow:
        return None
    if not narrow and wide[0] in ("=", "=~"):
        return next((value for value in witnesses_of("", (wide,)) if value and not meets(wide, value)), None)
    rules_out = wide[0] in ("!=", "!~")
    shared = _alternatives(wide) if rules_out else ()
    found: list[str] = []
    for condition in narrow:
        if condition[0] in ("=", "=~"):
            own = _alternatives(condition)
            found += [text for text in own if _LITERAL.fullmatch(text)]
            found += [value for text in own if text in shared for value in spelt_out(("=~", text))]
    found += [text for text in shared if _LITERAL.fullmatch(text)]
    fits = (value for value in found if value and all(meets(one, value) for one in narrow))
    return next((value for value in fits if not meets(wide, value)), None)


def _alternatives(condition: Condition) -> Sequence[str]:
    """The alternatives of a pattern as they are written; of one that is more than that, the whole."""
    operator, value = condition
    if operator in ("=", "!="):
        return (value,)
    inner = _without_group(value)
    return inner.split("|") if not _NESTED.search(inner) else (inner,)


def _without_group(pattern: str) -> str:
    """Without the group around all of it, if there is one, and the anchors around that."""
    anchored = _ANCHORED.fullmatch(pattern)
    grouped = _GROUPED.fullmatch(anchored[1]) if anchored else None
    return grouped[1] if grouped else pattern


def spelt_out(condition: Condition) -> Sequence[str]:
    """A few values that a condition spells out."""
    operator, value = condition
    if operator in ("=", "!="):
        return (value,)
    tree = read_pattern(value)
    return samples(tree) if tree is not None else ()


@lru_cache(maxsize=2048)
def never_meet(conditions: tuple[Condition, ...]) -> bool:
    """Whether surely no value of a label meets all conditions."""
    listed = next((values for values in map(listed_values, conditions) if values is not None), None)
    if listed is not None:
        return not any(all(meets(one, value) for one in conditions) for value in listed)
    asked = [value for operator, value in conditions if operator == "=~"]
    ruled_out = {text for one in conditions if one[0] == "!~" for text in _alternatives(one)}
    if any(ruled_out.issuperset(_alternatives(("=~", value))) for value in asked):
        return True
    words = [found for found in map(_words_of, asked) if found is not None]
    return any(
        not any(_have_common(one, other) for one in left for other in right)
        for index, left in enumerate(words)
        for right in words[index + 1 :]
    )


def listed_values(condition: Condition) -> tuple[str, ...] | None:
    """The only values that meet a condition, where the condition spells them out."""
    operator, value = condition
    if operator == "=":
        return (value,)
    return values_of(value) if operator == "=~" else None


def values_of(pattern: str) -> tuple[str, ...] | None:
    r"""The only values that a pattern matches, where it lists them, as in `(a|b\.c)`; else None."""
    anchored = _ANCHORED.fullmatch(pattern)
    inner = _without_group(anchored[1] if anchored else pattern)
    if not _PLAIN.fullmatch(inner):
        return None
    return tuple(_ESCAPED.sub(r"\1", text) for text in inner.split("|"))


@lru_cache(maxsize=1024)
def _words_of(pattern: str) -> tuple[Word, ...] | None:
    """What a pattern matches, place by place; None if its length has no bound or there is too much of it."""
    tree = read_pattern(pattern)
    return _words(tree) if tree is not None else None


def _words(node: Pattern) -> tuple[Word, ...] | None:
    found: tuple[Word, ...] | None = None
    match node:
        case Chars(ranges, fold):
            found = None if fold else ((ranges,),)
        case Anchor():
            # It takes no character, and what it rules out may stay in: more words overlap more.
            found = ((),)
        case Group(inner):
            found = _words(inner)
        case Either(nodes):
            parts = [_words(one) for one in nodes]
            known = [part for part in parts if part is not None]
            found = tuple(word for part in known for word in part) if len(known) == len(parts) else None
        case Several(nodes):
            found = _in_a_row(nodes)
        case Repeated(inner, least, most) if most is not None and most <= _LONGEST_WORD:
            counts = [_in_a_row((inner,) * count) for count in range(least, most + 1)]
            known = [part for part in counts if part is not None]
            found = tuple(word for part in known for word in part) if len(known) == len(counts) else None
        case _:
            found = None
    return found if found is not None and len(found) <= _MOST_WORDS else None


def _in_a_row(nodes: Sequence[Pattern]) -> tuple[Word, ...] | None:
    found: tuple[Word, ...] = ((),)
    for node in nodes:
        more = _words(node)
        if more is None or len(found) * len(more) > _MOST_WORDS:
            return None
        found = tuple(one + other for one in found for other in more)
    return found


def _have_common(left: Word, right: Word) -> bool:
    return len(left) == len(right) and all(map(_overlap, left, right))


def _overlap(left: Ranges, right: Ranges) -> bool:
    return any(low <= top and bottom <= high for low, high in left for bottom, top in right)
