"""Templates of queries, and what Go makes of them: every result here is Go's own."""

from __future__ import annotations

import random
import re

GIVES = {
    # the window, in all spellings
    "[{{.window}}]": "[5m]",
    "[ {{- .window -}} ]": "[5m]",
    "{{$.window}} {{ (.).window }} {{ (.window) }}": "5m 5m 5m",
    '{{index . "window"}} {{index . "other"}}|': "5m |",
    '{{.window | printf "%s"}} {{print .window}} {{.window | html | js | urlquery}}': "5m 5m 5m",
    # text, comments, braces as text
    "a {{/* b */}} c {{- /* d */ -}} e": "a  ce",
    '{{"{{"}}x{{`}}`}} } {': "{{x}} } {",
    # conditions
    '{{if eq .window "5m"}}a{{else if eq .window "1h"}}b{{else}}c{{end}}': "a",
    '{{if ne .window "5m"}}a{{end}}|{{if not (eq .window "1h")}}b{{end}}': "|b",
    '{{if or (eq .window "1h" "5m") .}}a{{end}}{{if and true .window 0}}b{{end}}': "a",
    '{{if lt .window "6"}}a{{end}}{{if ge (len .window) 3}}b{{end}}': "a",
    "{{if gt 2 1}}a{{end}}{{if le 1.5 1.5}}b{{end}}{{if lt 2 2}}c{{end}}": "ab",
    "{{if .}}a{{end}}{{if not nil}}b{{end}}{{with 0}}c{{else}}d{{end}}": "abd",
    '{{and 0 (index .window 99)}} {{or "" 0 3}} {{1 | and 2}}': "0 3 1",
    "{{if false}}{{index .window 99}}{{end}}{{eq nil nil}} {{eq .window nil}}": "true false",
    '{{eq "a" "b" "a"}} {{ne 1 2}}': "true true",
    # variables
    "{{$w := .window}}{{$w}} {{if true}}{{$w = 1}}{{$w := 2}}{{$w}}{{end}} {{$w}}": "5m 2 1",
    "{{with $w := .window}}{{.}} {{$w}} {{$.window}}{{end}}": "5m 5m 5m",
    '{{with ""}}a{{else with .window}}{{.}}{{end}}{{with 0}}{{else}}{{.window}}{{end}}': "5m5m",
    # loops
    "{{range $k, $v := .}}{{$k}}={{$v}} {{.}}{{end}}": "window=5m 5m",
    "{{range 5}}{{if eq . 1}}{{continue}}{{end}}{{if eq . 3}}{{break}}{{end}}{{.}}{{end}}": "02",
    '{{range $i := 2}}{{$i}}{{end}}{{range 0}}a{{else}}b{{end}}{{range (index . "x") | len}}a{{end}}': "01b",
    "{{$x := 7}}{{range $x = 3}}{{.}}{{end}}{{$x}}": "0122",
    # functions
    '{{len .window}} {{len .}} {{len "é"}} {{index .window 0}}': "2 1 2 53",
    '{{slice .window 1}} {{slice "abc" 1 2}} {{slice .window}}': "m b 5m",
    '{{print 1 2 "a" 3 4 nil}}|{{println 1 "a"}}|{{print}}': "1 2a3 4 <nil>|1 a\n|",
    '{{html "<a b=\'\\">&" 1 2}}': "&lt;a b=&#39;&#34;&gt;&amp;1 2",
    '{{js "<a=\'\\">&\\\\\\n\\u00e9\\u200b"}}': "\\u003Ca\\u003D\\'\\\"\\u003E\\u0026\\\\\\u000Aé\\u200B",
    '{{urlquery "a b/c=é~-_.+"}}': "a+b%2Fc%3D%C3%A9~-_.%2B",
    # printf
    '{{printf "x[%s] / y[%s]" .window .window}}': "x[5m] / y[5m]",
    '{{printf "%[1]s %[1]q %[2]d %[1]v" .window 2}}': '5m "5m" 2 5m',
    '{{printf "%5s|%-5s|%.1s" .window .window .window}}': "   5m|5m   |5",
    '{{printf "%6q|%x|%X" .window .window .window}}': '  "5m"|356d|356D',
    '{{printf "%d %5d %-5d| %05d %+d % d" 42 42 42 42 42 42}}': "42    42 42   | 00042 +42  42",
    '{{printf "%x %X %b %o %c %v" 42 42 42 42 42 42}}': "2a 2A 101010 52 * 42",
    '{{printf "%f %.2f %8.3f %-8.1f|" 1.5 1.5 1.5 1.5}}': "1.500000 1.50    1.500 1.5     |",
    '{{printf "%e %.0E %v %g" 1500.0 1.5 1.5 1e6}}': "1.500000e+03 2E+00 1.5 1e+06",
    '{{printf "%t %v %v %v%%" true false nil .}}': "true false <nil> map[window:5m]%",
    '{{printf "%q" "a\\tb\\u00e9\\U0001F600\\x00\\u200b\\"\\\\"}}': '"a\\tbé😀\\x00\\u200b\\"\\\\"',
    # constants
    "{{0x1F}} {{0755}} {{1_000}} {{-5}} {{+5}} {{0b11}} {{0o17}}": "31 493 1000 -5 5 3 15",
    "{{'a'}} {{'\\n'}} {{'\\xff'}} {{'\\u00e9'}} {{true}}": "97 10 255 233 true",
    "{{1e3}} {{1.50}} {{1e21}} {{.5e-7}} {{1e-4}}": "1000 1.5 1e+21 5e-08 0.0001",
    "{{-0x1E}} {{100000.0}} {{1234567.0}} {{-0.0}}": "-30 100000 1.234567e+06 -0",
}
"""Templates, and the text that each gives where the window is `5m`."""

