"""Entries of a bake-off: built in, on this machine, or behind an address."""
