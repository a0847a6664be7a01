"""Hand-written rules as checks look at them: the texts of alerts, and the branches of their conditions."""
