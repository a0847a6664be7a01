"""Scrapes as others write them: what the objects of the Prometheus Operator and the configuration of
Prometheus say, as far as slogen judges it.

Much of what they hold is nothing to slogen, and new versions hold more: only what certainly is a mistake is
reported, at its place. Files may be patches of others, so that nothing is missed but a name.
"""
