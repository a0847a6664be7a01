"""Reads a scrape line by line, in either text format, and keeps nothing of it but what was seen."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import NamedTuple

from slogen.catalog import LABEL_NAME, METRIC_NAME
from slogen.exposition.broken import Broken
from slogen.exposition.lines import (
    COMMENT,
    PAIR,
    SAMPLE,
    TYPES,
    Complaint,
    complaint,
    type_complaint,
    type_line_complaint,
    unescaped,
    unquoted,
)
from slogen.exposition.observed import MADE_OF_DATA, MAX_LABELS, MAX_NAMES, Observed

_FETCH_AGAIN = "fetch the scrape again, to its end"
_TARGET = frozenset(("job", "instance"))


class Line(NamedTuple):
    """A line of a scrape without its end. Only the last one may have none: then it may be cut off."""

    text: bytes
    is_ended: bool


def read_scrape(path: str, lines: Iterable[Line], observed: Observed, broken: Broken) -> None:
    """Add a scrape to what was observed; what cannot be read goes to `broken`."""
    reader = _Reader(path, observed, broken)
    for line in lines:
        reader.read(line)
        if reader.is_over:
            return
    reader.finish()


class _Reader:
    """Reads the lines of one scrape in their order."""

    def __init__(self, path: str, observed: Observed, broken: Broken) -> None:
        self.path = path
        self.observed = observed
        self.broken = broken
        self.number = 0
        self.is_over = False
        self.is_cut = False
        self.is_ended = True
        self.typed_at: dict[str, int] = {}
        self.last_bucket: tuple[str, str] | None = None
        self.has_end = False
        self.only_in_openmetrics = 0
        self.samples = 0
        self.with_target = 0
        self.last = ""

    def read(self, raw: Line) -> None:
        self.number += 1
        self.is_ended = raw.is_ended
        try:
            line = raw.text.decode()
        except UnicodeDecodeError as error:
            self._complain(raw.text.decode("utf-8", "replace"), _not_utf8(raw.text, error))
            return
        if line.endswith("\r"):
            line = line[:-1]
        if line.startswith("#"):
            self._comment(line)
            return
        match = SAMPLE.fullmatch(line)
        if match is not None:
            self._sample(match, line)
        elif line and not line.isspace():
            found = complaint(line)
            if not raw.is_ended:
                self.is_cut = True
                found = found._replace(
                    message=f"the scrape ends in the middle of this line: {found.message}", help=_FETCH_AGAIN
                )
            self._complain(line, found)

    def _sample(self, match: re.Match[str], line: str) -> None:
        name, inner, quoted, rest = match.group("name", "labels", "quoted", "rest")
        if quoted is not None:
            name, inner = unquoted(quoted), rest
        if name not in self.observed.series and self._is_refused(name, line, self.observed.series):
            return
        pairs = PAIR.findall(inner) if inner else []
        if inner and "\\" in inner:
            pairs = [(label, unescaped(value)) for label, value in pairs]
        if inner and inner.count('"') != 2 * len(pairs):
            pairs = [(unquoted(label), value) for label, value in pairs]
            odd = next((label for label, _ in pairs if LABEL_NAME.fullmatch(label) is None), None)
            if odd is not None:
                start = max(line.find(odd), 0)
                message = f"a catalog cannot hold the label `{odd}`"
                self._complain(
                    line, Complaint(start, start + len(odd), message, "leave it out, or rename it")
                )
                return
        names = {label for label, _ in pairs}
        if len(names) != len(pairs):
            self._complain(line, _label_twice(line, [label for label, _ in pairs]))
            return
        self.samples += 1
        self.with_target += names >= _TARGET
        self.only_in_openmetrics = self.only_in_openmetrics or (self.number if match["exemplar"] else 0)
        self.last_bucket = (name, dict(pairs)["le"]) if "le" in names else None
        self.last = line
        seen = self.observed.named(name)
        seen.add(pairs)
        if seen.has_too_many_labels:
            message = f"`{name}` has more than {MAX_LABELS:,} labels"
            self._give_up(line, Complaint(0, len(line), message, MADE_OF_DATA))

    def _is_refused(self, name: str, line: str, known: Collection[str]) -> bool:
        """Whether a name that is not known yet cannot be taken; tells why."""
        start = max(line.find(name), 0)
        end = start + len(name)
        if len(known) >= MAX_NAMES:
            message = f"there are more than {MAX_NAMES:,} metrics"
            self._give_up(line, Complaint(start, end, message, MADE_OF_DATA))
        elif METRIC_NAME.fullmatch(name) is None:
            message = f"a catalog cannot hold the metric `{name}`"
            self._complain(line, Complaint(start, end, message, "leave it out, or rename it"))
        else:
            return False
        return True

    def _give_up(self, line: str, found: Complaint) -> None:
        self._complain(line, found)
        self.is_over = True

    def _comment(self, line: str) -> None:
        if line.rstrip() == "# EOF":
            self.has_end = True
            return
        match = COMMENT.fullmatch(line)
        if match is None:
            if line.startswith(("# TYPE ", "# TYPE\t")):
                self._complain(line, type_line_complaint(line))
            return
        name, text = unquoted(match["name"]), match["text"] or ""
        declared = self.observed.declared
        if name not in declared and self._is_refused(name, line, declared):
            return
        if match["keyword"] == "TYPE":
            self._type(name, text.strip(), line, match)
        elif match["keyword"] == "HELP":
            metric = self.observed.metric(name)
            metric.help = metric.help or unescaped(text).strip()
        else:
            self.only_in_openmetrics = self.only_in_openmetrics or self.number
            self.observed.metric(name).unit = text.strip()

    def _type(self, name: str, written: str, line: str, match: re.Match[str]) -> None:
        known = TYPES.get(written)
        if known is None:
            at = match.start("text") if match["text"] else len(line)
            self._complain(line, type_complaint(written, at))
            return
        metric = self.observed.metric(name)
        if metric.type and metric.type != known and name in self.typed_at:
            first = self.typed_at[name]
            message = f"`{name}` is a {known} here, and a {metric.type} on line {first}"
            self._complain(line, Complaint(match.start("text"), len(line), message, "delete one of the two"))
            return
        self.typed_at[name] = self.number
        metric.type = known
        if written in ("unknown", "info", "stateset", "gaugehistogram"):
            self.only_in_openmetrics = self.only_in_openmetrics or self.number

    def finish(self) -> None:
        """What only the end of a scrape tells."""
        self.observed.is_openmetrics |= self.has_end or bool(self.only_in_openmetrics)
        if self.samples and self.with_target == self.samples and not self.observed.has_types:
            self.observed.is_of_server = True
        if self.is_cut:
            return
        if not self.is_ended and not self.has_end:
            self.observed.unended.append(self.path)
        if self._is_cut_in_a_histogram():
            message = "the scrape ends in the middle of a histogram: the bucket `+Inf` is missing"
            self._complain(self.last, Complaint(0, len(self.last), message, _FETCH_AGAIN))
        elif self.only_in_openmetrics and not self.has_end:
            message = "the scrape has no end: OpenMetrics ends with the line `# EOF`"
            help_ = f"{_FETCH_AGAIN}, or write `# EOF` below if this is all"
            self._complain(self.last, Complaint(0, len(self.last), message, help_))

    def _is_cut_in_a_histogram(self) -> bool:
        if self.last_bucket is None or self.has_end:
            return False
        name, bound = self.last_bucket
        declared = self.observed.declared.get(name.removesuffix("_bucket"))
        return declared is not None and declared.type == "histogram" and bound.strip("+").lower() != "inf"

    def _complain(self, line: str, found: Complaint) -> None:
        self.broken.line(self.path, self.number, line, found)


def _not_utf8(data: bytes, error: UnicodeDecodeError) -> Complaint:
    start = len(data[: error.start].decode("utf-8", "replace"))
    return Complaint(
        start, start + 1, f"byte `0x{data[error.start]:02x}` is not UTF-8 text", "a scrape is text in UTF-8"
    )


def _label_twice(line: str, names: list[str]) -> Complaint:
    name = next(name for i, name in enumerate(names) if name in names[:i])
    places = [found.start() for found in re.finditer(rf'{re.escape(name)}"?[ \t]*=', line)]
    start = places[-1] if places else 0
    return Complaint(
        start,
        start + len(name),
        f"the label `{name}` is there twice",
        "a series has one value for each label",
    )
