"""Units, shapes and marks that values have everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NewType

Millis = NewType("Millis", int)
"""A duration in whole milliseconds."""

Labels = Mapping[str, str]
"""Labels or annotations by name."""

HOLE = "{{.window}}"
"""How authors write the window in a query."""
