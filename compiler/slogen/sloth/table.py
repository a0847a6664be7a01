"""Reads a mapping field by field, with findings at their places.

An absent field and one that holds nothing (`labels:`) are the same, as they are to Sloth. Every method gives
a neutral value after a finding, so that reading goes on and all findings come in one run.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from slogen import codes, promql, shapes
from slogen.diagnostics import Code, Report, is_clear, nearest, respelt
from slogen.ir import Labels, Millis
from slogen.sloth import scalars
from slogen.sloth.dialect import Dialect, folded, keys_of
from slogen.source import Node, Span

NOTHING: Mapping[str, str] = {}
_NAME = re.compile(r"[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?")


class Table:
    """A mapping of a spec, or an empty one in its stead. `what` names it in messages, `at` is its place.

    `unknown` is the code for keys that are none of `fields`; `hints` says of keys that others expect here, in
    their folded form, what to do instead. Keys that start as `ignored` says are passed over. `is_broken` is
    set for what is no mapping: nothing is missing there. `has_unknown_keys` is set after findings on keys.
    """

    __slots__ = (
        "_fields",
        "_meant",
        "at",
        "dialect",
        "has_unknown_keys",
        "is_broken",
        "keys",
        "report",
        "what",
    )

    def __init__(
        self,
        node: Node | None,
        fields: tuple[str, ...],
        dialect: Dialect,
        report: Report,
        what: str,
        at: Span,
        *,
        unknown: Code = codes.UNKNOWN_KEY,
        hints: Mapping[str, str] = NOTHING,
        ignored: tuple[str, ...] = (),
    ) -> None:
        self.dialect = dialect
        self.report = report
        self.what = what
        self.at = at
        self.keys: Mapping[str, Span] = NOTHING_WRITTEN
        self._fields: dict[str, Node] = {}
        self._meant: set[str] = set()
        self.is_broken = self.has_unknown_keys = False
        value = node.value if node is not None else None
        if node is None or value is None:
            return
        if not isinstance(value, dict):
            self.is_broken = True
            report_type(node, "a mapping", report)
            return
        self.keys = node.keys
        known = keys_of(dialect, fields)
        for key, child in value.items():
            field = known.get(key)
            if field is not None:
                self._fields[field] = child
        if len(self._fields) < len(value):
            self._report_unknown(value, known, unknown, hints, ignored)

    # fields ---------------------------------------------------------------------------------------------

    def get(self, field: str) -> Node | None:
        """The value of a field, if it holds one."""
        node = self._fields.get(field)
        return None if node is None or node.value is None else node

    def written(self, field: str) -> Span | None:
        """The place of the value of a field, if the field is there."""
        node = self._fields.get(field)
        return node.span if node is not None else None

    def place(self, field: str) -> Span:
        """The place of the key of a field, or of the table."""
        return self.keys.get(self.dialect.key(field), self.at)

    def required(self, field: str, wanted: str) -> Node | None:
        """The value of a field that must hold one."""
        node = self._fields.get(field)
        if node is None:
            self.report_missing(field)
            return None
        if node.value is None:
            self.report.report(
                codes.WRONG_TYPE,
                self.place(field),
                f"`{self.dialect.key(field)}` has no value",
                help=f"write {wanted}",
            )
            return None
        return node

    def report_missing(self, field: str, code: Code = codes.MISSING_KEY) -> None:
        """Report that a field is missing, unless an unknown key was taken for it."""
        if field in self._meant or self.is_broken:
            return
        key = self.dialect.key(field)
        self.report.report(code, self.at, f"`{key}` is missing in {self.what}", help=f"add `{key}:`")

    def text(self, field: str) -> str:
        """The text of a field; empty when there is none."""
        node = self.get(field)
        return (text_of(node, self.dialect, self.report) or "") if node is not None else ""

    def name(self, field: str) -> str:
        """A name that must be there, of a service or an SLO."""
        node = self.required(field, "a name")
        text = text_of(node, self.dialect, self.report) if node is not None else None
        if node is None or text is None:
            return ""
        if _NAME.fullmatch(text):
            return text
        self.report.report(
            codes.BAD_VALUE,
            node.span,
            f"`{text}` is no name" if text else f"`{self.dialect.key(field)}` is empty",
            help="use letters, digits, `-`, `_` and `.`, with a letter or digit at both ends",
        )
        return ""

    def flag(self, field: str) -> bool:
        """A field that is true or false."""
        node = self.get(field)
        if node is None:
            return False
        value = node.value if isinstance(node.value, dict | list) else scalars.read(node)
        if isinstance(value, bool):
            return value
        report_type(node, "`true` or `false`", self.report, self._unquoted(value))
        return False

    @staticmethod
    def _unquoted(value: object) -> str:
        """What to write for a flag in quotes."""
        meant = scalars.value_of(value) if isinstance(value, str) else None
        return f"write `{scalars.text_of(meant)}`, without quotes" if isinstance(meant, bool) else ""

    def number(self, field: str) -> Decimal | None:
        """The number of a field; None when there is none."""
        node = self.get(field)
        if node is None:
            return None
        found = scalars.number(node)
        if found is None:
            quoted = isinstance(node.value, str)
            fix = "write it as a number, without quotes and without `%`" if quoted else ""
            report_type(node, "a number", self.report, fix)
        return found

    def whole_number(self, field: str) -> int:
        """The whole number of a field, 0 when there is none."""
        found = self.number(field)
        if found is None:
            return 0
        if found != found.to_integral_value():
            node = self._fields[field]
            self.report.report(
                codes.WRONG_TYPE,
                node.span,
                f"`{node.span.text}` is no whole number",
                help=f"write `{int(found)}` or `{int(found) + (1 if found > 0 else -1)}`",
            )
            return 0
        return int(found)

    def duration(self, field: str, *, or_zero: bool = False) -> Millis | None:
        """The duration of a field, above zero if not `or_zero`; None when there is none."""
        node = self.get(field)
        if node is None:
            return None
        found = shapes.duration(node, self.report)
        if found == 0 and not or_zero:
            self.report.report(
                codes.BAD_VALUE,
                node.span,
                f"`{node.span.text}` is no time at all",
                help="write a duration above zero",
            )
            return None
        return found

    def items(self, field: str) -> list[Node]:
        """The items of a list; none when the field is no list."""
        node = self.get(field)
        if node is None:
            return []
        if not isinstance(node.value, list):
            report_type(node, "a list", self.report)
            return []
        return node.value

    def texts(self, field: str) -> tuple[str, ...]:
        """The items of a list of texts."""
        found = (text_of(item, self.dialect, self.report) for item in self.items(field))
        return tuple(text for text in found if text is not None)

    def table(
        self,
        field: str,
        fields: tuple[str, ...],
        *,
        unknown: Code = codes.UNKNOWN_KEY,
        hints: Mapping[str, str] = NOTHING,
    ) -> Table:
        """The mapping of a field; an empty one when there is none."""
        key = self.dialect.key(field)
        return Table(
            self.get(field),
            fields,
            self.dialect,
            self.report,
            f"`{key}`",
            self.place(field),
            unknown=unknown,
            hints=hints,
        )

    def labels(self, field: str, but: str | None = None) -> Labels:
        """Labels or annotations, `but` one: names that Prometheus takes, and texts that are not empty."""
        found: dict[str, str] = {}
        for name, at, node in self.entries(field):
            if name == but:
                continue
            if not promql.is_label_name(name) or name == "__name__":
                self._report_label_name(name, at)
                continue
            text = self._value(at.value, node)
            if text is not None:
                found[name] = text
        return found

    def any_labels(self, field: str) -> Labels:
        """Labels of any names, with texts that may be empty."""
        found: dict[str, str] = {}
        for name, at, node in self.entries(field):
            if not name:
                self._report_label_name(name, at)
                continue
            text = "" if node.value is None else text_of(node, self.dialect, self.report)
            if text is not None:
                found[name] = text
        return found

    def entries(self, field: str) -> Iterator[tuple[str, Span, Node]]:
        """The keys of a mapping with free keys, as Sloth reads them, their places, and their values."""
        node = self.get(field)
        if node is None:
            return
        if not isinstance(node.value, dict):
            report_type(node, "a mapping", self.report)
            return
        for key, child in node.value.items():
            at = node.keys[key]
            yield scalars.key_of(key, at), at, child

    def _value(self, name: str, node: Node) -> str | None:
        if node.value is None:
            self.report.report(
                codes.WRONG_TYPE, node.span, f"`{name}` has no value", help="write a text, or delete the key"
            )
            return None
        text = text_of(node, self.dialect, self.report)
        if text == "":
            self.report.report(
                codes.BAD_VALUE,
                node.span,
                f"`{name}` is empty",
                help="write a text, or delete the key: an empty value is the same as none",
            )
            return None
        return text

    def _report_label_name(self, name: str, at: Span) -> None:
        if name == "__name__":
            fix = "choose another name: this one holds the name of the metric"
        else:
            word = re.sub(r"[^a-zA-Z0-9_]+", "_", name) or "label"
            fix = f"use letters, digits and `_`, such as `{'_' if word[0].isdigit() else ''}{word}`"
        message = f"`{name}` is no label name" if name else "this label has no name"
        self.report.report(codes.BAD_VALUE, at, message, help=fix)

    # keys -----------------------------------------------------------------------------------------------

    def _report_unknown(
        self,
        value: Mapping[str, Node],
        known: Mapping[str, str],
        code: Code,
        hints: Mapping[str, str],
        ignored: tuple[str, ...],
    ) -> None:
        by_folded = {folded(key): key for key in known}
        for key, child in value.items():
            if key in known or (ignored and key.startswith(ignored)):
                continue
            same = by_folded.get(folded(key))
            if same is not None and same not in value:
                self._fields[known[same]] = child
            meant = same or nearest(key, [name for name in known if name not in value])
            if meant is not None and meant not in value:
                self._meant.add(known[meant])
            self.has_unknown_keys = True
            hint = hints.get(folded(key))
            free = [name for name in known if name not in value]
            is_meant = meant in free and not hint and (same is not None or is_clear(key, free))
            self.report.report(
                code,
                self.keys[key],
                f"unknown key `{key}`",
                help=hint or self._fix(key, meant, same is not None, value, known),
                fixes=respelt(self.keys[key], key, meant) if meant is not None and is_meant else (),
            )

    def _fix(
        self, key: str, meant: str | None, spelling: bool, value: Mapping[str, Node], known: Mapping[str, str]
    ) -> str:
        if meant is None:
            listed = ", ".join(f"`{name}`" for name in known)
            return f"the keys here are {listed}" if known else "delete it"
        if meant in value:
            return f"`{meant}` is already there; delete one of the two"
        if spelling:
            return f"write `{meant}`: that is how {self.dialect.name} spells it"
        return f"did you mean `{meant}`?"


NOTHING_WRITTEN: Mapping[str, Span] = {}


ANCHORS = ("x-", ".", "_")
"""How keys at the top of a document start that are only there to hold anchors."""


def document(node: Node, fields: tuple[str, ...], dialect: Dialect, report: Report) -> Table:
    """The table of a whole document."""
    at = next(iter(node.keys.values()), node.span)
    return Table(node, fields, dialect, report, "the document", at, ignored=ANCHORS)


# scalars ----------------------------------------------------------------------------------------------


def text_of(node: Node, dialect: Dialect, report: Report) -> str | None:
    """The text that a value is; None after a finding."""
    if isinstance(node.value, dict | list):
        report_type(node, "a text", report)
        return None
    value = scalars.read(node)
    if isinstance(value, str):
        return value
    if value is not None and dialect.coerces:
        return scalars.text_of(value)
    report_type(node, "a text", report)
    return None


def report_type(node: Node, wanted: str, report: Report, fix: str = "") -> None:
    """Report a value of the wrong type."""
    written = node.span.text.strip().partition("\n")[0]
    if node.value is None:
        report.report(codes.WRONG_TYPE, node.span, "a value is missing here", help=f"write {wanted}")
        return
    if isinstance(node.value, dict | list):
        found = "this is a list" if isinstance(node.value, list) else "this is a mapping"
        report.report(codes.WRONG_TYPE, node.span, f"{found}, not {wanted}", help=f"write {wanted}")
        return
    value = scalars.read(node)
    if wanted == "a number" and isinstance(value, float) and not math.isfinite(value):
        report.report(codes.WRONG_TYPE, node.span, f"`{written}` is no finite number", help=f"write {wanted}")
        return
    kind = "a text" if isinstance(value, str) else "true or false" if isinstance(value, bool) else "a number"
    if wanted == "a text":
        fix = f'put it in quotes: `"{written}"`'
    report.report(
        codes.WRONG_TYPE, node.span, f"`{written}` is {kind}, not {wanted}", help=fix or f"write {wanted}"
    )
