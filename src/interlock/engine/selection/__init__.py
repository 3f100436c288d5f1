"""Choosing what to work on."""
