"""Units and shapes that values have everywhere, as types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NewType

Millis = NewType("Millis", int)
"""A duration in whole milliseconds."""

Labels = Mapping[str, str]
"""Labels or annotations by name."""
