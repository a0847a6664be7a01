"""Regular expressions as RE2 has them; each verdict was compared with Go's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slogen.promql.regexps import regexp_problem


@pytest.mark.parametrize(
    "pattern",
    [
        *(
            "",
            "a",
            "a|b",
            "|",
            "5..",
            ".*",
            ".+?",
            "a??",
            "a{2}",
            "a{2,}",
            "a{1,3}?",
            "a{,2}",
            "{",
            "a{",
            "}",
            "]",
        ),
        *(
            "[a-z]",
            "[^a]",
            "[]a]",
            "[^]a]",
            "[a-]",
            "[-a]",
            "[a-z-9]",
            "[\\d-z]",
            "[[:alpha:]_]",
            "[[a]",
            "[\\]]",
        ),
        *(
            "\\.",
            "\\d\\D\\s\\S\\w\\W",
            "\\bx\\B",
            "\\Ax\\z",
            "\\pL",
            "\\p{Greek}",
            "\\P{^Greek}",
            "\\x41",
            "\\x{10FFFF}",
        ),
        *(
            "\\12",
            "\\0",
            "\\_",
            "\\-",
            "\\/",
            "\\Q*\\E",
            "\\Q*",
            "(a)",
            "(?:a)",
            "(?i)a",
            "(?i:a)",
            "(?s-i)a",
        ),
        *("(?P<n>a)", "(?<n>a)", "((a))", "a(?i)*", "^*", "/users/{id}", "é", "a\nb", "(a|b)+", "(?-s:.)"),
    ],
)
def test_sound(pattern: str) -> None:
    assert regexp_problem(pattern) is None


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("*", "nothing stands before `*`"),
        ("a|+", "nothing stands before `+`"),
        ("(?", "RE2 has no look-around and no other group that begins with `(?`"),
        ("(?=a)", "RE2 has no look-around and no other group that begins with `(?`"),
        ("(?!a)", "RE2 has no look-around and no other group that begins with `(?`"),
        ("(?P=n)", "RE2 has no look-around and no other group that begins with `(?`"),
        ("(?i)*", "nothing stands before `*`"),
        ("a**", "`*` repeats a repetition"),
        ("a{2}{3}", "`{3}` repeats a repetition"),
        ("a{1001}", "`{1001}` is no count up to 1000"),
        ("a{2,1}", "`{2,1}` is no count up to 1000"),
        ("(", "a group is not closed"),
        ("(a", "a group is not closed"),
        ("a)", "`)` closes nothing"),
        ("a)(b", "`)` closes nothing"),
        ("[", "a character class is wrong or not closed"),
        ("[]", "a character class is wrong or not closed"),
        ("[z-a]", "a character class is wrong or not closed"),
        ("[a-\\d]", "a character class is wrong or not closed"),
        ("[[:foo:]]", "a character class is wrong or not closed"),
        ("[\\b]", "a character class is wrong or not closed"),
        ("\\1", "`\\1` is no escape of RE2"),
        ("\\8", "`\\8` is no escape of RE2"),
        ("\\Z", "`\\Z` is no escape of RE2"),
        ("\\u00e9", "`\\u` is no escape of RE2"),
        ("\\é", "`\\é` is no escape of RE2"),
        ("\\x{110000}", "`\\x` is no escape of RE2"),
        ("a\\", "it ends in a backslash"),
        ("(?P<n>a)(?P<n>b)", "the group `n` stands there twice"),
    ],
)
def test_wrong(pattern: str, problem: str) -> None:
    assert regexp_problem(pattern) == problem


@pytest.mark.parametrize("part", ["a", "a|", "|", ".*", "a.*", "a.*|", "\\.", "[a]", "(a)", "a?"])
def test_a_long_pattern_is_judged_in_one_go(part: str) -> None:
    assert regexp_problem(part * 2000 + "é") is None
    assert regexp_problem(part * 2000 + "é(") == "a group is not closed"


@given(st.text(alphabet="ab|()[]{}*+?.\\-^$:dQEpx0123,é"))
def test_any_pattern_is_judged(pattern: str) -> None:
    problem = regexp_problem(pattern)
    assert problem is None or problem.strip()
