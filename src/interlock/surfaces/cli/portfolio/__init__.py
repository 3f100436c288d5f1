"""Commands that look at all workflows at once."""
