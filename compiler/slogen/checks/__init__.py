"""What slogen objects to, one module per code.

A module has `CODE`, whose documentation is the module's docstring, and one or more of `check_slo(slo,
report)`, `check_expression(expression, report)` (of the indicators of SLOs, of hand-written rules and of
dashboards, one by one), `check_indicator(expressions, report)` (all expressions of one indicator together),
`check_rules(rules, report)` (hand-written and generated alike) and `check_program(program, report)`.
"""
