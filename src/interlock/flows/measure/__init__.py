"""Putting on record what was measured, spent, done and what went wrong."""
