"""The texts of alerts as Prometheus expands them, where they can be foretold.

A text is foretold section by section: most of them say the same for many SLOs. The usual question, for the
first value of a query such as the error budget left, is answered here; all others by the evaluator.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final

from slogen.gotemplates.alert_text import Unrenderable, rendered
from slogen.gotemplates.printf import formatted
from slogen.gotemplates.sections import sections
from slogen.gotemplates.values import Unfit
from slogen.synthetic import Series
from slogen.units import Labels

if TYPE_CHECKING:  # the evaluator is rarely needed, and takes time to load
    from slogen.promql.evaluation import Storage

# How far a value may be off in its last digits, when it was computed in another way.
BLUR: Final = 1e-7

_DEPENDS: Final = re.compile(r"\bquery\b|\$value\b|\.Value\b")
_FIRST_VALUE: Final = re.compile(
    r"""\{\{[ ](?P<with>with[ ])?query[ ]
        (?: "(?P<query>[^"\\]*)"
          | \(printf[ ]"(?P<form>[^"\\]*)"(?P<arguments>(?:[ ]\$value|[ ]\$labels\.\w+)+)\) )
        (?(with)[ ]\}\}\{\{[ ]\.)
        [ ]\|[ ]first[ ]\|[ ]value[ ]\|[ ](?P<shown>humanize\w*)[ ]\}\}
        (?(with)\{\{[ ]else[ ]\}\}(?P<otherwise>[^{}]*)\{\{[ ]end[ ]\}\})""",
    re.VERBOSE,
)
_NUMBER = r"[0-9]+(?:\.[0-9]+)?(?:e[-+][0-9]+)?"
_STRING = r"""(?:'[^'\\]*'|"[^"\\]*")"""
_SCALED: Final = re.compile(
    r"(?P<clamp>clamp_min\()?"
    rf"(?P<name>\w[\w:]*)\{{(?P<matchers>\w+={_STRING}(?:,\w+={_STRING})*)\}}"
    r"(?(clamp), 0\))"
    rf"(?: \* (?P<factor>{_NUMBER}))?(?: / (?P<divisor>{_NUMBER}))?"
)
_QUOTIENT: Final = re.compile(rf"({_NUMBER}) / ({_NUMBER})")
_MATCHER: Final = re.compile(rf"(\w+)=({_STRING})")


class _Unusual(Exception):  # noqa: N818 - said of a question, not of a program
    """A query is none of those that are answered here."""


class Answers:
    """What the queries of texts give: from the values that series have at an instant.

    Of the series with a name in `unknown` nobody can foretell a value to the last digit.
    """

    def __init__(self, values: Mapping[Series, float], unknown: frozenset[str] = frozenset()) -> None:
        self._values: Final = values
        self._unknown: Final = unknown

    def __call__(self, query: str) -> Sequence[tuple[Labels, float]]:
        """The labels and the values of a result. Raises Unrenderable where that is unknown."""
        from slogen.promql.evaluation import Failed, Unknown, evaluate  # noqa: PLC0415 - rarely needed

        if any(name in query for name in self._unknown):
            raise Unrenderable("it asks for a value that versions of Prometheus see differently")
        try:
            result = evaluate(query, self._storage, 0)
        except (Unknown, Failed) as error:
            raise Unrenderable(str(error)) from error
        if isinstance(result, float):
            return [({}, result)]
        return [(dict(element), value) for element, value in result.items()]

    @cached_property
    def _storage(self) -> Storage:
        from slogen.promql.evaluation import Storage  # noqa: PLC0415 - rarely needed

        return Storage(
            ({"__name__": series.name, **series.labels}, ((0, value),))
            for series, value in self._values.items()
        )

    def first(self, query: str) -> float | None:
        """The only value of a result; None where there is none. Raises _Unusual."""
        quotient = _QUOTIENT.fullmatch(query)
        if quotient:
            return _divided(float(quotient[1]), float(quotient[2]))
        scaled = _SCALED.fullmatch(query)
        if scaled is None:
            raise _Unusual
        value = self._selected(scaled["name"], scaled["matchers"])
        if value is None:
            return None
        if scaled["clamp"]:
            value = max(value, 0.0)
        if scaled["factor"]:
            value *= float(scaled["factor"])
        return _divided(value, float(scaled["divisor"])) if scaled["divisor"] else value

    def _selected(self, name: str, matchers: str) -> float | None:
        if name in self._unknown:
            raise _Unusual
        wanted = [(label, quoted[1:-1]) for label, quoted in _MATCHER.findall(matchers)]
        found = [
            value
            for series, value in self._values.items()
            if series.name == name and all(series.labels.get(label, "") == text for label, text in wanted)
        ]
        if len(found) > 1:
            raise _Unusual
        return found[0] if found else None


class NoAnswers(Answers):
    """For texts that ask nothing: every query is without a result."""

    def __init__(self) -> None:
        super().__init__({})

    def __call__(self, query: str) -> Sequence[tuple[Labels, float]]:
        """Nothing."""
        return ()

    def first(self, query: str) -> float | None:
        """Nothing."""
        return None


def _divided(value: float, divisor: float) -> float:
    if not divisor:
        raise _Unusual
    return value / divisor


def foretold(template: str, labels: Labels, value: float | None, answers: Answers) -> str | None:
    """The text that a template comes to; None where the last digits of a value decide, or it is unknown."""
    texts: list[str] = []
    for section in sections(template):
        text = section if "{{" not in section else _section(section, labels, value, answers)
        if text is None:
            return None
        texts.append(text)
    return "".join(texts)


def _section(section: str, labels: Labels, value: float | None, answers: Answers) -> str | None:
    try:
        if not _DEPENDS.search(section):
            return rendered(section, labels, 0.0 if value is None else value, answers)
        if value is None:
            return None
        low = _blurred(section, labels, value, answers, 1 - BLUR)
        return low if low == _blurred(section, labels, value, answers, 1 + BLUR) else None
    except Unrenderable:
        return None


def _blurred(section: str, labels: Labels, value: float, answers: Answers, factor: float) -> str:
    """The text where all values are a little less or more."""
    asks = _FIRST_VALUE.fullmatch(section)
    if asks:
        try:
            found = answers.first(_asked(asks, labels, value * factor))
        except (_Unusual, Unfit):
            found = None
        else:
            if found is not None:
                return _shown(asks["shown"], found * factor)
            if asks["with"]:
                return asks["otherwise"]

    def answered(query: str) -> Sequence[tuple[Labels, float]]:
        return [(its, number * factor) for its, number in answers(query)]

    return rendered(section, labels, value * factor, answered)


def _asked(asks: re.Match[str], labels: Labels, value: float) -> str:
    if asks["form"] is None:
        return asks["query"]
    arguments = (name.removeprefix("$labels.") for name in asks["arguments"].split())
    values = (value if name == "$value" else labels.get(name, "") for name in arguments)
    return formatted(asks["form"], tuple(values), complaining=True)


@lru_cache(maxsize=4096)
def _shown(function: str, value: float) -> str:
    return rendered(f"{{{{ $value | {function} }}}}", {}, value, NoAnswers())
