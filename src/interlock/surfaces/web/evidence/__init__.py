"""A file from the browser, put on record as evidence."""
