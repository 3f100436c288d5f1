"""Floor 2: one verb a file; each owns its transaction."""
