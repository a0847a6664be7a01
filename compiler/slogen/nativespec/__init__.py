"""Slogen's own documents, `slogen.dev/v1`: how they are written, and what they mean.

`written` and `written_routing` have the shapes, `schema` the JSON Schema that they make; the other modules
turn what is written into what is meant, one per kind of document and one per part that has rules of its own.
"""

API_VERSION = "slogen.dev/v1"
KINDS = (
    *("ServiceLevels", "Settings", "AlertWindows", "Proof", "MetricCatalog", "Component", "Routing"),
    "Dashboard",
)
