"""Templates of Go's text/template: whether they can be read, and what those of queries come to.

Alerts hold templates that Prometheus runs; `problem` says what is wrong with one. Queries hold templates
that slogen runs, once for each window: `slogen.gotemplates.programs`, to be imported where one is found.
"""

from slogen.gotemplates.alerts import FUNCTIONS, VARIABLES, problem
from slogen.gotemplates.problem import Place, Problem

__all__ = ["FUNCTIONS", "VARIABLES", "Place", "Problem", "problem"]
