"""Floor 1: what flows need from the outside, as protocols."""
