"""The ledger: what was recorded, each entry with its proof, the whole of it verified and handed over."""