REFUSED = {
    "x[{{.⟦foo⟧}}] {{if true}}{{end}}": ("`.foo` is unknown", "write `.window`"),
    "{{⟦.windows⟧ | print}}": ("`.windows` is unknown", "did you mean `.window`?"),
    "{{if false}}{{⟦$.foo⟧}}{{end}}": ("`.foo` is unknown", ""),
    "{{with 0}}{{else}}{{⟦.foo⟧}}{{end}}": ("`.foo` is unknown", ""),
    "{{print ⟦.window.seconds⟧}}": ("`.window.seconds` is unknown", ""),
    "{{with .window}}{{⟦.window⟧}}{{end}}": ("a text has no field `window`", "delete `.window`"),
    "{{print ⟦windw⟧}}": ("there is no function `windw`", "write `.window`"),
    "{{print ⟦cluster⟧}}": ("there is no function `cluster`", "the window is `.window`"),
    "{{⟦prnt⟧ .window}}": ("there is no function `prnt`", "did you mean `print`?"),
    "{{⟦humanize⟧ .window}}": ("there is no function `humanize`", ""),
    "{{$win := .window}}{{⟦$windw⟧}}": ("the variable `$windw` is not declared", "did you mean `$win`?"),
    "{{⟦$w = 1⟧}}": ("the variable `$w` is not declared", "write `$w :=`"),
    "{{if false}}{{$w := 1}}{{else}}{{⟦$w⟧}}{{end}}": ("declared in another branch only", ""),
    "⟦{{if .window}}⟧x": ("`{{ if }}` has no end", "write `{{ end }}`"),
    "x⟦{{end}}⟧": ("`{{ end }}` ends nothing", "delete it"),
    "⟦{{}}⟧": ("the action is empty", ""),
    "{{print .window⟦)⟧}}": ("`)` closes nothing", ""),
    "{{print ⟦(⟧.window}}": ("`(` is not closed", ""),
    "⟦{{⟧print .window": ("an action is not closed", "end it with `}}`"),
    "{{⟦-.window⟧}}": ("means nothing in an action", ""),
    '⟦{{define "a"}}⟧{{end}}': ("`define` is not supported in a query", ""),
    '⟦{{template "a"}}⟧': ("`template` is not supported in a query", ""),
    '⟦{{block "a" .}}⟧{{end}}': ("`block` is not supported in a query", ""),
    "⟦{{break}}⟧": ("outside of a `range`", ""),
    "{{⟦call .window⟧}}": ("`call` runs a text, which is no function", "delete `call`"),
    "{{⟦.window⟧ 1}}": ("`.window` is no function", ""),
    "{{1 | ⟦.window⟧}}": ("`.window` is no function", ""),
    "{{⟦nil⟧}}": ("`nil` gives nothing", ""),
    "{{⟦eq⟧ .window}}": ("`eq` does not take 1 argument", "give it at least 2"),
    "{{⟦len⟧}}": ("`len` does not take 0 arguments", "give it 1"),
    "{{⟦or⟧}}": ("`or` does not take 0 arguments", ""),
    "{{⟦eq .window 5⟧}}": ("a text is compared with a number", ""),
    "{{⟦eq 1 1.0⟧}}": ("a number is compared with a number of another type", ""),
    "{{⟦lt true false⟧}}": ("a boolean and another have no order", ""),
    "{{⟦len 5⟧}}": ("a number has no length", ""),
    "{{⟦index .window 2⟧}}": ("the text has no place 2", ""),
    "{{⟦index . 1⟧}}": ("a number is no key of the data", ""),
    "{{⟦slice .window 2 1⟧}}": ("`slice` cuts from 2 to 1", ""),
    "{{range ⟦.window⟧}}{{end}}": ("`range` does not go over a text", ""),
    '{{⟦printf "%d" .window⟧}}': ("`%d` does not print a text", "write `%s` or `%q`"),
    '{{⟦printf "%s" 5⟧}}': ("`%s` does not print a number", "write `%d`"),
    '{{⟦printf "%z" 5⟧}}': ("`%z` does not print a number", ""),
    '{{⟦printf "%s"⟧}}': ("`%s` has no value to print", ""),
    '{{⟦printf "x" 1⟧}}': ("more values than its text has verbs", ""),
    '{{⟦printf "100%"⟧}}': ("ends within a verb", "write `%%`"),
    "{{⟦printf 5⟧}}": ("`printf` begins with a number", ""),
    "{{⟦1i⟧}}": ("is a complex number", ""),
    "{{⟦9223372036854775808⟧}}": ("is too large for a number", ""),
    '{{$x := "aaaaaaaaaa"}}' + "{{$x = print $x $x $x $x}}" * 6 + "{{$x = ⟦print $x $x $x $x⟧}}": (
        "an endless text",
        "",
    ),
    "{{range 100}}{{range 100}}{{range ⟦100⟧}}{{end}}{{end}}{{end}}": ("an endless text", ""),
    "{{range ⟦1000000⟧}}{{end}}": ("an endless text", ""),
}
"""Templates that give nothing, with the place, the message and the remedy."""

