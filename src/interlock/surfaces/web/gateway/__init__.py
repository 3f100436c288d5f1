"""Pages of the gateway: what passes it, what was turned away, what may be called through it."""
