"""Floor 3: the ways in. Surfaces do not know one another."""
