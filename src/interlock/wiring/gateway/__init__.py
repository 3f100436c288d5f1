"""The gateway put together: its workers, what goes on beside them, and what commands need of it."""
