"""What happens to a case: admit, commit, observe, undo, kill, replay."""
