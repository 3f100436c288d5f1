"""Asking for a definition: which question comes next, and what an answer means."""
