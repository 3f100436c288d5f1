"""Settings of who may do what: accounts, tokens, web hooks, and whose each workflow is."""
