"""Labels such as an alert may fire with, so that others can see which way it goes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product

from slogen.alertmanager.firing import Firing
from slogen.alertmanager.matchers import Matcher
from slogen.alertmanager.routes import Route, deliveries, matchers_of
from slogen.units import Labels

# More of them show nothing new to those who read them.
_MOST = 16
_MISSING = ""


def samples(root: Route, firing: Firing) -> tuple[tuple[Labels, tuple[str, ...]], ...]:
    """Labels of an alert, each with the receivers, in the order of the tree.

    A label that nobody knows has a sample; if routes ask for its value, there is one set of labels for each
    value that they name, as far as it leads elsewhere.
    """
    choices = {
        name: tuple(_values(root, firing, name)) for name in sorted({*firing.present, *firing.unknown})
    }
    found: dict[tuple[str, ...], Labels] = {}
    for values in islice(product(*choices.values()), _MOST):
        filled = dict(zip(choices, values, strict=True))
        labels = {**firing.known, **{name: value for name, value in filled.items() if value}}
        ends = tuple(delivery.receiver for delivery in deliveries(root, labels))
        found.setdefault(ends, labels)
    return tuple((labels, ends) for ends, labels in found.items())


def _values(root: Route, firing: Firing, name: str) -> Iterator[str]:
    """A sample of a label, the values that routes ask for, and none if the label may be missing."""
    sample = f"some-{name}"
    asked = dict.fromkeys(
        value for matcher in matchers_of(root) if matcher.name == name for value in _named(matcher)
    )
    yield sample
    yield from (value for value in asked if value and value != sample)
    if name in firing.unknown and asked:
        yield _MISSING


def _named(matcher: Matcher) -> tuple[str, ...]:
    """The values that a matcher names, where it does so in plain words."""
    if matcher.op in ("=", "!="):
        return (matcher.value,)
    return tuple(
        part
        for part in matcher.value.split("|")
        if matcher.takes({matcher.name: part}) == (matcher.op == "=~")
    )
