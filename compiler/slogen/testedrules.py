"""Which rules a user's own tests read: what the patterns in `rule_files` lead to.

Only inputs and outputs are known here, by their paths; promtool looks for files when it runs.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache

from slogen.ir import Program, Rule, RuleSet
from slogen.layout import file_names
from slogen.ownproofs import OwnTests, RulePattern

OUTPUT = "out"
"""The output folder, unless the command line names another."""
_RULES = "rules"


class Kind(Enum):
    """What a path leads to."""

    RULES = auto()
    MANIFEST = auto()
    SPEC = auto()
    TESTS = auto()


@dataclass(frozen=True, slots=True)
class File:
    """A file that is known: its path, what it is, and the rules in it. `generated` is what slogen makes of
    it, as a path, where that is one file."""

    path: str
    kind: Kind
    rules: tuple[Rule, ...] = ()
    generated: str = ""

    @property
    def alerts(self) -> tuple[str, ...]:
        """The names of the alerts in it, in order."""
        return tuple(rule.alert for rule in self.rules if rule.alert)


class Library:
    """All files of a program that a test could name."""

    def __init__(self, program: Program) -> None:
        self.files = tuple(_files(program))

    def read_by(self, test: OwnTests, pattern: RulePattern) -> tuple[File, ...]:
        """The files that a pattern matches, by path."""
        path = posixpath.normpath(posixpath.join(posixpath.dirname(test.path), pattern.text))
        if not pattern.text:
            return ()
        return self._matching(path) or self._matching(self._in_usual_output(path))

    def _matching(self, path: str) -> tuple[File, ...]:
        matches = _glob(path)
        return tuple(file for file in self.files if matches.fullmatch(file.path))

    def _in_usual_output(self, path: str) -> str:
        """A path below another folder that may be the output: it has the folders of one, and no inputs."""
        below = re.fullmatch(r"(.+)/((?:prometheus)?rules/[^/]+)", path)
        if below is None or any(file.path.startswith(f"{below[1]}/") for file in self.files):
            return path
        return f"{OUTPUT}/{below[2]}"

    def with_alert(self, name: str) -> File | None:
        """A rule file that has an alert of the name."""
        return next((f for f in self.files if f.kind is Kind.RULES and name in f.alerts), None)


def relative(path: str, test: OwnTests) -> str:
    """A path as the test would name it."""
    return posixpath.relpath(path, posixpath.dirname(test.path) or ".")


def _files(program: Program) -> Iterator[File]:
    found: dict[str, File] = {}
    for name, rules in zip(file_names(program.rule_sets), program.rule_sets, strict=True):
        every = tuple(rule for group in rules.groups for rule in group.rules)
        generated = f"{OUTPUT}/{_RULES}/{name}.yaml"
        found[generated] = File(generated, Kind.RULES, every)
        manifest = f"{OUTPUT}/prometheusrules/{name}.yaml"
        found[manifest] = File(manifest, Kind.MANIFEST, every, generated)
        for path in _sources(rules):
            kind = Kind.SPEC if rules.slos else Kind.MANIFEST if "manifest" in rules.where else Kind.RULES
            found.setdefault(path, File(path, kind, every, generated))
    for test in program.own_tests:
        found.setdefault(test.path, File(test.path, Kind.TESTS))
    yield from sorted(found.values(), key=lambda file: file.path)


def _sources(rules: RuleSet) -> set[str]:
    if not rules.slos:
        return {rules.where.whole.source.path}
    return {slo.where.whole.source.path for slo in rules.slos}


# Go's filepath.Match: `*` and `?` do not match a slash, and there is no `**`.
_PART = re.compile(
    r"(?P<star>\*+)|(?P<one>\?)|\[(?P<not>\^?)(?P<set>(?:\\.|[^\\\]])+)\]|\\?(?P<char>.)", re.DOTALL
)


@lru_cache(maxsize=256)
def _glob(pattern: str) -> re.Pattern[str]:
    """The paths that a pattern matches."""
    pieces = []
    for part in _PART.finditer(pattern):
        if part["star"]:
            pieces.append("[^/]*")
        elif part["one"]:
            pieces.append("[^/]")
        elif part["set"]:
            pieces.append(_set(part["not"], part["set"]))
        else:
            pieces.append(re.escape(part["char"]))
    return re.compile("".join(pieces), re.DOTALL)


_MEMBER = re.compile(r"(\\.|[^\\])(?:-(\\.|[^\\]))?", re.DOTALL)


def _set(negation: str, members: str) -> str:
    """A class of characters; one whose range is empty matches nothing, as in Go."""
    ranges = [(m[1][-1], (m[2] or m[1])[-1]) for m in _MEMBER.finditer(members)]
    written = "".join(f"{re.escape(low)}-{re.escape(high)}" for low, high in ranges if low <= high)
    if negation:
        return f"[^/{written}]"
    return f"(?!/)[{written}]" if written else "(?!)"
