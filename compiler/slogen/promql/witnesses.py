"""Values that tell matchers apart: what a label may look like, for each way in which matchers see it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from slogen.promql.matchers import METRIC_NAME, Matcher
from slogen.promql.patterns import matches, read_pattern, samples
from slogen.promql.selectors import Selector
from slogen.synthetic import Series

Condition = tuple[str, str]
"""The operator and the value of a matcher."""

_VARIANTS = 4
_MOST_CANDIDATES = 400


def satisfies(matcher: Matcher, value: str) -> bool:
    """Whether a matcher takes a value; the empty one stands for a label that is not there."""
    return meets((matcher.op, matcher.value), value)


def meets(condition: Condition, value: str) -> bool:
    """As `satisfies`, of the operator and the value of a matcher."""
    operator, wanted = condition
    if operator == "=":
        return value == wanted
    if operator == "!=":
        return value != wanted
    return matches(wanted, value) == (operator == "=~")


def witnesses(matchers: Sequence[Matcher]) -> tuple[str, ...]:
    """Values of one label, one for each combination of matchers that take it and matchers that do not.

    The matchers are all on that label and may come from several selectors. The most natural value comes
    first; the empty one, that is a missing label, is among them only where no other value does. Combinations
    are found by construction from the matchers' values, so an odd one may be missing.
    """
    if not matchers:
        return ()
    return witnesses_of(matchers[0].name, tuple((matcher.op, matcher.value) for matcher in matchers))


@lru_cache(maxsize=4096)
def witnesses_of(label: str, conditions: tuple[Condition, ...]) -> tuple[str, ...]:
    """As `witnesses`, of the operators and the values of matchers."""
    conditions = tuple(dict.fromkeys(conditions))
    found: dict[tuple[bool, ...], str] = {}
    for value in candidates(label, conditions):
        found.setdefault(tuple(meets(condition, value) for condition in conditions), value)
        if len(found) == 1 << len(conditions):
            break
    return tuple(found.values())


def candidates(label: str, conditions: tuple[Condition, ...]) -> Iterator[str]:
    """Values worth a try, the most natural first, each once; the empty one is the last."""
    seen: set[str] = {""}
    for value in _raw_candidates(label, conditions):
        if value in seen or (label == METRIC_NAME and not _METRIC.fullmatch(value)):
            continue
        seen.add(value)
        yield value
        if len(seen) > _MOST_CANDIDATES:
            break
    if label != METRIC_NAME:
        yield ""


_METRIC = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")


def _raw_candidates(label: str, conditions: tuple[Condition, ...]) -> Iterator[str]:
    yield from (value for operator, value in conditions if operator == "=")
    vocabulary = vocabulary_of(label, conditions)
    # A value that the author wrote is more natural than one of the vocabulary, unless it is a pattern.
    words = [value for condition in conditions if condition[0] != "=" for value in _written(condition)]
    yield from vocabulary
    yield from words
    trees = [read_pattern(value) for operator, value in conditions if operator in ("=~", "!~")]
    patterns = [tree for tree in trees if tree is not None]
    yield from (text for pattern in patterns for text in samples(pattern))
    yield from ("other", "another", "a", "0", "other-1", "/", "other/other", "other.other", "OTHER")
    for variant in range(1, _VARIANTS):
        yield from (text for pattern in patterns for text in samples(pattern, variant))
    for variant in range(_VARIANTS):
        for text in (text for pattern in patterns for text in samples(pattern, variant)[:4]):
            yield from (f"{text}a", f"{text}0", f"a{text}", text[:-1], text.upper(), text.lower())
    for operator, value in conditions:
        if operator in ("=", "!="):
            yield from (f"{value}a", f"a{value}", value.upper(), value.lower())


def _written(condition: Condition) -> Sequence[str]:
    """What the author wrote: a value, or an alternative in which no character but a point is special."""
    operator, value = condition
    if operator == "!=":
        return (value,)
    alternatives = re.sub(r"^\((?:\?:)?([^()]*)\)$", r"\1", value).split("|")
    return [text.replace("\\", "") for text in alternatives if _NEARLY_PLAIN.fullmatch(text)]


# As in a version or a host name, a point between word characters is hardly meant to be any character.
_NEARLY_PLAIN = re.compile(r"[\w/:@%=, -]+(?:(?:\\?\.|\\[-/])[\w/:@%=, -]+)*")


def selects(selector: Selector, series: Series) -> bool:
    """Whether a selector selects a series."""
    if selector.name and selector.name != series.name:
        return False
    return all(
        satisfies(
            matcher, series.name if matcher.name == METRIC_NAME else series.labels.get(matcher.name, "")
        )
        for matcher in selector.matchers
    )


# what values look like --------------------------------------------------------------------------------

_HTTP = ("200", "500", "404", "400", "503", "302", "429", "201", "502", "403", "401", "504", "501", "100")
_HTTP_CLASSES = ("2xx", "5xx", "4xx", "3xx", "1xx")
_GRPC = (
    *("OK", "Internal", "Unavailable", "Unknown", "DeadlineExceeded", "NotFound", "InvalidArgument"),
    *("Canceled", "Unimplemented", "ResourceExhausted", "PermissionDenied", "Unauthenticated", "Aborted"),
    *("DataLoss", "AlreadyExists", "FailedPrecondition", "OutOfRange"),
)
_METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS")
_OPPOSITES = (
    ("success", "error"),
    ("success", "failure"),
    ("succeeded", "failed"),
    ("successful", "failed"),
    ("ok", "error"),
    ("ok", "fail"),
    ("true", "false"),
    ("yes", "no"),
    ("pass", "fail"),
    ("passed", "failed"),
    ("completed", "failed"),
    ("accepted", "rejected"),
    ("up", "down"),
    ("hit", "miss"),
    ("1", "0"),
)
_HTTP_LABEL = re.compile(
    r"(?:http_?)?(?:response_?)?(?:status_?)?code|status|(?:http_?)?(?:response_?)?status"
)
_GRPC_LABEL = re.compile(r"grpc_\w*(?:code|status)|rpc_grpc_status_code")
_METHOD_LABEL = re.compile(r"(?:http_|request_)*(?:method|verb)")
_OUTCOME_LABEL = re.compile(r"result|outcome|conclusion|success|status_text")
_LOOKS_HTTP = re.compile(r"[1-5][0-9]{2}")


@lru_cache(maxsize=1024)
def vocabulary_of(label: str, conditions: tuple[Condition, ...]) -> tuple[str, ...]:
    """Values that a label has by convention, what goes well before what does not.

    What the matchers ask for decides which convention that is, else the name of the label.
    """
    words = [word for condition in conditions for word in _words(condition)]
    if any(word in _GRPC for word in words):
        return _GRPC
    if any(word in _GRPC_SPELLINGS for word in words) and _GRPC_LABEL.fullmatch(label.lower()):
        return tuple(map(_shouted, _GRPC))
    if any(word in _HTTP_CLASSES for word in words):
        return _HTTP_CLASSES
    pair = next((pair for word in words for pair in _OPPOSITES if word.lower() in pair), None)
    named = label.lower()
    if pair and pair != _OPPOSITES[-1]:
        style = next(word for word in words if word.lower() in pair)
        return tuple(_in_style(word, style) for word in pair)
    if _GRPC_LABEL.fullmatch(named):
        return _GRPC if not any(word.isdigit() for word in words) else ("0", "13", "14", "2", "5", "1")
    if _HTTP_LABEL.fullmatch(named):
        is_http = not words or any(_LOOKS_HTTP.fullmatch(word) for word in words)
        return _HTTP if is_http else ()
    if any(_LOOKS_HTTP.fullmatch(word) for word in words) and re.search("code|status", named):
        return _HTTP
    if _METHOD_LABEL.fullmatch(named):
        return _METHODS
    if _OUTCOME_LABEL.fullmatch(named):
        return ("success", "error")
    return ()


def _words(condition: Condition) -> Sequence[str]:
    operator, value = condition
    if operator in ("=", "!="):
        return (value,) if value else ()
    tree = read_pattern(value)
    return [text for text in samples(tree) if text] if tree is not None else ()


def _shouted(word: str) -> str:
    return word if word == "OK" else re.sub(r"(?<=[a-z])(?=[A-Z])", "_", word).upper()


_GRPC_SPELLINGS = frozenset(map(_shouted, _GRPC))


def _in_style(word: str, style: str) -> str:
    if style.isupper():
        return word.upper()
    return word.capitalize() if style[:1].isupper() else word
