"""Look at the ledger with everything in its tree that was written before."""

from collections.abc import Iterator
from contextlib import contextmanager

from interlock.ports.store import Reading, Store


@contextmanager
def sealed(store: Store) -> Iterator[Reading]:
    """A view of the store whose newest entries were just sealed. Raises Unavailable where that cannot be done."""
    store.seal()
    with store.reading() as reading:
        yield reading
