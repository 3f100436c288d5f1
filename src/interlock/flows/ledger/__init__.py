"""Recording, proving and verifying."""
