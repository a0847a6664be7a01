"""What promtool says about a scenario, in terms of its checks.

promtool's text is made for people and differs between versions, so it is read leniently: what is not
understood is kept as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from slogen import durations
from slogen.proofs import AlertCheck, Check, Fired, Scenario, ValueCheck
from slogen.testtext import firing, selector
from slogen.units import Labels, Millis

_START = re.compile(r"^\s*(?:name|alertname|expr|rule): ")
_NAME = re.compile(r"^\s*name: .*$")
_ALERT = re.compile(r"^\s*alertname: (?P<alert>.*), time: (?P<at>[^\s,]+),?\s*$", re.MULTILINE)
_QUERY = re.compile(
    r'^\s*expr: (?P<expr>"(?:[^"\\]|\\.)*"), time: (?P<at>[^\s,]+),\s*(?:err: (?P<error>.*))?', re.DOTALL
)
_RULE = re.compile(r"^\s*rule: (?P<rule>.*?), time: (?P<at>[^\s,]+), err: (?P<error>.*)", re.DOTALL)
_GOT = re.compile(r"^\s*got:\s*", re.MULTILINE)
_LABELS = re.compile(r"^\s*Labels:\s*\{(.*)\},?\s*$", re.MULTILINE)
_ANNOTATIONS = re.compile(r"^\s*Annotations:\s*\{(.*)\},?\s*$", re.MULTILINE)
_PAIR = re.compile(r'("(?:[^"\\]|\\.)*"|[^\s,="{}]+)="((?:[^"\\]|\\.)*)"')
_SAMPLE = re.compile(r'(\{(?:"(?:[^"\\]|\\.)*"|[^"{}])*\}) ([^\s,]+)')
_ESCAPE = re.compile(r'\\(?:([abfnrtv\\"])|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))')
_PLAIN = dict(zip('abfnrtv\\"', '\a\b\f\n\r\t\v\\"', strict=True))
# So much of a long line is shown around what differs.
_CONTEXT = 24
_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Failure:
    """What went otherwise than a scenario says.

    `says` tells it in a line; `details` are further lines. `check` is what was expected, `about` are the
    alerts that differ from it, `rule` is the name of a rule that could not be evaluated; all are missing
    where promtool's words were not understood, and then they are the details.
    """

    says: str
    details: tuple[str, ...] = ()
    check: Check | None = None
    rule: str = ""
    about: tuple[Fired, ...] = ()


def failures(text: str, scenario: Scenario) -> tuple[Failure, ...]:
    """What promtool's words about one scenario mean; never empty."""
    found = tuple(_failure(message, scenario) for message in _messages(text))
    return found or (Failure("promtool says that it failed, and not why"),)


def _messages(text: str) -> Iterator[str]:
    """The text apart, one message per check; the lines that only name the scenario are left out."""
    lines: list[str] = []
    for line in text.split("\n"):
        if _START.match(line) and any(map(str.strip, lines)):
            yield "\n".join(lines)
            lines = []
        if not _NAME.match(line):
            lines.append(line)
    if any(map(str.strip, lines)):
        yield "\n".join(lines)


def _failure(message: str, scenario: Scenario) -> Failure:
    for read in (_of_alert, _of_query, _of_rule):
        failure = read(message, scenario)
        if failure is not None:
            return failure
    return Failure("promtool says:", tuple(_INDENT.sub("", message).strip("\n").split("\n")))


# alerts -----------------------------------------------------------------------------------------------


def _of_alert(message: str, scenario: Scenario) -> Failure | None:
    match = _ALERT.search(message)
    at = _millis(match["at"]) if match else None
    parts = _GOT.split(message, maxsplit=1)
    if match is None or at is None or len(parts) != 2:
        return None
    stated, got = map(_alerts, parts)
    candidates = [
        check
        for check in scenario.checks
        if isinstance(check, AlertCheck) and check.at == at and check.alert == match["alert"]
    ]
    if not candidates:
        return None
    check = next((check for check in candidates if _agree(check.expected, stated)), candidates[0])
    return _difference(at, check, got)


def _alerts(text: str) -> tuple[Fired, ...]:
    """The alerts that promtool lists."""
    annotations = [_pairs(found) for found in _ANNOTATIONS.findall(text)]
    labels = [_pairs(found) for found in _LABELS.findall(text)]
    padded = [*annotations, *({} for _ in labels)]
    return tuple(
        Fired({name: value for name, value in own.items() if name != "alertname"}, notes)
        for own, notes in zip(labels, padded, strict=False)
    )


