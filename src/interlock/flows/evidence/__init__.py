"""Evidence from other tools and from people: added, signed, and looked at."""
