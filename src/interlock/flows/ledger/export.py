"""Export the ledger: a file that can be verified anywhere, without the store."""

import hashlib
from collections.abc import Iterator

from interlock.engine.ledger.export_lines import closing_line, entry_line, header_line, root_line
from interlock.engine.ledger.merkle import root_of
from interlock.ports.store import Reading


def export(reading: Reading, *, payloads: bool = False) -> Iterator[bytes]:
    """The lines of the sealed ledger, streamed; with `payloads` also the content that may be erased later.

    Raises Unavailable where the tree head is damaged.
    """
    digest, number = hashlib.sha256(), 0
    for line in _lines(reading, payloads=payloads):
        digest.update(line)
        number += 1
        yield line
    yield closing_line(number, digest.digest())


def _lines(reading: Reading, *, payloads: bool) -> Iterator[bytes]:
    head = reading.head()
    yield header_line(head.size, root_of(head))
    roots = reading.batch_roots()
    root = next(roots, None)
    for place, entry in enumerate(reading.entries(0, head.last + 1)):
        yield entry_line(entry, place=place, payload=payloads)
        if root is not None and root.last <= entry.index:
            yield root_line(root.size, root.root)
            root = next(roots, None)
