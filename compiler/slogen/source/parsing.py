"""The parser that turns YAML text into events: libyaml's, or PyYAML's own where that was not built."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any, Protocol

_UNREADABLE = "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
_SURROGATE = re.compile("[\ud800-\udfff]")


class EventParser(Protocol):
    """What both parsers can do. The events of both have the same names and attributes."""

    def get_event(self) -> Any:
        """The next event. Raises YAMLError, ValueError or OverflowError where the text is not YAML."""


@cache
def parser_class() -> Callable[[str], EventParser]:
    """libyaml's parser, or PyYAML's own where that was not built.

    Imported late: it takes longer than all else here, and a command that reads no file does not need it.
    """
    try:
        from yaml._yaml import CParser  # noqa: PLC0415
    except ImportError:
        return python_parser_class()
    return CParser


def python_parser_class() -> Callable[[str], EventParser]:
    """PyYAML's own parser, made to refuse the surrogates that libyaml refuses."""
    from yaml.events import ScalarEvent  # noqa: PLC0415
    from yaml.parser import Parser  # noqa: PLC0415
    from yaml.reader import Reader  # noqa: PLC0415
    from yaml.scanner import Scanner, ScannerError  # noqa: PLC0415

    class PythonParser(Reader, Scanner, Parser):
        def __init__(self, text: str) -> None:
            Reader.__init__(self, text)
            Scanner.__init__(self)
            Parser.__init__(self)

        def get_event(self) -> Any:
            event = super().get_event()  # type: ignore[no-untyped-call]
            if isinstance(event, ScalarEvent) and _SURROGATE.search(event.value):
                mark: Any = event.start_mark
                raise ScannerError("while parsing a quoted scalar", mark, "found invalid escape code", mark)
            return event

    return PythonParser


def first_unreadable(text: str) -> int | None:
    """The offset of the first character that YAML text cannot hold, as libyaml judges it.

    The pattern is compiled late: its wide ranges take milliseconds, and hardly any text asks for it.
    """
    match = re.search(_UNREADABLE, text)
    return match.start() if match else None
