"""Answers for auditors: why a case could act, and what became of it."""
