"""The embedded store: one SQLite file for ledger, journal and state."""
