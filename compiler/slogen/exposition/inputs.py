"""Tells what an input is by its first characters, and has it read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from slogen.exposition.answers import read_answer
from slogen.exposition.broken import Broken
from slogen.exposition.lines import Complaint
from slogen.exposition.observed import Observed
from slogen.exposition.scrapes import Line, read_scrape
from slogen.source import Source, Span

_CHUNK = 1 << 16
_LONGEST_LINE = 1 << 20

_JSON = re.compile(rb'\s*(?:\{\s*(?:"[^"]{0,200}"\s*:|\})|\[)')
_PAGE = re.compile(rb"\s*<(?:!doctype|html|head|body|\?xml|[a-z]+[ >])", re.IGNORECASE)
_TITLE = re.compile(rb"<(title|h1)[^>]*>\s*([^<]{1,200}?)\s*<", re.IGNORECASE)
_DOCUMENT = re.compile(
    rb"^([\"']?)(?:apiVersion|kind)\1[ \t]*:(?=\s)|\A\s*\{\s*\"(?:apiVersion|kind)\"\s*:", re.MULTILINE
)


def is_document(head: bytes) -> bool:
    """Whether a text is a document as Kubernetes and slogen have them, by its beginning."""
    return _DOCUMENT.search(head) is not None


def read(path: str, stream: BinaryIO, observed: Observed, broken: Broken) -> None:
    """Add what a stream holds to what was observed: a scrape or an answer of Prometheus' API.

    What cannot be read goes to `broken`, and so does an input with nothing in it.
    """
    head = stream.read(_CHUNK).removeprefix(b"\xef\xbb\xbf")
    if not head:
        broken.whole(path, "this input is empty", "a scrape is what `/metrics` answers")
        return
    if _PAGE.match(head):
        broken.whole(path, *_of_page(head))
        return
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in head[:16]:
        message = "this is binary, not the text of a scrape"
        broken.whole(path, message, "ask for text: `curl -H 'Accept: text/plain' ...`")
        return
    if is_document(head):
        message = "this is a document with a kind, such as a catalog, and no scrape"
        broken.whole(path, message, "give what `/metrics` answers")
        return
    if _JSON.match(head):
        _read_json(path, head + stream.read(), observed, broken)
        return
    before = broken.total
    read_scrape(path, _lines(path, head, stream, broken), observed, broken)
    if observed.is_empty and broken.total == before:
        broken.whole(path, "this scrape holds no metric", "a scrape is what `/metrics` answers")


def _of_page(head: bytes) -> tuple[str, str]:
    title = _TITLE.search(head)
    name = f" with the title `{title[2].decode('utf-8', 'replace')}`" if title else ""
    return f"this is a web page{name}, not the text of a scrape", "does the address end in `/metrics`?"


def _read_json(path: str, data: bytes, observed: Observed, broken: Broken) -> None:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        broken.whole(path, "this JSON is not UTF-8 text", "keep the answer as it comes")
        return
    source = Source(path, text)
    before = broken.total
    read_answer(source, observed, broken)
    if observed.is_empty and broken.total == before:
        broken.span(Span(source, 0, 0), "this answer holds no metric", "is the Prometheus the right one?")


def _lines(path: str, head: bytes, stream: BinaryIO, broken: Broken) -> Iterator[Line]:
    rest, chunk, number = b"", head, 0
    while chunk:
        parts = (rest + chunk).split(b"\n")
        rest = parts.pop()
        for part in parts:
            yield Line(part, True)
        number += len(parts)
        if len(rest) > _LONGEST_LINE:
            start = rest[:200].decode("utf-8", "replace")
            too_long = Complaint(0, len(start), "this line is longer than a megabyte", "this is no scrape")
            broken.line(path, number + 1, start, too_long)
            return
        chunk = stream.read(_CHUNK)
    if rest:
        yield Line(rest, False)
