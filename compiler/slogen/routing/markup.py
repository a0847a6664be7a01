"""How each service writes: bold text, links, ends of lines, escapes, and how much it takes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

# What texts write in another way for each service: `[[VALUE!SIZE]]` is a text of an alert, cut to a size of
# those below, `**TEXT**` is bold, `<<TEXT>>` a link to the address that is the dot, and `¶` ends a line.
_NOTATION = re.compile(
    r"""\[\[ (?P<value>[^\[\]!]+) ! (?P<size>[a-z]+) \]\]
      | \*\* (?P<bold>.+?) \*\* | << (?P<link>[A-Za-z]+) >> | ¶ | \bALERTS\b""",
    re.VERBOSE,
)
_LONGEST_REPEAT = 1_000
_SPACE = r"[\s\p{Z}\p{Cc}]"
"""All that is blank, and what controls printers."""

Escapes: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Style:
    """How a service writes, and how much.

    `escapes` are pairs of a pattern and its replacement. `link` has `URL` and `TEXT`. In a text are at most
    `alerts` alerts, and so many characters of their words: `head` of a summary that is the title, `name` of a
    label in a title, `fact` of one in a text, `long` of a description in its lines, and `short` of the rest.
    Addresses of more than `url` characters are left out.
    """

    kind: str
    about: str
    escapes: Escapes = ()
    bold: tuple[str, str] = ("", "")
    line: str = "\n"
    link: str = "TEXT: URL"
    between_links: str = " · "
    alerts: int = 10
    head: int = 180
    name: int = 60
    fact: int = 80
    long: int = 2_000
    short: int = 300
    url: int = 2_000
    url_escapes: Escapes = ()
    links: bool = True
    is_html: bool = False

    def written(self, text: str) -> str:
        """A text of the notation above as a template of Alertmanager."""
        return _NOTATION.sub(self._part, text.strip("\n"))

    def words(self) -> Iterator[tuple[str, str, str]]:
        """The templates that write a text of an alert, their dot: names, bodies and meanings."""
        lengths = {
            "head": self.head,
            "name": self.name,
            "fact": self.fact,
            "short": self.short,
            "long": self.long,
        }
        for size, chars in lengths.items():
            space = replaced(r"\s*\n\s*", self.line) if size == "long" else replaced(f"{_SPACE}+", " ")
            cut = replaced(f"(?s)^({_dots(chars)}).+$", "${1}…")
            body = f"{{{{ . | {space} | {cut}{piped(self.escapes)} }}}}"
            yield f"{self.kind}.{size}", body, f"Up to {chars:,} characters of a text in {self.about}"
        if self.url_escapes:
            yield self.address, address(self.url_escapes), f"An address in {self.about}"

    @property
    def address(self) -> str:
        """The template of an address."""
        return f"{self.kind}.address" if self.url_escapes else "address"

    def _part(self, found: re.Match[str]) -> str:
        if found["value"]:
            return called(f"{self.kind}.{found['size']}", found["value"])
        if found["bold"]:
            return self.written(found["bold"]).join(self.bold)
        if found["link"]:
            return self._linked(found["link"])
        return str(self.alerts) if found[0] == "ALERTS" else f"{{{{- {quoted(self.line)} }}}}"

    def _linked(self, text: str) -> str:
        """A link, if the dot is an address that is not too long; other words stand for themselves."""
        link = self.to(text, "{{ . }}" if self.is_html else called(self.address)) + self.between_links
        words = self.written(f"{text}: [[.!short]]") + self.between_links
        fits = f'match "^https?://{_dots(self.url, "0,")}$" .'
        other = 'not (match "^https?://" .)'
        return f"{{{{ if {fits} }}}}{link}{{{{ else if {other} }}}}{words}{{{{ end }}}}"

    def to(self, text: str, url: str) -> str:
        """A text that is a link to an address."""
        return self.link.replace("URL", url).replace("TEXT", text)


def called(name: str, value: str = ".") -> str:
    """A call of one of our templates."""
    return f'{{{{ template "slogen.{name}" {value} }}}}'


def address(escapes: Escapes = ()) -> str:
    """The body of a template that writes an address within other text."""
    return f"{{{{ .{piped((*_CLEANED, *escapes))} }}}}"


def piped(escapes: Escapes) -> str:
    """Steps behind a value of a template."""
    return "".join(f" | {replaced(pattern, text)}" for pattern, text in escapes)


def replaced(pattern: str, text: str) -> str:
    """A step that replaces all that matches."""
    return f"reReplaceAll {quoted(pattern)} {quoted(text)}"


def _dots(count: int, least: str = "") -> str:
    """A pattern of so many characters, or from `least` ones; RE2 repeats nothing over a thousand times."""
    whole, rest = divmod(count, _LONGEST_REPEAT)
    counts = [_LONGEST_REPEAT] * whole + [rest] * (rest > 0)
    return "".join(f".{{{least}{some}}}" for some in counts)


def quoted(text: str) -> str:
    """A text in Go's quotes."""
    return json.dumps(text, ensure_ascii=False)


# What would end an address within the text around it.
_CLEANED = (
    (_SPACE, "%20"),
    ('"', "%22"),
    ("[(]", "%28"),
    ("[)]", "%29"),
    ("<", "%3C"),
    (">", "%3E"),
    ("[|]", "%7C"),
)

# Slack has three characters of its own. In Markdown an underscore within a word is no mark: names of metrics
# and addresses stay as they are.
_SLACK = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"))
_MARKDOWN = ((r"([\\*`~|<>\[\]])", r"\${1}"), (r"(^|[^0-9A-Za-z_/])_", r"${1}\_"))
_STARS = ("**", "**")
_BRACKETS = "[TEXT](URL)"
_TAGS = ("<b>", "</b>")
_ANCHOR = '<a href="URL">TEXT</a>'

STYLES = {
    style.kind: style
    for style in (
        Style("slack", "the mrkdwn of Slack", _SLACK, ("*", "*"), link="<URL|TEXT>", url_escapes=_SLACK),
        Style(
            "discord",
            "the Markdown of Discord; Alertmanager cuts it at 2048 characters",
            *(_MARKDOWN, _STARS, "\n", _BRACKETS),
            alerts=4,
            long=700,
            short=100,
            url=300,
        ),
        Style(
            "webex",
            "the Markdown of Webex; Alertmanager cuts it at 7439 bytes",
            *(_MARKDOWN, _STARS, "\n\n", _BRACKETS),
            long=1_500,
            short=200,
            url=490,
        ),
        Style(
            "teams",
            "the Markdown of Teams, where only an empty line ends a line",
            *(_MARKDOWN, _STARS, "\n\n", _BRACKETS),
        ),
        Style(
            "telegram",
            "HTML for Telegram, with tags only at the head: it is cut at 4096 characters",
            *((), ("", ""), "\n", _ANCHOR),
            alerts=8,
            long=1_200,
            short=150,
            url=490,
            is_html=True,
        ),
        Style("html", "HTML for email", (), _TAGS, "\n", _ANCHOR, alerts=50, is_html=True),
        Style("plain", "plain text", between_links="\n", alerts=20),
        Style("brief", "plain text for Opsgenie, which takes 130 characters", head=100, name=30),
        Style(
            "pushover",
            "plain text; Alertmanager cuts it at 1024 characters",
            alerts=3,
            long=400,
            short=80,
            links=False,
        ),
    )
}
