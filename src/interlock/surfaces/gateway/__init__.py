"""The gateway as plain ASGI: the hot path, no framework."""
