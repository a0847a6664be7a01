"""Templates as Prometheus expands them in the labels and annotations of alerts."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from slogen.gotemplates.grammar import DATA, Dialect, Reader, meant
from slogen.gotemplates.problem import Broken, Problem, quoted
from slogen.gotemplates.tokens import Braces, parts

# Prometheus, template/template.go, from 2.42 on; and the functions of Go's text/template.
# fmt: off
FUNCTIONS: Final = frozenset((
    "args", "externalURL", "first", "graphLink", "humanize", "humanize1024", "humanizeDuration",
    "humanizePercentage", "humanizeTimestamp", "label", "match", "now", "parseDuration", "pathPrefix",
    "query", "reReplaceAll", "safeHtml", "sortByLabel", "stripDomain", "stripPort", "strvalue",
    "tableLink", "title", "toDuration", "toLower", "toTime", "toUpper", "urlQueryEscape", "value",
    "and", "call", "eq", "ge", "gt", "html", "index", "js", "le", "len", "lt", "ne", "not", "or", "print",
    "printf", "println", "slice", "urlquery",
))
# fmt: on
# What Prometheus declares in front of every template, and the data itself.
VARIABLES: Final = (DATA, "$labels", "$externalLabels", "$externalURL", "$value")

DIALECT = Dialect(
    FUNCTIONS,
    VARIABLES,
    lambda name: meant(name, FUNCTIONS) or f"a label is written {quoted(f'$labels.{name}')}",
    "Prometheus declares `$labels`, `$value` and `$externalURL`",
)


@lru_cache(maxsize=2048)
def problem(text: str) -> Problem | None:
    """What keeps Prometheus from reading a template; None when nothing does.

    Prometheus refuses a rule file when one of its templates does not parse.
    """
    if "{{" not in text:
        return None
    reader = Reader(DIALECT)
    try:
        for part in parts(text):
            if isinstance(part, Braces) and not part.is_comment:
                reader.read(part)
        reader.check_end()
    except Broken as broken:
        return broken.problem
    return _repeated(text) if "define" in text or "block" in text else None


def _repeated(text: str) -> Problem | None:
    from slogen.gotemplates.building import built  # noqa: PLC0415 - hardly any alert defines templates

    return next(iter(built(text, DIALECT).repeated), None)
