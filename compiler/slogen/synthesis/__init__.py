"""Synthesis: from PromQL back to series that make it good, bad, above or below."""
