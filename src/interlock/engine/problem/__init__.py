"""Problem statements: what they lack."""
