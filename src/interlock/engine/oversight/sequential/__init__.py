"""Tests that may be looked at after every case: promotion, demotion, breach, comparison of releases."""
