"""The kinds of change, one module each.

A module has `KIND`, its name, and `changes(group, subject)`: the mutants of a group, of which `subject` has
all groups.
"""
