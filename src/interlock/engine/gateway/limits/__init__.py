"""Limits and budgets of model traffic: which ones a request counts against, in which window, and in what words."""
