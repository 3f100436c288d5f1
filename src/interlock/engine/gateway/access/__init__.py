"""Rules of who may come in: the form of keys, claims of tokens, networks and proxies."""
