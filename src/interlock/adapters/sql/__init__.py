"""What the SQLite and the PostgreSQL store have in common: statements, named queries, the rebuilt state."""
