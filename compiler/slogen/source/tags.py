"""The tags of YAML that are supported, and what they ask of a value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

WRITTEN_TAG = re.compile(r"!<[^>]*>|![^\s,\[\]{}]*")
"""A tag in the source, as its author wrote it."""

YAML_TAG = "tag:yaml.org,2002:"
"""What `!!` stands for."""

SCALAR_TAGS: Mapping[str, tuple[tuple[type, ...], str]] = {
    f"{YAML_TAG}int": ((int,), "an integer"),
    f"{YAML_TAG}float": ((int, Decimal), "a finite number"),
    f"{YAML_TAG}bool": ((bool,), "`true` or `false`"),
    f"{YAML_TAG}null": ((type(None),), "null"),
}
"""The types of a value that a tag admits, and what such a value is called."""

TEXT_TAGS = frozenset({"!", f"{YAML_TAG}str"})
MAPPING_TAGS = frozenset({None, "!", f"{YAML_TAG}map"})
SEQUENCE_TAGS = frozenset({None, "!", f"{YAML_TAG}seq"})
KNOWN_TAGS = SCALAR_TAGS.keys() | TEXT_TAGS | MAPPING_TAGS | SEQUENCE_TAGS
