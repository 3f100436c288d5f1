"""Cases: any decision found, and why it could act, on one page."""
