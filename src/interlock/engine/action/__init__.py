"""The decision at run time."""
