"""Money and value of a workflow, from what was measured."""
