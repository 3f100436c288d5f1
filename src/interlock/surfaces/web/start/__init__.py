"""Where somebody begins: their own page, a file of past decisions to try, or the sample."""
