"""A window by which ranges that follow the window of a query are told from those that do not."""

from __future__ import annotations

ODD_WINDOW = "7m13s"
"""A window that nobody writes by hand, so that ranges of this length are those that follow the window."""

ODD_SECONDS = 433
