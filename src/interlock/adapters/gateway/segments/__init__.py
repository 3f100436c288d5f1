"""Durable traces: append-only files whose lines are chained by their digests."""
