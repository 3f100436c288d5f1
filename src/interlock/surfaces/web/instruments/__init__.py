"""Scorecards, checklists, evaluations: what there is, answered as forms, and what the answers come to."""
