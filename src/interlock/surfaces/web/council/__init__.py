"""The council as pages: what needs a decision, deciding it, and the minutes."""
