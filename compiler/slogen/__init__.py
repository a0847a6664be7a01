"""slogen compiles declarative SLO specs and hand-written alert rules into Prometheus rules."""

__version__ = "0.1.0"
