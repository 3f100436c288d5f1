"""What is recorded when a store was changed as a whole."""
