"""The dossier of one workflow, and what its owners do with it."""
