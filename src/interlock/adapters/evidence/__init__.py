"""Reports of other tools, read as evidence in bounded memory."""
