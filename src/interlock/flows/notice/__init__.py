"""Tell others what happened."""
