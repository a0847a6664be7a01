"""Runbooks: one page for each SLO, for whoever is called at three in the morning.

`markdown` writes text that no reader takes for markup, `looks` says which queries to run first, `page` puts
it all together.
"""
