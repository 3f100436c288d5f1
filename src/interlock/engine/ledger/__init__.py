"""The tamper-evident tree."""
