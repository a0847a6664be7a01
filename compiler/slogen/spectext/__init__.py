"""Specs as text for people: documents with keys in a readable order, and the comments of their source.

A document is built of entries that know their `Place`: which SLO they belong to, and what they say of it in
words that all formats share (`objective`, `sli.total`). The comments of the source are found together with
the place of what they stand at, so that they come out at the same place of another format.
"""

from slogen.spectext.places import Place, role
from slogen.spectext.remarks import Origin, Origins, Remark, read_remarks
from slogen.spectext.tree import Block, Entry, Flow, Value, block, flow, items, render, tree

__all__ = [
    "Block",
    "Entry",
    "Flow",
    "Origin",
    "Origins",
    "Place",
    "Remark",
    "Value",
    "block",
    "flow",
    "items",
    "read_remarks",
    "render",
    "role",
    "tree",
]
