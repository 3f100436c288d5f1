"""How much review: planned, certified, rehearsed on invented cases and on past ones."""
