"""What the gateway's flows need from the outside."""
