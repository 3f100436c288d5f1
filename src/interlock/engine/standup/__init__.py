"""Lights of the stand-up, and what moved, as pure functions."""
