"""Diagnostics drawn, and in the formats of machines."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import replace
from textwrap import dedent
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sarif import SARIF
from slogen import render
from slogen.diagnostics import Allowed, Code, Diagnostic, Fix, Label
from slogen.source import Source, Span

FIXED_RANGE = Code(
    "SLO402",
    "error",
    "A query ignores the window\n\n## Why\nAll windows give\nthe same answer.\n\n## Wrong\n`[5m]`\n",
)
TWICE = Code("SLO201", "warning", "An SLO is declared twice\n")
CHECKOUT = Source(
    "slos/checkout.yaml",
    dedent(
        """\
        kind: ServiceLevels
        spec:
          slos:
            - name: availability
              objective: 99.9
              sli:
                query:
                  bad: |
                    sum(
                      rate(http_requests_total{code=~"5.."}[5m])
                    )
        """
    ),
)


def place(source: Source, text: str, nth: int = 0) -> Span:
    start = -1
    for _ in range(nth + 1):
        start = source.text.index(text, start + 1)
    return Span(source, start, start + len(text))


def between(source: Source, first: str, last: str) -> Span:
    return Span(source, source.text.index(first), source.text.index(last) + len(last))


def found(at: Span, label: str = "", *also: Label, code: Code = TWICE, message: str = "wrong") -> Diagnostic:
    return Diagnostic(code, message, at, label, also)


def odd_diagnostics() -> st.SearchStrategy[Diagnostic]:
    """Diagnostics with any text, at any places of a text."""

    @st.composite
    def drawn(draw: st.DrawFn) -> Diagnostic:
        text = draw(st.text(max_size=40))
        source = Source(draw(st.text(min_size=1, max_size=12)), text)
        length = len(source.text)
        starts = st.integers(0, length)
        at, other = (
            Span(source, start, draw(st.integers(start, length))) for start in (draw(starts), draw(starts))
        )
        code = draw(st.sampled_from([FIXED_RANGE, TWICE]))
        fixes = (Fix(other, text),) if draw(st.booleans()) else ()
        words = draw(st.text(max_size=8))
        return Diagnostic(code, words, at, words, (Label(other, words),), words, fixes)

    return drawn()


def snippet(diagnostic: Diagnostic) -> str:
    """What is drawn between the header and the notes."""
    drawn = render.full([diagnostic])
    return drawn[drawn.index("\n") + 1 : drawn.index(" = ")].rstrip(" ")


class TestFull:
    def test_two_places_in_one_file(self) -> None:
        diagnostic = Diagnostic(
            FIXED_RANGE,
            "`[5m]` is the same for every burn-rate window",
            place(CHECKOUT, "[5m]"),
            "a fixed range",
            (Label(place(CHECKOUT, "99.9"), "alerts for this objective need several windows"),),
            "write `[{{.window}}]`",
        )
        assert render.full([diagnostic]) == dedent(
            """\
            error[SLO402]: `[5m]` is the same for every burn-rate window
              --> slos/checkout.yaml:10:50
               |
             5 |       objective: 99.9
               |                  ---- alerts for this objective need several windows
               ...
            10 |               rate(http_requests_total{code=~"5.."}[5m])
               |                                                    ^^^^ a fixed range
               |
               = help: write `[{{.window}}]`
               = more: slogen explain SLO402
            """
        ).replace(":10:50", f":10:{place(CHECKOUT, '[5m]').column}")

    def test_a_place_in_another_file(self) -> None:
        other = Source("slos/checkout-eu.yaml", "\n\nslos:\n  - name: availability\n")
        diagnostic = Diagnostic(
            TWICE,
            "`checkout/availability` is declared twice",
            place(other, "availability"),
            also=(Label(place(CHECKOUT, "availability"), "first declared here"),),
        )
        assert render.full([diagnostic]) == dedent(
            """\
            warning[SLO201]: `checkout/availability` is declared twice
             --> slos/checkout-eu.yaml:4:11
              |
            4 |   - name: availability
              |           ^^^^^^^^^^^^
             ::: slos/checkout.yaml:4:13
              |
            4 |     - name: availability
              |             ------------ first declared here
              |
              = more: slogen explain SLO201
            """
        )

    def test_findings_are_set_apart_by_a_blank_line(self) -> None:
        first, second = found(place(CHECKOUT, "kind")), found(place(CHECKOUT, "spec"))
        assert render.full([first, second]) == render.full([first]) + "\n" + render.full([second])
        assert render.full([]) == ""

    def test_a_file_that_could_not_be_read_has_no_lines(self) -> None:
        gone = Source("slos/gone.yaml", "")
        assert render.full([found(Span(gone, 0, 0), message="`slos/gone.yaml` is gone")]) == dedent(
            """\
            warning[SLO201]: `slos/gone.yaml` is gone
             --> slos/gone.yaml
              |
              = more: slogen explain SLO201
            """
        )

    def test_help_of_several_lines_is_indented(self) -> None:
        diagnostic = Diagnostic(TWICE, "wrong", place(CHECKOUT, "kind"), help="write\n  a: 1\n\n  b: 2\n")
        assert render.full([diagnostic]).endswith(
            "  = help: write\n            a: 1\n\n            b: 2\n  = more: slogen explain SLO201\n"
        )

    def test_a_single_line_between_two_is_shown(self) -> None:
        at = place(CHECKOUT, "slos:")
        assert snippet(found(at, "here", Label(place(CHECKOUT, "objective"), "there"))) == dedent(
            """\
             --> slos/checkout.yaml:3:3
              |
            3 |   slos:
              |   ^^^^^ here
            4 |     - name: availability
            5 |       objective: 99.9
              |       --------- there
              |
             """
        ).rstrip(" ")

    def test_lines_that_follow_each_other_have_nothing_between(self) -> None:
        drawn = snippet(found(place(CHECKOUT, "slos:"), "", Label(place(CHECKOUT, "name"), "there")))
        assert "..." not in drawn
        assert drawn.splitlines()[2:6] == [
            "3 |   slos:",
            "  |   ^^^^^",
            "4 |     - name: availability",
            "  |       ---- there",
        ]

    def test_labels_on_one_line_share_a_row_where_they_fit(self) -> None:
        at = place(CHECKOUT, "rate")
        drawn = snippet(
            found(
                at,
                "this",
                Label(place(CHECKOUT, "http_requests_total"), "counter"),
                Label(place(CHECKOUT, "[5m]"), "range"),
            )
        )
        assert drawn.splitlines()[2:] == [
            '10 |               rate(http_requests_total{code=~"5.."}[5m])',
            "   |               ^^^^ this                            ---- range",
            "   |                    ------------------- counter",
            "   |",
        ]

    def test_a_place_without_characters_is_one_caret(self) -> None:
        text = CHECKOUT.text.index("\n")
        drawn = snippet(found(Span(CHECKOUT, text, text), "here"))
        assert drawn.splitlines()[2:4] == ["1 | kind: ServiceLevels", "  |                    ^ here"]

    def test_the_end_of_the_file(self) -> None:
        end = len(CHECKOUT.text)
        assert snippet(found(Span(CHECKOUT, end, end), "here")).splitlines()[2:4] == ["12 |", "   | ^ here"]

    def test_a_text_of_a_few_lines_is_underlined_line_by_line(self) -> None:
        drawn = snippet(found(between(CHECKOUT, "sum(", "    )"), "here"))
        assert drawn.splitlines()[2:] == [
            " 9 |             sum(",
            "   |             ^^^^ here",
            '10 |               rate(http_requests_total{code=~"5.."}[5m])',
            "   |               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
            "11 |             )",
            "   |             ^",
            "   |",
        ]

    def test_of_a_long_text_the_first_and_the_last_line(self) -> None:
        at = Span(CHECKOUT, CHECKOUT.text.index("name"), len(CHECKOUT.text))
        assert snippet(found(at, "this SLO")).splitlines()[2:] == [
            " 4 |     - name: availability",
            "   |       ^^^^^^^^^^^^^^^^^^ this SLO",
            "   ...",
            "11 |             )",
            "   |             ^",
            "   |",
        ]

    def test_wide_and_joining_characters_keep_the_carets_in_place(self) -> None:
        source = Source("a.yaml", "名前: e\u0301te\u0301 [5m]\n")
        line, underline = snippet(found(place(source, "[5m]"))).splitlines()[2:4]
        assert line == "1 | 名前: e\u0301te\u0301 [5m]"
        # 2 wide characters, and 2 that stand on the one before them
        assert underline == "  | " + " " * (4 + 2 + 3 + 1) + "^^^^"
        wide = snippet(found(place(source, "名前"))).splitlines()[3]
        assert wide == "  | ^^^^"

    def test_a_tab_is_as_wide_everywhere(self) -> None:
        source = Source("a.yaml", "a:\tb\tc\n")
        assert snippet(found(place(source, "c"))).splitlines()[2:4] == [
            "1 | a:    b    c",
            "  |            ^",
        ]
        assert snippet(found(place(source, "\t"))).splitlines()[3] == "  |   ^^^^"

    @pytest.mark.parametrize(
        ("written", "shown"),
        [
            ("\x1b[31m", "␛[31m"),
            ("\x00", "␀"),
            ("\x7f", "␡"),
            ("\x9b", "<U+009B>"),
            ("\u202e", "<U+202E>"),
            ("\u2066", "<U+2066>"),
            ("\u200b", "<U+200B>"),
            ("\u00a0", "<U+00A0>"),
            ("\u2028", "<U+2028>"),
            ("\ud800", "<U+D800>"),
        ],
    )
    def test_what_would_act_on_a_terminal_is_shown_instead(self, written: str, shown: str) -> None:
        source = Source("a.yaml", f"a: {written}x\n")
        line, underline = snippet(found(place(source, "x"))).splitlines()[2:4]
        assert line == f"1 | a: {shown}x"
        assert underline == "  | " + " " * (3 + len(shown)) + "^"

    def test_texts_and_paths_are_shown_as_safely_as_the_source(self) -> None:
        source = Source("a\x1b]0;x\x07.yaml", "a: 1\n")
        diagnostic = Diagnostic(
            TWICE,
            "bad `\x1b[2J`",
            place(source, "1"),
            "\x1b[1m",
            (Label(place(source, "a"), "\x1b"),),
            "\x1b[0m",
        )
        for text in (render.full([diagnostic]), render.concise([diagnostic])):
            assert "\x1b" not in text
            assert "\x07" not in text

    def test_a_message_of_several_lines_stays_one(self) -> None:
        diagnostic = found(place(CHECKOUT, "kind"), message="first\nsecond")
        assert render.full([diagnostic]).splitlines()[0] == "warning[SLO201]: first second"
        assert render.concise([diagnostic]) == "slos/checkout.yaml:1:1: warning[SLO201]: first second\n"

    def test_windows_line_ends(self) -> None:
        source = Source("a.yaml", "a: 1\r\nb: 2\r\n")
        assert snippet(found(place(source, "2"))).splitlines()[2:4] == ["2 | b: 2", "  |    ^"]
        end = source.text.index("\r\n") + 1
        assert snippet(found(Span(source, end, end))).splitlines()[2:4] == ["1 | a: 1", "  |     ^"]


class TestLongLines:
    SOURCE = Source("a.yaml", f"expr: {'a' * 200}[5m]{'b' * 200}[1h]\n")

    @staticmethod
    def rows(diagnostic: Diagnostic) -> list[str]:
        return [line.partition("| ")[2] for line in snippet(diagnostic).splitlines()[2:-1]]

    @staticmethod
    def underlined(line: str, carets: str) -> str:
        start, end = carets.index("^"), carets.rindex("^") + 1
        return line[start:end]

    def test_a_line_is_cut_on_both_sides(self) -> None:
        line, carets = self.rows(found(place(self.SOURCE, "[5m]")))
        assert line.startswith("...a")
        assert line.endswith("b...")
        assert len(line) <= render.LINE_CELLS
        assert self.underlined(line, carets) == "[5m]"

    def test_the_start_of_a_line_is_not_cut_off(self) -> None:
        line, carets = self.rows(found(place(self.SOURCE, "expr")))
        assert line.startswith("expr: aaa")
        assert line.endswith("a...")
        assert self.underlined(line, carets) == "expr"

    def test_the_end_of_a_line_is_not_cut_off(self) -> None:
        line, carets = self.rows(found(place(self.SOURCE, "[1h]")))
        assert line.startswith("...b")
        assert line.endswith("bb[1h]")
        assert self.underlined(line, carets) == "[1h]"

    def test_the_place_behind_the_end(self) -> None:
        end = len(self.SOURCE.text) - 1
        line, carets = self.rows(found(Span(self.SOURCE, end, end)))
        assert line.endswith("bb[1h]")
        assert carets.index("^") == len(line)

    def test_more_than_fits_is_underlined_as_far_as_it_is_shown(self) -> None:
        line, carets = self.rows(found(place(self.SOURCE, "a" * 200)))
        assert self.underlined(line, carets) == "a" * len(carets.strip())
        assert len(line) <= render.LINE_CELLS

    def test_places_too_far_apart_get_a_cut_each(self) -> None:
        first, carets, second, dashes = self.rows(
            found(place(self.SOURCE, "[5m]"), "", Label(place(self.SOURCE, "[1h]"), "range"))
        )
        assert self.underlined(first, carets) == "[5m]"
        assert second[dashes.index("-") :][:4] == "[1h]"
        assert dashes.endswith("---- range")

    def test_wide_characters_are_cut_by_what_they_take(self) -> None:
        source = Source("a.yaml", "名" * 100 + "x" + "前" * 100 + "\n")
        line, carets = self.rows(found(place(source, "x")))
        cells = sum(2 if unicodedata.east_asian_width(char) == "W" else 1 for char in line)
        assert cells <= render.LINE_CELLS
        before = line[: line.index("x")]
        assert carets.index("^") == sum(2 if char == "名" else 1 for char in before)


def test_colour_changes_nothing_but_the_colour() -> None:
    diagnostic = Diagnostic(
        FIXED_RANGE,
        "wrong",
        place(CHECKOUT, "[5m]"),
        "here",
        (Label(place(CHECKOUT, "rate"), "there"), Label(place(CHECKOUT, "99.9"), "and here")),
        "help",
    )
    colored = render.full([diagnostic], color=True)
    assert colored.startswith("\x1b[1;31merror[SLO402]\x1b[0m")
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == render.full([diagnostic])
    assert "\x1b" not in render.full([diagnostic])


@given(
    text=st.text(max_size=300),
    places=st.lists(
        st.tuples(st.integers(0, 300), st.integers(0, 300), st.text(max_size=8)), min_size=1, max_size=4
    ),
)
def test_any_text_can_be_drawn(text: str, places: list[tuple[int, int, str]]) -> None:
    source = Source("a.yaml", text)
    length = len(source.text)
    spans = [
        (Span(source, min(start, length), min(start + width, length)), label)
        for start, width, label in places
    ]
    (at, label), *others = spans
    diagnostic = Diagnostic(
        TWICE, text[:20], at, label, tuple(Label(span, name) for span, name in others), text[:20]
    )
    drawn = render.full([diagnostic])
    assert drawn.replace("\n", "").isprintable()
    assert drawn.count("^") >= (1 if length else 0)
    assert json.loads(render.json([diagnostic]))["message"] == text[:20]
    assert json.loads(render.sarif([diagnostic]))["runs"][0]["results"]
    assert render.github([diagnostic]).count("\n") == 1
    assert render.concise([diagnostic]).count("\n") == 1


class TestSummary:
    @pytest.mark.parametrize(
        ("errors", "warnings", "files", "text"),
        [
            (2, 1, 12, "2 errors, 1 warning in 12 files"),
            (1, 0, 1, "1 error in 1 file"),
            (0, 2, 3, "2 warnings in 3 files"),
            (0, 0, 1, "no errors in 1 file"),
        ],
    )
    def test_counts(self, errors: int, warnings: int, files: int, text: str) -> None:
        at = place(CHECKOUT, "kind")
        diagnostics = [found(at, code=FIXED_RANGE)] * errors + [found(at)] * warnings
        assert render.summary(diagnostics, files) == text
        assert render.summary(diagnostics, files, allowed=1) == f"{text} (1 finding allowed)"
        assert render.summary(diagnostics, files, allowed=2) == f"{text} (2 findings allowed)"


def test_concise() -> None:
    diagnostics = [found(place(CHECKOUT, "[5m]"), code=FIXED_RANGE), found(place(CHECKOUT, "99.9"))]
    assert render.concise(diagnostics) == (
        f"slos/checkout.yaml:10:{place(CHECKOUT, '[5m]').column}: error[SLO402]: wrong\n"
        "slos/checkout.yaml:5:18: warning[SLO201]: wrong\n"
    )


def test_json() -> None:
    diagnostic = Diagnostic(
        FIXED_RANGE,
        "größer\n\u202e",
        between(CHECKOUT, "sum(", "    )"),
        "here",
        (Label(place(CHECKOUT, "99.9"), "there"),),
        "help",
    )
    mended = replace(found(place(CHECKOUT, "kind")), fixes=(Fix(place(CHECKOUT, "99.9"), "99"),))
    text = render.json([diagnostic, mended])
    assert text.isascii()
    first, second = map(json.loads, text.splitlines())
    assert first == {
        "code": "SLO402",
        "severity": "error",
        "message": "größer\n\u202e",
        "path": "slos/checkout.yaml",
        "line": 9,
        "column": 13,
        "end_line": 11,
        "end_column": 14,
        "label": "here",
        "labels": [
            {
                "path": "slos/checkout.yaml",
                "line": 5,
                "column": 18,
                "end_line": 5,
                "end_column": 22,
                "text": "there",
            }
        ],
        "help": "help",
        "fixes": [],
    }
    assert (second["labels"], second["fixes"]) == (
        [],
        [
            {
                "path": "slos/checkout.yaml",
                "line": 5,
                "column": 18,
                "end_line": 5,
                "end_column": 22,
                "text": "99",
            }
        ],
    )
    assert render.json([]) == ""


class TestGithub:
    def test_escapes(self) -> None:
        source = Source("a,b:c%d.yaml", "x: 1\n")
        code = Code("SLO201", "warning", "Twice, or: 100%\n")
        diagnostic = Diagnostic(code, "50% of a: b, c\r\nd", place(source, "1"), help="try ::x")
        assert render.github([diagnostic]) == (
            "::warning file=a%2Cb%3Ac%25d.yaml,line=1,endLine=1,col=4,endColumn=5,"
            "title=SLO201%3A Twice%2C or%3A 100%25::50%25 of a: b, c%0D%0Ad%0Ahelp: try ::x\n"
        )

    def test_what_would_act_on_a_terminal_is_shown_instead(self) -> None:
        text = render.github([found(place(CHECKOUT, "kind"), message="a\x1b]0;b\x07\u2028c")])
        assert text.endswith("::a␛]0;b␇<U+2028>c\n")

    def test_a_place_of_several_lines_has_no_columns(self) -> None:
        text = render.github([found(between(CHECKOUT, "sum(", "    )"), code=FIXED_RANGE)])
        title = "SLO402%3A A query ignores the window"
        assert text == f"::error file=slos/checkout.yaml,line=9,endLine=11,title={title}::wrong\n"


class TestSarif:
    def test_the_log(self) -> None:
        diagnostic = Diagnostic(
            FIXED_RANGE,
            "`x{a='b'}` is wrong",
            place(CHECKOUT, "[5m]"),
            "here",
            (Label(place(CHECKOUT, "99.9"), "there"),),
            "do this",
        )
        log = json.loads(render.sarif([found(place(CHECKOUT, "kind")), diagnostic, diagnostic]))
        assert log["version"] == "2.1.0"
        (run,) = log["runs"]
        assert run["columnKind"] == "unicodeCodePoints"
        driver = run["tool"]["driver"]
        assert driver["name"] == "slogen"
        twice, fixed = driver["rules"]
        assert (twice["id"], twice["defaultConfiguration"]) == ("SLO201", {"level": "warning"})
        assert twice["fullDescription"] == {"text": "An SLO is declared twice"}
        assert fixed == {
            "id": "SLO402",
            "shortDescription": {"text": "A query ignores the window"},
            "fullDescription": {"text": "All windows give the same answer."},
            "help": {"text": FIXED_RANGE.doc.strip(), "markdown": FIXED_RANGE.doc.strip()},
            "defaultConfiguration": {"level": "error"},
        }
        first, second, third = run["results"]
        assert (first["ruleId"], first["ruleIndex"]) == ("SLO201", 0)
        assert "relatedLocations" not in first
        assert second == third
        assert second["ruleIndex"] == 1
        assert second["message"] == {"text": "`x{a='b'}` is wrong\nhelp: do this"}
        column = place(CHECKOUT, "[5m]").column
        assert second["locations"] == [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "slos/checkout.yaml"},
                    "region": {
                        "startLine": 10,
                        "startColumn": column,
                        "endLine": 10,
                        "endColumn": column + 4,
                    },
                },
                "message": {"text": "here"},
            }
        ]
        (related,) = second["relatedLocations"]
        assert related["id"] == 1
        assert related["message"] == {"text": "there"}
        assert related["physicalLocation"]["region"]["startLine"] == 5

    def test_no_findings_are_a_log_too(self) -> None:
        (run,) = json.loads(render.sarif([]))["runs"]
        assert run["results"] == []
        assert run["tool"]["driver"]["rules"] == []

    @pytest.mark.parametrize(
        ("path", "uri"),
        [
            ("slos/a b.yaml", "slos/a%20b.yaml"),
            ("a:b#c?d%.yaml", "a%3Ab%23c%3Fd%25.yaml"),
            ("../größe.yaml", "../gr%C3%B6%C3%9Fe.yaml"),
            ("<stdin>", "%3Cstdin%3E"),
            ("/srv/a.yaml", "file:///srv/a.yaml"),
            ("not-utf8-\udcff.yaml", "not-utf8-%FF.yaml"),
        ],
    )
    def test_paths_are_uris(self, path: str, uri: str) -> None:
        source = Source(path, "a: 1\n")
        (result,) = json.loads(render.sarif([found(place(source, "1"))]))["runs"][0]["results"]
        (location,) = result["locations"]
        assert location["physicalLocation"]["artifactLocation"] == {"uri": uri}
        assert unquote(uri, errors="surrogateescape").removeprefix("file://") == path

    def test_what_is_allowed_is_suppressed(self) -> None:
        comment, entry = place(CHECKOUT, "slos:"), place(CHECKOUT, "spec:")
        allowed = [
            Allowed(found(place(CHECKOUT, "99.9"), code=FIXED_RANGE), "a demo", comment, in_source=True),
            Allowed(found(place(CHECKOUT, "sum")), "for now", entry, in_source=False),
        ]
        (run,) = json.loads(render.sarif([found(place(CHECKOUT, "kind"))], allowed))["runs"]
        assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["SLO201", "SLO402"]
        assert [(r["ruleId"], r["ruleIndex"]) for r in run["results"]] == [
            ("SLO201", 0),
            ("SLO402", 1),
            ("SLO201", 0),
        ]
        first, *others = (result["suppressions"] for result in run["results"])
        assert first == []
        assert [(s["kind"], s["status"], s["justification"]) for (s,) in others] == [
            ("inSource", "accepted", "a demo"),
            ("external", "accepted", "for now"),
        ]
        assert others[0][0]["location"]["physicalLocation"]["region"]["startLine"] == 3

    def test_fixes_are_one_change(self) -> None:
        fixes = (Fix(place(CHECKOUT, "99.9"), "99"), Fix(Span(CHECKOUT, 0, 0), "# é\n"))
        diagnostic = replace(found(place(CHECKOUT, "kind")), fixes=fixes, help="write `99`")
        (result,) = json.loads(render.sarif([diagnostic]))["runs"][0]["results"]
        ((change,),) = (fix["artifactChanges"] for fix in result["fixes"])
        assert change["artifactLocation"] == {"uri": "slos/checkout.yaml"}
        assert [
            (
                part["deletedRegion"]["startColumn"],
                part["deletedRegion"]["endColumn"],
                part["insertedContent"],
            )
            for part in change["replacements"]
        ] == [(18, 22, {"text": "99"}), (1, 1, {"text": "# é\n"})]

    @given(
        diagnostics=st.lists(odd_diagnostics(), max_size=4), permitted=st.lists(odd_diagnostics(), max_size=2)
    )
    def test_every_log_follows_the_schema(
        self, diagnostics: list[Diagnostic], permitted: list[Diagnostic]
    ) -> None:
        allowed = [Allowed(each, "because", each.at, in_source=bool(i)) for i, each in enumerate(permitted)]
        log = json.loads(render.sarif(diagnostics, allowed))
        SARIF.validate(log)
        (run,) = log["runs"]
        rules = run["tool"]["driver"]["rules"]
        assert len({rule["id"] for rule in rules}) == len(rules)
        for result in run["results"]:
            assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        # The standard asks for all or none.
        assert len({"suppressions" in result for result in run["results"]}) <= 1

    def test_a_file_that_could_not_be_read_has_no_region(self) -> None:
        (result,) = json.loads(render.sarif([found(Span(Source("a.yaml", ""), 0, 0))]))["runs"][0]["results"]
        assert list(result["locations"][0]["physicalLocation"]) == ["artifactLocation"]


def test_every_format_has_a_name() -> None:
    at = place(CHECKOUT, "kind")
    assert {name: bool(draw([found(at)])) for name, draw in render.FORMATS.items()} == dict.fromkeys(
        ["full", "concise", "json", "sarif", "github"], True
    )
