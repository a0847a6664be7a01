"""The two ways in which one model is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a format spells keys and takes scalars. `name` is the format's, for messages and for the drafts.

    Fields have snake_case names here; `camel` writes them in camelCase, all but those that hold capitals
    already (`overridePrevious`, which is spelled so in both). `coerces` makes a number or a boolean the text
    that Sloth makes of it; elsewhere it is an error where a text is needed.
    """

    name: str
    camel: bool
    coerces: bool

    def key(self, field: str) -> str:
        """The key of a field."""
        if not self.camel:
            return field
        first, *others = field.split("_")
        return first + "".join(word.capitalize() for word in others)


PROMETHEUS = Dialect("prometheus/v1", camel=False, coerces=True)
KUBERNETES = Dialect("sloth.slok.dev/v1", camel=True, coerces=False)
CONFIG = Dialect("the plugin", camel=False, coerces=False)
"""The configuration of an SLO plugin, in both formats: keys are spelled as the plugin names them."""


@cache
def keys_of(dialect: Dialect, fields: tuple[str, ...]) -> Mapping[str, str]:
    """The fields by their keys."""
    return MappingProxyType({dialect.key(field): field for field in fields})


def folded(key: str) -> str:
    """What all spellings of a key have in common."""
    return key.replace("_", "").replace("-", "").casefold()
