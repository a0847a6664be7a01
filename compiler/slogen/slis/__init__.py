"""Kinds of indicators, one module each.

A module has `Shape` (how the kind is written), `mean` (from what is written to what it means) and the class
of what it means, which implements `slogen.ir.Sli`. The name of the module is the key in the spec.
"""
