"""Where a request may go, and in which order it is tried."""
