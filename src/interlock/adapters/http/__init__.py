"""Talk to a server of ours, and tell others what happened."""
