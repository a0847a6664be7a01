"""YAML text, read into values that know where they were written.

A `Source` is a file, a `Span` is a range of its characters, a `Node` is a value with the spans of itself and
of its keys, and `documents` reads a source into nodes; `Embedded` reads those that a text within a document
holds. JSON is read the same way, since it is YAML. This is the only package that reads YAML; it takes it as
YAML 1.2's core schema does, with three deviations that keep text that readers disagree on as it was written:

- an integer with a leading zero (`08`) stays text,
- `.inf`, `.nan` and numbers beyond the range of a 64 bit float stay text,
- a key is always text: `1:`, `true:` and `null:` are the keys `1`, `true` and `null`.
"""

from slogen.source.alignment import Style
from slogen.source.comments import comments_within_texts, without_comments
from slogen.source.embedding import Embedded
from slogen.source.limits import MAX_ALIASED, MAX_DEPTH
from slogen.source.node import Node
from slogen.source.problems import Problem
from slogen.source.reading import Documents, documents
from slogen.source.scalars import Scalar
from slogen.source.span import Span
from slogen.source.text import Source

__all__ = [
    "MAX_ALIASED",
    "MAX_DEPTH",
    "Documents",
    "Embedded",
    "Node",
    "Problem",
    "Scalar",
    "Source",
    "Span",
    "Style",
    "comments_within_texts",
    "documents",
    "without_comments",
]
