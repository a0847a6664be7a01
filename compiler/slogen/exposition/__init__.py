"""What a running component exports, read from its scrape or from the answers of a Prometheus.

`lines` knows the two text formats (0.0.4 and OpenMetrics), line by line; `scrapes` reads a whole scrape,
`answers` the JSON of Prometheus' API; both fill an `Observed`, which is small however long the input is;
`families` makes a catalog of it. Nothing here opens a file.

Formats: https://prometheus.io/docs/instrumenting/exposition_formats/ and
https://prometheus.io/docs/specs/om/open_metrics_spec/.
"""

from slogen.exposition.broken import Broken
from slogen.exposition.families import Facts, facts
from slogen.exposition.inputs import is_document, read
from slogen.exposition.observed import Observed

__all__ = ["Broken", "Facts", "Observed", "facts", "is_document", "read"]
