"""Documents for leaders, from what is on record."""
