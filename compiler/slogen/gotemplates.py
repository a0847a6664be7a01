"""Whether a text is a template of Go, as Prometheus expands it in the labels and annotations of alerts.

Prometheus refuses a rule file when one of its templates does not parse. This follows the grammar of Go's
text/template: actions in `{{ }}`, pipelines of commands, variables with their scopes, blocks that end. What
shows only when a template is expanded, such as a wrong number of arguments, is nothing that parsing finds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from slogen.diagnostics import nearest

# Prometheus, template/template.go, from 2.42 on; and the functions of Go's text/template.
# fmt: off
FUNCTIONS: Final = frozenset((
    "args", "externalURL", "first", "graphLink", "humanize", "humanize1024", "humanizeDuration",
    "humanizePercentage", "humanizeTimestamp", "label", "match", "now", "parseDuration", "pathPrefix",
    "query", "reReplaceAll", "safeHtml", "sortByLabel", "stripDomain", "stripPort", "strvalue",
    "tableLink", "title", "tmpl", "toDuration", "toLower", "toTime", "toUpper", "urlQueryEscape", "value",
    "and", "call", "eq", "ge", "gt", "html", "index", "js", "le", "len", "lt", "ne", "not", "or", "print",
    "printf", "println", "slice", "urlquery",
))
# fmt: on
# What Prometheus declares in front of every template, and the data itself.
VARIABLES: Final = ("$", "$labels", "$externalLabels", "$externalURL", "$value")

_KEYWORDS = frozenset(
    ("block", "break", "continue", "define", "else", "end", "if", "range", "template", "with")
)
_CONSTANTS = frozenset(("true", "false", "nil"))
_WORD_ENDS = r"(?=[ \t\r\n.,|:()]|\}\}|\Z)"
# A character that is written as an escape, in double or in single quotes.
_UNIT = (
    r"\\(?:[abfnrtv\\]|[0-3][0-7]{2}|x[0-9a-fA-F]{2}|u(?![dD][89a-fA-F])[0-9a-fA-F]{4}"
    r"|U00(?:0(?!0[dD][89a-fA-F])[0-9a-fA-F]|10)[0-9a-fA-F]{4})"
)
_TOKEN = re.compile(
    rf"""
      (?P<end>(?:[ \t\r\n]-)?\}}\}})
    | (?P<space>(?:[ \t\r\n](?!-\}}\}}))+)
    | (?P<text>"(?:{_UNIT}|\\"|[^"\\\n])*+"|`[^`]*`)
    | (?P<char>'(?:{_UNIT}|\\'|[^'\\\n])')
    | (?P<assign>:=|=)
    | (?P<variable>\$\w*){_WORD_ENDS}
    | (?P<number>[-+]?(?:
          0[xX](?:_?[0-9a-fA-F])+ | 0[oO](?:_?[0-7])+ | 0[bB](?:_?[01])+
        | (?: 0(?:_?[0-7])+ | 0 | [1-9](?:_?[0-9])*
            | (?:[0-9](?:_?[0-9])*\.(?:[0-9](?:_?[0-9])*)? | \.[0-9](?:_?[0-9])*)(?:[eE][-+]?[0-9]+)?
            | [0-9](?:_?[0-9])*[eE][-+]?[0-9]+ )i?
      ))(?![\w.])
    | (?P<field>\.[^\W\d]\w*){_WORD_ENDS}
    | (?P<dot>\.){_WORD_ENDS}
    | (?P<word>[^\W\d]\w*){_WORD_ENDS}
    | (?P<mark>[|(),])
    """,
    re.VERBOSE,
)
_COMMENT = re.compile(r"\{\{(?:-[ \t\r\n])?/\*(?:(?!\*/).)*\*/(?:[ \t\r\n]-)?\}\}", re.DOTALL)
_START = re.compile(r"\{\{(?:-(?=[ \t\r\n]))?")
_UNKNOWN = re.compile(r"""["'`]|\S+?(?=\}\}|\s|\Z)|\S""")
_INTEGER = re.compile(r"[-+]?(?:0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|[0-9]{1,4000})")
_MOST = 2**64
_DEEPEST = 50
_AS_TEXT = 'to write two braces as text, write `{{ "{{" }}`'


class Problem(NamedTuple):
    """Why a text is no template, and what to write instead."""

    message: str
    help: str


class _Broken(Exception):  # noqa: N818 - it never leaves this module
    def __init__(self, message: str, help_: str) -> None:
        super().__init__(message)
        self.problem = Problem(message, help_)


class _Token(NamedTuple):
    kind: str
    text: str

    @property
    def is_constant(self) -> bool:
        """Whether it is a value that has no fields and cannot be called."""
        return self.kind in {"text", "char", "number", "dot"} or self.text in _CONSTANTS


_NOTHING = _Token("", "")


class _Block:
    """What an action opened, to be ended by another; `outside` are the variables declared before it."""

    __slots__ = ("has_else", "keyword", "outside")

    def __init__(self, keyword: str, outside: list[str]) -> None:
        self.keyword = keyword
        self.outside = outside
        self.has_else = False


class _Scope:
    """What is open, and what is declared, where an action stands."""

    __slots__ = ("blocks", "variables")

    def __init__(self) -> None:
        self.blocks: list[_Block] = []
        self.variables = list(VARIABLES)


def problem(text: str) -> Problem | None:
    """What keeps Prometheus from reading a template; None when nothing does."""
    if "{{" not in text:
        return None
    scope = _Scope()
    try:
        for tokens in _actions(text):
            _Action(tokens, scope).read()
    except _Broken as broken:
        return broken.problem
    if not scope.blocks:
        return None
    return Problem(f"`{{{{ {scope.blocks[-1].keyword} }}}}` has no end", "write `{{ end }}` where it ends")


# from text to tokens -----------------------------------------------------------------------------------


def _actions(text: str) -> Iterator[list[_Token]]:
    """The tokens of each action, without the braces around it."""
    at = text.find("{{")
    while at >= 0:
        comment = _COMMENT.match(text, at)
        start = _START.match(text, at)
        if comment:
            end = comment.end()
        elif start:
            end, tokens = _tokens(text, start.end())
            yield tokens
        at = text.find("{{", end)


def _tokens(text: str, at: int) -> tuple[int, list[_Token]]:
    """The tokens up to the end of an action, and where that is."""
    tokens: list[_Token] = []
    depth = 0
    while True:
        match = _TOKEN.match(text, at)
        if match is None:
            raise _unreadable(text, at)
        at = match.end()
        depth += {"(": 1, ")": -1}.get(match[0], 0)
        if depth > _DEEPEST:
            raise _Broken(
                "this is nested too deeply", "take it apart with variables, such as `{{ $x := 1 }}`"
            )
        if depth < 0:
            raise _Broken("`)` closes nothing", "delete it")
        if match.lastgroup == "end":
            if depth:
                raise _Broken("`(` is not closed", "close it with `)`")
            return at, tokens
        tokens.append(_Token(str(match.lastgroup), match[0]))


def _unreadable(text: str, at: int) -> _Broken:
    match = _UNKNOWN.match(text, at)
    if match is None:
        return _Broken("an action is not closed", f"end it with `}}}}`; {_AS_TEXT}")
    if match[0] in {'"', "'", "`"}:
        return _Broken(
            f"the text that starts with {match[0]} is not closed, or has an escape that does not exist",
            r"close it before the action ends, and write `\\` for a backslash",
        )
    return _Broken(f"{_quoted(match[0])} means nothing in an action", f"check its spelling; {_AS_TEXT}")


# from tokens to a verdict ------------------------------------------------------------------------------


class _Action:
    """One action: a keyword and what belongs to it, or a pipeline. Raises _Broken at the first mistake."""

    def __init__(self, tokens: list[_Token], scope: _Scope) -> None:
        self._tokens = tokens
        self._at = 0
        self._scope = scope

    def read(self) -> None:
        """Read all of it, and note what it opens, ends and declares."""
        keyword = self._peek_behind_space()
        if keyword.kind != "word" or keyword.text not in _KEYWORDS:
            self._pipeline("the action")
            return
        self._next()
        readers = {"end": self._end, "else": self._else, "define": self._define, "template": self._template}
        readers |= {"block": self._block, "break": self._leave, "continue": self._leave}
        readers.get(keyword.text, self._opened)(keyword.text)
        left = self._peek_behind_space()
        if left.kind:
            raise _unexpected(left)

    def _opened(self, keyword: str) -> None:
        outside = list(self._scope.variables)
        self._pipeline(f"`{keyword}`", is_range=keyword == "range")
        self._scope.blocks.append(_Block(keyword, outside))

    def _end(self, _keyword: str) -> None:
        if not self._scope.blocks:
            raise _Broken("`{{ end }}` ends nothing", "delete it")
        self._scope.variables = self._scope.blocks.pop().outside

    def _else(self, _keyword: str) -> None:
        block = self._scope.blocks[-1] if self._scope.blocks else None
        if block is None or block.keyword not in {"if", "range", "with"}:
            raise _Broken("`{{ else }}` belongs to nothing", "delete it")
        if block.has_else:
            raise _Broken(f"`{{{{ {block.keyword} }}}}` has two `{{{{ else }}}}`", "delete one of them")
        again = self._peek_behind_space().text
        if again in {"if", "with"} and again == block.keyword:
            self._next()
            self._pipeline(f"`{again}`")
        else:
            block.has_else = True

    def _leave(self, keyword: str) -> None:
        if not any(block.keyword == "range" and not block.has_else for block in self._scope.blocks):
            raise _Broken(f"`{{{{ {keyword} }}}}` stands outside of a `range`", "delete it")

    def _define(self, keyword: str) -> None:
        self._name(keyword)
        if self._scope.blocks:
            raise _Broken("`{{ define }}` stands inside of another block", "move it out of the block")
        self._enter_template(keyword)

    def _block(self, keyword: str) -> None:
        self._name(keyword)
        self._pipeline("`block`")
        self._enter_template(keyword)

    def _enter_template(self, keyword: str) -> None:
        """What is declared outside of a named template is not known inside."""
        self._scope.blocks.append(_Block(keyword, self._scope.variables))
        self._scope.variables = [VARIABLES[0]]

    def _template(self, keyword: str) -> None:
        self._name(keyword)
        if self._peek_behind_space().kind:
            self._pipeline("`template`")

    def _name(self, keyword: str) -> None:
        if self._peek_behind_space().kind != "text":
            raise _Broken(f"`{{{{ {keyword} }}}}` has no name", "write its name in quotes")
        self._next()

    # pipelines ------------------------------------------------------------------------------------------

    def _pipeline(self, what: str, *, is_range: bool = False) -> None:
        """Commands, joined by `|`, up to the end of the action or of a parenthesis."""
        self._declarations(is_range=is_range)
        if self._is_over():
            raise _Broken(f"{what} is empty", f"write a value or a function; {_AS_TEXT}")
        self._command(is_first=True)
        while self._peek().text == "|":
            self._next()
            if not self._is_over():
                self._command(is_first=False)

    def _declarations(self, *, is_range: bool) -> None:
        for _ in range(2):
            start = self._at
            variable = self._peek_behind_space()
            if variable.kind != "variable":
                return
            self._next()
            following = self._peek_behind_space()
            if following.kind != "assign" and following.text != ",":
                self._at = start
                return
            self._next()
            self._scope.variables = [*self._scope.variables, variable.text]
            if following.kind == "assign":
                return
            if not is_range:
                raise _unexpected(following)
        raise _Broken("`range` declares more than two variables", "declare one, or two")

    def _command(self, *, is_first: bool) -> None:
        called = True
        while not self._is_over() and self._peek().text != "|":
            self._operand(is_piped_into=called and not is_first)
            called = False
            if self._peek().kind not in {"space", ""} and self._peek().text not in {"|", ")"}:
                raise _unexpected(self._peek())
        if called:
            raise _unexpected(self._peek())

    def _is_over(self) -> bool:
        token = self._peek_behind_space()
        return not token.kind or token.text == ")"

    def _operand(self, *, is_piped_into: bool) -> None:
        token = self._next()
        if token.text == "(":
            self._pipeline("the parenthesis")
            self._next()
        else:
            self._term(token)
        if is_piped_into and token.is_constant:
            raise _Broken(
                f"{_quoted(token.text)} is no function", "write a function behind `|`, such as `humanize`"
            )
        if self._peek().kind == "field" and token.is_constant:
            raise _unexpected(self._peek())
        while self._peek().kind == "field":
            self._next()

    def _term(self, token: _Token) -> None:
        if token.kind == "variable":
            self._check_variable(token.text)
        elif token.kind == "word" and token.text not in _CONSTANTS:
            _check_function(token)
        elif token.kind == "number":
            _check_number(token.text)
        elif token.kind in {"mark", "assign"}:
            raise _unexpected(token)

    def _check_variable(self, name: str) -> None:
        declared = self._scope.variables
        if name in declared:
            return
        meant = nearest(name, declared)
        text = (
            f"did you mean `{meant}`?"
            if meant
            else "Prometheus declares `$labels`, `$value` and `$externalURL`"
        )
        raise _Broken(f"the variable {_quoted(name)} is not declared", text)

    # tokens ---------------------------------------------------------------------------------------------

    def _peek(self) -> _Token:
        return self._tokens[self._at] if self._at < len(self._tokens) else _NOTHING

    def _peek_behind_space(self) -> _Token:
        while self._peek().kind == "space":
            self._at += 1
        return self._peek()

    def _next(self) -> _Token:
        token = self._peek()
        self._at += 1
        return token


def _quoted(text: str) -> str:
    return f"`{text}`" if len(text) <= 40 else f"`{text[:39]}…`"


def _unexpected(token: _Token) -> _Broken:
    return _Broken(
        f"{_quoted(token.text)} is not expected here", f"delete it, or put it in quotes; {_AS_TEXT}"
    )


def _check_function(token: _Token) -> None:
    if token.text in FUNCTIONS:
        return
    if token.text in _KEYWORDS:
        raise _unexpected(token)
    meant = nearest(token.text, FUNCTIONS)
    text = f"did you mean `{meant}`?" if meant else f"a label is written {_quoted(f'$labels.{token.text}')}"
    raise _Broken(f"there is no function {_quoted(token.text)}", text)


def _check_number(text: str) -> None:
    digits = text.replace("_", "")
    if _INTEGER.fullmatch(digits):
        base = {"x": 16, "o": 8, "b": 2}.get(digits.lstrip("+-")[1:2].lower(), 10)
        fits = -_MOST // 2 <= int(digits, base) < _MOST
    else:
        fits = digits.endswith("i") or abs(float(digits)) != float("inf")
    if not fits:
        raise _Broken(f"{_quoted(text)} is too large for a number", "write it in quotes")
