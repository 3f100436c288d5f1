"""Gates: what evidence opens."""
