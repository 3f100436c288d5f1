"""Limits and budgets at work: what a request may use is reserved before it leaves, and settled after it."""
