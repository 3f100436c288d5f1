"""Putting an organisation and the decisions of its council on record."""
