"""Traffic as evidence: traces are loaded, watched, kept, handed on and verified, and added up."""
