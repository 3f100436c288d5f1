"""Streams of server-sent events: read in any chunks, looked through, and told in the client's format."""
