"""Event logs through DuckDB."""
