"""Agents' tool calls at work: listed, decided, carried out, answered, taken back."""
