"""What scenarios say to people."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass

from slogen.durations import render
from slogen.ir import Millis
from slogen.prove.alerts.pace import Pace
from slogen.synthesis.nodes import BeyondError, read
from slogen.synthesis.wording import said

SILENT = "does not fire"
_LONGEST_NAME = 120
_BESIDE = (
    "All the while there are series that must not matter: others that are well, and those that a matcher "
    "leaves out."
)


@dataclass(frozen=True, slots=True)
class Story:
    """What happens to an alert: `calm` is how it is at first, `what` is what happens from `begin` on.

    The expression has a result since `since`, the alert fires at `fired`, and no longer at `resolved`.
    """

    calm: str
    what: str
    begin: Millis
    since: Millis
    fired: Millis
    resolved: Millis | None
    pace: Pace

    @property
    def quiet(self) -> str:
        """Why the alert does not fire at first."""
        return "nothing has happened yet"

    @property
    def resolves(self) -> str:
        """Why the alert does not fire in the end."""
        return "resolved"

    @property
    def not_yet(self) -> str:
        """Why the alert does not wait yet."""
        return "does not hold yet"

    def waits(self, for_: Millis) -> str:
        """Why the alert does not fire yet."""
        return f"holds since {render(self.since)}, not yet for {render(for_)}: pending"

    def fires(self, for_: Millis) -> str:
        """Why the alert fires."""
        return f"has held for {render(for_)}" if for_ else "fires at once"

    def still(self, keep: Millis) -> str:
        """Why the alert still fires although all is well again."""
        return f"still fires: within {render(keep)} of keep_firing_for" if keep else "still holds"

    def lines(self, for_: Millis, keep: Millis) -> tuple[str, ...]:
        """The whole story."""
        found = [f"{_sentence(self.what)}."]
        if self.begin:
            found = [f"Until {render(self.begin)}: {self.calm}. From then on: {self.what}."]
        found.append(f"{self._true()}{self._waiting(for_)}.")
        if self.resolved is not None:
            kept = f", with `keep_firing_for` {render(keep)}" if keep else ""
            turn = Millis(self.fired + self.pace.step)
            found.append(
                f"All is well again from {render(turn)} on: resolved at {render(self.resolved)}{kept}."
            )
        return tuple(found)

    def _true(self) -> str:
        if self.since == self.begin:
            return f"The expression holds at once, from {render(self.since)} on"
        delay = render(Millis(self.since - self.begin))
        back = f", which looks back {render(self.pace.reach)}," if self.pace.reach else ""
        return f"The expression{back} holds {delay} later, from {render(self.since)} on"

    def _waiting(self, for_: Millis) -> str:
        if not for_:
            return f": fires at {render(self.fired)}"
        return f"; with `for` {render(for_)} the alert fires at {render(self.fired)}"


def near_miss(what: str, lasts: Millis, reach: Millis, for_: Millis) -> tuple[str, ...]:
    """The story of a near miss."""
    return (f"{_sentence(what)}.", f"After {render(lasts)}{_enough(reach, for_)} the alert must not fire.")


def tour(fires: bool, beside: bool, lasts: Millis, reach: Millis, for_: Millis) -> tuple[str, ...]:
    """The story of worlds one after another."""
    what = "Cases in which the alert must fire" if fires else "Near misses in which the alert must not fire"
    story = f"{what}, one after another. Each lasts {render(lasts)}{_enough(reach, for_).rstrip(',')}."
    return (story, _BESIDE) if beside else (story,)


def _enough(reach: Millis, for_: Millis) -> str:
    """Why something lasts long enough."""
    waits = [
        *([f"the {render(reach)} that the expression looks back"] if reach else []),
        *([f"`for` {render(for_)}"] if for_ else []),
    ]
    return f", enough for {' and '.join(waits)}," if waits else ""


def shortened(name: str) -> str:
    """A name on one line, cut short at a word."""
    return textwrap.shorten(name, _LONGEST_NAME, placeholder=" ...")


def _sentence(text: str) -> str:
    """The text with a capital letter, unless it begins with a name."""
    first = text.split(" ", 1)[0]
    return text if any(char in first for char in "_:{(.0123456789`") else text[:1].upper() + text[1:]


def in_terms_of(what: str, replaced: Mapping[str, str]) -> str:
    """What happens, with recorded series by their names instead of what they are recorded from."""
    for text, name in replaced.items():
        try:
            words = said(read(text))
        except (BeyondError, RecursionError):
            continue
        what = what.replace(words, f"`{name}`")
    return what
