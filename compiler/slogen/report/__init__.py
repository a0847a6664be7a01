"""The report: all SLOs of a project on one page of HTML that needs nothing else.

`elements` builds HTML, so that no text of an author can be markup; `axes` and `charts` draw, `style` is what
it looks like, `page` puts it together.
"""
