"""What a council has to decide, and who answers for what."""
