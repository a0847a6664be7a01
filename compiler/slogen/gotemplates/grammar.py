"""The grammar of actions in Go's text/template, with the scopes of variables and the blocks that end.

What shows only when a template is run, such as a wrong number of arguments, is nothing that reading finds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from slogen.diagnostics import nearest
from slogen.gotemplates.literals import number, unquoted
from slogen.gotemplates.problem import AS_TEXT, Broken, Place, quoted
from slogen.gotemplates.tokens import Braces, Token
from slogen.gotemplates.tree import (
    Action,
    Command,
    Constant,
    Dot,
    Fields,
    Function,
    Group,
    Operand,
    Pipeline,
    Value,
    Variable,
)

DATA = "$"
"""The variable that holds the data of a template."""

_KEYWORDS = frozenset(
    ("block", "break", "continue", "define", "else", "end", "if", "range", "template", "with")
)
_OPENS = frozenset(("block", "define", "if", "range", "with"))
_CONSTANTS: dict[str, Value] = {"true": True, "false": False, "nil": None}
_INTEGER = re.compile(r"[-+]?(?:0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|[0-9]{1,4000})")
_MOST = 2**64


class Dialect(NamedTuple):
    """Who runs the templates: the functions and variables that it provides, and what to say of others."""

    functions: frozenset[str]
    variables: tuple[str, ...]
    help_with_function: Callable[[str], str]
    help_with_variable: str


class Block:
    """What an action opened, to be ended by another; `outside` are the variables declared before it."""

    __slots__ = ("has_else", "keyword", "outside", "place")

    def __init__(self, keyword: str, outside: list[str], place: Place) -> None:
        self.keyword = keyword
        self.outside = outside
        self.place = place
        self.has_else = False


class Reader:
    """Reads the actions of one template in their order. `blocks` are those that are open."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.blocks: list[Block] = []
        self.variables = list(dialect.variables)

    def read(self, braces: Braces) -> Action:
        """One action. Raises Broken at the first mistake; the reader can go on with the next action."""
        if braces.broken is None:
            return _Action(braces, self).read()
        keyword = next((token.text for token in braces.tokens if token.kind != "space"), "")
        if keyword in _OPENS:
            self.blocks.append(Block(keyword, self.variables, (braces.start, braces.end)))
        raise braces.broken

    def check_end(self) -> None:
        """Raises Broken where a block is not ended."""
        if self.blocks:
            last = self.blocks[-1]
            message = f"`{{{{ {last.keyword} }}}}` has no end"
            raise Broken(message, "write `{{ end }}` where it ends", last.place)


_NOTHING = Token("", "", 0)


