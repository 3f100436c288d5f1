"""Bake-offs on past decisions."""
