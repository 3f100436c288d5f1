"""Documents for leaders, built from what is on record."""
