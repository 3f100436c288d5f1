"""Finding and choosing what to work on."""
