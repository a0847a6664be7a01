"""Templates of Go's text/template: whether they can be read, and what those of queries come to.

Alerts hold templates that Prometheus runs; `problem` says what is wrong with one, and
`slogen.gotemplates.alert_text` what Prometheus makes of it. Queries hold templates that slogen runs, once for
each window: `slogen.gotemplates.programs`. Both are to be imported where a template is found.
"""

from slogen.gotemplates.alerts import FUNCTIONS, VARIABLES, problem
from slogen.gotemplates.problem import Place, Problem

__all__ = ["FUNCTIONS", "VARIABLES", "Place", "Problem", "problem"]
