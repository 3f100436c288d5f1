"""Answering instruments, and reading back what was answered."""
