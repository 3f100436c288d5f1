"""Ed25519, files of private keys, and the witness file."""
