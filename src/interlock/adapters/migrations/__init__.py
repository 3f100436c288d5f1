"""From one schema of the store to the next: a chain of versions, run by Alembic in one transaction."""