class _Action:
    """One action: a keyword and what belongs to it, or a pipeline."""

    def __init__(self, braces: Braces, reader: Reader) -> None:
        self._tokens = braces.tokens
        self._place = (braces.start, braces.end)
        self._at = 0
        self._reader = reader

    def read(self) -> Action:
        """All of it; what it opens, ends and declares is noted in the reader."""
        keyword = self._peek_behind_space()
        if keyword.kind != "word" or keyword.text not in _KEYWORDS:
            return Action("", self._pipeline("the action"), self._place)
        self._next()
        readers = {"end": self._end, "else": self._else, "define": self._define, "template": self._template}
        readers |= {"block": self._block, "break": self._leave, "continue": self._leave}
        action = readers.get(keyword.text, self._opened)(keyword.text)
        left = self._peek_behind_space()
        if left.kind:
            raise _unexpected(left)
        return action

    def _opened(self, keyword: str) -> Action:
        outside = list(self._reader.variables)
        try:
            pipeline = self._pipeline(f"`{keyword}`", is_range=keyword == "range")
        finally:
            self._reader.blocks.append(Block(keyword, outside, self._place))
        return Action(keyword, pipeline, self._place)

    def _end(self, keyword: str) -> Action:
        if not self._reader.blocks:
            raise Broken("`{{ end }}` ends nothing", "delete it", self._place)
        self._reader.variables = self._reader.blocks.pop().outside
        return Action(keyword, None, self._place)

    def _else(self, keyword: str) -> Action:
        block = self._reader.blocks[-1] if self._reader.blocks else None
        if block is None or block.keyword not in {"if", "range", "with"}:
            raise Broken("`{{ else }}` belongs to nothing", "delete it", self._place)
        if block.has_else:
            message = f"`{{{{ {block.keyword} }}}}` has two `{{{{ else }}}}`"
            raise Broken(message, "delete one of them", self._place)
        again = self._peek_behind_space().text
        if again in {"if", "with"} and again == block.keyword:
            self._next()
            return Action(keyword, self._pipeline(f"`{again}`"), self._place, again)
        block.has_else = True
        return Action(keyword, None, self._place)

    def _leave(self, keyword: str) -> Action:
        if not any(block.keyword == "range" and not block.has_else for block in self._reader.blocks):
            raise Broken(f"`{{{{ {keyword} }}}}` stands outside of a `range`", "delete it", self._place)
        return Action(keyword, None, self._place)

    def _define(self, keyword: str) -> Action:
        name = self._name(keyword)
        if self._reader.blocks:
            message = "`{{ define }}` stands inside of another block"
            raise Broken(message, "move it out of the block", self._place)
        return self._enter_template(keyword, None, name)

    def _block(self, keyword: str) -> Action:
        name = self._name(keyword)
        return self._enter_template(keyword, self._pipeline("`block`"), name)

    def _enter_template(self, keyword: str, pipeline: Pipeline | None, name: str) -> Action:
        """What is declared outside of a named template is not known inside."""
        self._reader.blocks.append(Block(keyword, self._reader.variables, self._place))
        self._reader.variables = [DATA]
        return Action(keyword, pipeline, self._place, name=name)

    def _template(self, keyword: str) -> Action:
        name = self._name(keyword)
        pipeline = self._pipeline("`template`") if self._peek_behind_space().kind else None
        return Action(keyword, pipeline, self._place, name=name)

    def _name(self, keyword: str) -> str:
        """The name of a template, which is a text."""
        if self._peek_behind_space().kind != "text":
            raise Broken(f"`{{{{ {keyword} }}}}` has no name", "write its name in quotes", self._place)
        return str(unquoted(self._next().text))

    # pipelines ------------------------------------------------------------------------------------------

    def _pipeline(self, what: str, *, is_range: bool = False) -> Pipeline:
        """Commands, joined by `|`, up to the end of the action or of a parenthesis."""
        start = self._peek_behind_space().start
        variables, assigns = self._declarations(is_range=is_range)
        if self._is_over():
            raise Broken(f"{what} is empty", f"write a value or a function; {AS_TEXT}", self._place)
        commands = [self._command(is_first=True)]
        while self._peek().text == "|":
            self._next()
            if not self._is_over():
                commands.append(self._command(is_first=False))
        return Pipeline(variables, assigns, tuple(commands), (start, commands[-1].place[1]))

    def _declarations(self, *, is_range: bool) -> tuple[tuple[str, ...], bool]:
        """The variables that the pipeline sets, and whether they exist already."""
        found: list[str] = []
        for _ in range(2):
            start = self._at
            variable = self._peek_behind_space()
            if variable.kind != "variable":
                return tuple(found), False
            self._next()
            following = self._peek_behind_space()
            if following.kind != "assign" and following.text != ",":
                self._at = start
                return tuple(found), False
            self._next()
            found.append(variable.text)
            self._reader.variables = [*self._reader.variables, variable.text]
            if following.kind == "assign":
                return tuple(found), following.text == "="
            if not is_range:
                raise _unexpected(following)
        raise Broken("`range` declares more than two variables", "declare one, or two", self._place)

    def _command(self, *, is_first: bool) -> Command:
        operands: list[Operand] = []
        while not self._is_over() and self._peek().text != "|":
            operands.append(self._operand(is_piped_into=not operands and not is_first))
            if self._peek().kind not in {"space", ""} and self._peek().text not in {"|", ")"}:
                raise _unexpected(self._peek())
        if not operands:
            raise _unexpected(self._peek())
        return Command(tuple(operands), (operands[0].place[0], operands[-1].place[1]))

    def _is_over(self) -> bool:
        token = self._peek_behind_space()
        return not token.kind or token.text == ")"

    def _operand(self, *, is_piped_into: bool) -> Operand:
        token = self._next()
        if token.text == "(":
            pipeline = self._pipeline("the parenthesis")
            term: Operand = Group(pipeline, (token.start, self._next().end))
        else:
            term = self._term(token)
        if is_piped_into and token.is_constant:
            help_ = f"write a function behind `|`, such as `{self._some_function}`"
            raise Broken(f"{quoted(token.text)} is no function", help_, token.place)
        if self._peek().kind == "field" and token.is_constant:
            raise _unexpected(self._peek())
        return self._with_fields(term)

    def _with_fields(self, term: Operand) -> Operand:
        names: list[str] = []
        end = term.place[1]
        while self._peek().kind == "field":
            token = self._next()
            names.append(token.text[1:])
            end = token.end
        if not names or isinstance(term, Constant):
            return term
        of, before = (term.of, term.names) if isinstance(term, Fields) else (term, ())
        return Fields(of, (*before, *names), (term.place[0], end))

    def _term(self, token: Token) -> Operand:
        if token.kind == "variable":
            self._check_variable(token)
            return Variable(token.text, token.place)
        if token.kind == "field":
            return Fields(Dot((token.start, token.start)), (token.text[1:],), token.place)
        if token.kind == "dot":
            return Dot(token.place)
        if token.kind == "number":
            _check_number(token)
            return Constant(number(token.text), token.place)
        if token.kind in {"text", "char"}:
            return Constant(unquoted(token.text), token.place)
        if token.kind == "word" and token.text not in _CONSTANTS:
            self._check_function(token)
            return Function(token.text, token.place)
        if token.kind in {"mark", "assign"}:
            raise _unexpected(token)
        return Constant(_CONSTANTS[token.text], token.place)

    def _check_variable(self, token: Token) -> None:
        declared = self._reader.variables
        if token.text in declared:
            return
        message = f"the variable {quoted(token.text)} is not declared"
        raise Broken(
            message,
            meant(token.text, (name for name in declared if name != DATA))
            or self._reader.dialect.help_with_variable,
            token.place,
        )

    def _check_function(self, token: Token) -> None:
        dialect = self._reader.dialect
        if token.text in dialect.functions:
            return
        if token.text in _KEYWORDS:
            raise _unexpected(token)
        message = f"there is no function {quoted(token.text)}"
        raise Broken(message, dialect.help_with_function(token.text), token.place)

    @property
    def _some_function(self) -> str:
        return next(name for name in ("humanize", "print") if name in self._reader.dialect.functions)

    # tokens ---------------------------------------------------------------------------------------------

    def _peek(self) -> Token:
        return self._tokens[self._at] if self._at < len(self._tokens) else _NOTHING

    def _peek_behind_space(self) -> Token:
        while self._peek().kind == "space":
            self._at += 1
        return self._peek()

    def _next(self) -> Token:
        token = self._peek()
        self._at += 1
        return token


def meant(name: str, known: Iterable[str]) -> str:
    """The remedy for a name that is not known: the one that was meant, or nothing."""
    near = nearest(name, known)
    return f"did you mean `{near}`?" if near else ""


def _unexpected(token: Token) -> Broken:
    help_ = f"delete it, or put it in quotes; {AS_TEXT}"
    return Broken(f"{quoted(token.text)} is not expected here", help_, token.place)


def _check_number(token: Token) -> None:
    digits = token.text.replace("_", "")
    if _INTEGER.fullmatch(digits):
        base = {"x": 16, "o": 8, "b": 2}.get(digits.lstrip("+-")[1:2].lower(), 10)
        fits = -_MOST // 2 <= int(digits, base) < _MOST
    else:
        fits = digits.endswith("i") or abs(float(digits)) != float("inf")
    if not fits:
        raise Broken(f"{quoted(token.text)} is too large for a number", "write it in quotes", token.place)
