"""What the built-in SLI plugins are made of: options that are checked, and the usual shapes of a query."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from slogen import promql
from slogen.diagnostics import nearest
from slogen.ir import HOLE, Labels

Read = Callable[[str, str], str]
"""Checks an option: takes its name and what was written, gives what the query needs. Raises ValueError."""


Values = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a plugin: how it is read, and what holds when it is left out (None: it must be given)."""

    read: Read
    default: str | None = ""


@dataclass(frozen=True, slots=True)
class Plugin:
    """A query that is made of options. `build` gets the values of all options by name, and the meta data."""

    id: str
    accepts: Mapping[str, Option]
    build: Callable[[Values, Labels], str]

    @property
    def options(self) -> tuple[str, ...]:
        """The names of the options."""
        return tuple(self.accepts)

    def query(self, meta: Labels, labels: Labels, options: Labels) -> str:
        """The error ratio over `{{.window}}`. Raises ValueError for options that the plugin cannot take."""
        for name in options:
            if name not in self.accepts:
                raise ValueError(f"`{self.id}` has no option `{name}`{self._hint(name)}")
        values = {name: _value(name, option, options) for name, option in self.accepts.items()}
        return self.build(values, meta)

    def _hint(self, name: str) -> str:
        meant = nearest(name, self.accepts)
        if meant:
            return f"; did you mean `{meant}`?"
        return f"; it takes {', '.join(f'`{known}`' for known in self.accepts)}" if self.accepts else ""


def _value(name: str, option: Option, options: Labels) -> str:
    written = options.get(name, "")
    if written.strip():
        return option.read(name, written)
    if option.default is None:
        raise ValueError(f"the option `{name}` is missing")
    return option.default


# options ----------------------------------------------------------------------------------------------


def matchers(name: str, text: str) -> str:
    """Label matchers, with or without braces, without the comma at the end."""
    trimmed = text.strip().strip("{},").strip()
    problem = promql.parse_matchers(trimmed)
    if isinstance(problem, promql.SyntaxProblem):
        raise ValueError(f"the option `{name}` holds no label matchers: {problem.message}")
    return trimmed


def text(name: str, written: str) -> str:
    """A text that goes into a matcher as it is, such as a regular expression."""
    return written


def bucket(name: str, written: str) -> str:
    """The upper bound of a bucket, as the matcher that selects it."""
    try:
        bound = Decimal(written.strip().removeprefix("+"))
    except InvalidOperation:
        bound = Decimal("NaN")
    if bound.is_nan() or abs(bound.adjusted()) > 300:
        raise ValueError(f"the option `{name}` is `{written}`, which is no number")
    return promql.le_matcher(bound)


def number(name: str, written: str) -> str:
    """A number, in digits."""
    try:
        value = Decimal(written.strip())
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or abs(value.adjusted()) > 300:
        raise ValueError(f"the option `{name}` is `{written}`, which is no number")
    return format(value, "f")


_TRUE = ("1", "t", "T", "true", "TRUE", "True")
_FALSE = ("0", "f", "F", "false", "FALSE", "False")


def flag(name: str, written: str) -> str:
    """Whether something is on: `true`, or nothing."""
    value = written.strip()
    if value not in _TRUE + _FALSE:
        raise ValueError(f"the option `{name}` is `{written}`; write `true` or `false`")
    return "true" if value in _TRUE else ""


FILTER = Option(matchers)
REQUIRED_FILTER = Option(matchers, default=None)
BUCKET = Option(bucket, default=None)
REQUIRED = Option(text, default=None)
FLAG = Option(flag)


# queries ----------------------------------------------------------------------------------------------


def rate(metric: str, *conditions: str) -> str:
    """The events per second of a counter, those that meet all conditions that are not empty."""
    chosen = ",".join(condition for condition in conditions if condition)
    selector = f"{metric}{{{chosen}}}" if chosen else metric
    return f"sum(rate({selector}[{HOLE}]))"


def share(bad: str, total: str, *, guarded: bool = False) -> str:
    """Bad events over all events; none as long as there is no series of them.

    `guarded` gives no result without traffic, instead of NaN.
    """
    all_events = f"({total} > 0)" if guarded else total
    return f"\n({bad} or on() 0 * {total})\n/\n{all_events}\n"


def share_or_none(bad: str, total: str) -> str:
    """Bad events over all events; no errors where there is no traffic."""
    return f"\n(\n  {bad}\n  /\n  ({total} > 0)\n) or on() vector(0)\n"


def slower(fast: str, total: str) -> str:
    """The share of the events that were not fast."""
    return f"\n1 - (\n  {fast}\n  /\n  {total}\n)\n"


def slower_or_none(fast: str, total: str) -> str:
    """The share of the events that were not fast; no errors where there is no traffic."""
    return f"\n1 - ((\n  {fast}\n  /\n  ({total} > 0)\n) or on() vector(1))\n"
