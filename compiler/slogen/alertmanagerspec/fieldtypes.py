"""What a field of a configuration of Alertmanager may hold, and which versions know it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

OLDEST = "0.25"
"""The oldest version that is told apart: what has no first version is as old."""


class Form(Enum):
    """What a value looks like.

    `DURATION` is one of Prometheus, `SPAN` one of Go (`1.5h`, no days). `MAPPING` has the fields that are
    stated, `MAPPINGS` is a list of such, `NAMED` a mapping of such by names of the author's, and
    `TEXT_OR_MAPPING` may be either. `TREE` may be anything, `TREE_BY_NAME` anything
    below names of the author's. `URL` begins with http or https,
    `URL_TEMPLATE` may be a template that comes to one, and `ADDRESS` is a host and a port.
    """

    TEXT = auto()
    TEXTS = auto()
    TEXT_BY_NAME = auto()
    FLAG = auto()
    WHOLE = auto()
    COUNT = auto()
    NUMBER = auto()
    DURATION = auto()
    SPAN = auto()
    URL = auto()
    URL_TEMPLATE = auto()
    ADDRESS = auto()
    TREE = auto()
    TREE_BY_NAME = auto()
    MAPPING = auto()
    MAPPINGS = auto()
    NAMED = auto()
    TEXT_OR_MAPPING = auto()


@dataclass(frozen=True, slots=True)
class Field:
    """A field: its form, the first version that knows it (empty for the oldest), and what is inside.

    `file_since` is the first version in which the field may be read from a file, whose path stands below
    `<name>_file`; empty for the first that knows the field, None if it cannot. `deep_since` is the first one
    that takes more than texts below the names of a tree.

    `choices` are the only texts. `needs` are alternatives: of each, one must be given in a mapping; with
    `is_whole` even in an item of a list that is empty. `only_one` are fields of a mapping that exclude each
    other.
    """

    form: Form = Form.TEXT
    since: str = ""
    is_secret: bool = False
    file_since: str | None = None
    inside: Mapping[str, Field] = field(default_factory=dict)
    choices: tuple[str, ...] = ()
    needs: tuple[tuple[str, ...], ...] = ()
    only_one: tuple[tuple[str, ...], ...] = ()
    is_whole: bool = False
    deep_since: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A way to notify, `slack` for what files call `slack_configs`: what it holds, and the first version.

    `inherits` are fields that `global` may give, by the names that they have there.
    """

    name: str
    holds: Field
    inherits: Mapping[str, str] = field(default_factory=dict)

    @property
    def since(self) -> str:
        """The first version that knows it, empty for the oldest."""
        return self.holds.since

    @property
    def fields(self) -> Mapping[str, Field]:
        """The fields by name, without `_file`."""
        return self.holds.inside


def secret(file_since: str | None = None, since: str = "", form: Form = Form.TEXT) -> Field:
    """A secret, and the first version that reads it from a file; None if there is none."""
    return Field(form, since, is_secret=True, file_since=file_since)


def secret_url(file_since: str | None = None, since: str = "") -> Field:
    """A URL that is a secret."""
    return secret(file_since, since, Form.URL)


def mapping(
    inside: Mapping[str, Field],
    since: str = "",
    *,
    form: Form = Form.MAPPING,
    needs: tuple[tuple[str, ...], ...] = (),
    only_one: tuple[tuple[str, ...], ...] = (),
) -> Field:
    """A mapping, or a list or a mapping of such."""
    return Field(form, since, inside=inside, needs=needs, only_one=only_one)


def texts(*names: str, since: str = "") -> dict[str, Field]:
    """Fields that hold texts."""
    return {name: Field(since=since) for name in names}
