"""What is done with catalogs of metrics as they stand in files: compared, completed and written.

`differing` says what two descriptions of a component's metrics differ in; `merging` adds what was observed to
the text that people wrote; `text` writes a catalog as a document. What a catalog is, `slogen.catalog` says.
Nothing here opens a file.
"""
