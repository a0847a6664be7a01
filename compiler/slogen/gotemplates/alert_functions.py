"""The functions that Prometheus adds to Go's in the templates of alerts.

Source: Prometheus, template/template.go and util/strutil, 2.42 to 3.x. What differs between these versions
is Unfit, unless the text does not.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from math import isfinite
from typing import Final

from slogen import durations
from slogen.gotemplates import regexps
from slogen.gotemplates.functions import FUNCTIONS as OF_GO
from slogen.gotemplates.functions import Signature, sample
from slogen.gotemplates.moments import NUMBERS, date, laid_out, shown
from slogen.gotemplates.printf import formatted
from slogen.gotemplates.problem import quoted
from slogen.gotemplates.tree import Anything, Html, Moment, Record, Samples, Value
from slogen.gotemplates.values import Unfit, in_bytes, kind, not_finite

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", re.ASCII)
_INFINITE = re.compile(r"([+-]?)inf(?:inity)?|nan", re.IGNORECASE)
_GREATEST = 2**63
_LARGE = ("k", "M", "G", "T", "P", "E", "Z", "Y")
_BINARY = ("ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi")
_SMALL = ("m", "u", "n", "p", "f", "a", "z", "y")
_HOST = re.compile(r"(?:\[([^\[\]]*)\]|([^:\[\]]*)):([^:\[\]]*)", re.DOTALL)


def number(value: Value) -> float:
    """A value as a number, as all that humanise do. Raises Unfit."""
    if isinstance(value, str) and not isinstance(value, Html):
        return _parsed(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    raise Unfit(f"{kind(value)} is no number", "give it `$value`, or the value of a sample")


def _parsed(text: str) -> float:
    if _NUMBER.fullmatch(text):
        found = float(text)
        if isfinite(found):
            return found
    infinite = _INFINITE.fullmatch(text)
    if infinite is None:
        raise Unfit(f"the text {quoted(text)} is no number", "give it `$value`, or the value of a sample")
    return float("nan") if text.lower() == "nan" else float(f"{infinite[1]}inf")


def short(value: float) -> str:
    """A number with four digits: `%.4g`."""
    return format(value, ".4g") if isfinite(value) else not_finite(value)


def _scaled(value: float, factors: float, units: tuple[str, ...]) -> str:
    unit = ""
    for larger in units:
        if abs(value) < factors:
            break
        unit = larger
        value /= factors
    return f"{short(value)}{unit}"


def _shrunk(value: float) -> str:
    unit = ""
    for smaller in _SMALL:
        if abs(value) >= 1:
            break
        unit = smaller
        value *= 1000
    return f"{short(value)}{unit}"


def _humanize(value: Value) -> str:
    found = number(value)
    if found == 0 or not isfinite(found):
        return short(found)
    return _scaled(found, 1000, _LARGE) if abs(found) >= 1 else _shrunk(found)


def _humanize1024(value: Value) -> str:
    found = number(value)
    return _scaled(found, 1024, _BINARY) if abs(found) > 1 and isfinite(found) else short(found)


def _humanize_duration(value: Value) -> str:
    found = number(value)
    if not isfinite(found):
        return short(found)
    if found == 0:
        return f"{short(found)}s"
    if abs(found) < 1:
        return f"{_shrunk(found)}s"
    if abs(found) >= _GREATEST:
        raise Unfit("this duration is longer than Prometheus can count", "")
    sign, whole = "-" if found < 0 else "", int(abs(found))
    minutes, seconds = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{sign}{days}d {hours}h {minutes}m {seconds}s"
    if hours:
        return f"{sign}{hours}h {minutes}m {seconds}s"
    if minutes:
        return f"{sign}{minutes}m {seconds}s"
    return f"{sign}{short(abs(found))}s"


def _humanize_percentage(value: Value) -> str:
    return f"{short(number(value) * 100)}%"


def _moment(value: float) -> Moment:
    nanoseconds = value * 1e9
    if not -_GREATEST < nanoseconds < _GREATEST:
        raise Unfit("this time is further away than Prometheus can count", "")
    # Both divisions of Go cut towards zero.
    milliseconds = abs(int(nanoseconds)) // 1_000_000
    return Moment(milliseconds if nanoseconds >= 0 else -milliseconds)


def _humanize_timestamp(value: Value) -> Value:
    found = number(value)
    return shown(_moment(found)) if isfinite(found) else short(found)


def _to_time(value: Value) -> Moment:
    found = number(value)
    if not isfinite(found):
        raise Unfit(f"{not_finite(found)} is no time", "")
    return _moment(found)


# texts ------------------------------------------------------------------------------------------------


def _text(value: Value) -> str:
    if isinstance(value, str) and not isinstance(value, Html):
        return value
    raise Unfit(f"{kind(value)} stands where a text is needed", 'write `(printf "%v" …)` to make one of it')


def _title(value: Value) -> str:
    """The first letters of words in upper case. What a word is changed with Prometheus 3."""
    text = _text(value)
    if not text.isascii():
        raise Unfit("`title` of letters beyond ASCII differs between versions of Prometheus", "")
    return _WORD.sub(_titled, text)


_WORD = re.compile(r"[0-9A-Za-z_]+(?:(?P<joint>['.:])[0-9A-Za-z_]+)*")
_JOINED = re.compile(r"['.:][a-z]")


def _titled(match: re.Match[str]) -> str:
    """A word, or several that one version takes for one and the other for many."""
    word = match[0]
    first = word.lstrip("0123456789_'.:")[:1]
    if (word[0] != first and first.islower()) or _JOINED.search(word):
        raise Unfit(f"`title` of {quoted(word)} differs between versions of Prometheus", "")
    return word[0].upper() + word[1:]


def _upper(value: Value) -> str:
    return _cased(value).upper()


def _lower(value: Value) -> str:
    return _cased(value).lower()


def _cased(value: Value) -> str:
    """A text each character of which has one of the other case: Go changes each by itself."""
    text = _text(value)
    if text.isascii() or all(len(c.upper()) == len(c.lower()) == 1 and c != "Σ" for c in text):
        return text
    raise Unfit("this text changes its length with the case of its letters", "")


def _match(pattern: Value, text: Value) -> bool:
    return regexps.matches(_text(pattern), _text(text))


def _replace(pattern: Value, replacement: Value, text: Value) -> str:
    return regexps.replaced(_text(pattern), _text(replacement), _text(text))


def _strip_port(value: Value) -> str:
    text = _text(value)
    host, port = _split(text)
    return text if port is None else host


def _strip_domain(value: Value) -> str:
    text = _text(value)
    host, port = _split(text)
    if _is_address(host):
        return text
    host = host.split(".")[0]
    if not port:
        return host
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _split(text: str) -> tuple[str, str | None]:
    """Host and port; the whole text, and None, where there is no port."""
    match = _HOST.fullmatch(text)
    if match is None:
        return text, None
    return match[2] if match[1] is None else match[1], match[3]


def _is_address(host: str) -> bool:
    from ipaddress import ip_address  # noqa: PLC0415 - hardly ever needed

    if "%" in host:
        raise Unfit("addresses with a zone differ between versions of Prometheus", "")
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _escaped(value: Value) -> str:
    from urllib.parse import quote_plus  # noqa: PLC0415 - it takes time to load, and is hardly ever needed

    return quote_plus(in_bytes(_text(value)))


def _graph_link(value: Value) -> str:
    return f"/graph?g0.expr={_escaped(value)}&g0.tab=0"


def _table_link(value: Value) -> str:
    return f"/graph?g0.expr={_escaped(value)}&g0.tab=1"


def _parse_duration(value: Value) -> float:
    text = _text(value)
    if text == "0":
        return 0.0
    try:
        return durations.parse(text) / 1000
    except durations.DurationError:
        raise Unfit(f"{quoted(text)} is no duration", "write one such as `1h30m`") from None


def _safe_html(value: Value) -> Html:
    return Html(_text(value))


# samples ----------------------------------------------------------------------------------------------


def _first(value: Value) -> Record:
    samples = _samples(value)
    if not samples.items:
        raise Unfit("`first` is called on a query without a result", "ask with `with` whether there is one")
    return sample(samples, 0)


def _samples(value: Value) -> Samples:
    if isinstance(value, Samples):
        return value
    raise Unfit(f"{kind(value)} stands where the result of a query is needed", "write `query` before it")


def _sample(value: Value) -> Record:
    if isinstance(value, Record) and value.is_pointer:
        return value
    raise Unfit(f"{kind(value)} stands where a sample is needed", "write `first` before it")


def _labels(value: Value) -> dict[str, Value]:
    labels = _sample(value).fields["Labels"]
    assert isinstance(labels, dict)
    return labels


def _label(name: Value, value: Value) -> Value:
    return _labels(value).get(_text(name), "")


def _value(value: Value) -> Value:
    return _sample(value).fields["Value"]


def _text_value(value: Value) -> Value:
    return _labels(value).get("__value__", "")


def _sort_by_label(name: Value, value: Value) -> Samples:
    label, samples = _text(name), _samples(value)
    keys = [in_bytes(str(_labels(item).get(label, ""))) for item in samples.items]
    items = [samples.items[i] for i in sorted(range(len(keys)), key=keys.__getitem__)]
    return Samples(tuple(items), samples.is_ordered or len(set(keys)) == len(keys))


# what belongs to no type ------------------------------------------------------------------------------


def _args(*values: Value) -> Anything:
    return Anything({f"arg{i}": value for i, value in enumerate(values)})


def _printf(form: Value, *values: Value) -> str:
    return formatted(_text(form), values, complaining=True)


def _unknown(*_: Value) -> Value:
    raise Unfit("it depends on the server or on the version of Prometheus", "")


_OF_PROMETHEUS: Final = {
    "args": Signature(_args, 0, None),
    "externalURL": Signature(_unknown, 0, 0),
    "first": Signature(_first, 1, 1),
    "graphLink": Signature(_graph_link, 1, 1),
    "humanize": Signature(_humanize, 1, 1),
    "humanize1024": Signature(_humanize1024, 1, 1),
    "humanizeDuration": Signature(_humanize_duration, 1, 1),
    "humanizePercentage": Signature(_humanize_percentage, 1, 1),
    "humanizeTimestamp": Signature(_humanize_timestamp, 1, 1),
    "label": Signature(_label, 2, 2),
    "match": Signature(_match, 2, 2),
    "now": Signature(_unknown, 0, 0),
    "parseDuration": Signature(_parse_duration, 1, 1),
    "pathPrefix": Signature(_unknown, 0, 0),
    "printf": Signature(_printf, 1, None),
    "reReplaceAll": Signature(_replace, 3, 3),
    "safeHtml": Signature(_safe_html, 1, 1),
    "sortByLabel": Signature(_sort_by_label, 2, 2),
    "stripDomain": Signature(_strip_domain, 1, 1),
    "stripPort": Signature(_strip_port, 1, 1),
    "strvalue": Signature(_text_value, 1, 1),
    "tableLink": Signature(_table_link, 1, 1),
    "title": Signature(_title, 1, 1),
    "toDuration": Signature(_unknown, 1, 1),
    "toLower": Signature(_lower, 1, 1),
    "toTime": Signature(_to_time, 1, 1),
    "toUpper": Signature(_upper, 1, 1),
    "urlQueryEscape": Signature(_escaped, 1, 1),
    "value": Signature(_value, 1, 1),
}


def functions(query: Callable[[str], Samples]) -> dict[str, Signature]:
    """All functions of an alert's templates; `query` runs PromQL."""
    return {**OF_GO, **_OF_PROMETHEUS, "query": Signature(lambda text: query(_text(text)), 1, 1)}


def member(value: Value, name: str, arguments: tuple[Value, ...]) -> Value:
    """A field of a value, or what its method gives. Raises Unfit."""
    if isinstance(value, Moment):
        return _of_time(value, name, arguments)
    if arguments:
        raise Unfit(f"{kind(value)} has no method {quoted(name)}", "")
    if isinstance(value, dict):
        return value.get(name, None if isinstance(value, Anything) else "")
    if isinstance(value, Record) and name in value.fields:
        return value.fields[name]
    raise Unfit(f"{kind(value)} has no field {quoted(name)}", f"delete `.{name}`")


def _of_time(value: Moment, name: str, arguments: tuple[Value, ...]) -> Value:
    if name == "Format" and len(arguments) == 1:
        return laid_out(value, _text(arguments[0]))
    if name in NUMBERS and not arguments:
        return NUMBERS[name](date(value))
    if name == "Unix" and not arguments:
        return value.milliseconds // 1000
    raise Unfit(f"a time's {quoted(name)} is beyond what can be foretold", "")
