"""The portfolio: where every workflow stands, and its position on the way of twelve months."""
