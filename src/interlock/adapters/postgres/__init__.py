"""The shared store: PostgreSQL for ledger, journal and state."""
