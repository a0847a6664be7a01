"""Objects and configurations by which the metrics of components are scraped, one module per route.

Each writes the text of a file for a component; `slogen.targets.monitors` decides which are written.
"""

from __future__ import annotations

FOLDER = "monitors"