_CONSTANTS = (
    *('"5m"', '"1h"', '"a b"', '"%s"', '"%v-%d"', '"%q"', '"é"', '"<&\'="', '"%5s|%-4v"', '"%[1]s%[1]s"'),
    *('"%x"', '"%05d"', '"window"', '""', '"\\n"', '`x"y`', "'c'", "5", "0", "-1", "1.5", "1e3", "2", "1_0"),
    *("100000.0", "2.0", "true", "false", "nil"),
)
_OF_ONE = ("len", "not", "html", "js", "urlquery", "print", "println", "call", "printf", "index", "slice")
_OF_TWO = ("eq", "ne", "lt", "le", "gt", "ge", "index", "slice", "and", "or", "print", "printf")
_PIPED = (
    *("print", 'printf "%v"', "html", "len", "not", 'eq "5m"', "urlquery", "js", "and 1", 'or ""'),
    *("println", "index .", 'slice "abc"'),
)
_TOKEN = re.compile(r"\w+|\W")
_PIECES = (
    *("{{", "}}", "{{-", " -}}", "$", "$x", ".", "|", "(", ")", ",", ":=", "=", '"a"', '""', "'a'", "`", '"'),
    *("1", "-1", "if", "else", "end", "range", "with", "len", "print", "nil", "\n", " ", "x", "{{end}}"),
    *("{{else}}", "é", "%", "\\"),
)


