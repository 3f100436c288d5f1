"""Erasing what is kept of cases, while their records and proofs stay."""
