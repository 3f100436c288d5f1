"""Scoring scorecards, checklists and diagnostics."""
