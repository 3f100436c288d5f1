"""The review queue: what waits for a person, one case at a time, by keyboard or by plain buttons."""
