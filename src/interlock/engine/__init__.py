"""Floor 1: pure rules and statistics. Told the time and the draws; never looks."""
