"""The wire formats: bytes in, typed values and bytes out. Nothing here reads, sends or waits."""
