"""Where every workflow stands, read from the ledger."""
