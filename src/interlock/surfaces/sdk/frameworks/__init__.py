"""Thin adapters: the same cases, opened from inside other frameworks. Each imports its framework when it is used."""
