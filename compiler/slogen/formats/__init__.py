"""What slogen reads, one module per format.

A module has `NAME` (for messages), `recognises(node)` and `parse(node, report, extensions)`, which yields
drafts, rule sets, settings and alert windows. A document that several modules recognise is an error. It may
have

- `gather(items, report)`, which yields what the items of all documents of one file say together;
- `link(items, report)`, which yields what the items of all files say together, for documents that refer to
  each other: then `parse` may yield items of the format's own, and `link` turns them into drafts;
- `resembles(node)`, which says how near a document that no module recognises is to this format, and what
  keeps it from being one (see slogen.resemblance);
- `is_certain(node)`, which says whether a document that stands in a ConfigMap is surely meant for slogen, for
  a format that recognises its documents by little.
"""
