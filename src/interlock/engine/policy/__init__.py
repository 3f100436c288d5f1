"""Limits at the edge: what they are as a policy, what they count, and what they say in words."""
