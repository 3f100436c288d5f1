"""Files of past cases: CSV, TSV, JSON Lines, Parquet, plain or gzipped, in bounded memory."""

from interlock.adapters.tables.reading import read_table

__all__ = ["read_table"]
