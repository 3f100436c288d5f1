"""What helps a reviewer read a case: known things in its text, and what its effect would change."""
