"""A uniform sample of a stream, bounded in rows and in memory."""

import random
import sys

Row = tuple[str, ...]

SAMPLE_BYTES_MAX = 256 * 1024 * 1024


class Reservoir:
    """Keeps a uniform sample of the rows that it was offered (Vitter 1985, algorithm R), in file order.

    Where the kept rows outgrow `bytes_max`, a random half of them is dropped and the capacity with it: a uniform
    subset of a uniform sample is a uniform sample, so long rows cost sample size, never memory.
    """

    def __init__(self, *, rows_max: int, seed: int, bytes_max: int = SAMPLE_BYTES_MAX) -> None:
        self.seen = 0
        self._capacity = rows_max
        self._bytes_max = bytes_max
        self._bytes = 0
        self._random = random.Random(seed)  # noqa: S311 - a reproducible sample, no secret
        self._kept: list[tuple[int, Row]] = []

    def offer(self, line: int, row: Row) -> None:
        """Show the next row of the stream; lines must rise."""
        self.seen += 1
        if len(self._kept) < self._capacity:
            self._kept.append((line, row))
        else:
            slot = int(self._random.random() * self.seen)
            if slot >= self._capacity:
                return
            self._bytes -= _size_bytes(self._kept[slot][1])
            self._kept[slot] = (line, row)
        self._bytes += _size_bytes(row)
        if self._bytes > self._bytes_max and len(self._kept) > 1:
            self._halve()

    def sample(self) -> list[tuple[int, Row]]:
        """(line, row) of every kept row, in file order."""
        return sorted(self._kept, key=lambda item: item[0])

    def _halve(self) -> None:
        self._random.shuffle(self._kept)
        self._capacity = len(self._kept) // 2
        del self._kept[self._capacity :]
        self._bytes = sum(_size_bytes(row) for _, row in self._kept)


def _size_bytes(row: Row) -> int:
    return sys.getsizeof(row) + sum(map(sys.getsizeof, row))
