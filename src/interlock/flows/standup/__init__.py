"""Stand-ups: what was agreed, whether it was done, and when they were held."""
