"""Packs: content as data, read from files."""
