"""Interlock: an AI workflow gets exactly as much authority as its evidence supports, and the run time enforces it."""

__version__ = "0.1.0"