def _agree(expected: Sequence[Fired], got: Sequence[Fired]) -> bool:
    return sorted(map(_identity, expected)) == sorted(map(_identity, got)) and all(
        any(_same(fired, other) for other in got) for fired in expected
    )


def _same(expected: Fired, got: Fired) -> bool:
    return _identity(expected) == _identity(got) and expected.annotations in (None, got.annotations)


def _identity(fired: Fired) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, value) for name, value in fired.labels.items() if value))


def _difference(at: Millis, check: AlertCheck, got: Sequence[Fired]) -> Failure:
    """What is wrong with the alerts of a name, in a line and its details."""
    missing = _without(check.expected, got)
    extra = _without(got, check.expected)
    about = (*missing, *extra)
    if missing and not got:
        says = "must fire, and is silent"
        details = [f"expected: {_shown(fired)}" for fired in missing]
    elif extra and not check.expected:
        says = "must be silent, and fires"
        details = [f"got: {_shown(fired)}" for fired in extra]
    elif len(missing) == len(extra) == 1:
        says = "fires with other labels"
        details = list(_changes(missing[0].labels, extra[0].labels))
    elif about:
        says = "must fire for other series" if missing else "fires for more than it must"
        apart = _telling(*check.expected, *got)
        details = [
            *(f"expected, and silent: {_shown(fired, apart)}" for fired in missing),
            *(f"not expected, and fires: {_shown(fired, apart)}" for fired in extra),
        ]
    else:
        pairs = [pair for pair in _pairs_of(check.expected, got) if not _same(*pair)]
        says = "fires with another text"
        about = tuple(fired for fired, _ in pairs)
        details = [
            line for one, two in pairs for line in _changes(one.annotations or {}, two.annotations or {})
        ]
    return Failure(f"at {durations.render(at)}: `{check.alert}` {says}", tuple(details), check, about=about)


def _without(alerts: Sequence[Fired], others: Sequence[Fired]) -> list[Fired]:
    """The alerts that no other has the labels of."""
    known = set(map(_identity, others))
    return [fired for fired in alerts if _identity(fired) not in known]


def _pairs_of(expected: Sequence[Fired], got: Sequence[Fired]) -> list[tuple[Fired, Fired]]:
    """The alerts with the same labels; in order, where there are several."""
    return list(zip(sorted(expected, key=_identity), sorted(got, key=_identity), strict=False))


def _changes(expected: Labels, got: Labels) -> Iterator[str]:
    for name in sorted({*expected, *got}):
        want, have = expected.get(name), got.get(name)
        if want is None:
            yield f"`{name}` is not expected: {have}"
        elif have is None:
            yield f"`{name}` is missing; expected: {want}"
        elif want != have:
            yield from _changed_lines(name, want.split("\n"), have.split("\n"))


def _changed_lines(name: str, expected: Sequence[str], got: Sequence[str]) -> Iterator[str]:
    """How a text differs, line by line; of long lines the part that differs."""
    for number, (want, have) in enumerate(zip_longest(expected, got, fillvalue=""), 1):
        if want == have:
            continue
        head = f"`{name}`" if max(len(expected), len(got)) == 1 else f"`{name}`, line {number},"
        start = max(0, _common(want, have) - _CONTEXT)
        stop = max(0, _common(want[:start:-1], have[:start:-1]) - _CONTEXT)
        yield f"{head} is: {_part(have, start, stop)}"
        yield f"{' ' * (len(head) - 1)} not: {_part(want, start, stop)}"


def _common(one: str, two: str) -> int:
    """How many characters are the same at the start."""
    most = min(len(one), len(two))
    return next((i for i in range(most) if one[i] != two[i]), most)


def _part(text: str, start: int, stop: int) -> str:
    """A text without so many characters at its start and at its end."""
    return f"{'...' if start else ''}{text[start : len(text) - stop]}{'...' if stop else ''}"


def _telling(*alerts: Fired) -> frozenset[str]:
    """The labels that not all alerts have the same value of."""
    names = {name for fired in alerts for name in fired.labels}
    return frozenset(name for name in names if len({fired.labels.get(name) for fired in alerts}) > 1)


