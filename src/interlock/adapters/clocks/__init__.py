"""The time, from what a machine can tell."""
