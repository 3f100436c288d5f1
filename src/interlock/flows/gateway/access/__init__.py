"""Who may come in, and what the traffic of their workflow may do."""
