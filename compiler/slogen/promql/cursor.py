"""Walks over the tokens of a query, comments left out."""

from __future__ import annotations

from slogen.promql.problem import Place, Refused, refuse, shown
from slogen.promql.tokens import Kind, Token, tokens


class Cursor:
    """A position among the tokens of a text.

    `peek` is the next token; behind the last one it is an empty one of kind END.
    """

    __slots__ = ("_at", "_tokens", "peek")

    def __init__(self, text: str, *, within_braces: bool = False) -> None:
        scanned = tokens(text, within_braces=within_braces)
        self._tokens = list(scanned)
        if "#" in text:
            self._tokens = [token for token in scanned if token.kind is not Kind.COMMENT]
        end = self._tokens[-1].end if self._tokens else len(text)
        self._tokens.append(Token(Kind.END, end, end, ""))
        self._at = 0
        self.peek = self._tokens[0]

    @property
    def at_end(self) -> bool:
        """Whether no token is left."""
        return self.peek.kind is Kind.END

    def take(self) -> Token:
        """The next token; the cursor moves behind it."""
        token = self.peek
        if token.kind is not Kind.END:
            self._at += 1
            self.peek = self._tokens[self._at]
        return token

    def take_if(self, text: str) -> Token | None:
        """The next token if it is spelled `text` and is no string; else the cursor stays."""
        return self.take() if self.peek.text == text else None

    def skip_to(self, text: str) -> list[Token]:
        """Takes the tokens up to and including the next one that is spelled `text`, or up to the end."""
        taken = [self.take()]
        while taken[-1].text != text and not self.at_end:
            taken.append(self.take())
        return taken

    @property
    def second(self) -> Token:
        """The token after the next one."""
        return self._tokens[min(self._at + 1, len(self._tokens) - 1)]

    @property
    def last(self) -> Token:
        """The token before the cursor; at the beginning, the first one."""
        return self._tokens[max(self._at - 1, 0)]

    def here(self) -> Place:
        """The place of the next token; at the end, that of the last one, so that it can be underlined."""
        return (self.last if self.at_end else self.peek).place

    def expected(self, what: str, help_: str = "") -> Refused:
        """The exception for a next token that should have been `what`."""
        if self.at_end:
            return refuse(f"the query ends where {what} is expected", self.here(), help_)
        return refuse(f"{shown(self.peek.text)} stands where {what} is expected", self.here(), help_)
