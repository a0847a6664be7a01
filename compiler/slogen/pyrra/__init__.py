"""What Pyrra's ServiceLevelObjective says, and what it means in slogen's words.

The indicators measure what Pyrra measures, and the budget is the one that Pyrra computes. The rules, the
alerts and their windows are slogen's own. They have the labels that Pyrra's have, after which teams route:
those that are handed on (`pyrra.dev/team`), and those that the matchers of all events fix (`job="shop"`).
"""

API_VERSION = "pyrra.dev/v1alpha1"
KIND = "ServiceLevelObjective"
