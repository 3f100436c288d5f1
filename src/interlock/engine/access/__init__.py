"""Tokens and signatures as pure functions."""
