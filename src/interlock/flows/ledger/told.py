"""Long passes over a ledger tell a person where they stand."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from interlock.ports.progress import Progress

T = TypeVar("T")

TOLD_EVERY = 4096


def told(items: Iterable[T], progress: Progress, total: int | None) -> Iterator[T]:
    """The same items; `progress` hears now and then how many went by, of `total` where that is known."""
    for number, item in enumerate(items):
        if number % TOLD_EVERY == 0:
            progress(number, total)
        yield item
