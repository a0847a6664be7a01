"""What slogen objects to, one module per code.

A module has `CODE`, whose documentation is the module's docstring, and one or more of `check_slo(slo,
report)`, `check_rules(rules, report)` (hand-written and generated alike) and `check_program(program,
report)`.
"""
