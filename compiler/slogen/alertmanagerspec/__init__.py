"""How configurations of Alertmanager are written: files, and AlertmanagerConfig objects of the operator.

The only place that knows their keys, and which version knows which.
"""
