"""Looking at limits at the edge without any effect."""
