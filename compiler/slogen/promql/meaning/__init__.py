"""What an expression means: one model that all checks read.

For each part of an expression: the labels that its elements certainly, probably, possibly or never have, and
why; whether it is a counter, a gauge or something made of them; its unit and the bounds of its values; how it
grows with the window; whether it always has a result, and whether it can be NaN. `meaning_of` makes it. What
the expression itself does not say comes from a `Knowledge`: catalogs of metrics, and recording rules.

Imports promql_parser: import this package late.
"""

from slogen.promql.meaning.bounds import Bounds
from slogen.promql.meaning.building import meaning_of
from slogen.promql.meaning.counting import counted
from slogen.promql.meaning.emptiness import Empty, empty_by
from slogen.promql.meaning.knowledge import NOTHING, Knowledge, Recorded
from slogen.promql.meaning.labels import LabelFact, LabelSet, Presence
from slogen.promql.meaning.matching import (
    Matching,
    Unmatched,
    is_aggregated,
    is_scraped,
    matching_of,
    unmatched,
)
from slogen.promql.meaning.meaning import Meaning
from slogen.promql.meaning.natures import Nature
from slogen.promql.meaning.units import Unit

__all__ = [
    "NOTHING",
    "Bounds",
    "Empty",
    "Knowledge",
    "LabelFact",
    "LabelSet",
    "Matching",
    "Meaning",
    "Nature",
    "Presence",
    "Recorded",
    "Unit",
    "Unmatched",
    "counted",
    "empty_by",
    "is_aggregated",
    "is_scraped",
    "matching_of",
    "meaning_of",
    "unmatched",
]
