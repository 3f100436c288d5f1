"""Proofs of RFC 9162 section 2.1 in one pass over the leaves: O(log n) memory for a ledger of any length.

The nodes of a proof are the roots of subtrees, and which leaves each of them covers depends on sizes only. So the spans
are known before the first leaf is read, and as they do not overlap, one tree grows at a time.
"""

from collections.abc import Iterable, Sequence

from interlock.engine.ledger.merkle import Growing

Span = tuple[int, int]  # from a leaf up to before another


def inclusion_spans(position: int, size: int) -> tuple[Span, ...]:
    """The spans of PATH(m, D[n]) of RFC 9162 2.1.3.1; raises IndexError where there is no such leaf."""
    if not 0 <= position < size:
        raise IndexError(f"no leaf {position} in a tree of {size} leaves")
    spans, start, stop = [], 0, size
    while stop - start > 1:
        middle = start + _split(stop - start)
        if position < middle:
            spans.append((middle, stop))
            stop = middle
        else:
            spans.append((start, middle))
            start = middle
    return tuple(reversed(spans))


def consistency_spans(old_size: int, size: int) -> tuple[Span, ...]:
    """The spans of PROOF(m, D[n]) of RFC 9162 2.1.4.1; none for m = 0 and m = n. Raises ValueError where m > n."""
    if not 0 <= old_size <= size:
        raise ValueError(f"a tree of {size} leaves cannot extend one of {old_size}")
    if old_size == 0:
        return ()
    spans, start, stop = [], 0, size
    while stop != old_size:
        middle = start + _split(stop - start)
        if old_size <= middle:
            spans.append((middle, stop))
            stop = middle
        else:
            spans.append((start, middle))
            start = middle
    if start:  # otherwise it is the whole old tree, whose root the verifier has
        spans.append((start, stop))
    return tuple(reversed(spans))


def _split(size: int) -> int:
    return int(1 << ((size - 1).bit_length() - 1))


class SpanRoots:
    """The roots of spans of leaves that pass by one after the other."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self._wanted = spans
        self._ahead = sorted(spans, reverse=True)
        self._roots: dict[Span, bytes] = {}
        self._tree = Growing()
        self._position = 0

    def add(self, leaf: bytes) -> None:
        """The next leaf."""
        position = self._position
        self._position = position + 1
        if not self._ahead or position < self._ahead[-1][0]:
            return
        self._tree.add(leaf)
        if self._position == self._ahead[-1][1]:
            self._roots[self._ahead.pop()] = self._tree.root()
            self._tree = Growing()

    def roots(self) -> tuple[bytes, ...]:
        """In the order in which the spans were given. Raises KeyError where leaves are still missing."""
        return tuple(self._roots[span] for span in self._wanted)


def span_roots(spans: Sequence[Span], leaves: Iterable[bytes]) -> tuple[bytes, ...]:
    """The roots of the spans of a sequence of leaves."""
    watched = SpanRoots(spans)
    for leaf in leaves:
        watched.add(leaf)
    return watched.roots()
