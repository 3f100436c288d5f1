"""How long work tells a person where it stands."""

from collections.abc import Callable

# (steps done, steps in all or None where unknown)
Progress = Callable[[int, int | None], None]


def silent(done: int, total: int | None) -> None:
    """Progress that nobody watches."""
