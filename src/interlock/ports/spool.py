"""Where suggestions are kept on this host while the store cannot be reached."""

from contextlib import AbstractContextManager
from typing import Protocol


class Spool(Protocol):
    """Lines of text in the order in which they came, shared by the processes of one host."""

    @property
    def pending(self) -> bool:
        """Whether this process knows of lines that wait; quick. Lines that another process kept may be missed."""
        ...

    def keep(self, key: str, line: str) -> None:
        """Keep a line, which holds no line break; it would survive a loss of power when this returns.

        A `key` for which this process kept one before is not kept again. Raises Unavailable where it cannot be kept:
        then nothing of it was.
        """
        ...

    def taken(self) -> AbstractContextManager[tuple[str, ...]]:
        """Some of the oldest lines, for this caller alone; gone when the block ends, kept where it raises or dies.

        Empty where nothing waits, and where another process has them in hand. Raises Unavailable where they cannot be
        read.
        """
        ...

    def set_aside(self, line: str, reason: str) -> None:
        """Keep a line that can never become what it was kept for, with the reason, for a person. Raises Unavailable."""
        ...

    def waiting(self) -> int:
        """How many lines wait, of every process of this host. Raises Unavailable where they cannot be read."""
        ...

    def aside(self) -> tuple[str, ...]:
        """The lines that were set aside, each with its reason. Raises Unavailable where they cannot be read."""
        ...
