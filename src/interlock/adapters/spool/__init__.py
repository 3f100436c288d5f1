"""Suggestions that wait on this host for their store."""
