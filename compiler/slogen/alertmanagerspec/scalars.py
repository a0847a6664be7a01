"""Values as Alertmanager reads them from YAML 1.1: what they are, or why it refuses them.

Functions here raise UnfitError for what is refused; its message goes on after the author's text in backticks.
"""

from __future__ import annotations

import ipaddress
import re
from decimal import Decimal
from urllib.parse import urlsplit

from slogen import durations
from slogen.source import Node
from slogen.units import Millis

_TRUE = frozenset(("y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE"))
_FALSE = frozenset(("n", "N", "no", "No", "NO", "off", "Off", "OFF", "false", "False", "FALSE"))
_SPAN = re.compile(r"[-+]?(?:0|(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h))+)", re.ASCII)
_ESCAPE = re.compile(r"%(?![0-9a-fA-F]{2})")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NOT_IN_HOST = re.compile(r"[\s{}|\\^`%]")


class UnfitError(ValueError):
    """A value that Alertmanager refuses: why, and what to write instead."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy


_LATER = re.compile(
    r"\$\{[^{}]+\}|\$\([A-Za-z_]\w*\)|\{\{.*\}\}"
    r"|\A(?:\$[A-Za-z_]\w*|__\w+__|%\w+%|@\w+@|[A-Z0-9]+(?:_[A-Z0-9]+)+|ENC\[.*\])\Z"
    r"|\A(?:ref\+|vault:|op://)",
    re.DOTALL,
)


def is_filled_in_later(node: Node) -> bool:
    """Whether a value is, or holds, what another program replaces before Alertmanager reads it."""
    return isinstance(node.value, str) and _LATER.search(node.value) is not None


def shown(node: Node) -> str:
    """What was written, without quotes, short enough for a message."""
    text_ = node.value if isinstance(node.value, str) else node.span.text
    line = text_.strip().partition("\n")[0]
    return line if len(line) <= 60 else f"{line[:57]}..."


def text(node: Node) -> str:
    """A text; numbers and truth values are texts as they are written, and nothing is the empty text."""
    if isinstance(node.value, str):
        return node.value
    if node.value is None:
        return ""
    if isinstance(node.value, (list, dict)):
        found = "a list" if isinstance(node.value, list) else "a mapping"
        raise UnfitError(f"is {found}, not a text", "write a text")
    return node.span.text.strip()


def flag(node: Node) -> bool | None:
    """True or false, in all spellings of YAML 1.1; None for nothing."""
    if node.value is None or isinstance(node.value, bool):
        return node.value
    if isinstance(node.value, str):
        if node.span.style == "plain" and node.value in _TRUE:
            return True
        if node.span.style == "plain" and node.value in _FALSE:
            return False
        _refuse_quoted(node, node.value in _TRUE | _FALSE)
    raise UnfitError("is neither `true` nor `false`", "write `true` or `false`, without quotes")


def _refuse_quoted(node: Node, would_be_right: bool) -> None:
    if would_be_right:
        raise UnfitError("is in quotes, and so a text", f"write `{shown(node)}` without quotes")


def whole(node: Node, *, least: int | None = None) -> int | None:
    """A whole number, at least `least`; None for nothing."""
    if node.value is None:
        return None
    if isinstance(node.value, bool) or not isinstance(node.value, (int, Decimal)):
        _refuse_quoted(
            node, isinstance(node.value, str) and re.fullmatch(r"-?[0-9]+", node.value) is not None
        )
        raise UnfitError("is no number", "write a whole number")
    if least is not None and node.value < least:
        raise UnfitError("is below zero", f"write a number from {least} on")
    return int(node.value)


def number(node: Node) -> int | Decimal | None:
    """A number; None for nothing."""
    if node.value is None:
        return None
    if isinstance(node.value, bool) or not isinstance(node.value, (int, Decimal)):
        raise UnfitError("is no number", "write a number, without quotes")
    return node.value


def duration(node: Node) -> Millis | None:
    """A duration of Prometheus; None for nothing."""
    if node.value is None:
        return None
    written = text(node)
    try:
        return durations.parse(written)
    except durations.DurationError as error:
        problem = error.problem.removeprefix(f"`{written}` ")
        if problem == error.problem:
            problem = "is no duration"
        raise UnfitError(problem, error.remedy) from None


def span(node: Node) -> str:
    """A duration of Go, as it is written."""
    written = text(node)
    if not _SPAN.fullmatch(written):
        has_days = re.fullmatch(r"[0-9]+[dwy]", written)
        remedy = "write hours, such as `24h`" if has_days else "write a number and `s`, `m` or `h`: `30s`"
        raise UnfitError("is no duration as Go has them", remedy)
    return written


_URL_REMEDY = "write a URL that begins with `https://` or `http://`"


def url(node: Node, *, is_template: bool = False, is_secret: bool = False) -> str:
    """A URL of http or https, as it is written; empty for nothing. `<secret>` stands for a secret one."""
    written = text(node)
    is_masked = is_secret and written == "<secret>"
    if node.value is None or is_masked or (is_template and "{{" in written):
        return written
    problem = _problem_of_url(written)
    if problem:
        raise UnfitError(problem, _URL_REMEDY)
    return written


def _problem_of_url(written: str) -> str:
    if not written:
        return "is no URL"
    scheme = written.partition(":")[0].lower()
    if scheme not in ("http", "https") or ":" not in written:
        return "is no URL of http or https"
    if _CONTROL.search(written):
        return "has a character that cannot stand in a URL"
    try:
        parts = urlsplit(written)
        host = parts.netloc.rpartition("@")[2]
        has_bad_port = not re.fullmatch(r"(?:\[[^\]]*\]|[^:\[\]]*)(?::[0-9]*)?", host)
    except ValueError:
        return "is no URL"
    if not host:
        return "names no host"
    if has_bad_port or _NOT_IN_HOST.search(host):
        return f"has a host that cannot be: `{host}`"
    return "has a `%` that is no escape" if _ESCAPE.search(parts.path) else ""


def address(node: Node) -> str:
    """A host and a port, as they are written; empty for nothing."""
    written = text(node)
    if not written:
        return ""
    bracketed = re.fullmatch(r"\[([^\[\]]*)\]:(.*)", written)
    if bracketed is None and written.count(":") > 1 and _is_ipv6(written.rpartition(":")[0]):
        raise UnfitError("has an IPv6 address without brackets", "write `[address]:port`")
    host, colon, port = bracketed.expand(r"\1 : \2").split(" ") if bracketed else written.rpartition(":")
    if not colon or not port:
        raise UnfitError("names no port", f"add one: `{written.rstrip(':')}:587`")
    if bracketed is None and re.search(r"[:\[\]]", host):
        raise UnfitError("is no host and port", "write `host:port`")
    return written


def _is_ipv6(text_: str) -> bool:
    try:
        ipaddress.IPv6Address(text_)
    except ValueError:
        return False
    return True
