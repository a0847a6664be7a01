"""Grafana dashboards: what is on them (`service`, `overview`), and how Grafana reads it (`grafana`).

A dashboard of a service has a fixed number of panels, however many SLOs there are: Grafana repeats a row for
each SLO that its reader chooses. What differs between SLOs otherwise, their tiers and periods, makes rows of
its own.
"""
