"""Days on which an organisation works, and when it meets."""
