"""Values that tell matchers apart; promtool says which of them regular expressions take."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

import promtool
from slogen import promql
from slogen.promql.regexps import regexp_problem
from slogen.promql.witnesses import meets, satisfies, selects, witnesses, witnesses_of
from slogen.synthetic import Series

# The label, the matchers on it, and one value for each way in which they see it.
FOUND: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("job", ('="x"',), ("x", "other")),
    ("job", ('="x"', '="y"'), ("x", "y", "other")),
    ("job", ('=""',), ("other", "")),
    ("job", ('=~".+"',), ("a", "")),
    ("job", ('=~".*"',), ("other",)),
    ("code", ('=~"5.."',), ("200", "500")),
    ("code", ('!~"5.."',), ("200", "500")),
    ("code", ('=~"[45].."',), ("200", "500")),
    ("http_response_status_code", ('=~"5.."', '!="502"'), ("200", "500", "502")),
    ("code", ('=~"5..|429"', '!~"4.."'), ("200", "500", "404", "429")),
    ("status", ('="5xx"',), ("5xx", "2xx")),
    ("status", ('="failed"',), ("failed", "succeeded")),
    ("grpc_code", ('=~"Unknown|Internal"',), ("OK", "Internal")),
    ("grpc_code", ('!="OK"',), ("OK", "Internal")),
    ("method", ('="GET"',), ("GET", "POST")),
    ("handler", ('=~".*api.*"',), ("api", "other")),
    ("handler", ('!~"/(health|metrics).*"',), ("/health", "other")),
    ("le", ('=~"5|5\\\\.0"',), ("5", "other")),
    ("host", ('=~"a.example.com"',), ("a.example.com", "other")),
    ("x", ('=~"[a-z]+"', '=~"[a-c]+"', '!="b"'), ("a", "0", "b", "other")),
    ("x", ('=~"(?i)error|warn"', '="ERROR"'), ("ERROR", "error", "success")),
)


@pytest.mark.parametrize(("label", "matchers", "expected"), FOUND)
def test_witnesses(label: str, matchers: tuple[str, ...], expected: tuple[str, ...]) -> None:
    read = [promql.parse_matchers(label + matcher) for matcher in matchers]
    found = witnesses([one.matchers[0] for one in read if isinstance(one, promql.Matchers)])
    assert set(found) == set(expected)


def test_each_combination_has_one_value() -> None:
    for label, matchers, _ in FOUND:
        read = [promql.parse_matchers(label + matcher) for matcher in matchers]
        all_ = [one.matchers[0] for one in read if isinstance(one, promql.Matchers)]
        seen = [tuple(satisfies(one, value) for one in all_) for value in witnesses(all_)]
        assert len(seen) == len(set(seen)), (label, matchers)


SELECTORS = (
    ('a{x="1"}', Series("a", {"x": "1"}), True),
    ('a{x="1"}', Series("b", {"x": "1"}), False),
    ('{__name__=~"a|b", x!="1"}', Series("b"), True),
    ('a{x=~".*", y!~".+"}', Series("a", {"x": "1"}), True),
    ('a{x=~"1"}', Series("a", {"x": "10"}), False),
)


@pytest.mark.parametrize(("text", "series", "expected"), SELECTORS)
def test_selects(text: str, series: Series, expected: bool) -> None:
    selector = promql.parse_selector(text)
    assert isinstance(selector, promql.Selector)
    assert selects(selector, series) == expected


# What RE2 reads otherwise than Python, or not at all as it does.
PATTERNS = (
    *("[[:alpha:]]+", "[[:^digit:]_]", r"\pL", r"\p{Greek}x", r"\PN+", r"[^\pL]", r"\Qa.b\E+", r"\Aab\z"),
    *(
        r"(?i)error",
        r"(?i:[a-c]x)y",
        r"(?-i)A",
        "(?s).",
        "(?U)a+b",
        "(?P<n>a)b",
        r"\x{61}\x62",
    ),
    *(r"\141", r"[a\-z]", "[]a]+", "[^]a]", "a{2,3}", "a{2,}?", "x{0}", "{a}", "a{,2}", "$", "^a$", "a|^|b$"),
    *(
        r"\d+\w\s?",
        r"[\d\s-]x",
        "ſ",
        "(?i)k",
        "(?i)[^k]",
        r"a\.b",
        r"\t",
        "()",
        "(|a)+",
        "[a-]",
        "é+",
        r"\bfoo\b",
    ),
    *(r"(?i)\W", r"(?i)[\Wb]", "(?i)[[:^lower:]]", r"(?i)\P{Lu}", r"(?i)[^ſ]", r"(?i)\PL+", r"\B|a\Bb"),
)


def judged(patterns: Sequence[str], values: Sequence[str], folder: Path) -> str:
    """Asks promtool whether patterns take just the values of which `meets` says so; empty if they do."""
    series = [
        {"series": f"m{{i={promql.quote(str(i))}, x={promql.quote(v)}}}", "values": "1"}
        for i, v in enumerate(values)
    ]
    checks = [
        {
            "expr": f"count by (i) (m{{x=~{promql.quote(pattern)}}})",
            "eval_time": "0s",
            "exp_samples": [
                {"labels": f'{{i="{i}"}}', "value": 1}
                for i, value in enumerate(values)
                if meets(("=~", pattern), value)
            ],
        }
        for pattern in patterns
    ]
    test = {
        "evaluation_interval": "1m",
        "tests": [{"interval": "1m", "input_series": series, "promql_expr_test": checks}],
    }
    path = folder / "test.yaml"
    path.write_text(yaml.safe_dump(test), encoding="utf-8")
    command = [promtool.needed(), "test", "rules", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def valued(patterns: Sequence[str]) -> list[str]:
    """Values that may tell the patterns apart, and odd ones."""
    odd = [
        "a",
        "b",
        "ab",
        "A",
        "K",
        "k",
        "\u212a",
        "S",
        "ſ",
        "é",
        "É",
        "λ",
        "λx",
        "1",
        "٣",
        " ",
        "a-z",
        "-",
        "]",
        "^",
    ]
    found = [value for pattern in patterns for value in witnesses_of("x", (("=~", pattern),))]
    return list(dict.fromkeys((*odd, *found)))


def test_matching_is_that_of_prometheus(tmp_path: Path) -> None:
    assert judged(PATTERNS, valued(PATTERNS), tmp_path) == ""


PIECES = (
    *(
        "a",
        "b",
        "5",
        ".",
        r"\.",
        "[0-9]",
        "[^a]",
        "[a-c5]",
        r"\d",
        "(a|5)",
        "(?:b|)",
        "api",
        "/",
        "-",
        "|",
        "x|y",
    ),
    *(".*", ".+", "a?", "5{2}", "[[:alpha:]]", r"\w+", "(?i)", "_", r"\pL", "^", "$"),
)


@pytest.mark.parametrize("seed", range(4))
def test_matching_of_any_pattern(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    made = ("".join(chance.choices(PIECES, k=chance.randint(1, 5))) for _ in range(120))
    patterns = [pattern for pattern in made if regexp_problem(pattern) is None]
    values = valued(patterns)
    assert judged(patterns, values, tmp_path) == ""
    # A pattern without an anchor in its midst takes some value, and one is found.
    free = [pattern for pattern in patterns if "^" not in pattern and "$" not in pattern]
    assert [p for p in free if not any(meets(("=~", p), v) for v in witnesses_of("x", (("=~", p),)))] == []
