"""What slogen reads, one module per format.

A module has `NAME` (for messages), `recognises(node)` and `parse(node, report)`, which yields drafts, rule
sets, settings and alert windows. The first module, in name order, that recognises a document reads it. It may
have `gather(items, report)`, which yields what the items of all documents of one file say together.
"""
