"""What evidence says, whatever tool it came from."""
