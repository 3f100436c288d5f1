"""The demonstration of a portfolio: an invented company with a year of history."""
