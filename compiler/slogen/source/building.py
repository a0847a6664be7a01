"""From the events of a YAML parser to nodes."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

from slogen.source import parsing
from slogen.source.alignment import Style
from slogen.source.complaints import Complaints
from slogen.source.frames import OpenMapping, OpenSequence
from slogen.source.hints import syntax_problem
from slogen.source.limits import MAX_ALIASED, MAX_DEPTH, Stop, too_deep, too_many_aliased
from slogen.source.node import Node
from slogen.source.problems import Problem
from slogen.source.scalars import Scalar, resolve
from slogen.source.span import Span
from slogen.source.tags import MAPPING_TAGS, SCALAR_TAGS, SEQUENCE_TAGS, TEXT_TAGS, YAML_TAG
from slogen.source.text import Source

_PROPERTIES = re.compile(r"(?:!<[^>]*>|[!&][^\s,\[\]{}]*|\s|#[^\r\n]*)*")


class _Anchored(NamedTuple):
    """A node that aliases can stand for, the number of values in it, and its levels of nesting."""

    node: Node
    size: int
    height: int


class Builder:
    """Turns the events of a YAML parser into nodes, one document after the other, without recursion."""

    def __init__(self, source: Source) -> None:
        self.nodes: list[Node] = []
        self.ended = 0
        self._source = source
        self._text = source.text
        self._complaints = Complaints(source)
        self._anchors: dict[str, _Anchored | None] = {}
        self._stack: list[OpenSequence | OpenMapping] = []
        self._top: OpenSequence | OpenMapping
        self._top = self._root = OpenSequence(0, False, None, 0)
        self._size = 0
        self._aliased = 0

    @property
    def problems(self) -> list[Problem]:
        """What was wrong, in the order of reading."""
        return self._complaints.problems

    def read(self, text: str) -> int | None:
        """Read all documents of the text, up to the first error that ends them.

        Returns the offset of a character that keeps the parser from reading anything at all, else None.
        """
        parser_class = parsing.parser_class()
        from yaml.error import MarkedYAMLError, YAMLError  # noqa: PLC0415

        try:
            self._run(parser_class(text))
        except Stop as stop:
            self.problems.append(stop.problem)
        except MarkedYAMLError as error:
            self.problems.append(syntax_problem(self._source, error))
        except (YAMLError, ValueError, OverflowError) as error:
            unreadable = parsing.first_unreadable(text)
            if unreadable is not None:
                return unreadable
            message = str(error).partition("\n")[0]
            at = Span(self._source, self._top.end, self._top.end)
            self.problems.append(Problem("syntax", at, f"YAML error: {message}", "somewhere behind this"))
        return None

    def _run(self, parser: parsing.EventParser) -> None:
        from yaml import events  # noqa: PLC0415

        handlers: dict[type, Callable[[Any], None]] = {
            events.ScalarEvent: self._scalar,
            events.MappingStartEvent: self._open_mapping,
            events.SequenceStartEvent: self._open_sequence,
            events.MappingEndEvent: self._close,
            events.SequenceEndEvent: self._close,
            events.AliasEvent: self._alias,
            events.DocumentStartEvent: self._open_document,
            events.DocumentEndEvent: self._close_document,
        }
        next_event = parser.get_event
        next_event()
        while (handler := handlers.get((event := next_event()).__class__)) is not None:
            handler(event)

    def _open_document(self, event: Any) -> None:
        self._top = self._root = OpenSequence(event.end_mark.index, False, None, 0)
        self._stack = []
        self._anchors = {}
        self._complaints.broken = False
        self._size = self._aliased = 0
        self.ended = len(self.nodes)

    def _close_document(self, event: Any) -> None:
        root = self._root.items[0]
        empty = root.value is None and root.span.start == root.span.end
        if not empty and not self._complaints.broken:
            self.nodes.append(root)
        if event.explicit:
            self.ended = len(self.nodes)

    def _open_mapping(self, event: Any) -> None:
        if event.tag not in MAPPING_TAGS:
            self._complaints.wrong_tag(event, "a mapping")
        start = self._start(event)
        flow = bool(event.flow_style)
        self._push(OpenMapping(start, flow, event.anchor, self._size, self._complaints))

    def _open_sequence(self, event: Any) -> None:
        if event.tag not in SEQUENCE_TAGS:
            self._complaints.wrong_tag(event, "a list")
        self._push(OpenSequence(self._start(event), bool(event.flow_style), event.anchor, self._size))

    def _start(self, event: Any) -> int:
        """Where a value starts, behind its tag and anchor."""
        start: int = event.start_mark.index
        if event.tag is None and event.anchor is None:
            return start
        match = _PROPERTIES.match(self._text, start)
        return match.end() if match else start

    def _push(self, opened: OpenSequence | OpenMapping) -> None:
        self._stack.append(self._top)
        self._top = opened
        self._size += 1
        if opened.anchor is not None:
            self._anchors[opened.anchor] = None
        if len(self._stack) > MAX_DEPTH:
            raise Stop(too_deep(Span(self._source, opened.start, opened.start + 1)))

    def _close(self, event: Any) -> None:
        closed = self._top
        self._top = top = self._stack.pop()
        end = event.end_mark.index if closed.flow else closed.end
        node = closed.node(Span(self._source, closed.start, end, "nodes"))
        height = closed.height + 1
        if closed.anchor is not None:
            self._anchors[closed.anchor] = _Anchored(node, self._size - closed.size_before, height)
        top.height = max(top.height, height)
        top.put(node, end)

    def _scalar(self, event: Any) -> None:
        text: str = event.value
        style: Style = event.style or "plain"
        start, end = event.start_mark.index, event.end_mark.index
        tag, anchor = event.tag, event.anchor
        if style in "|>" or not text or tag is not None or anchor is not None:
            start, end = self._extent(event, style)
        span = Span(self._source, start, end, style, text)
        self._size += 1
        top = self._top
        if not isinstance(top, OpenMapping) or not top.expects_key:
            top.put(self._scalar_node(event, span), end)
            return
        if tag is not None or anchor is not None:
            self._scalar_node(event, span)
        top.put_key(span, span, tagged=tag is not None)

    def _scalar_node(self, event: Any, span: Span) -> Node:
        if event.tag is not None:
            value = self._tagged(event, span)
        else:
            value = resolve(span.value) if span.style == "plain" else span.value
        node = Node(value, span)
        if event.anchor is not None:
            self._anchors[event.anchor] = _Anchored(node, 1, 0)
        return node

    def _extent(self, event: Any, style: Style) -> tuple[int, int]:
        """Where a scalar stands that the parser's marks do not hold to its visible text."""
        start, end = self._start(event), event.end_mark.index
        if style in {"|", ">"}:
            return start, start + len(self._text[start:end].rstrip())
        if event.value or style != "plain":
            return start, end
        caret = min(start, end)
        while caret and self._text[caret - 1].isspace():
            caret -= 1
        return caret, caret

    def _tagged(self, event: Any, span: Span) -> Scalar:
        if event.tag in TEXT_TAGS:
            return span.value
        if event.tag not in SCALAR_TAGS:
            self._complaints.wrong_tag(event, "text")
            return None
        types, meaning = SCALAR_TAGS[event.tag]
        value = resolve(span.value)
        if type(value) not in types:
            self._complaints.misfit(span, meaning, event.tag.removeprefix(YAML_TAG))
            return None
        return Decimal(value) if Decimal in types and isinstance(value, int) else value

    def _alias(self, event: Any) -> None:
        start, end = event.start_mark.index, event.end_mark.index
        span = Span(self._source, start, end)
        anchored = self._anchors.get(event.anchor)
        if anchored is None:
            self._complaints.unknown_alias(event.anchor, span, inside=event.anchor in self._anchors)
            anchored = _Anchored(Node({}, span), 1, 0)
            if isinstance(self._top, OpenMapping) and self._top.expects_key:
                self._top.put_no_key(end)
                return
        self._size += anchored.size
        self._aliased += anchored.size
        if self._aliased > MAX_ALIASED:
            raise Stop(too_many_aliased(span))
        if len(self._stack) + anchored.height > MAX_DEPTH:
            raise Stop(too_deep(span))
        self._put_aliased(anchored, span)

    def _put_aliased(self, anchored: _Anchored, span: Span) -> None:
        top, node = self._top, anchored.node
        top.height = max(top.height, anchored.height)
        if not isinstance(top, OpenMapping) or not top.expects_key:
            top.put(node, span.end)
        elif node.is_mapping or node.is_sequence:
            self._complaints.complex_key(span)
            top.put_no_key(span.end)
        else:
            top.put_key(node.span, span, tagged=True)