class Author:
    """Writes templates by chance, most of which Go reads and many of which it runs."""

    def __init__(self, seed: str) -> None:
        self._rng = random.Random(seed)

    def template(self) -> str:
        """A template; one in four has a mistake put in."""
        text = self._pick("", "{{$x := .window}}", '{{$x := 1}}{{$y := "q"}}') + self._body(2)
        return self._spoiled(text) if self._rng.random() < 0.25 else text

    def _pick(self, *choices: str) -> str:
        return self._rng.choice(choices)

    def _maybe(self, chance: float, text: str) -> str:
        return text if self._rng.random() < chance else ""

    def _operand(self, depth: int) -> str:
        chance = self._rng.random()
        if chance < 0.35:
            return self._pick(".window", "$.window", ".", "$", "$x", "$y", ".window")
        return self._pick(*_CONSTANTS) if chance < 0.8 or depth <= 0 else f"({self._pipeline(depth - 1)})"

    def _command(self, depth: int) -> str:
        chance = self._rng.random()
        if chance < 0.3:
            return self._operand(depth)
        count = 1 if chance < 0.5 else 2 if chance < 0.85 else self._rng.randint(0, 4)
        name = self._pick(*(_OF_ONE if count == 1 else _OF_TWO))
        return " ".join((name, *(self._operand(depth) for _ in range(count))))

    def _pipeline(self, depth: int) -> str:
        text = self._command(depth)
        while self._rng.random() < 0.2:
            text += f" | {self._pick(*_PIPED)}"
        return text

    def _action(self, depth: int) -> str:
        kinds = ["show"] * 4 + ["set", "comment"] + ["if", "if", "with", "range"] * (depth > 0)
        kind = self._rng.choice(kinds)
        if kind == "show":
            return self._braces(self._pipeline(2))
        if kind == "set":
            return self._braces(self._pick("$x := ", "$y := ", "$x = ") + self._pipeline(1))
        return self._braces("/* c */") if kind == "comment" else self._block(kind, depth - 1)

    def _block(self, kind: str, depth: int) -> str:
        declared = self._pick("", "", "$x := ", "$x, $y := " if kind == "range" else "$y := ")
        condition = self._pick(".", "3", "0", "nil") if kind == "range" else self._pipeline(1)
        again = self._braces(f"else {kind} {self._pipeline(1)}") + self._body(depth)
        left = self._pick("", "", "{{break}}", "{{if eq . 1}}{{continue}}{{end}}z") if kind == "range" else ""
        return "".join(
            (
                self._braces(f"{kind} {declared}{condition}"),
                self._body(depth) + left,
                self._maybe(0.3, again) if kind != "range" else "",
                self._maybe(0.5, self._braces("else") + self._body(depth)),
                self._braces("end"),
            )
        )

    def _braces(self, inside: str) -> str:
        return self._pick("{{", "{{", "{{- ") + inside + self._pick("}}", "}}", " -}}")

    def _body(self, depth: int) -> str:
        parts = (
            self._pick(" ", "a ", "[", "]\n", "") + self._action(depth)
            for _ in range(self._rng.randint(1, 2))
        )
        return "".join(parts) + self._pick("", " ", "b")

    def _spoiled(self, text: str) -> str:
        tokens = _TOKEN.findall(text)
        for _ in range(self._rng.randint(1, 2)):
            at = self._rng.randrange(len(tokens) + 1)
            tokens[at : at + self._rng.randint(0, 1)] = [self._pick(*_PIECES)]
        return "".join(tokens)