def _shown(fired: Fired, apart: frozenset[str] = frozenset()) -> str:
    """The labels of an alert; only those that tell it apart, if these are named."""
    chosen = {name: value for name, value in fired.labels.items() if name in apart or not apart}
    labels = ", ".join(f'{name}="{value}"' for name, value in sorted(chosen.items()))
    return f"{{{labels}}}"


# queries ----------------------------------------------------------------------------------------------


def _of_query(message: str, scenario: Scenario) -> Failure | None:
    match = _QUERY.search(message)
    at = _millis(match["at"]) if match else None
    if match is None or at is None:
        return None
    expr = _unquoted(match["expr"][1:-1])
    check = next((check for check in scenario.checks if check.at == at and _asks(check, expr)), None)
    if check is None:
        return None
    if match["error"] is not None:
        return Failure(
            f"at {durations.render(at)}: this cannot be evaluated: {match['error'].strip()}", (expr,), check
        )
    parts = _GOT.split(message, maxsplit=1)
    got = parts[1].strip() if len(parts) == 2 else ""
    if isinstance(check, AlertCheck):
        return _difference(at, check, _alert_series(got))
    return Failure(
        f"at {durations.render(at)}: a query has another result",
        (
            *(f"query: {line}" if i == 0 else f"       {line}" for i, line in enumerate(expr.split("\n"))),
            f"expected: {_expected(check)}",
            f"got: {_samples(got)}",
        ),
        check,
    )


def _asks(check: Check, expr: str) -> bool:
    """Whether it is this check's query."""
    asked = check.expr if isinstance(check, ValueCheck) else _series(check)
    return " ".join(asked.split()) == " ".join(expr.split())


def _series(check: AlertCheck) -> str:
    """The query for the alerts, where it is one; empty where promtool compares the alerts themselves."""
    if check.among or any(fired.annotations is None for fired in check.expected):
        return firing(check.alert, check.among)
    return ""


def _alert_series(text: str) -> tuple[Fired, ...]:
    """The alerts in the series `ALERTS`, as promtool lists samples."""
    own = {"__name__", "alertname", "alertstate"}
    found = (_pairs(labels) for labels, _ in _SAMPLE.findall(text))
    return tuple(
        Fired({name: value for name, value in labels.items() if name not in own}) for labels in found
    )


def _expected(check: ValueCheck) -> str:
    samples = (
        f"{selector(series) if series.name else _shown(Fired(series.labels))} {value:.12g}"
        for series, value in check.expected
    )
    return "; ".join(samples) or "nothing"


def _samples(text: str) -> str:
    """A list of samples, in fewer words: promtool writes the number one as `1E+00`."""
    if text in ("nil", ""):
        return "nothing"
    found = [(_pairs(labels), value) for labels, value in _SAMPLE.findall(text)]
    named = ((labels.pop("__name__", ""), labels, _number(value)) for labels, value in found)
    return "; ".join(f"{name}{_shown(Fired(labels))} {value}" for name, labels, value in named) or text


def _number(text: str) -> str:
    try:
        return f"{float(text):.12g}"
    except ValueError:
        return text


# rules ------------------------------------------------------------------------------------------------


def _of_rule(message: str, _: Scenario) -> Failure | None:
    match = _RULE.search(message)
    if match is None:
        return None
    error = " ".join(match["error"].split())
    return Failure(
        f"the rule `{match['rule']}` cannot be evaluated at {_time(match['at'])}: {error}", rule=match["rule"]
    )


# texts ------------------------------------------------------------------------------------------------


def _time(text: str) -> str:
    at = _millis(text)
    return text if at is None else durations.render(at)


def _millis(text: str) -> Millis | None:
    """The length of a duration as promtool prints it: in Prometheus' way or in Go's."""
    try:
        return durations.parse(text)
    except ValueError:
        return None


def _pairs(text: str) -> dict[str, str]:
    """Labels as promtool prints them, without empty ones, which are none."""
    return {_unquoted(name.strip('"')): _unquoted(value) for name, value in _PAIR.findall(text) if value}


def _unquoted(text: str) -> str:
    """The value of what Go quotes; an escape that Python cannot tell stays."""
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(match: re.Match[str]) -> str:
    plain, byte, short, long = match.groups()
    if plain:
        return _PLAIN[plain]
    point = int(byte or short or long, 16)
    return chr(point) if point <= 0x10FFFF else match[0]
