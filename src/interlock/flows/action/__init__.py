"""What happens to a case: admit, commit, review, observe, undo, kill, replay."""
